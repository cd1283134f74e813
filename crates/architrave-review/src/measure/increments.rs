//! In which order a system is built: what can fail first, then contexts as they depend on each other, then what the
//! law and the load ask for before anybody outside uses it.

use std::collections::BTreeSet;

use architrave_model::{
    Increment, Waiver,
    graph::{Graph, Module, OperationEffect},
    words::{list, short_rate, time},
};

use crate::tell::day::written;

/// Working days of one person by kind of element, without and with surprises (judgement: edit what you know better).
/// The rows, rules and endpoints are served from the blueprint: what is left is their clients, data and tests.
const EFFORT: [(&str, u64, u64); 6] = [
    ("entity", 1, 2),
    ("command", 1, 2),
    ("process", 3, 6),
    ("integration", 5, 10),
    ("channel", 1, 3),
    ("consumer", 1, 2),
];

/// The increments of a system of ours, in order; none for systems that somebody else built.
#[must_use]
pub fn increments(graph: &Graph, waivers: &[Waiver]) -> Vec<Increment> {
    if !graph.is_closed || graph.tables.is_empty() {
        return Vec::new();
    }
    let mut all = vec![ground(graph)];
    all.extend(outside(graph));
    for module in in_order(graph) {
        all.push(context(graph, module));
    }
    all.extend(law(graph));
    all.push(load(graph));
    all.push(release(graph, waivers));
    all
}

fn ground(graph: &Graph) -> Increment {
    let tables: Vec<&str> = graph.tenancy.tenant_table.iter().map(String::as_str).collect();
    let tenant = tables.first().map_or_else(
        || "create the first user through the issuer of tokens".to_owned(),
        |it| {
            format!(
                "create the first `{}` and sign a user of it in through the issuer of tokens",
                short(it)
            )
        },
    );
    let rto = graph.needs.rto_us.value().map_or_else(
        || "and write down how long it takes".to_owned(),
        |it| {
            format!(
                "and prove that it takes no more than {} (recovery time that is promised)",
                time(*it)
            )
        },
    );
    Increment {
        title: "Ground".to_owned(),
        goal: "An empty system is deployed by a pipeline, watched, and can be brought back.".to_owned(),
        because: "everything after it is deployed and brought back the same way".to_owned(),
        steps: vec![
            "check, review and deploy the blueprint from a pipeline, to a place like the one that will serve".to_owned(),
            tenant,
            format!("bring a backup back on a second machine, {rto}"),
            "load the alert rules, and make one fire on purpose".to_owned(),
        ],
        gate: "a change of the blueprint reaches the place by itself, and a restore was timed".to_owned(),
        days: (8, 15),
        sizing: "judgement, for a team that has a cluster or machines already".to_owned(),
    }
}

/// A name without the kind of its id.
fn short(id: &str) -> &str {
    id.split_once(':').map_or(id, |it| it.1)
}

/// What others answer is proven before anything is built on it.
fn outside(graph: &Graph) -> Option<Increment> {
    let names: Vec<&str> = graph.externals.iter().map(|it| it.node.name.as_str()).collect();
    if names.is_empty() {
        return None;
    }
    let paying: BTreeSet<&str> = graph
        .edges
        .iter()
        .filter(|it| it.moves_money.value() == Some(&true) && it.to.starts_with("external:"))
        .map(|it| short(&it.to))
        .collect();
    let mut steps = Vec::new();
    for external in &graph.externals {
        let name = &external.node.name;
        let bound = graph
            .edges
            .iter()
            .filter(|it| it.to == external.node.id)
            .find_map(|it| it.timeout_us.value());
        let bound = bound.map_or_else(String::new, |it| {
            format!(", timed against the {} that the blueprint waits", time(*it))
        });
        steps.push(format!(
            "`{name}`: call every operation in its test environment, twice with the same key{bound}"
        ));
        if paying.contains(name.as_str()) {
            steps.push(format!("`{name}` moves money: let it refuse, time out and answer late, and see that each attempt ends once"));
        }
        if external.availability_ppm.value().is_none() {
            steps.push(format!("`{name}`: find out what availability it promises, and declare it"));
        }
    }
    let count = names.len() as u64;
    Some(Increment {
        title: "Prove the outside world".to_owned(),
        goal: format!(
            "Answers of {}, refusals and late ones among them, are kept as examples for tests.",
            list(&names)
        ),
        because: "it is what the team controls least, and finding it out last moves every date"
            .to_owned(),
        steps,
        gate: "every failure that the blueprint names was seen once".to_owned(),
        days: (2 * count, 5 * count),
        sizing: format!("2 to 5 for each of {count} (judgement)"),
    })
}

/// Whether its operations are called by name, as against a channel that messages go out by.
fn is_called(graph: &Graph, external: &str) -> bool {
    let called = |name: &str| name.strip_prefix(external).is_some_and(|it| it.starts_with('.'));
    graph.edges.iter().any(|it| short(&it.to) == external && called(&it.node.name))
}

/// Contexts after those that they depend on; among those that are free, the riskiest first.
fn in_order(graph: &Graph) -> Vec<&Module> {
    let mut left: Vec<&Module> = graph.modules.iter().collect();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    let mut order = Vec::new();
    while !left.is_empty() {
        let is_free = |it: &&Module| it.depends_on.iter().all(|(on, _)| done.contains(on.as_str()));
        let mut free: Vec<usize> =
            left.iter().enumerate().filter(|(_, it)| is_free(it)).map(|it| it.0).collect();
        free.sort_by_key(|at| left.get(*at).map(|it| std::cmp::Reverse(risk(graph, it))));
        // A cycle has no order; the blueprint refuses one, an imported graph may have it.
        let at = free.first().copied().unwrap_or(0);
        let next = left.remove(at.min(left.len() - 1));
        done.insert(next.node.id.as_str());
        order.push(next);
    }
    order
}

/// What can go wrong in a context: calls outside, processes, personal data.
fn risk(graph: &Graph, module: &Module) -> usize {
    let parts = Parts::of(graph, module);
    let personal = parts.personal.len();
    4 * parts.externals.len() + 3 * parts.processes.len() + usize::from(personal > 0)
}

/// What belongs to a context.
#[derive(Debug)]
struct Parts<'g> {
    tables: Vec<&'g str>,
    commands: Vec<&'g str>,
    processes: Vec<&'g str>,
    externals: Vec<&'g str>,
    consumers: Vec<&'g str>,
    personal: Vec<&'g str>,
}

impl<'g> Parts<'g> {
    fn of(graph: &'g Graph, module: &Module) -> Self {
        let id = Some(&module.node.id);
        let tables = graph.tables.iter().filter(|it| it.module.as_ref() == id);
        let has_personal = |it: &&architrave_model::graph::Table| {
            it.columns.iter().any(|it| it.personal.value().is_some())
        };
        let is_command = |it: &&architrave_model::graph::Operation| {
            it.effect.value() == Some(&OperationEffect::Commands)
        };
        let operations = graph.operations.iter().filter(|it| it.module.as_ref() == id);
        let processes = graph.processes.iter().filter(|it| it.module.as_ref() == id);
        let prefix = format!("{}.", module.node.name);
        let process_names: Vec<&str> = processes.clone().map(|it| it.node.name.as_str()).collect();
        let consumers = graph.consumers.iter().filter(|it| it.module.as_ref() == id);
        Self {
            personal: tables.clone().filter(has_personal).map(|it| it.node.name.as_str()).collect(),
            tables: tables.map(|it| it.node.name.as_str()).collect(),
            commands: operations.filter(is_command).map(|it| it.node.name.as_str()).collect(),
            processes: process_names.clone(),
            externals: graph
                .externals
                .iter()
                .map(|it| it.node.name.as_str())
                .filter(|it| it.starts_with(&prefix))
                .collect(),
            consumers: consumers
                .map(|it| it.node.name.as_str())
                .filter(|it| !process_names.contains(it))
                .collect(),
        }
    }
}

fn context(graph: &Graph, module: &Module) -> Increment {
    let parts = Parts::of(graph, module);
    let name = &module.node.name;
    let counts = [
        parts.tables.len(),
        parts.commands.len(),
        parts.processes.len(),
        parts.externals.iter().filter(|it| is_called(graph, it)).count(),
        parts.externals.iter().filter(|it| !is_called(graph, it)).count(),
        parts.consumers.len(),
    ];
    let sum = |pick: fn(&(&str, u64, u64)) -> u64| -> u64 {
        EFFORT.iter().zip(counts).map(|(it, count)| pick(it) * count as u64).sum()
    };
    let sizing: Vec<String> = EFFORT
        .iter()
        .zip(counts)
        .filter(|(_, count)| *count > 0)
        .map(|((what, least, most), count)| format!("{count} × {what} at {least} to {most}"))
        .collect();
    let needs: Vec<&str> = module.depends_on.iter().map(|(id, _)| short(id)).collect();
    let because = if needs.is_empty() {
        "it depends on no other context".to_owned()
    } else {
        format!("it uses {}, which stand before it", list(&needs).replace('`', ""))
    };
    Increment {
        title: format!("Context {name}"),
        goal: format!("Clients use {name} against real data."),
        because,
        steps: context_steps(graph, &parts),
        gate: "its scenarios pass in the pipeline, the refusals among them".to_owned(),
        days: (sum(|it| it.1).max(1), sum(|it| it.2).max(2)),
        sizing: format!(
            "{} (judgement; the endpoints themselves are served from the blueprint)",
            sizing.join(", ")
        ),
    }
}

fn context_steps(graph: &Graph, parts: &Parts<'_>) -> Vec<String> {
    let mut steps = Vec::new();
    if !parts.tables.is_empty() {
        let rows: Vec<String> = graph
            .tables
            .iter()
            .filter(|it| parts.tables.contains(&it.node.name.as_str()))
            .filter_map(|it| Some((it.node.name.as_str(), *it.rows.value()?)))
            .map(|(name, rows)| format!("`{name}` to {} rows", super::words::grouped(rows)))
            .collect();
        let filled =
            if rows.is_empty() { String::new() } else { format!(", filled: {}", rows.join(", ")) };
        steps.push(format!(
            "{} with the screens or clients that use them{filled}",
            list(&parts.tables)
        ));
    }
    if !parts.personal.is_empty() {
        steps.push(format!(
            "personal data in {}: export and erase one person, and look for what is left",
            list(&parts.personal)
        ));
    }
    if !parts.externals.is_empty() {
        steps.push(format!(
            "{} with production credentials from the place where secrets are kept",
            list(&parts.externals)
        ));
    }
    if !parts.commands.is_empty() {
        steps.push(format!(
            "{}: each allowed, refused by its rule, and refused by its guards",
            list(&parts.commands)
        ));
    }
    for process in &parts.processes {
        steps.push(format!("`{process}`: fail every step once, and see it undone or repeated"));
    }
    if !parts.consumers.is_empty() {
        steps.push(format!(
            "{}: stop, let work pile up, start again, and see every message once",
            list(&parts.consumers)
        ));
    }
    steps
}

fn law(graph: &Graph) -> Option<Increment> {
    let regimes = graph.needs.regimes.value().filter(|it| !it.is_empty())?;
    let names: Vec<&str> = regimes.iter().map(String::as_str).collect();
    let mut steps = Vec::new();
    if names.contains(&"gdpr") {
        steps.push("`gdpr`: enter every processing in the record, with the retention that the blueprint declares".to_owned());
        let without = graph
            .externals
            .iter()
            .filter(|it| it.has_processing_agreement.value() != Some(&true))
            .map(|it| it.node.name.as_str());
        let without: Vec<&str> = without.collect();
        if !without.is_empty() {
            steps.push(format!(
                "`gdpr`: sign or find the processing agreement of {}",
                list(&without)
            ));
        }
        steps.push(
            "`gdpr`: erase a test person, and prove that backups and journal cannot be read any more"
                .to_owned(),
        );
    }
    for regime in names.iter().filter(|it| **it != "gdpr") {
        steps.push(format!(
            "`{regime}`: fill in the self-assessment, and keep what the blueprint proves beside it"
        ));
    }
    if let Some(us) = graph.needs.audit_retention_us.value() {
        steps.push(format!(
            "keep the audit trail for {}: move it where nobody who operates can delete it",
            time(*us)
        ));
    }
    let count = names.len() as u64;
    Some(Increment {
        title: "Law".to_owned(),
        goal: format!("What {} ask for is proven rather than said.", list(&names)),
        because: "it needs the data model to be final, and somebody outside the team to read it"
            .to_owned(),
        steps,
        gate: "whoever answers for it in the company has signed".to_owned(),
        days: (3 * count, 10 * count),
        sizing: format!("3 to 10 for each of {count} (judgement; waiting for others is not in it)"),
    })
}

fn load(graph: &Graph) -> Increment {
    let peak = graph.needs.peak_milli_per_s.value();
    let spike = graph.needs.spike.value().copied().unwrap_or(10);
    let how_much = peak.map_or_else(
        || "at the load that is expected".to_owned(),
        |it| format!("at {} and at {spike} times that", short_rate(*it)),
    );
    let objectives: Vec<&str> =
        graph.needs.objectives.iter().map(|it| it.node.name.as_str()).collect();
    let gate = if objectives.is_empty() {
        "the measured capacity bears the load with room".to_owned()
    } else {
        format!(
            "{} hold at the peak, and above it requests are refused rather than lost",
            list(&objectives)
        )
    };
    Increment {
        title: "Load test".to_owned(),
        goal: "What a request takes is measured, and no demand is assumed any more.".to_owned(),
        because: "it needs every context and data of the declared volume; before the release, because what it finds moves stages".to_owned(),
        steps: vec![
            "fill a place like production to the declared volumes".to_owned(),
            format!("drive it {how_much}, with `architrave load`"),
            "read the result with `architrave capacity --measurements`, and correct the roadmap by it".to_owned(),
            "stop a node, the database and every outside system under load, one at a time".to_owned(),
        ],
        gate,
        days: (4, 8),
        sizing: "judgement; longer where an objective is missed".to_owned(),
    }
}

fn release(graph: &Graph, waivers: &[Waiver]) -> Increment {
    let mut steps: Vec<String> = waivers
        .iter()
        .map(|it| {
            let rule = it.pattern.split('@').next().unwrap_or_default();
            format!(
                "settle what was accepted until {}: `{rule}` ({})",
                written(it.until_day),
                it.reason.trim_end_matches('.')
            )
        })
        .collect();
    steps.push("roll a version out and back again while requests come in".to_owned());
    if graph.needs.tenants.value().is_some_and(|it| *it > 1) {
        steps.push("begin with one friendly tenant, then ten, then all".to_owned());
    } else {
        steps.push("begin with a hundredth of the users, then a tenth, then all".to_owned());
    }
    Increment {
        title: "Release".to_owned(),
        goal: "Everybody uses it, and somebody is called when it fails.".to_owned(),
        because: "it can be taken back for some users, not for all".to_owned(),
        steps,
        gate: "two weeks within every error budget".to_owned(),
        days: (5, 10),
        sizing: "judgement; the two weeks of watching are not in it".to_owned(),
    }
}
