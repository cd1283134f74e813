//! What the design itself says; nobody has to be asked.

use std::collections::BTreeSet;

use architrave_model::graph::{AccessShape, AuthScheme, EdgeKind, Graph, Known, Origin};

use super::Fact;
use super::value::{FactValue, FactValue::Flag, FactValue::Number, Unit};

pub(super) const FACTS: &[Fact] = &[
    Fact {
        name: "contexts",
        title: "bounded contexts",
        unit: Unit::Count("contexts"),
        plausible: &[],
        default: Number(1),
        read: |it| counted(it, it.modules.len()),
        assume: None,
    },
    Fact {
        name: "services",
        title: "services that answer requests",
        unit: Unit::Count("services"),
        plausible: &[],
        default: Number(1),
        read: |it| Known::Is(number(it.services.len().max(1)), it.system.origin),
        assume: None,
    },
    Fact {
        name: "regions",
        title: "regions in which it runs",
        unit: Unit::Count("regions"),
        plausible: &[Number(1), Number(2), Number(3)],
        default: Number(1),
        read: regions,
        assume: Some(|graph, value| {
            let Number(count) = value else { return };
            let names = (1..=count.clamp(0, 16)).map(|it| format!("region-{it}")).collect();
            graph.needs.regions = Known::Is(names, Origin::assumed());
        }),
    },
    Fact {
        name: "has_people",
        title: "whether people sign in",
        unit: Unit::Flag,
        plausible: &[],
        default: Flag(true),
        read: |it| {
            signs_in(it, &[AuthScheme::OpenIdConnect, AuthScheme::Cookie, AuthScheme::Basic])
        },
        assume: None,
    },
    Fact {
        name: "has_machines",
        title: "whether machines of others call it",
        unit: Unit::Flag,
        plausible: &[],
        default: Flag(false),
        read: |it| {
            signs_in(
                it,
                &[AuthScheme::ApiKeyHeader, AuthScheme::ApiKeyQuery, AuthScheme::MutualTls],
            )
        },
        assume: None,
    },
    Fact {
        name: "access_by_row",
        title: "whether access depends on the row",
        unit: Unit::Flag,
        plausible: &[],
        default: Flag(true),
        read: access_by_row,
        assume: None,
    },
    Fact {
        name: "cross_context_processes",
        title: "processes that change more than one context",
        unit: Unit::Count("processes"),
        plausible: &[],
        default: Number(0),
        read: |it| counted(it, it.processes.len()),
        assume: None,
    },
    Fact {
        name: "has_search",
        title: "whether texts are searched",
        unit: Unit::Flag,
        plausible: &[],
        default: Flag(false),
        read: |it| flag(it, it.tables.iter().flat_map(|it| &it.indexes).any(|it| it.is_full_text)),
        assume: None,
    },
    Fact {
        name: "external_calls",
        title: "systems of others that it calls",
        unit: Unit::Count("systems"),
        plausible: &[],
        default: Number(0),
        read: |it| {
            let called = it.edges.iter().filter(|it| it.kind == EdgeKind::Calls);
            let names: BTreeSet<&str> =
                called.map(|it| it.to.as_str()).filter(|it| it.starts_with("external:")).collect();
            counted(it, names.len())
        },
        assume: None,
    },
    Fact {
        name: "rows",
        title: "rows of the largest table",
        unit: Unit::Count("rows"),
        plausible: &[],
        default: Number(100_000),
        read: |it| {
            let rows =
                it.tables.iter().filter_map(|it| Some((*it.rows.value()?, it.rows.origin()?)));
            match rows.max_by_key(|it| it.0) {
                Some((rows, origin)) => {
                    Known::Is(Number(i64::try_from(rows).unwrap_or(i64::MAX)), origin)
                }
                None => Known::Unknown,
            }
        },
        assume: None,
    },
];

fn number(count: usize) -> FactValue {
    Number(i64::try_from(count).unwrap_or(i64::MAX))
}

/// A count of what is in the graph: exact in a closed world, at least so many in an open one, where none
/// found tells nothing.
pub(super) fn counted(graph: &Graph, count: usize) -> Known<FactValue> {
    if graph.is_closed || count > 0 {
        Known::Is(number(count), graph.system.origin)
    } else {
        Known::Unknown
    }
}

pub(super) fn flag(graph: &Graph, is_found: bool) -> Known<FactValue> {
    if graph.is_closed || is_found {
        Known::Is(Flag(is_found), graph.system.origin)
    } else {
        Known::Unknown
    }
}

fn regions(graph: &Graph) -> Known<FactValue> {
    match &graph.needs.regions {
        Known::Is(list, origin) => Known::Is(number(list.len()), *origin),
        Known::Absent(origin) => Known::Absent(*origin),
        Known::Unknown => Known::Unknown,
    }
}

fn signs_in(graph: &Graph, schemes: &[AuthScheme]) -> Known<FactValue> {
    let used = graph.operations.iter().filter_map(|it| it.auth.value()).flatten();
    flag(graph, used.into_iter().any(|it| schemes.contains(it)))
}

fn access_by_row(graph: &Graph) -> Known<FactValue> {
    let by_row = [AccessShape::Row, AccessShape::Relation, AccessShape::RoleOrRelation];
    let shapes = graph.operations.iter().filter_map(|it| it.access.value());
    flag(graph, shapes.into_iter().any(|it| by_row.contains(it)))
}
