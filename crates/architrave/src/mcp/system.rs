//! A blueprint as tools see it: read, planned and assessed.

use std::path::PathBuf;

use architrave_model::{Accept, Assessment, SourceFile, graph::Lifecycle};
use architrave_plan::Plan;
use architrave_projections::{Document, Material, documents};
use architrave_review::{Given, assess, graph_of};

use super::{desk::Desk, running::MEASUREMENTS, tool::Refusal};
use crate::{checked::Checked, commands::measurements, own_tables, records::Records, world::today};

/// Where lines of support that somebody looked up are kept, below the root.
pub(super) const LIFECYCLES: &str = ".architrave/lifecycles.txt";

/// The text of a blueprint without errors: all that a tool which edits it needs.
pub(super) struct Text {
    /// Its files.
    pub(super) files: Vec<SourceFile>,
    /// Where they are, same positions.
    pub(super) paths: Vec<PathBuf>,
}

impl Text {
    /// Reads it; refuses a blueprint that has errors.
    pub(super) fn load(desk: &Desk, blueprint: &str) -> Result<Self, Refusal> {
        Ok(read(desk, blueprint)?.0)
    }
}

fn read(desk: &Desk, blueprint: &str) -> Result<(Text, Plan), Refusal> {
    let checked = Checked::load(&desk.existing(blueprint)?)?;
    let Some((plan, _)) = checked.planned else { return Err(Refusal::has_errors()) };
    let paths = checked.blueprint.paths;
    // The last file is the lock.
    let files = checked.blueprint.files.into_iter().take(paths.len()).collect();
    Ok((Text { files, paths }, plan))
}

/// What is derived from a blueprint without errors.
pub(super) fn plan(desk: &Desk, blueprint: &str) -> Result<Plan, Refusal> {
    Ok(read(desk, blueprint)?.1)
}

/// A blueprint without errors, and what the architect says of it.
pub(super) struct System {
    /// What is derived from it.
    pub(super) plan: Plan,
    /// What the architect says.
    pub(super) assessment: Assessment,
}

/// What an assessment is to rest on beside the blueprint and its records.
#[derive(Debug, Default)]
pub(super) struct Wish<'w> {
    /// Without open questions, for what does not tell of them.
    pub(super) is_without_questions: bool,
    /// Up to how many times the peak; ten where it is 0.
    pub(super) factor: u64,
    /// A file of measurements below the root; none for the ones that `calibrate` keeps.
    pub(super) measurements: Option<&'w str>,
    /// A file of prices below the root.
    pub(super) prices: Option<&'w str>,
}

impl System {
    /// Reads it; refuses a blueprint that has errors.
    pub(super) fn load(desk: &Desk, blueprint: &str) -> Result<Self, Refusal> {
        Self::with(desk, blueprint, &Wish::default())
    }

    /// The same without open questions.
    pub(super) fn without_questions(desk: &Desk, blueprint: &str) -> Result<Self, Refusal> {
        Self::with(desk, blueprint, &Wish { is_without_questions: true, ..Wish::default() })
    }

    /// The same as somebody wishes it.
    pub(super) fn with(desk: &Desk, blueprint: &str, wish: &Wish<'_>) -> Result<Self, Refusal> {
        let (_, plan) = read(desk, blueprint)?;
        let waivers: Vec<_> = plan.system.accepts.iter().filter_map(Accept::waiver).collect();
        let mut graph = graph_of(&plan, today());
        graph.lifecycles = lifecycles(desk)?;
        let records = Records::of(&desk.existing(blueprint)?)?;
        records.into_graph(&mut graph);
        let measured = match wish.measurements {
            Some(name) => Some(measurements(&desk.existing(name)?, &plan)?),
            // Kept ones may be of another blueprint, or of this one as it was: then they say nothing of it.
            None => desk.existing(MEASUREMENTS).ok().and_then(|it| measurements(&it, &plan).ok()),
        };
        let prices = match wish.prices {
            Some(name) => Some(own_tables::prices(&desk.existing(name)?)?),
            None => None,
        };
        let given = Given {
            waivers: &waivers,
            measurements: measured.as_ref(),
            records: records.kept(),
            factor: wish.factor,
            prices: prices.as_ref(),
            is_without_questions: wish.is_without_questions,
        };
        let assessment = assess(&graph, &given);
        Ok(Self { plan, assessment })
    }

    /// Every document that would be written of it.
    pub(super) fn documents(&self) -> Vec<Document> {
        documents(&Material { plan: &self.plan, assessment: &self.assessment })
    }
}

/// Support of products as it was looked up with `evidence_add`.
pub(super) fn lifecycles(desk: &Desk) -> Result<Vec<Lifecycle>, Refusal> {
    match desk.existing(LIFECYCLES) {
        Ok(path) => Ok(own_tables::lifecycles(&path)?),
        Err(_) => Ok(Vec::new()),
    }
}
