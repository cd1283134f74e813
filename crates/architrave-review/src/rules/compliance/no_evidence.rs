//! CMP-10: a declared regime that nothing here looks after.

use architrave_model::graph::Graph;

use super::regimes;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "CMP-10",
    name: "no-evidence",
    family: Family::Compliance,
    title: "no rule looks after a declared regime",
    impact: 1,
    likelihood: 2,
    reads: &[Input::Blueprint],
    sources: &[Source {
        title: "NIST OSCAL: layers, from controls to how they are assessed",
        url: "https://pages.nist.gov/OSCAL/learn/concepts/layer/",
    }],
    maps: &[],
    reads_names: false,
    page: include_str!("no_evidence.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for declared in regimes::declared(&graph.needs) {
        let mut node = graph.system.clone();
        node.id = format!("regime:{declared}");
        node.name.clone_from(declared);
        if regimes::known(declared).is_some() {
            say.pass(&node);
        } else {
            say.fail(&node, format!("no rule of this review looks after `{declared}`"))
                .at_fact(&graph.needs.regimes, "declared here")
                .help("if it is a slip of the pen, mend it; otherwise keep its evidence elsewhere, and say where in a waiver")
                .because("a clean review says nothing about this regime");
        }
    }
}
