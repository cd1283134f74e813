//! How a system is operated: alerts of Prometheus, decision records.

mod decision;

use architrave_model::graph::{Alert, Graph, Known, Node as GraphNode, Origin};

use crate::{Import, input::Input, shared::limits, yaml::Node};

/// Whether it is a file of Prometheus rules.
pub(crate) fn is_rules(input: &Input<'_>) -> bool {
    input.is_yaml_or_json()
        && input.text().contains("alert")
        && input.text().contains("expr")
        && input
            .tree()
            .root()
            .and_then(|it| it.get("groups"))
            .is_some_and(|it| it.items().any(|it| it.get("rules").is_some_and(Node::is_sequence)))
}

/// Reads files of Prometheus rules.
pub(crate) fn read_rules(inputs: &[Input<'_>], import: &mut Import) {
    for input in inputs {
        import.findings.extend(input.tree().findings.iter().cloned());
        if let Some(groups) = input.tree().root().and_then(|it| it.get("groups")) {
            alerts(groups, &mut import.graph);
        }
    }
}

pub(crate) use decision::{is_decision, read as read_decisions};

/// Adds the alerts of a list of groups.
pub(crate) fn alerts(groups: Node<'_>, graph: &mut Graph) {
    for rule in groups.items().filter_map(|it| it.get("rules")).flat_map(Node::items) {
        let Some(name) = rule.get("alert") else { continue };
        let text = name.as_text().unwrap_or("");
        let runbook = ["runbook_url", "runbook", "runbook_link", "playbook"]
            .iter()
            .find_map(|it| rule.path(&["annotations", it]))
            .filter(|it| !it.as_text().unwrap_or("").trim().is_empty());
        let alert = Alert {
            node: GraphNode::observed("alert", text, name.span()),
            runbook: match runbook.and_then(|it| Some((it.as_text()?, it.span()))) {
                Some((text, span)) => Known::observed(text.to_owned(), span),
                None => Known::Absent(Origin::observed(name.span())),
            },
            is_symptom: is_symptom(rule),
            groups_by: groups_by(rule),
        };
        // One alert often has several severities under one name.
        let has_room = limits::has_room(&graph.alerts);
        match graph.alerts.iter_mut().find(|it| it.node.id == alert.node.id) {
            Some(there) if there.runbook.value().is_none() => there.runbook = alert.runbook,
            None if has_room => graph.alerts.push(alert),
            Some(_) | None => {}
        }
    }
}

/// Labels of `by (a, b)` in an expression.
fn groups_by(rule: Node<'_>) -> Vec<(String, Origin)> {
    let Some(expression) = rule.get("expr") else { return Vec::new() };
    let origin = Origin::observed(expression.span());
    let text = expression.as_text().unwrap_or("");
    let mut found: Vec<(String, Origin)> = Vec::new();
    for part in text.split('(').zip(text.split('(').skip(1)) {
        let (before, inside) = part;
        let word = before.trim_end().rsplit(|it: char| !it.is_ascii_alphanumeric()).next();
        if !word.is_some_and(|it| it.eq_ignore_ascii_case("by")) {
            continue;
        }
        let names = inside.split(')').next().unwrap_or("").split(',').map(str::trim);
        for name in names.filter(|it| !it.is_empty()) {
            if found.iter().all(|it| it.0 != name) {
                found.push((name.to_owned(), origin));
            }
        }
    }
    found
}

/// Words of what users feel.
const SYMPTOMS: &[&str] = &[
    "request",
    "http",
    "error",
    "latency",
    "duration",
    "burn",
    "slo",
    "availability",
    "lag",
    "age",
    "backlog",
    "probe_success",
    "5..",
    "freshness",
    "response",
    "timeout",
];

/// Words of what may be a cause.
const CAUSES: &[&str] = &[
    "cpu",
    "memory",
    "disk",
    "filesystem",
    "load1",
    "load5",
    "swap",
    "inode",
    "goroutines",
    "heap",
    "network_",
    "restarts",
    "connections",
    "temperature",
    "oom",
];

/// Whether an alert watches what users feel; unknown where its words say neither or both.
fn is_symptom(rule: Node<'_>) -> Known<bool> {
    let Some(expression) = rule.get("expr") else { return Known::Unknown };
    let text = expression.as_text().unwrap_or("").to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|it| text.contains(it));
    match (has(SYMPTOMS), has(CAUSES)) {
        (true, false) => Known::observed(true, expression.span()),
        (false, true) => Known::observed(false, expression.span()),
        _ => Known::Unknown,
    }
}
