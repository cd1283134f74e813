//! Tables: what is kept of every entity, how it is found, and whose it is.

use architrave_model::{
    Entity, EntityId, Field, FieldType, OnDelete, Scalar, System,
    graph::{
        Column, ColumnKind, ForeignKey, Graph, Known, Node, Origin, PersonalData, Table,
        TableAccess, Tenancy,
    },
};
use architrave_plan::{
    Bounds, Column as PlanColumn, ColumnRole, ColumnType, InputKind, InputShape, Plan,
    Table as PlanTable, expression_text,
};

use super::{indexes, names, patterns};

pub(super) fn add(plan: &Plan, graph: &mut Graph) {
    let system = &plan.system;
    let tenant = system.identity.tenant;
    graph.tenancy = Tenancy {
        is_shared: Known::Is(tenant.is_some(), Origin::declared(system.identity.span)),
        tenant_table: tenant.map(|it| names::table(system, it)),
    };
    graph.people_table = system.identity.user.map(|it| names::table(system, it));
    graph.tables = plan.tables.iter().map(|it| table(plan, it)).collect();
}

fn table(plan: &Plan, table: &PlanTable) -> Table {
    let system = &plan.system;
    let entity = &system[table.entity];
    let root = system.aggregate_root(table.entity);
    let privacy = entity.privacy.as_ref().or(system[root].privacy.as_ref());
    let span = entity.span;
    let path_of = |id| table.column(id).map(|it: &PlanColumn| it.path.clone());
    let tenant = table.tenant.and_then(path_of);
    Table {
        node: Node::declared("table", system.entity_path(table.entity), span),
        module: Some(names::module(system, entity.context)),
        store: Some(names::STORE.to_owned()),
        columns: table.columns.iter().map(|it| column(plan, table, it)).collect(),
        primary_key: Known::built_in(
            tenant.iter().cloned().chain(["id".to_owned()]).collect::<Vec<_>>(),
        ),
        foreign_keys: foreign_keys(system, table),
        indexes: indexes::of(plan, table),
        rows: Known::declared(entity.volume_rows, span),
        inserts_milli_per_s: Known::declared(None, span),
        retention_us: Known::declared(
            privacy.and_then(|it| it.retain_for_us),
            privacy.map_or(span, |it| it.span),
        ),
        is_partitioned: Known::built_in(false),
        tenant_column: match tenant {
            Some(tenant) => Known::built_in(tenant),
            None => Known::Absent(Origin::built_in()),
        },
        needs_tenant: Known::built_in(system.is_tenanted(table.entity)),
        soft_delete_column: Known::declared(
            table.deleted_at.and_then(path_of),
            entity.soft_delete.as_ref().map_or(span, |it| it.span),
        ),
        part_of: entity.owner.map(|it| names::table(system, it.entity)),
        access: access(plan, table),
        patterns: patterns::of(plan, table),
        subject: Known::declared(
            privacy.map(|it| expression_text(system, &it.subject)),
            privacy.map_or(span, |it| it.span),
        ),
        // One key file for the whole store: it cannot be destroyed for one person.
        has_subject_key: Known::built_in(false),
        // Every change leaves with its journal record: actor, time, the row after it.
        is_audited: Known::built_in(true),
        natural_keys: natural_keys(plan, table),
        writers: vec![(names::SERVICE.to_owned(), Origin::built_in())],
    }
}

/// Combinations that the author calls unique.
fn natural_keys(plan: &Plan, table: &PlanTable) -> Vec<(Vec<String>, Origin)> {
    let unique = table.indexes.iter().filter(|it| it.unique.is_some());
    unique.map(|it| (it.unique_paths.clone(), indexes::origin(plan, table, it))).collect()
}

fn foreign_keys(system: &System, table: &PlanTable) -> Vec<ForeignKey> {
    let path = |id| table.column(id).map_or_else(String::new, |it| it.path.clone());
    let tenant: Vec<String> = table.tenant.map(path).into_iter().collect();
    let references = table.foreign_keys.iter().map(|key| {
        let shared = tenant.iter().filter(|_| key.with_tenant).cloned();
        ForeignKey {
            origin: origin_of(system, table, table.column(key.column)),
            columns: shared.clone().chain([path(key.column)]).collect(),
            to: names::table(system, key.to),
            to_columns: shared.chain(["id".to_owned()]).collect(),
            is_enforced: true,
            cascades: key.on_delete == OnDelete::Cascade,
        }
    });
    let parent = table.parent.map(|(column, above)| ForeignKey {
        origin: Origin::declared(system[table.entity].span),
        columns: tenant.iter().cloned().chain([path(column)]).collect(),
        to: names::table(system, above),
        to_columns: tenant.iter().cloned().chain(["id".to_owned()]).collect(),
        is_enforced: true,
        cascades: true,
    });
    let already = table
        .parent
        .is_some_and(|(column, _)| table.foreign_keys.iter().any(|it| it.column == column));
    references.chain(parent.filter(|_| !already)).collect()
}

/// Where a column was declared; built-in ones have no place.
pub(super) fn origin_of(system: &System, table: &PlanTable, column: Option<&PlanColumn>) -> Origin {
    let field = column.and_then(|it| field_of(system, table.entity, it.role));
    field.map_or_else(Origin::built_in, |it| Origin::declared(it.span))
}

/// The declared field of a column: of the entity, or of the value object in it.
fn field_of(system: &System, entity: EntityId, role: ColumnRole) -> Option<&Field> {
    let ColumnRole::Field { field, member } = role else { return None };
    let field = system[entity].fields.get(field)?;
    match (&field.ty, member) {
        (FieldType::Value(value), Some(member)) => system[*value].fields.get(member),
        _ => Some(field),
    }
}

fn column(plan: &Plan, table: &PlanTable, column: &PlanColumn) -> Column {
    let system = &plan.system;
    let entity = &system[table.entity];
    let field = field_of(system, table.entity, column.role);
    let origin = origin_of(system, table, Some(column));
    let is_computed = matches!(
        field.map(|it| &it.ty),
        Some(FieldType::Computed { .. } | FieldType::Sequence { .. })
    );
    let id = table.column_at(&column.path);
    let is_unique = table.indexes.iter().any(|index| {
        let own = index.columns.iter().filter(|it| Some(it.column) != table.tenant);
        index.unique.is_some() && own.map(|it| it.column).eq(id)
    });
    Column {
        name: column.path.clone(),
        origin,
        kind: Known::Is(kind(column, field), origin),
        type_text: type_text(column),
        is_nullable: Known::Is(column.is_nullable, origin),
        is_unique: Known::Is(is_unique || column.role == ColumnRole::Id, origin),
        length_max: length_max(column, field, origin),
        personal: personal(column.pii.as_ref(), origin),
        is_secret: Known::Is(column.is_secret, origin),
        is_encrypted: Known::Is(column.encryption.is_some(), origin),
        is_built_in: field.is_none(),
        default_text: Known::Absent(origin),
        is_computed,
        is_client_writable: Known::Is(is_client_writable(plan, entity, table, column), origin),
        ..Column::default()
    }
}

pub(super) fn personal(category: Option<&String>, origin: Origin) -> Known<PersonalData> {
    match category {
        Some(category) => Known::Is(PersonalData { category: category.clone() }, origin),
        None => Known::Absent(origin),
    }
}

fn kind(column: &PlanColumn, field: Option<&Field>) -> ColumnKind {
    if column.role == ColumnRole::Id {
        return ColumnKind::UuidOrdered;
    }
    if matches!(field.map(|it| &it.ty), Some(FieldType::Scalar(Scalar::Uuid))) {
        return ColumnKind::Uuid;
    }
    match &column.ty {
        ColumnType::Bool => ColumnKind::Boolean,
        ColumnType::Int => ColumnKind::Integer,
        ColumnType::Decimal { .. } => ColumnKind::Decimal,
        ColumnType::Money => ColumnKind::Money,
        ColumnType::Text => ColumnKind::Text,
        ColumnType::Enum(_) => ColumnKind::Enumeration,
        ColumnType::Uuid | ColumnType::Ref(_) => ColumnKind::Reference,
        ColumnType::Timestamp => ColumnKind::Instant,
        ColumnType::Date => ColumnKind::Date,
        ColumnType::Duration => ColumnKind::Duration,
        ColumnType::Json => ColumnKind::Json,
        ColumnType::List(_) => ColumnKind::List,
        ColumnType::File => ColumnKind::File,
    }
}

fn type_text(column: &PlanColumn) -> String {
    match &column.ty {
        ColumnType::Bool => "bool",
        ColumnType::Int => "int",
        ColumnType::Decimal { .. } => "decimal",
        ColumnType::Money => "money",
        ColumnType::Text => "text",
        ColumnType::Enum(_) => "enum",
        ColumnType::Uuid => "uuid",
        ColumnType::Ref(_) => "ref",
        ColumnType::Timestamp => "timestamp",
        ColumnType::Date => "date",
        ColumnType::Duration => "duration",
        ColumnType::Json => "json",
        ColumnType::List(_) => "list",
        ColumnType::File => "file",
    }
    .to_owned()
}

/// Text, lists and JSON always have a bound: the type's own where the author gave none.
fn length_max(column: &PlanColumn, field: Option<&Field>, origin: Origin) -> Known<u64> {
    let bounds = field.map(|it| Bounds::of(&it.ty, it.min.as_ref(), it.max.as_ref()));
    match (bounds, &column.ty) {
        (
            Some(Bounds::Length { max, .. } | Bounds::Bytes { max } | Bounds::Count { max, .. }),
            _,
        ) => Known::Is(u64::from(max), origin),
        (_, ColumnType::Text | ColumnType::Json | ColumnType::List(_)) => {
            // Computed text is as long as what it is made of, which is bounded.
            Known::built_in(u64::from(u32::MAX))
        }
        _ => Known::Unknown,
    }
}

/// Whether a create or an update that callers can send takes it.
fn is_client_writable(
    plan: &Plan,
    entity: &Entity,
    table: &PlanTable,
    column: &PlanColumn,
) -> bool {
    let ColumnRole::Field { field, member } = column.role else { return false };
    let root = plan.system.aggregate_root(table.entity);
    let access = &plan.system[root].access;
    let position = table.entity.0 as usize;
    let shapes = [
        (access.create.is_some(), plan.creates.get(position)),
        // Parts are made anew by an update of their root.
        (access.update.is_some() && entity.owner.is_some(), plan.creates.get(position)),
        (access.update.is_some(), plan.updates.get(position)),
    ];
    shapes
        .into_iter()
        .any(|(is_offered, shape)| is_offered && shape.is_some_and(|it| takes(it, field, member)))
}

fn takes(shape: &InputShape, field: usize, member: Option<usize>) -> bool {
    shape.members.iter().filter(|it| it.field == field).any(|it| match (&it.kind, member) {
        (InputKind::Object { shape, .. }, Some(member)) => takes(shape, member, None),
        _ => true,
    })
}

fn access(plan: &Plan, table: &PlanTable) -> TableAccess {
    let entity = &plan.system[table.entity];
    let paths = |is_wanted: &dyn Fn(&PlanColumn) -> bool| {
        table.columns.iter().filter(|it| is_wanted(it)).map(|it| it.path.clone()).collect()
    };
    let is_restricted = |column: &PlanColumn| {
        let ColumnRole::Field { field, .. } = column.role else { return false };
        entity.access.fields.iter().any(|it| it.field == field && it.read.is_some())
    };
    TableAccess {
        read_only_columns: paths(&|it| !is_client_writable(plan, entity, table, it)),
        hidden_columns: paths(&|it| it.is_secret),
        restricted_columns: paths(&is_restricted),
    }
}
