//! DAT-18: rows of several tenants, and nothing that keeps them apart.

use std::collections::BTreeSet;

use architrave_model::graph::{Graph, Known, ManifestKind, Table};

use crate::{Family, Input, Rule, Source, Verdicts, subjects::count};

pub(super) const RULE: Rule = Rule {
    id: "DAT-18",
    name: "tenant-key-missing",
    family: Family::Data,
    title: "rows of several tenants are not kept apart",
    impact: 4,
    likelihood: 3,
    reads: &[Input::Blueprint, Input::Sql],
    sources: &[
        Source {
            title: "PostgreSQL documentation, Row security policies",
            url: "https://www.postgresql.org/docs/current/ddl-rowsecurity.html",
        },
        Source {
            title: "OWASP Multi-tenant security cheat sheet",
            url: "https://cheatsheetseries.owasp.org/cheatsheets/Multi_Tenant_Security_Cheat_Sheet.html",
        },
    ],
    maps: &[("CWE", "639"), ("OWASP API", "API1:2023"), ("STRIDE", "Information disclosure")],
    reads_names: true,
    page: include_str!("tenant_key_missing.md"),
    judge,
};

/// Columns that say whose row it is.
const TENANTS: &[&str] = &[
    "tenant_id",
    "tenant",
    "tenantid",
    "org_id",
    "organization_id",
    "organisation_id",
    "workspace_id",
];
/// So many tables with such a column make a system of several tenants.
const TENANTED_MIN: usize = 3;

fn judge(graph: &Graph, say: &mut Verdicts) {
    if graph.is_closed {
        return graph.tables.iter().for_each(|it| judge_declared(it, say));
    }
    let tenanted: Vec<&Table> =
        graph.tables.iter().filter(|it| tenant_column(it).is_some()).collect();
    if tenanted.len() < TENANTED_MIN {
        return;
    }
    let protected = protected(graph);
    for table in &graph.tables {
        match tenant_column(table) {
            Some(column) => judge_tenanted(table, column, &protected, say),
            None if is_alone(graph, table) => say.cannot_tell(
                &table.node,
                format!(
                    "whose the rows of `{}` are: neither a column nor a reference says",
                    table.node.name
                ),
            ),
            None => {}
        }
    }
}

fn judge_declared(table: &Table, say: &mut Verdicts) {
    if table.needs_tenant.value() != Some(&true) {
        return;
    }
    match &table.tenant_column {
        Known::Is(..) => say.pass(&table.node),
        Known::Unknown => say.cannot_tell(&table.node, "the column with the tenant"),
        Known::Absent(_) => {
            say.fail(&table.node, format!("the rows of `{}` belong to nobody", table.node.name))
                .help("refer to the tenant in every row, and begin every key with it");
        }
    }
}

fn tenant_column(table: &Table) -> Option<&str> {
    let names = table.columns.iter().map(|it| it.name.as_str());
    names.into_iter().find(|it| TENANTS.contains(&it.to_lowercase().as_str()))
}

/// Names of the tables for which rules about rows are switched on, without the schema that everybody has.
fn protected(graph: &Graph) -> BTreeSet<&str> {
    let files = graph.manifests.iter().filter(|it| it.kind == ManifestKind::Sql);
    let facts = files.flat_map(|it| &it.facts).filter(|it| it.0 == "row_level_security");
    facts.map(|it| plain(&it.1)).collect()
}

fn plain(name: &str) -> &str {
    name.strip_prefix("public.").unwrap_or(name)
}

fn judge_tenanted(table: &Table, column: &str, protected: &BTreeSet<&str>, say: &mut Verdicts) {
    // Where no table has such rules, the program keeps tenants apart, which is not seen here.
    if protected.is_empty() {
        return;
    }
    let name = plain(&table.node.name);
    if protected.contains(name) {
        return say.pass(&table.node);
    }
    say.fail(&table.node, format!("every tenant's rows of `{name}` are open to whoever forgets a condition"))
        .help(format!("ALTER TABLE {name} ENABLE ROW LEVEL SECURITY, and a policy that compares `{column}` with the caller's"))
        .because(format!("{} of this schema {} protected by the database; this one is not", count(protected.len(), "table"), if protected.len() == 1 { "is" } else { "are" }));
}

/// Whether no reference leads from or to the table: it is neither a part of something with a tenant nor a list that
/// others look things up in.
fn is_alone(graph: &Graph, table: &Table) -> bool {
    let is_referred_to =
        graph.tables.iter().flat_map(|it| &it.foreign_keys).any(|it| it.to == table.node.id);
    table.foreign_keys.is_empty() && !is_referred_to
}
