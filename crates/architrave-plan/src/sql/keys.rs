//! Which rows a row needs: keys to other tables, whatever the database. The database always refuses to let such a row
//! go; what happens to referring rows is the engine's decision and in the journal.

use architrave_model::EntityId;

use crate::{ColumnId, Plan, Table};

/// A key to another table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    /// Columns here: the tenant's first where it is part of the key.
    pub(super) columns: Vec<ColumnId>,
    /// The other entity.
    pub(super) to: EntityId,
    /// Whether the other table's key is its tenant and id, not its id alone.
    pub(super) with_tenant: bool,
}

/// Keys of a table in the order in which they are declared: the tenant's, the fields', the one to the row above.
pub(super) fn references(plan: &Plan, table: &Table) -> Vec<Reference> {
    let mut all = Vec::new();
    if let (Some(column), Some(to)) = (table.tenant, plan.system.identity.tenant) {
        all.push(Reference { columns: vec![column], to, with_tenant: false });
    }
    let declared = table.foreign_keys.iter().map(|it| (it.column, it.to, it.with_tenant));
    let parent = table
        .parent
        .filter(|(column, _)| table.foreign_keys.iter().all(|declared| declared.column != *column));
    let parent = parent.map(|(column, to)| (column, to, table.tenant.is_some()));
    for (column, to, with_tenant) in declared.chain(parent) {
        // A row of one tenant cannot be found by its id alone; the engine checks such references.
        if !with_tenant && plan[to].tenant.is_some() {
            continue;
        }
        let tenant = table.tenant.filter(|_| with_tenant);
        all.push(Reference {
            columns: tenant.into_iter().chain([column]).collect(),
            to,
            with_tenant,
        });
    }
    all
}
