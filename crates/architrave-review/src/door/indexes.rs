//! Indexes of a table, and the place where each was asked for.

use architrave_model::{
    FieldType, IndexPath,
    graph::{IndexSpec, Origin},
};
use architrave_plan::{ColumnRole, Plan, Table, TableIndex, expression_text};

use super::tables;

pub(super) fn of(plan: &Plan, table: &Table) -> Vec<IndexSpec> {
    let plain = table.indexes.iter().map(|it| spec(plan, table, it));
    plain.chain(full_text(plan, table)).collect()
}

fn spec(plan: &Plan, table: &Table, index: &TableIndex) -> IndexSpec {
    let path = |id| table.column(id).map_or_else(String::new, |it| it.path.clone());
    let living = table.deleted_at.filter(|_| index.skips_deleted);
    let conditions: Vec<String> = (index.condition.iter())
        .map(|it| expression_text(&plan.system, it))
        .chain(living.map(|it| format!("{} == null", path(it))))
        .collect();
    IndexSpec {
        origin: origin(plan, table, index),
        name: index.physical.clone(),
        columns: index.columns.iter().map(|it| (path(it.column), it.is_descending)).collect(),
        is_unique: index.unique.is_some(),
        condition: (!conditions.is_empty()).then(|| conditions.join(" && ")),
        is_full_text: false,
        has_own_comparison: false,
        is_declared: index.reason == "declared",
    }
}

fn full_text(plan: &Plan, table: &Table) -> Option<IndexSpec> {
    let search = table.search.as_ref()?;
    let path = |id| table.column(id).map_or_else(String::new, |it| it.path.clone());
    let span = plan.system[table.entity].search.as_ref().map(|it| it.span);
    Some(IndexSpec {
        origin: span.map_or_else(Origin::built_in, Origin::declared),
        name: search.physical.clone(),
        columns: search.columns.iter().map(|it| (path(it.column), false)).collect(),
        is_full_text: true,
        is_declared: true,
        ..IndexSpec::default()
    })
}

/// Where an index was asked for: its block, the field that is unique, or the reference that needs it.
pub(super) fn origin(plan: &Plan, table: &Table, index: &TableIndex) -> Origin {
    let entity = &plan.system[table.entity];
    let own: Vec<_> = index.columns.iter().filter(|it| Some(it.column) != table.tenant).collect();
    let first = own.first().and_then(|it| table.column(it.column));
    let at_field = || tables::origin_of(&plan.system, table, first);
    let names = |path: &IndexPath| -> Option<usize> {
        match path {
            IndexPath::Field(field, _) => Some(*field),
            IndexPath::Id | IndexPath::CreatedAt | IndexPath::UpdatedAt => None,
        }
    };
    let field = |role: ColumnRole| match role {
        ColumnRole::Field { field, .. } => Some(field),
        _ => None,
    };
    let fields: Vec<Option<usize>> =
        own.iter().filter_map(|it| table.column(it.column)).map(|it| field(it.role)).collect();
    // A value object stands for all its members, so that fields may repeat.
    let starts_alike = |on: &[Option<usize>]| {
        let mut keys = fields.clone();
        keys.dedup();
        keys.starts_with(on)
    };
    let declared = match index.reason {
        "declared" => entity.indexes.iter().find_map(|it| {
            let on: Vec<_> = it.on.iter().map(|key| names(&key.path)).collect();
            let same_way = it
                .on
                .iter()
                .map(|key| key.is_descending)
                .eq(own.iter().take(it.on.len()).map(|key| key.is_descending));
            (starts_alike(&on) && (same_way || on.len() != fields.len())).then_some(it.span)
        }),
        "unique" => entity.uniques.iter().find_map(|it| {
            let on: Vec<_> = it.on.iter().map(&names).collect();
            (on.len() > 1 && starts_alike(&on)).then_some(it.span)
        }),
        "parts" => entity.owner.and_then(|it| {
            let above = plan.system[it.entity].fields.get(it.field);
            above.filter(|it| matches!(it.ty, FieldType::Many { .. })).map(|it| it.span)
        }),
        _ => None,
    };
    declared.map_or_else(at_field, Origin::declared)
}
