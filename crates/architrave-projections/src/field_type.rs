//! Types of fields, in the words of the blueprint.

use architrave_model::{Base, FieldType, FileKind, Scalar, System, Ty};

/// As an author writes it, without optionality and bounds of its own: `string(120)`, `ref(sales.Order)`.
pub(crate) fn text(system: &System, ty: &FieldType) -> String {
    match ty {
        FieldType::Scalar(it) => scalar(it),
        FieldType::Ref { entity, .. } => format!("ref({})", system.entity_path(*entity)),
        FieldType::Many { entity, .. } => format!("many({})", system[*entity].name.text),
        FieldType::Value(value) => system[*value].name.text.clone(),
        FieldType::List { item, .. } => format!("list({})", scalar(item)),
        FieldType::Computed { ty, .. } => of_ty(system, ty),
        FieldType::Sequence { .. } => "sequence".to_owned(),
    }
}

/// One word for a diagram: letters, digits and lines.
pub(crate) fn word(system: &System, ty: &FieldType) -> String {
    match ty {
        FieldType::Scalar(it) => scalar_word(it).to_owned(),
        FieldType::Ref { .. } => "uuid".to_owned(),
        FieldType::Many { .. } => "many".to_owned(),
        FieldType::Value(value) => system[*value].name.text.clone(),
        FieldType::List { item, .. } => format!("{}[]", scalar_word(item)),
        FieldType::Computed { ty, .. } => {
            let text = of_ty(system, ty);
            text.split('(').next().unwrap_or_default().to_owned()
        }
        FieldType::Sequence { .. } => "sequence".to_owned(),
    }
}

fn scalar(scalar: &Scalar) -> String {
    match scalar {
        Scalar::String { length_max } => format!("string({length_max})"),
        Scalar::Decimal { precision, scale } => format!("decimal({precision}, {scale})"),
        Scalar::Enum(values) => format!("enum({})", values.join(", ")),
        Scalar::File { kind, .. } => format!("file({})", file_kind(*kind)),
        other => scalar_word(other).to_owned(),
    }
}

fn scalar_word(scalar: &Scalar) -> &'static str {
    match scalar {
        Scalar::String { .. } => "string",
        Scalar::Text => "text",
        Scalar::Email => "email",
        Scalar::Phone => "phone",
        Scalar::Url => "url",
        Scalar::Slug => "slug",
        Scalar::Country => "country",
        Scalar::Locale => "locale",
        Scalar::Int => "int",
        Scalar::Decimal { .. } => "decimal",
        Scalar::Money => "money",
        Scalar::Bool => "bool",
        Scalar::Uuid => "uuid",
        Scalar::Timestamp => "timestamp",
        Scalar::Date => "date",
        Scalar::Duration => "duration",
        Scalar::Enum(_) => "enum",
        Scalar::Json => "json",
        Scalar::File { .. } => "file",
    }
}

fn file_kind(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Image => "image",
        FileKind::Document => "document",
        FileKind::Audio => "audio",
        FileKind::Video => "video",
        FileKind::Any => "any",
    }
}

/// The type of an expression.
pub(crate) fn of_ty(system: &System, ty: &Ty) -> String {
    match &ty.base {
        Base::Bool => "bool".to_owned(),
        Base::Int => "int".to_owned(),
        Base::Decimal { .. } => "decimal".to_owned(),
        Base::Money => "money".to_owned(),
        Base::Text => "text".to_owned(),
        Base::Enum(values) => format!("enum({})", values.join(", ")),
        Base::Uuid => "uuid".to_owned(),
        Base::Row(entity) => format!("ref({})", system.entity_path(*entity)),
        Base::Timestamp => "timestamp".to_owned(),
        Base::Date => "date".to_owned(),
        Base::Duration => "duration".to_owned(),
        Base::File => "file".to_owned(),
        Base::Object(value) => system[*value].name.text.clone(),
        Base::List(item) => format!("list({})", of_ty(system, item)),
        Base::Parts(entity) => format!("many({})", system[*entity].name.text),
        Base::Null | Base::Json | Base::Set(_) | Base::Record(_) | Base::Poison => {
            "json".to_owned()
        }
    }
}
