//! DAT-03: a way in which rows are looked for that no index serves.

use architrave_model::graph::{
    AccessPattern, Column, ColumnKind, Graph, Known, Node, Operation, Parameter, ParameterPlace,
    Table,
};

use crate::{Family, Input, Rule, Source, Verdicts, measure::words::grouped, subjects::called};

pub(super) const RULE: Rule = Rule {
    id: "DAT-03",
    name: "pattern-without-index",
    family: Family::Data,
    title: "rows are looked for in a way that no index serves",
    impact: 3,
    likelihood: 2,
    reads: &[Input::Blueprint, Input::Sql, Input::OpenApi],
    sources: &[
        Source {
            title: "Use the index, Luke: the where clause",
            url: "https://use-the-index-luke.com/sql/where-clause",
        },
        Source {
            title: "PostgreSQL documentation, Multicolumn indexes",
            url: "https://www.postgresql.org/docs/current/indexes-multicolumn.html",
        },
    ],
    maps: &[],
    reads_names: true,
    page: include_str!("pattern_without_index.md"),
    judge,
};

/// Up to so many rows reading all of them is no matter.
const SMALL_ROWS: u64 = 10_000;

fn judge(graph: &Graph, say: &mut Verdicts) {
    for table in &graph.tables {
        for pattern in &table.patterns {
            judge_pattern(table, pattern, say);
        }
    }
    // What a blueprint offers to ask for is served by its plan, or refused.
    if !graph.is_closed {
        graph.operations.iter().for_each(|it| judge_operation(graph, it, say));
    }
}

fn judge_pattern(table: &Table, pattern: &AccessPattern, say: &mut Verdicts) {
    let name = format!("{}: {}", table.node.name, pattern.name);
    let node = Node { id: format!("pattern:{name}"), name, origin: pattern.origin };
    match pattern.is_served {
        Known::Unknown => {}
        Known::Is(true, _) => say.pass(&node),
        Known::Is(false, _) | Known::Absent(_) if is_small(table) => say.pass(&node),
        Known::Is(false, _) | Known::Absent(_) => {
            let keys: Vec<String> =
                pattern.equalities.iter().chain(&pattern.range).cloned().collect();
            fail(
                table,
                &node,
                format!("{} read all of `{}`", pattern.name, table.node.name),
                &keys,
                say,
            );
        }
    }
}

fn fail(table: &Table, node: &Node, title: String, keys: &[String], say: &mut Verdicts) {
    let failure = say.fail(node, title).help(format!(
        "add an index that begins with what is compared for equality: ({})",
        keys.join(", ")
    ));
    match table.rows.value() {
        Some(rows) => {
            failure.because(format!("{} rows are expected", grouped(*rows))).matters(3, 3);
        }
        None => {
            failure.because("how many rows there are is not known; it costs more with every one");
        }
    }
}

fn is_small(table: &Table) -> bool {
    table.rows.value().is_some_and(|it| *it <= SMALL_ROWS)
}

/// `GET /orders?customer_id=…` of a table that has such a column.
fn judge_operation(graph: &Graph, operation: &Operation, say: &mut Verdicts) {
    let Some(table) = operation.table.as_ref().and_then(|it| graph.table(it)) else { return };
    if operation.is_list.value() != Some(&true) || is_small(table) {
        return;
    }
    for parameter in operation.parameters.iter().filter(|it| it.place == ParameterPlace::Query) {
        let Some(column) = column_of(table, parameter).filter(|it| selects(it)) else { continue };
        let name = format!("{} by {}", called(operation), parameter.name);
        let node = Node { id: format!("pattern:{name}"), name, origin: parameter.origin };
        if is_found(table, &column.name) {
            say.pass(&node);
            continue;
        }
        let title = format!(
            "`{}` by `{}` reads all of `{}`",
            called(operation),
            parameter.name,
            table.node.name
        );
        fail(table, &node, title, std::slice::from_ref(&column.name), say);
    }
}

fn column_of<'t>(table: &'t Table, parameter: &Parameter) -> Option<&'t Column> {
    let plain = |name: &str| name.replace(['_', '-'], "").to_lowercase();
    table.columns.iter().find(|it| plain(&it.name) == plain(&parameter.name))
}

/// Whether a value finds few rows, and by equality. A search in texts is another matter, and so are flags.
fn selects(column: &Column) -> bool {
    let by_kind = matches!(
        column.kind.value(),
        Some(
            ColumnKind::Integer
                | ColumnKind::SmallInteger
                | ColumnKind::Uuid
                | ColumnKind::UuidOrdered
                | ColumnKind::Reference
        )
    );
    let name = column.name.to_lowercase();
    by_kind && (name.ends_with("_id") || name.ends_with("_uuid") || column.name.ends_with("Id"))
}

fn is_found(table: &Table, column: &str) -> bool {
    let is_it = |it: &String| it.eq_ignore_ascii_case(column);
    let by_key = table.primary_key.value().and_then(|it| it.first()).is_some_and(is_it);
    by_key
        || table.indexes.iter().any(|it| it.columns.first().is_some_and(|it| is_it(&it.0)))
        // Behind the column of the tenant, which every question has.
        || table.indexes.iter().any(|it| {
            it.columns.get(1).is_some_and(|it| is_it(&it.0))
                && it.columns.first().is_some_and(|it| is_tenant(&it.0))
        })
}

fn is_tenant(name: &str) -> bool {
    ["tenant_id", "org_id", "organization_id", "organisation_id", "workspace_id", "account_id"]
        .contains(&name.to_lowercase().as_str())
}
