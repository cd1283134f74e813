//! OPS-11: a part of a large system without an owner.

use crate::{Family, Input, Rule, Source, Verdicts};
use architrave_model::graph::{Graph, Known};

pub(super) const RULE: Rule = Rule {
    id: "OPS-11",
    name: "no-owner",
    family: Family::Operability,
    title: "nobody is named who looks after it",
    impact: 1,
    likelihood: 1,
    reads: &[Input::Blueprint],
    sources: &[Source {
        title: "Catalog relations: what it means to own something (Backstage)",
        url: "https://backstage.io/docs/features/software-catalog/well-known-relations#ownedby-and-ownerof",
    }],
    maps: &[],
    reads_names: false,
    page: include_str!("no_owner.md"),
    judge,
};

/// People who can look after everything together; more than that are several teams.
const ONE_TEAM_MAX: u32 = 9;

fn judge(graph: &Graph, say: &mut Verdicts) {
    let is_one_team = match (graph.needs.release_teams.value(), graph.needs.team.value()) {
        (Some(teams), _) => *teams <= 1,
        (None, Some(people)) => *people <= ONE_TEAM_MAX,
        // Nobody says how many there are; one team needs no labels.
        (None, None) => true,
    };
    if is_one_team {
        return;
    }
    for module in &graph.modules {
        match &module.owner {
            Known::Is(..) => say.pass(&module.node),
            Known::Unknown => say.cannot_tell(&module.node, "who looks after it"),
            Known::Absent(origin) => {
                say.fail(
                    &module.node,
                    format!("nobody is named who looks after `{}`", module.node.name),
                )
                .at(origin.span, "no `owner` here")
                .help("name the team that is called when it fails: `owner = \"team-checkout\"`")
                .because("several teams work on this system (declared)");
            }
        }
    }
}
