//! Reads the examples of a page and has them judged.

use std::collections::BTreeSet;

use architrave_model::{
    Severity, SourceFile, System, Verdict, civil,
    graph::{Graph, MeasuredRun},
};
use architrave_plan::Lock;
use architrave_review::{Review, graph_of, needs_from, review};

/// The day on which examples are judged: 2026-07-01.
pub(crate) const AS_OF_DAY: i32 = 20_635;

/// The file of an example that has the figures of a load run.
const MEASUREMENTS: &str = "measurements.json";

/// What a page says of an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    Fails,
    Passes,
    DoesNotApply,
    CannotTell,
}

/// One example: some files and what is expected of them.
#[derive(Debug, Clone)]
pub(crate) struct Example {
    pub(crate) expected: Expected,
    pub(crate) files: Vec<SourceFile>,
    /// The same system as it was before; empty where the example says nothing of it.
    pub(crate) before: Vec<SourceFile>,
    /// Line of the page at which it begins.
    pub(crate) line: usize,
    /// The day on which it is judged.
    pub(crate) as_of_day: i32,
}

impl Example {
    pub(crate) fn is_blueprint(&self) -> bool {
        self.files.iter().all(|it| it.name.ends_with(".hcl"))
    }

    /// Whether it goes through the importers.
    pub(crate) fn is_existing(&self) -> bool {
        self.files.iter().any(|it| !it.name.ends_with(".hcl") && it.name != MEASUREMENTS)
    }

    fn with(mut self, file: SourceFile) -> Self {
        self.files.push(file);
        self
    }

    /// Marked lines by file; a mark for the whole system is line 0 of no file.
    pub(crate) fn marks(&self) -> BTreeSet<(String, usize)> {
        let mut marks = BTreeSet::new();
        for file in &self.files {
            for (number, line) in (1..).zip(file.text.lines()) {
                if line.contains("<- system") {
                    marks.insert((String::new(), 0));
                } else if line.contains("<-") {
                    marks.insert((file.name.clone(), number));
                }
            }
        }
        marks
    }
}

/// The examples of a page, in order.
pub(crate) fn examples(page: &str) -> Vec<Example> {
    let mut found: Vec<Example> = Vec::new();
    let mut earlier: Vec<SourceFile> = Vec::new();
    let mut lines = (1..).zip(page.lines());
    while let Some((number, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```").filter(|it| !it.is_empty()) else { continue };
        let text: String = lines
            .by_ref()
            .map(|it| it.1)
            .take_while(|it| *it != "```")
            .map(|it| format!("{it}\n"))
            .collect();
        let words: Vec<&str> = info.split_whitespace().collect();
        let name = words.iter().find_map(|it| it.strip_prefix("file=")).unwrap_or("blueprint.hcl");
        let file = SourceFile { name: name.to_owned(), text };
        let expected = match words.get(1).copied() {
            Some("fails") => Expected::Fails,
            Some("passes") => Expected::Passes,
            Some("does-not-apply") => Expected::DoesNotApply,
            Some("cannot-tell") => Expected::CannotTell,
            Some("before") => {
                earlier.push(file);
                continue;
            }
            Some("and") => {
                let before = found.pop();
                found.extend(before.map(|it| it.with(file)));
                continue;
            }
            _ => continue,
        };
        let before = std::mem::take(&mut earlier);
        let day = words.iter().find_map(|it| it.strip_prefix("as-of=").and_then(civil::day_of));
        let as_of_day = day.unwrap_or(AS_OF_DAY);
        found.push(Example { expected, files: vec![file], before, line: number, as_of_day });
    }
    found
}

/// What all rules say of an example.
pub(crate) fn judged(example: &Example) -> Result<(Vec<SourceFile>, Review), String> {
    let mut graph = graph_of_files(&example.files, example.is_existing())?;
    graph.as_of_day = example.as_of_day;
    if !example.before.is_empty() {
        let before = graph_of_files(&example.before, example.is_existing())?;
        graph.before = Some(Box::new(before));
    }
    Ok((example.files.clone(), review(&graph)))
}

fn graph_of_files(files: &[SourceFile], is_existing: bool) -> Result<Graph, String> {
    let (measured, files): (Vec<SourceFile>, Vec<SourceFile>) =
        files.iter().cloned().partition(|it| it.name == MEASUREMENTS);
    let mut graph = graph_without_measurements(&files, is_existing)?;
    if let Some(file) = measured.first() {
        let run = serde_json::from_str(&file.text).map_err(|it| it.to_string())?;
        graph.measured = Some(Box::new(MeasuredRun::of(run)));
    }
    Ok(graph)
}

fn graph_without_measurements(files: &[SourceFile], is_existing: bool) -> Result<Graph, String> {
    if is_existing {
        let mut graph = architrave_import::read(files, AS_OF_DAY).graph;
        if let Some(system) = stated(files)? {
            needs_from(&system, &mut graph);
        }
        return Ok(graph);
    }
    let (system, findings) = architrave_blueprint::read(files);
    let errors: Vec<&str> = findings
        .iter()
        .filter(|it| it.severity == Severity::Error)
        .map(|it| it.title.as_str())
        .collect();
    if !errors.is_empty() {
        return Err(format!("the example does not check: {}", errors.join("; ")));
    }
    Ok(graph_of(&architrave_plan::derive(system, &Lock::default()).plan, AS_OF_DAY))
}

/// What the blueprint files beside others say, if there are any. Other files are read as empty, so that places keep
/// the number of their file.
fn stated(files: &[SourceFile]) -> Result<Option<System>, String> {
    let is_blueprint = |it: &SourceFile| it.name.ends_with(".hcl");
    if !files.iter().any(is_blueprint) {
        return Ok(None);
    }
    let emptied = files.iter().map(|it| SourceFile {
        name: it.name.clone(),
        text: if is_blueprint(it) { it.text.clone() } else { String::new() },
    });
    let (system, findings) = architrave_blueprint::read(&emptied.collect::<Vec<_>>());
    match findings.iter().find(|it| it.severity == Severity::Error) {
        Some(error) => Err(format!("the example does not check: {}", error.title)),
        None => Ok(Some(system)),
    }
}

/// The graph of a blueprint's text, which must check.
pub(crate) fn graph_of_text(text: &str) -> Graph {
    let file = SourceFile { name: "blueprint.hcl".to_owned(), text: text.to_owned() };
    let (system, findings) = architrave_blueprint::read(&[file]);
    assert!(findings.iter().all(|it| it.severity != Severity::Error), "{findings:?}");
    graph_of(&architrave_plan::derive(system, &Lock::default()).plan, AS_OF_DAY)
}

/// File and line of a verdict; line 0 of no file where it has no place.
pub(crate) fn line_of(verdict: &Verdict, files: &[SourceFile]) -> (String, usize) {
    let Some((span, _)) = verdict.places.first() else { return (String::new(), 0) };
    let file = files.get(span.file.0 as usize).cloned().unwrap_or_else(|| unreachable!("{span:?}"));
    let before = file.text.get(..span.start as usize).unwrap_or_default();
    (file.name.clone(), before.matches('\n').count() + 1)
}
