//! FIT-06: users so far away that light alone takes the time that was promised.

use architrave_model::graph::{Graph, Objective};

use crate::measure::{
    continents::{continent, round_trip_between},
    data::Datum,
    words::{list, time},
};
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "FIT-06",
    name: "edge-ignored",
    family: Family::Fit,
    title: "users are too far away for what was promised",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Blueprint],
    sources: &[Source {
        title: "Primer on latency and bandwidth (High Performance Browser Networking)",
        url: "https://hpbn.co/primer-on-latency-and-bandwidth/",
    }],
    maps: &[],
    reads_names: false,
    page: include_str!("edge_ignored.md"),
    judge,
};

/// Times the way there and back: once for the connection, once for the request.
const ROUND_TRIPS: i64 = 2;
/// Promises for fewer requests than this, in parts per million, leave out those who are far away.
const PERCENTILE_MIN: u32 = 950_000;

fn judge(graph: &Graph, say: &mut Verdicts) {
    for objective in &graph.needs.objectives {
        let promised = objective.latency.iter().rev().find(|it| it.0 >= PERCENTILE_MIN);
        if let Some((percentile, us)) = promised {
            promise(graph, objective, *percentile, *us, say);
        }
    }
}

fn promise(graph: &Graph, objective: &Objective, percentile: u32, us: i64, say: &mut Verdicts) {
    let needs = &graph.needs;
    let Some(from) = needs.users_from.value() else {
        return say.cannot_tell(&objective.node, "where the users are (`from` in `workload`)");
    };
    let Some(regions) = needs.regions.value() else {
        return say.cannot_tell(&objective.node, "where it runs (`regions` in `system`)");
    };
    let unknown = from.iter().chain(regions).find(|it| continent(it).is_none());
    if let Some(unknown) = unknown {
        return say.cannot_tell(&objective.node, format!("on which continent `{unknown}` is"));
    }
    let farthest = from.iter().filter_map(|it| Some((it, nearest(it, regions)?)));
    let Some((users, way)) = farthest.max_by_key(|it| it.1.value) else {
        return say.pass(&objective.node);
    };
    let round_trip_us = i64::try_from(way.value).unwrap_or(i64::MAX);
    if us >= round_trip_us.saturating_mul(ROUND_TRIPS) {
        return say.pass(&objective.node);
    }
    let name = &objective.node.name;
    let is_impossible = us < round_trip_us;
    let failure = say.fail(
        &objective.node,
        format!(
            "`{name}` promises {}, users in `{users}` wait {} for the way there and back alone",
            time(us),
            time(round_trip_us)
        ),
    );
    let failure = if is_impossible { failure.matters(2, 3) } else { failure };
    failure
        .also(needs.users_from.span(), "users far away")
        .help(format!("run it in a region near `{users}` too, let an edge near them answer what everybody may read, or promise {} or more", time(round_trip_us.saturating_mul(ROUND_TRIPS))))
        .because(format!("p{} of {} (declared)", i64::from(percentile) / 10_000, time(us)))
        .because(format!("it runs in {} (declared)", list(regions)))
        .because(format!("{} at the least between {}; a new connection takes {ROUND_TRIPS} of it (documented {}: {})", time(round_trip_us), way.of, way.checked, way.source));
}

/// The way to the nearest of the regions; none where one of them is on the same continent.
fn nearest(users: &str, regions: &[String]) -> Option<Datum> {
    let here = continent(users)?;
    let ways: Option<Vec<Datum>> =
        regions.iter().map(|it| round_trip_between(here, continent(it)?)).collect();
    ways?.into_iter().min_by_key(|it| it.value)
}
