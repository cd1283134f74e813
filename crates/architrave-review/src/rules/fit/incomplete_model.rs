//! FIT-18: what nobody says, and what cannot be judged for it.

use architrave_model::{
    Change, Proposal,
    graph::{EdgeKind, Graph, Known, Node, Origin},
};

use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "FIT-18",
    name: "incomplete-model",
    family: Family::Fit,
    title: "a fact is missing on which verdicts rest",
    impact: 0,
    likelihood: 1,
    reads: &[Input::Blueprint, Input::Compose, Input::Kubernetes],
    sources: &[Source {
        title: "Threagile: incomplete model",
        url: "https://github.com/Threagile/threagile/blob/master/pkg/risks/builtin/incomplete_model_rule.go",
    }],
    maps: &[],
    reads_names: false,
    page: include_str!("incomplete_model.md"),
    judge,
};

/// A need that several rules rest on: its id, what it is, its question, where it is written, an example, the rules.
struct Missing {
    id: &'static str,
    what: &'static str,
    question: &'static str,
    block: &'static str,
    setting: &'static str,
    example: &'static str,
    rules: &'static str,
}

const LOAD: Missing = Missing {
    id: "need:peak",
    what: "how many requests arrive at the busiest time",
    question: "Q04",
    block: "workload",
    setting: "peak",
    example: "\"50/s\"",
    rules: "PRF-01, PRF-02, CST-01 and FIT-03",
};
const TEAM: Missing = Missing {
    id: "need:team",
    what: "how many people build and operate it",
    question: "Q01",
    block: "constraints",
    setting: "team",
    example: "5",
    rules: "OPS-11, CST-08, FIT-01 and FIT-14",
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    // Without anything that runs there is nothing to fit.
    if graph.services.is_empty() {
        return;
    }
    need(
        graph,
        &LOAD,
        graph.needs.peak_milli_per_s.origin(),
        graph.needs.peak_milli_per_s.value().is_some(),
        say,
    );
    need(graph, &TEAM, graph.needs.team.origin(), graph.needs.team.value().is_some(), say);
    for service in &graph.services {
        let is_used = graph.edges.iter().any(|it| {
            it.kind != EdgeKind::Hint && (it.from == service.node.id || it.to == service.node.id)
        });
        match &service.kind {
            Known::Unknown if !is_used && service.ports.is_empty() => {
                say.fail(&service.node, format!("nobody can tell what `{}` does: it has no ports, calls nobody, and nobody calls it", service.node.name))
                    .help("name the ports that it listens on and the addresses that it uses where it is deployed (`ports`, `environment`); the review then sees whom it serves and whom it needs")
                    .because("without its kind and its calls, rules about time-outs, probes and single points of failure leave it out");
            }
            _ => say.pass(&service.node),
        }
    }
}

fn need(
    graph: &Graph,
    missing: &Missing,
    origin: Option<Origin>,
    is_known: bool,
    say: &mut Verdicts,
) {
    let Missing { id, what, question, block, setting, example, rules } = *missing;
    let node = Node { id: id.to_owned(), name: what.to_owned(), origin: graph.system.origin };
    if is_known {
        return say.pass(&node);
    }
    let help = if graph.is_closed {
        format!(
            "answer question {question}: `{block} {{ {setting} = {example} }}`, or `architrave questions PATH --answer {question}=…`"
        )
    } else {
        format!(
            "answer question {question} in a file beside the others, `architrave.hcl`: `system Name {{ edition = \"2026\" }}` and `{block} {{ {setting} = {example} }}`"
        )
    };
    let failure = say
        .fail(&node, format!("nobody says {what}"))
        .at(origin.unwrap_or(graph.system.origin).span, "not said")
        .help(help)
        .because(format!("{rules} rest on it"));
    if graph.is_closed {
        failure.propose(Proposal {
            title: format!("say {what}"),
            is_unambiguous: false,
            changes: vec![Change::SetTop { kind: block, name: setting, value: example.to_owned() }],
        });
    }
}
