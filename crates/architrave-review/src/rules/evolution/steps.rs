//! Steps of migrations that have still to run, and what they meet.

use architrave_model::graph::{ChangeKind, Graph, MigrationStep, StoreKind, Table};

/// The steps that are judged: those that the earlier state does not have; where no earlier state is known, those of
/// the newest file of each series. What has run everywhere can do no more harm.
pub(super) fn pending(graph: &Graph) -> impl Iterator<Item = &MigrationStep> {
    let known = graph.before.as_ref().map(|it| &it.migrations);
    graph.migrations.iter().filter(move |step| match known {
        Some(before) => before.iter().all(|it| it.file != step.file),
        None => step.is_newest,
    })
}

/// The same on tables that may hold rows: what is made in the same run is empty.
pub(super) fn pending_on_rows(graph: &Graph) -> impl Iterator<Item = &MigrationStep> {
    pending(graph).filter(|it| !it.table_is_new)
}

/// The database for which a step is written: by its words, or because there is only one.
pub(super) fn product<'g>(graph: &'g Graph, step: &'g MigrationStep) -> Option<&'g str> {
    let said = step.product.value().map(String::as_str);
    said.or_else(|| {
        let store = table(graph, step).and_then(|it| it.store.as_ref());
        graph.store(store?)?.product.value().map(String::as_str)
    })
    .or_else(|| {
        let mut all =
            graph.stores.iter().filter(|it| it.kind.value() == Some(&StoreKind::Relational));
        match (all.next(), all.next()) {
            (Some(only), None) => only.product.value().map(String::as_str),
            _ => None,
        }
    })
}

/// Whether it is PostgreSQL or behaves like it.
pub(super) fn is_postgres(product: &str) -> bool {
    matches!(product, "postgresql" | "timescaledb")
}

/// Whether it is MySQL or behaves like it.
pub(super) fn is_mysql(product: &str) -> bool {
    matches!(product, "mysql" | "mariadb")
}

/// The table of a step as all steps leave it.
pub(super) fn table<'g>(graph: &'g Graph, step: &MigrationStep) -> Option<&'g Table> {
    graph.table(step.table.as_ref()?)
}

/// Its table's name as its author writes it, without the schema that everybody has.
pub(super) fn table_name(step: &MigrationStep) -> String {
    let id = step.table.as_deref().unwrap_or("table:?");
    let name = id.split_once(':').map_or(id, |it| it.1);
    name.strip_prefix("public.").unwrap_or(name).to_owned()
}

/// Other steps of the same file on the same table, and whether each stands before this one.
pub(super) fn beside<'g>(
    graph: &'g Graph,
    step: &'g MigrationStep,
) -> impl Iterator<Item = (&'g MigrationStep, bool)> {
    let mut is_before = true;
    graph.migrations.iter().filter_map(move |it| {
        if it.node.id == step.node.id {
            is_before = false;
            return None;
        }
        (it.file == step.file && it.table == step.table).then_some((it, is_before))
    })
}

/// Whether the column is added in the same file, hence empty unless it has a default.
pub(super) fn column_is_new(graph: &Graph, step: &MigrationStep) -> bool {
    step.column.is_some()
        && beside(graph, step).any(|(it, is_before)| {
            is_before
                && it.column == step.column
                && it.kind == ChangeKind::AddColumn
                && !it.has_backfill
        })
}

/// Rows up to which a walk through a table is no matter.
pub(super) const SMALL_ROWS: u64 = 10_000;

/// Whether the table is known to be small.
pub(super) fn is_small(graph: &Graph, step: &MigrationStep) -> bool {
    table(graph, step).and_then(|it| it.rows.value()).is_some_and(|it| *it <= SMALL_ROWS)
}
