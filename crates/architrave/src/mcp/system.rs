//! A blueprint as tools see it: read, planned and assessed.

use std::path::PathBuf;

use architrave_model::{Accept, Assessment, SourceFile};
use architrave_plan::Plan;
use architrave_projections::{Document, Material, documents};
use architrave_review::{Given, assess, graph_of};

use super::{desk::Desk, tool::Refusal};
use crate::{checked::Checked, records::Records, world::today};

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

/// A blueprint without errors, and what the architect says of it.
pub(super) struct System {
    /// What is derived from it.
    pub(super) plan: Plan,
    /// What the architect says.
    pub(super) assessment: Assessment,
}

impl System {
    /// Reads it; refuses a blueprint that has errors.
    pub(super) fn load(desk: &Desk, blueprint: &str) -> Result<Self, Refusal> {
        Self::assessed(desk, blueprint, &Given::default())
    }

    /// The same without open questions, for what does not tell of them.
    pub(super) fn without_questions(desk: &Desk, blueprint: &str) -> Result<Self, Refusal> {
        Self::assessed(desk, blueprint, &Given { is_without_questions: true, ..Given::default() })
    }

    fn assessed(desk: &Desk, blueprint: &str, given: &Given<'_>) -> Result<Self, Refusal> {
        let (_, plan) = read(desk, blueprint)?;
        let waivers: Vec<_> = plan.system.accepts.iter().filter_map(Accept::waiver).collect();
        let mut graph = graph_of(&plan, today());
        let records = Records::of(&desk.existing(blueprint)?)?;
        records.into_graph(&mut graph);
        let given = Given { waivers: &waivers, records: records.kept(), ..*given };
        let assessment = assess(&graph, &given);
        Ok(Self { plan, assessment })
    }

    /// Every document that would be written of it.
    pub(super) fn documents(&self) -> Vec<Document> {
        documents(&Material { plan: &self.plan, assessment: &self.assessment })
    }
}
