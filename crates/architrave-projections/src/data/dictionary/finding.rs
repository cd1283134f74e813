//! How rows are found: what callers may ask for, which reads there are, and the index that serves each.

use architrave_model::{EntityId, UniqueScope, graph::AccessPattern};
use architrave_plan::{ColumnRole, Plan, Table, TableIndex};

use crate::{
    Material,
    page::{Page, code, escape},
    speech,
};

pub(super) fn section(page: &mut Page, material: &Material<'_>, id: EntityId) {
    let plan = material.plan;
    let table = &plan[id];
    page.heading(3, &format!("How rows of {} are found", plan.system[id].name.text));
    if let Some(asked) = asked(plan, id) {
        page.paragraph(&asked);
    }
    let graph_id = format!("table:{}", plan.system.entity_path(id));
    let patterns = material.assessment.graph.table(&graph_id).map_or(&[][..], |it| &it.patterns);
    let rows: Vec<Vec<String>> = patterns.iter().map(|it| pattern(table, it)).collect();
    page.table(&["Who asks", "Equal", "Then by", "Served by"], &rows);
    let rows: Vec<Vec<String>> = table.indexes.iter().map(|it| index(plan, table, it)).collect();
    page.table(&["Index", "Columns", "Covers", "There because"], &rows);
}

/// What the list operation takes.
fn asked(plan: &Plan, id: EntityId) -> Option<String> {
    let operation = plan
        .operations
        .iter()
        .find(|it| it.entity == Some(id) && it.kind == architrave_plan::OperationKind::List)?;
    let list = plan.lists.get(id.0 as usize)?;
    let table = &plan[id];
    let name = |column| table.column(column).map_or_else(String::new, |it| code(&it.path));
    let mut text = format!("{} ", code(&format!("GET {}", operation.path)));
    if list.filters.is_empty() {
        text.push_str("takes no filter");
    } else {
        let filters: Vec<String> = list.filters.iter().map(|it| name(it.column)).collect();
        text.push_str(&format!("filters by {}", filters.join(", ")));
    }
    if !list.sorts.is_empty() {
        let sorts: Vec<String> = list.sorts.iter().map(|it| name(*it)).collect();
        text.push_str(&format!(" and sorts by {}", sorts.join(", ")));
    }
    if let Some(search) = table.search.as_ref().filter(|_| list.has_search) {
        let columns: Vec<String> = search
            .columns
            .iter()
            .map(|it| format!("{} (weight {})", name(it.column), it.weight))
            .collect();
        text.push_str(&format!("; `q` searches the words of {}", columns.join(" and ")));
    }
    text.push_str(&format!(
        ", {} rows a page unless asked otherwise, {} at most.",
        list.limit_default, list.limit_max,
    ));
    Some(text)
}

fn pattern(table: &Table, pattern: &AccessPattern) -> Vec<String> {
    let joined = |names: &[String]| names.iter().map(|it| code(it)).collect::<Vec<_>>().join(", ");
    let mut then: Vec<String> =
        pattern.range.iter().map(|it| format!("{} (range)", code(it))).collect();
    then.extend(pattern.sort.iter().map(|(name, is_descending)| order(name, *is_descending)));
    let served = match (serving(table, pattern), pattern.is_served.value()) {
        (Some(index), _) => code(&index.physical),
        (None, Some(true)) => "primary key".to_owned(),
        _ => "**nothing**: every row is read".to_owned(),
    };
    vec![escape(&pattern.name), joined(&pattern.equalities), then.join(", "), served]
}

/// The first index whose keys are what the pattern wants: its equalities in any order, then its range or order.
fn serving<'t>(table: &'t Table, pattern: &AccessPattern) -> Option<&'t TableIndex> {
    table.indexes.iter().find(|index| {
        let keys: Vec<&str> = index
            .columns
            .iter()
            .filter(|it| Some(it.column) != table.tenant)
            .filter_map(|it| table.column(it.column))
            .map(|it| it.path.as_str())
            .collect();
        let count = pattern.equalities.len();
        let Some((first, rest)) = keys.split_at_checked(count) else { return false };
        let next = pattern.range.as_deref().or(pattern.sort.first().map(|it| it.0.as_str()));
        first.iter().all(|it| pattern.equalities.iter().any(|wanted| wanted == it))
            && next.is_none_or(|it| rest.first() == Some(&it))
    })
}

fn index(plan: &Plan, table: &Table, index: &TableIndex) -> Vec<String> {
    let columns: Vec<String> = index
        .columns
        .iter()
        .filter_map(|it| Some((table.column(it.column)?, it.is_descending)))
        .map(|(column, is_descending)| match column.role {
            ColumnRole::Tenant => "tenant".to_owned(),
            ColumnRole::Parent => "row above".to_owned(),
            ColumnRole::Position => "place in its list".to_owned(),
            _ => order(&column.path, is_descending),
        })
        .collect();
    let mut covers = Vec::new();
    if let Some(condition) = &index.condition {
        covers.push(format!("rows where {}", speech::condition(&plan.system, condition)));
    }
    if index.skips_deleted {
        covers.push("rows that are not deleted".to_owned());
    }
    let covers = if covers.is_empty() { "every row".to_owned() } else { covers.join(", ") };
    let because = match (index.unique, index.reason) {
        (Some(UniqueScope::Tenant), _) => "unique within a tenant",
        (Some(UniqueScope::Global), _) if plan.system.identity.tenant.is_none() => "unique",
        (Some(UniqueScope::Global), _) => "unique in the whole store",
        (None, "declared") => "declared in the blueprint",
        (None, "reference") => "a deletion looks for what refers to the row",
        (None, _) => "parts are read with the row above",
    };
    vec![code(&index.physical), columns.join(", "), covers, because.to_owned()]
}

fn order(name: &str, is_descending: bool) -> String {
    if is_descending { format!("{} from large to small", code(name)) } else { code(name) }
}
