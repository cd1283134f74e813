//! What is reviewed: a blueprint, or the files of a system that somebody else built; as it is, or as it was.

mod against;
mod fix;
mod measured;
mod show;
mod stated;

use std::path::{Path, PathBuf};

use architrave_engine::Fault;
use architrave_model::{
    Finding, SourceFile, System, Waiver,
    graph::{Graph, Lifecycle, MeasuredRun},
};
use architrave_plan::Lock;
use architrave_review::{Family, LevelChange, graph_of, needs_from, review, rule, tell::Report};

use crate::{
    checked::has_errors,
    existing::{self, Existing},
    source::{self, Blueprint},
};

pub use against::before;
pub use fix::{Fixed, fixed};
pub use measured::measured;
pub use show::text;

/// Waivers of a system without a blueprint.
pub const WAIVERS_NAME: &str = "architrave-waivers.hcl";

/// What is reviewed, before anything is judged.
#[derive(Debug, Clone)]
pub enum Subject {
    /// A blueprint, and where its files are.
    Blueprint {
        /// The files, sorted by name.
        files: Vec<SourceFile>,
        /// Same positions.
        paths: Vec<PathBuf>,
    },
    /// Files of an existing system.
    Existing(Existing),
}

/// How to judge it.
#[derive(Debug, Clone, Default)]
pub struct Judgement {
    /// As days since 1970.
    pub as_of_day: i32,
    /// All if empty.
    pub families: Vec<Family>,
    /// How much what matters.
    pub levels: Vec<LevelChange>,
    /// Waivers from a file of their own.
    pub waivers: Vec<Waiver>,
    /// What it was before, for rules about change.
    pub before: Option<Box<Graph>>,
    /// The last load run.
    pub measured: Option<MeasuredRun>,
    /// Support of products that people looked up.
    pub lifecycles: Vec<Lifecycle>,
}

/// What there is to judge or decide about.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Name of the system.
    pub name: String,
    /// What is known of it.
    pub graph: Graph,
    /// What there is to say about the files themselves.
    pub findings: Vec<Finding>,
    /// Whether there is a graph: not of a blueprint with errors.
    pub is_readable: bool,
    /// Waivers that the blueprint itself declares.
    waivers: Vec<Waiver>,
    /// Files that told something, and what they were taken for.
    recognised: Vec<(String, String)>,
}

/// What judging came to.
#[derive(Debug, Clone, Default)]
pub struct Judged {
    /// The report, without a comparison.
    pub report: Report,
    /// What there is to say about the files themselves.
    pub findings: Vec<Finding>,
    /// The graph that was judged.
    pub graph: Graph,
}

impl Subject {
    /// Reads what the paths name: one blueprint, or the files of one system.
    ///
    /// # Errors
    /// Where something cannot be read.
    pub fn load(paths: &[PathBuf]) -> Result<Self, Fault> {
        if let [path] = paths
            && is_blueprint(path)
        {
            let Blueprint { files, paths, .. } = Blueprint::load(path)?;
            return Ok(Self::Blueprint { files, paths });
        }
        Ok(Self::Existing(existing::load_all(paths)?))
    }

    /// The texts that places point into.
    #[must_use]
    pub fn files(&self) -> &[SourceFile] {
        match self {
            Self::Blueprint { files, .. } => files,
            Self::Existing(it) => &it.files,
        }
    }

    /// What is known of it, before anything is judged.
    #[must_use]
    pub fn seen(&self, as_of_day: i32) -> Seen {
        match self {
            Self::Blueprint { files, .. } => of_blueprint(files, as_of_day),
            Self::Existing(it) => of_existing(it, as_of_day),
        }
    }

    /// Judges it; none where a blueprint has errors (its findings say which).
    #[must_use]
    pub fn judged(&self, how: &Judgement) -> Judged {
        let mut seen = self.seen(how.as_of_day);
        let files = self.files().to_vec();
        if !seen.is_readable {
            let report = Report { files, ..Report::default() };
            return Judged { report, findings: seen.findings, ..Judged::default() };
        }
        let mut waivers = how.waivers.clone();
        waivers.append(&mut seen.waivers);
        seen.graph.before.clone_from(&how.before);
        seen.graph.measured = how.measured.clone().map(Box::new);
        seen.graph.lifecycles.clone_from(&how.lifecycles);
        let mut report = reported(seen.name, &seen.graph, &waivers, how, &files);
        report.recognised = seen.recognised;
        report.files = files;
        Judged { report, findings: seen.findings, graph: seen.graph }
    }
}

/// A file that ends like one, or a folder in which one file has a `system` block. Where no file declares a context
/// and there are files of an existing system, the blocks say what that system needs.
fn is_blueprint(path: &Path) -> bool {
    if existing::is_address(path) {
        return false;
    }
    if !path.is_dir() {
        return path.extension().is_some_and(|it| it == "hcl");
    }
    let Ok(found) = Blueprint::load(path) else { return false };
    // Most files of a large blueprint need not be read to know: they have no such word.
    let has_block = |text: &str, kind: &str| stated::blocks(text).iter().any(|it| it == kind);
    let has = |kind: &str| {
        found.files.iter().any(|it| it.text.contains(kind) && has_block(&it.text, kind))
    };
    has("system") && (has("context") || !is_existing(path))
}

/// Whether importers recognise anything below a folder.
fn is_existing(folder: &Path) -> bool {
    let Ok(found) = existing::load(folder) else { return false };
    !architrave_import::read(&found.files, 0).recognised.is_empty()
}

fn of_blueprint(files: &[SourceFile], as_of_day: i32) -> Seen {
    let (system, findings) = architrave_blueprint::read(files);
    if has_errors(&findings) {
        return Seen { findings, ..Seen::default() };
    }
    let waivers = system.accepts.iter().filter_map(architrave_model::Accept::waiver).collect();
    // Physical names matter to no rule.
    let plan = architrave_plan::derive(system, &Lock::default()).plan;
    Seen {
        name: plan.system.name.text.clone(),
        graph: graph_of(&plan, as_of_day),
        findings,
        is_readable: true,
        waivers,
        recognised: Vec::new(),
    }
}

fn of_existing(existing: &Existing, as_of_day: i32) -> Seen {
    let mut import = architrave_import::read(&existing.files, as_of_day);
    let stated = stated::of(&existing.files);
    let mut name = "the system".to_owned();
    if let Some(stated) = &stated {
        needs_from(&stated.system, &mut import.graph);
        import.findings.extend(stated.findings.iter().cloned());
        name.clone_from(&stated.system.name.text);
    }
    let names = import.recognised.iter().filter_map(|(position, kind)| {
        let file = existing.files.get(*position as usize)?;
        Some((file.name.clone(), (*kind).to_owned()))
    });
    let files = stated.iter().flat_map(|it| &it.files);
    let recognised = names.chain(files.map(|it| (it.clone(), "needs".to_owned()))).collect();
    Seen {
        name,
        graph: import.graph,
        findings: import.findings,
        is_readable: true,
        waivers: Vec::new(),
        recognised,
    }
}

fn reported(
    system: String,
    graph: &Graph,
    waivers: &[Waiver],
    how: &Judgement,
    files: &[SourceFile],
) -> Report {
    let mut review = review(graph);
    review.change_levels(&how.levels);
    // Of all rules: a waiver of a family that nobody asked for is not an unused one.
    let waived = review.waive_in(waivers, how.as_of_day, files);
    if !how.families.is_empty() {
        let is_asked = |id: &str| rule(id).is_some_and(|it| how.families.contains(&it.family));
        review.verdicts.retain(|it| is_asked(it.rule));
    }
    Report {
        system,
        as_of_day: how.as_of_day,
        review,
        families: how.families.clone(),
        waived,
        bottlenecks: architrave_review::tell::bottlenecks(graph),
        single_points: architrave_review::tell::single_points_of_failure(graph),
        ..Report::default()
    }
}

/// What files that say nothing but a system's needs say, and what there is to say about them; none where no file is
/// such a one.
#[must_use]
pub fn stated(files: &[SourceFile]) -> Option<(System, Vec<Finding>)> {
    stated::of(files).map(|it| (it.system, it.findings))
}

/// Names of the files among these that say what an existing system needs.
#[must_use]
pub fn needs_files(files: &[SourceFile]) -> Vec<String> {
    stated::of(files).map(|it| it.files).unwrap_or_default()
}

/// Waivers, what there is to say about their file, and that file.
pub type ReadWaivers = (Vec<Waiver>, Vec<Finding>, Vec<SourceFile>);

/// Reads the file of waivers that was named, or the one beside what is reviewed.
///
/// # Errors
/// Where it cannot be read. Its own findings come beside it, with the file they are about.
pub fn waivers(named: Option<&Path>, paths: &[PathBuf]) -> Result<ReadWaivers, Fault> {
    let beside = || {
        let folder = paths.first().filter(|it| it.is_dir())?;
        Some(folder.join(WAIVERS_NAME)).filter(|it| it.is_file() && !is_blueprint(folder))
    };
    let Some(path) = named.map(Path::to_owned).or_else(beside) else {
        return Ok(Default::default());
    };
    if let Some(folder) = path.parent().filter(|_| named.is_none())
        && !source::stays_within(folder, &path)
    {
        let what = format!("{} leads out of {}", path.display(), folder.display());
        return Err(Fault::new(
            what,
            "put the waivers themselves there, or name them with --waivers",
        ));
    }
    let read = Blueprint::load(&path)?;
    let (accepts, mut findings) = architrave_blueprint::read_waivers(&read.files);
    findings.splice(0..0, read.findings);
    // The places are in a file that is not part of the review.
    let waivers = accepts.iter().filter_map(architrave_model::Accept::waiver);
    let waivers = waivers.map(|it| Waiver { span: None, ..it }).collect();
    Ok((waivers, findings, read.files))
}

/// The ids of the findings in a file that `--format json` or `--write-baseline` wrote.
///
/// # Errors
/// Where it cannot be read or is no such file.
pub fn baseline(path: &Path) -> Result<std::collections::BTreeSet<String>, Fault> {
    let text = std::fs::read_to_string(path).map_err(|it| source::cannot_read(path, &it))?;
    let ids = serde_json::from_str::<serde_json::Value>(&text).ok().and_then(|json| {
        let findings = json.get("findings")?.as_array()?;
        let ids = findings.iter().map(|it| it.get("id")?.as_str().map(str::to_owned));
        ids.collect::<Option<_>>()
    });
    ids.ok_or_else(|| {
        Fault::new(
            format!("{} is no baseline", path.display()),
            "write one with `architrave review PATH --write-baseline FILE`",
        )
    })
}
