//! FIT-16: somebody else's system that is declared and never used.

use architrave_model::graph::Graph;

use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "FIT-16",
    name: "unused-element",
    family: Family::Fit,
    title: "declared and never used",
    impact: 1,
    likelihood: 1,
    reads: &[Input::Blueprint],
    sources: &[Source {
        title: "Threagile: unnecessary technical asset",
        url: "https://github.com/Threagile/threagile/blob/master/pkg/risks/builtin/unnecessary_technical_asset_rule.go",
    }],
    maps: &[],
    reads_names: false,
    page: include_str!("unused_element.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    // Where silence means ignorance, what uses it may stand in a file that nobody gave us.
    if !graph.is_closed {
        return;
    }
    for external in &graph.externals {
        let uses = graph.edges.iter().filter(|it| it.to == external.node.id);
        // An operation that nobody runs hangs on its context.
        if uses.clone().any(|it| !it.from.starts_with("module:")) {
            say.pass(&external.node);
            continue;
        }
        say.fail(&external.node, format!("nothing uses `{}`", external.node.name))
            .help("take it out, with its credentials and its agreement on data; or run it from a step of a saga, a schedule or a notification")
            .because("no step, schedule, webhook or notification runs it (declared)");
    }
}
