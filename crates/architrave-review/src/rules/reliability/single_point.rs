//! REL-09: one element without a second whose failure alone breaks a promise.

use std::collections::BTreeMap;

use architrave_model::graph::{Edge, EdgeKind, Graph, Known, Objective, Service, Store, StoreKind};

use crate::measure::{
    availability::budget_us,
    paths::{needs, waits},
    words::{percent, time},
};
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "REL-09",
    name: "single-point-of-failure",
    family: Family::Reliability,
    title: "one failure alone breaks what others were doubled for",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Blueprint, Input::Kubernetes],
    sources: &[
        Source {
            title: "Embracing risk (Site Reliability Engineering)",
            url: "https://sre.google/sre-book/embracing-risk/",
        },
        Source {
            title: "Availability table (Site Reliability Engineering)",
            url: "https://sre.google/sre-book/availability-table/",
        },
    ],
    maps: &[("STRIDE", "Denial of service")],
    reads_names: false,
    page: include_str!("single_point.md"),
    judge,
};

/// What is promised below this needs no second of anything (three nines of a month are 43 minutes).
const AVAILABILITY_MIN_PPM: u32 = 999_000;

fn judge(graph: &Graph, say: &mut Verdicts) {
    if !graph.is_closed {
        judge_copies(graph, say);
        if let Some(reason) = lone_store(graph) {
            judge_objectives(graph, &reason, say);
        }
    } else if runs_once(graph) {
        let reason =
            "everything runs in one process with its database, so that no other takes over";
        judge_objectives(graph, reason, say);
    }
}

fn judge_objectives(graph: &Graph, reason: &str, say: &mut Verdicts) {
    for objective in &graph.needs.objectives {
        judge_objective(graph, objective, reason, say);
    }
}

/// Why the failure of a store is everybody's: somebody works with it, and there is one.
fn lone_store(graph: &Graph) -> Option<String> {
    let is_lone = |it: &&Store| {
        is_needed_to_work(it)
            && it.replicas.value() == Some(&1)
            && graph.edges.iter().any(|edge| edge.to == it.node.id && edge.kind == EdgeKind::Stores)
    };
    let store = graph.stores.iter().find(is_lone)?;
    Some(format!("`{}` runs once (observed), so that no other takes over", store.node.name))
}

/// An embedded database is written by one process: there is no second that could take over.
fn runs_once(graph: &Graph) -> bool {
    let is_embedded = |it: &Known<String>| it.value().is_some_and(|it| it == "sqlite");
    graph
        .stores
        .iter()
        .any(|it| it.kind.value() == Some(&StoreKind::Relational) && is_embedded(&it.product))
}

fn judge_objective(graph: &Graph, objective: &Objective, reason: &str, say: &mut Verdicts) {
    let Some(&promised) = objective.availability_ppm.value() else { return };
    if promised < AVAILABILITY_MIN_PPM {
        return say.pass(&objective.node);
    }
    let Some(&window) = objective.window_us.value() else {
        return say.cannot_tell(&objective.node, "the window that the promise is about (`window`)");
    };
    let Some(&rto) = graph.needs.rto_us.value() else {
        return say
            .cannot_tell(&objective.node, "how long recovery may take (`rto` in `recovery`)");
    };
    let budget = budget_us(promised, window);
    if rto <= budget {
        return say.pass(&objective.node);
    }
    let name = &objective.node.name;
    say.fail(
        &objective.node,
        format!(
            "one failure takes {} to mend, but `{name}` may be down for {} in {}",
            time(rto),
            time(budget),
            time(window)
        ),
    )
    .at_fact(
        &objective.availability_ppm,
        format!("{} of {} leave {}", percent(u64::from(promised)), time(window), time(budget)),
    )
    .also(graph.needs.rto_us.span(), "recovery may take longer than that")
    .help("promise less, recover faster, or keep a second node ready to take over")
    .because(format!("objective {} over {} (declared)", percent(u64::from(promised)), time(window)))
    .because(format!("recovery may take {} (declared)", time(rto)))
    .because(reason);
}

/// Nobody promised anything, but somebody runs several of one thing so that one may fail, and all of them need
/// another of which there is one.
fn judge_copies(graph: &Graph, say: &mut Verdicts) {
    let counts = |edge: &Edge| {
        // On one host everything goes down together, however many run.
        edge.crosses_hosts.value() != Some(&false)
            && (waits(edge) && edge.is_remote.value() != Some(&false)
                || edge.kind == EdgeKind::Stores)
    };
    let several = graph.services.iter().filter(|it| copies(it) >= 2);
    let mut needed: BTreeMap<&str, &Service> = BTreeMap::new();
    for service in several {
        for id in needs(graph, &service.node.id, &counts) {
            needed.entry(id).or_insert(service);
        }
    }
    let services =
        graph.services.iter().map(|it| (&it.node, &it.replicas, it.autoscale.value().is_some()));
    let stores = graph
        .stores
        .iter()
        .filter(|it| is_needed_to_work(it))
        .map(|it| (&it.node, &it.replicas, false));
    for (node, replicas, is_scaled) in services.chain(stores) {
        let (Some(user), Known::Is(number, origin)) = (needed.get(node.id.as_str()), replicas)
        else {
            continue;
        };
        if *number != 1 || is_scaled {
            say.pass(node);
            continue;
        }
        let (name, user_name) = (&node.name, &user.node.name);
        say.fail(node, format!("{} copies of `{user_name}` need `{name}`, of which there is one", copies(user)))
            .at(origin.span, "runs once")
            .also(user.replicas.span(), "runs several times")
            .help(format!("run a second `{name}`, let `{user_name}` do without it for a while, or accept that its failure is everybody's"))
            .because(format!("`{user_name}` runs {} times, `{name}` once (observed)", copies(user)))
            .matters(3, 2);
    }
}

fn copies(service: &Service) -> u32 {
    service.autoscale.value().map(|it| it.0).or(service.replicas.value().copied()).unwrap_or(0)
}

/// Without rows and documents nothing works; a cache, a search or a queue that is away is a matter of the program.
fn is_needed_to_work(store: &Store) -> bool {
    matches!(store.kind.value(), Some(StoreKind::Relational | StoreKind::Document))
}
