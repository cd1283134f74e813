//! DAT-06: what people take for a key, and the database does not.

use architrave_model::graph::{Column, Graph, Table};

use crate::{Family, Input, Rule, Source, Verdicts, subjects, words::words};

pub(super) const RULE: Rule = Rule {
    id: "DAT-06",
    name: "business-key-not-unique",
    family: Family::Data,
    title: "nothing keeps two rows from having one key",
    impact: 2,
    likelihood: 3,
    reads: &[Input::Blueprint, Input::Sql],
    sources: &[Source {
        title: "PostgreSQL documentation, Unique constraints",
        url: "https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-UNIQUE-CONSTRAINTS",
    }],
    maps: &[("CWE", "362")],
    reads_names: true,
    page: include_str!("key_not_unique.md"),
    judge,
};

/// Tables of those who sign in, and what they sign in by.
const PEOPLE: &[&str] = &["user", "users", "member", "members", "admin", "admins"];
const SIGN_IN: &[&str] = &["email", "username", "login"];
/// Names by which rows are found from outside, whatever the table.
const HANDLES: &[&str] = &["slug", "sku"];
/// What is handed out with a number on it, by which both sides call it from then on.
const DOCUMENTS: &[&str] = &[
    "invoice",
    "invoices",
    "order",
    "orders",
    "purchase_order",
    "purchase_orders",
    "quote",
    "quotes",
    "receipt",
    "receipts",
    "credit_note",
    "credit_notes",
];

fn judge(graph: &Graph, say: &mut Verdicts) {
    for table in &graph.tables {
        for column in table.columns.iter().filter(|it| is_key(table, it)) {
            let node = subjects::column(table, column);
            if is_unique(table, column) {
                say.pass(&node);
                continue;
            }
            let (table, column) = (&table.node.name, &column.name);
            say.fail(&node, format!("two rows of `{table}` can have the same `{column}`"))
                .help(format!("look for pairs, then: CREATE UNIQUE INDEX ON {table} ({column}); with the tenant before it where there are tenants"))
                .because("a look before the insert does not help: two requests at once both find nothing");
        }
    }
}

fn is_key(table: &Table, column: &Column) -> bool {
    let name = column.name.to_lowercase();
    let own = table.node.name.rsplit('.').next().unwrap_or_default().to_lowercase();
    let is_people = PEOPLE.contains(&own.as_str()) && SIGN_IN.contains(&name.as_str());
    is_people || HANDLES.contains(&name.as_str()) || is_number_of(&own, &name)
}

/// `number` or `invoice_number` of `invoices`.
fn is_number_of(table: &str, column: &str) -> bool {
    let one = table.strip_suffix('s').unwrap_or(table);
    let own = column.strip_prefix(one).map_or(column, |it| it.trim_start_matches('_'));
    DOCUMENTS.contains(&table) && ["number", "no"].contains(&own)
}

/// Whether it is part of a key, alone or with others, as it is or in small letters.
fn is_unique(table: &Table, column: &Column) -> bool {
    let name = column.name.to_lowercase();
    let holds = |it: &str| it.eq_ignore_ascii_case(&name) || words(it).contains(&name);
    column.is_unique.value() == Some(&true)
        || table.primary_key.value().is_some_and(|it| it.iter().any(|it| holds(it)))
        || table.indexes.iter().any(|it| it.is_unique && it.columns.iter().any(|it| holds(&it.0)))
}
