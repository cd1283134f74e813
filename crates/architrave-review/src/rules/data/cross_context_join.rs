//! DAT-17: tables of two contexts that cannot be taken apart.

use std::collections::BTreeSet;

use architrave_model::graph::{ForeignKey, Graph, Node, Table};

use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "DAT-17",
    name: "cross-context-join",
    family: Family::Data,
    title: "a reference ties the tables of two contexts to each other",
    impact: 2,
    likelihood: 3,
    reads: &[Input::Blueprint, Input::Sql],
    sources: &[
        Source {
            title: "Database per service (Chris Richardson)",
            url: "https://microservices.io/patterns/data/database-per-service.html",
        },
        Source {
            title: "Bounded context (Martin Fowler)",
            url: "https://martinfowler.com/bliki/BoundedContext.html",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("cross_context_join.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    // What one team releases together may hang together: then a reference is a strength.
    let teams = graph.needs.release_teams.value().copied();
    for (table, key, to) in crossing(graph) {
        let name = format!("{}({})", table.node.name, key.columns.join(", "));
        let node = Node { id: format!("reference:{name}"), name, origin: key.origin };
        match teams {
            None if !graph.is_closed => {
                return say.cannot_tell(&graph.system, "how many teams release on their own (`release_teams`): references cross the borders of schemas");
            }
            None | Some(0 | 1) => say.pass(&node),
            Some(teams) => fail(graph, table, to, &node, teams, say),
        }
    }
}

/// References from one context into another. Everybody refers to tenants and to the people who call.
fn crossing(graph: &Graph) -> Vec<(&Table, &ForeignKey, &Table)> {
    let everybodys = |it: &Table| {
        let id = Some(&it.node.id);
        id == graph.people_table.as_ref() || id == graph.tenancy.tenant_table.as_ref()
    };
    let mut found = Vec::new();
    for table in &graph.tables {
        for key in &table.foreign_keys {
            let Some(to) = graph.table(&key.to).filter(|it| !everybodys(it)) else { continue };
            if let (Some(here), Some(there)) = (context(graph, table), context(graph, to))
                && here != there
            {
                found.push((table, key, to));
            }
        }
    }
    found
}

/// The module, or the schema where it is one that somebody chose.
fn context<'g>(graph: &Graph, table: &'g Table) -> Option<&'g str> {
    if graph.is_closed {
        return table.module.as_deref();
    }
    let (schema, _) = table.node.name.rsplit_once('.')?;
    (!["public", "auth", "dbo", "shared", "common"].contains(&schema)).then_some(schema)
}

fn fail(graph: &Graph, table: &Table, to: &Table, node: &Node, teams: u32, say: &mut Verdicts) {
    let column = table
        .foreign_keys
        .iter()
        .find(|it| it.origin == node.origin && it.to == to.node.id)
        .and_then(|it| it.columns.last())
        .map_or("", String::as_str);
    let contexts: BTreeSet<&str> =
        [context(graph, table), context(graph, to)].into_iter().flatten().collect();
    let called = |it: &&str| it.strip_prefix("module:").unwrap_or(it).to_owned();
    let contexts: Vec<String> = contexts.iter().map(called).collect();
    say.fail(node, format!("`{column}` of `{}` keeps {} in one database", table.node.name, contexts.join(" and ")))
        .also(graph.needs.release_teams.span(), "they are to be released apart")
        .help(format!("keep the id of `{}` as a plain `uuid`, and what you show of it in a projection that its events keep up to date", to.node.name))
        .because(format!("{teams} teams release on their own (declared)"));
}
