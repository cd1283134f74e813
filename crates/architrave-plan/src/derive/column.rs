//! Columns: the built-in ones first, then one per plain field and per member of a value object.

use architrave_model::{
    Base, Encryption, Entity, EntityId, Field, FieldType, Scalar, System, Ty, ValueId,
};

use crate::{
    Column, ColumnId, ColumnRole, ColumnType,
    lock::{LockKind, Names},
};

/// Physical names of the built-in columns. No field gets one of them, also where its table lacks the
/// column: it may get it later.
pub(crate) const BUILT_IN_COLUMNS: &[&str] =
    &[ID, TENANT, PARENT, POSITION, VERSION, CREATED_AT, UPDATED_AT, DELETED_AT];
const ID: &str = "id";
const TENANT: &str = "tenant_id";
const PARENT: &str = "part_of_id";
const POSITION: &str = "part_position";
const VERSION: &str = "version";
const CREATED_AT: &str = "created_at";
const UPDATED_AT: &str = "updated_at";
const DELETED_AT: &str = "deleted_at";

/// The columns of an entity's table.
pub(super) fn columns(system: &System, id: EntityId, names: &mut Names) -> Vec<Column> {
    let mut columns = built_in(system, id);
    let owner = system.entity_path(id);
    for (position, field) in system[id].fields.iter().enumerate() {
        let role = ColumnRole::Field { field: position, member: None };
        match &field.ty {
            FieldType::Many { .. } => {}
            FieldType::Value(value) => {
                columns.extend(value_columns(system, &owner, position, field, *value, names));
            }
            ty => columns.push(field_column(
                &owner,
                &field.name.text,
                role,
                field,
                column_type(ty),
                names,
            )),
        }
    }
    // A row has at most 65,535 columns; the reader stops far below.
    columns.truncate(usize::from(u16::MAX));
    columns
}

/// Where columns of a role are.
pub(super) fn find(columns: &[Column], role: ColumnRole) -> Option<ColumnId> {
    let position = columns.iter().position(|it| it.role == role)?;
    u16::try_from(position).ok().map(ColumnId)
}

fn built_in(system: &System, id: EntityId) -> Vec<Column> {
    let entity: &Entity = &system[id];
    let is_part = entity.owner.is_some();
    // Paths that callers cannot write start with `$`, so that a field may have the same name.
    let all = [
        (true, "id", ID, ColumnRole::Id, ColumnType::Uuid),
        (system.is_tenanted(id), "$tenant", TENANT, ColumnRole::Tenant, ColumnType::Uuid),
        (is_part, "$parent", PARENT, ColumnRole::Parent, ColumnType::Uuid),
        (is_part, "$position", POSITION, ColumnRole::Position, ColumnType::Int),
        (!is_part, "version", VERSION, ColumnRole::Version, ColumnType::Int),
        (!is_part, "created_at", CREATED_AT, ColumnRole::CreatedAt, ColumnType::Timestamp),
        (!is_part, "updated_at", UPDATED_AT, ColumnRole::UpdatedAt, ColumnType::Timestamp),
        (
            !is_part && entity.soft_delete.is_some(),
            "$deleted_at",
            DELETED_AT,
            ColumnRole::DeletedAt,
            ColumnType::Timestamp,
        ),
    ];
    let column = |path: &str, physical: &str, role, ty| Column {
        path: path.to_owned(),
        physical: physical.to_owned(),
        role,
        ty,
        is_nullable: role == ColumnRole::DeletedAt,
        encryption: None,
        lookup: None,
        is_secret: false,
        pii: None,
    };
    all.into_iter()
        .filter(|(is_there, ..)| *is_there)
        .map(|(_, path, physical, role, ty)| column(path, physical, role, ty))
        .collect()
}

/// One column per member.
fn value_columns(
    system: &System,
    owner: &str,
    position: usize,
    field: &Field,
    value: ValueId,
    names: &mut Names,
) -> Vec<Column> {
    let mut columns = Vec::new();
    let members = &system[value].fields;
    let name = &field.name.text;
    for (member_position, member) in members.iter().enumerate() {
        let role = ColumnRole::Field { field: position, member: Some(member_position) };
        let path = format!("{name}.{}", member.name.text);
        let mut column = field_column(owner, &path, role, member, column_type(&member.ty), names);
        column.is_nullable |= field.is_optional;
        column.is_secret |= field.is_secret;
        column.pii = column.pii.or_else(|| field.pii.clone());
        if column.encryption.is_none() && field.encryption.is_some() {
            column.encryption = field.encryption;
            column.lookup = lookup(owner, &path, &column, names);
        }
        columns.push(column);
    }
    columns
}

fn field_column(
    owner: &str,
    path: &str,
    role: ColumnRole,
    field: &Field,
    ty: ColumnType,
    names: &mut Names,
) -> Column {
    let suffix = if matches!(ty, ColumnType::Ref(_)) { "_id" } else { "" };
    let wanted = format!("{}{suffix}", path.replace('.', "_"));
    let mut column = Column {
        path: path.to_owned(),
        physical: names.column(owner, LockKind::Column, path, &wanted),
        role,
        ty,
        is_nullable: is_nullable(field),
        encryption: field.encryption,
        lookup: None,
        is_secret: field.is_secret,
        pii: field.pii.clone(),
    };
    column.lookup = lookup(owner, path, &column, names);
    column
}

fn lookup(owner: &str, path: &str, column: &Column, names: &mut Names) -> Option<String> {
    let wanted = format!("{}_lookup", column.physical);
    (column.encryption == Some(Encryption::Lookup))
        .then(|| names.column(owner, LockKind::Lookup, path, &wanted))
}

fn is_nullable(field: &Field) -> bool {
    match &field.ty {
        FieldType::Computed { ty, .. } => ty.is_optional,
        _ => field.is_optional,
    }
}

fn column_type(ty: &FieldType) -> ColumnType {
    match ty {
        FieldType::Scalar(scalar) => scalar_type(scalar),
        FieldType::Ref { entity, .. } => ColumnType::Ref(*entity),
        FieldType::List { item, .. } => ColumnType::List(Box::new(scalar_type(item))),
        FieldType::Computed { ty, .. } => computed_type(ty),
        FieldType::Sequence { .. } => ColumnType::Text,
        // Neither has a column of its own.
        FieldType::Many { .. } | FieldType::Value(_) => ColumnType::Json,
    }
}

/// How a plain value is stored.
pub(super) fn scalar_type(scalar: &Scalar) -> ColumnType {
    match scalar {
        Scalar::String { .. }
        | Scalar::Text
        | Scalar::Email
        | Scalar::Phone
        | Scalar::Url
        | Scalar::Slug
        | Scalar::Country
        | Scalar::Locale => ColumnType::Text,
        Scalar::Int => ColumnType::Int,
        Scalar::Decimal { scale, .. } => ColumnType::Decimal { scale: *scale },
        Scalar::Money => ColumnType::Money,
        Scalar::Bool => ColumnType::Bool,
        Scalar::Uuid => ColumnType::Uuid,
        Scalar::Timestamp => ColumnType::Timestamp,
        Scalar::Date => ColumnType::Date,
        Scalar::Duration => ColumnType::Duration,
        Scalar::Enum(values) => ColumnType::Enum(values.clone()),
        Scalar::Json => ColumnType::Json,
        Scalar::File { .. } => ColumnType::File,
    }
}

fn computed_type(ty: &Ty) -> ColumnType {
    match &ty.base {
        Base::Bool => ColumnType::Bool,
        Base::Int => ColumnType::Int,
        Base::Decimal { scale } => ColumnType::Decimal { scale: *scale },
        Base::Money => ColumnType::Money,
        Base::Text | Base::Null | Base::Poison => ColumnType::Text,
        Base::Enum(values) => ColumnType::Enum(values.clone()),
        Base::Uuid => ColumnType::Uuid,
        Base::Row(entity) => ColumnType::Ref(*entity),
        Base::Timestamp => ColumnType::Timestamp,
        Base::Date => ColumnType::Date,
        Base::Duration => ColumnType::Duration,
        Base::File => ColumnType::File,
        Base::List(item) => ColumnType::List(Box::new(computed_type(item))),
        Base::Json | Base::Object(_) | Base::Parts(_) | Base::Set(_) | Base::Record(_) => {
            ColumnType::Json
        }
    }
}
