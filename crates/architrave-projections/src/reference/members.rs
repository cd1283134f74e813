//! Members of rows and bodies: types and rules in words.

use architrave_model::{Base, EntityId, Field, FieldType, Scalar, System, Ty, Value};
use architrave_plan::{Bounds, InputKind, InputMember, Plan, expression_text};

use super::html::{escaped, inline};
use crate::types::decimal_text;

/// The type of a stored field.
pub(super) fn field_type(system: &System, field: &Field) -> String {
    let bounds = Bounds::of(&field.ty, field.min.as_ref(), field.max.as_ref());
    let text = match &field.ty {
        FieldType::Scalar(it) => scalar(system, it, &bounds),
        FieldType::Ref { entity, .. } => format!("id of {}", system[*entity].name.text),
        FieldType::Many { entity, .. } => {
            format!("list of {}{}", system[*entity].name.text, count(&bounds))
        }
        FieldType::List { item, .. } => {
            let item = scalar(system, item, &Bounds::of_scalar(item));
            format!("list of {item}{}", count(&bounds))
        }
        FieldType::Value(value) => system[*value].name.text.clone(),
        FieldType::Computed { ty, .. } => expression_type(system, ty),
        FieldType::Sequence { .. } => "string".to_owned(),
    };
    let is_nullable = match &field.ty {
        FieldType::Computed { ty, .. } => ty.is_optional,
        _ => field.is_optional,
    };
    or_null(text, is_nullable)
}

/// The type of a member of a body.
pub(super) fn input_type(system: &System, member: &InputMember) -> String {
    let text = match &member.kind {
        InputKind::Scalar(it) => scalar(system, it, &member.bounds),
        InputKind::Ref(entity) => format!("id of {}", system[*entity].name.text),
        InputKind::Object { value, .. } => system[*value].name.text.clone(),
        InputKind::List { item, item_bounds } => {
            format!("list of {}{}", scalar(system, item, item_bounds), count(&member.bounds))
        }
        InputKind::Parts(entity) => {
            format!("list of {}{}", system[*entity].name.text, count(&member.bounds))
        }
    };
    or_null(text, member.is_nullable)
}

fn or_null(text: String, is_nullable: bool) -> String {
    if is_nullable { format!("{text} or null") } else { text }
}

fn count(bounds: &Bounds) -> String {
    match bounds {
        Bounds::Count { min: 0, max } => format!(", at most {max}"),
        Bounds::Count { min, max } => format!(", {min} to {max}"),
        _ => String::new(),
    }
}

/// A plain type with the bounds that are worth saying.
fn scalar(system: &System, scalar: &Scalar, bounds: &Bounds) -> String {
    let name = match scalar {
        Scalar::String { .. } | Scalar::Text => "string",
        Scalar::Email => return "e-mail address".to_owned(),
        Scalar::Phone => return "phone number, E.164".to_owned(),
        Scalar::Url => return "URL".to_owned(),
        Scalar::Slug => return "slug".to_owned(),
        Scalar::Country => return "country, ISO 3166-1".to_owned(),
        Scalar::Locale => return "locale, BCP 47".to_owned(),
        Scalar::Int => "integer",
        Scalar::Decimal { .. } => "decimal",
        Scalar::Money => "money",
        Scalar::Bool => "boolean",
        Scalar::Uuid => "UUID",
        Scalar::Timestamp => return "timestamp, RFC 3339".to_owned(),
        Scalar::Date => return "date".to_owned(),
        Scalar::Duration => return "duration, ISO 8601".to_owned(),
        Scalar::Enum(values) => {
            let values: Vec<String> = values.iter().map(|it| format!("\"{it}\"")).collect();
            return values.join(" | ");
        }
        Scalar::Json => "JSON",
        Scalar::File { .. } => "file",
    };
    let bounds = match bounds {
        Bounds::Length { min: 0, max } => format!(", at most {max} characters"),
        Bounds::Length { min, max } => format!(", {min} to {max} characters"),
        Bounds::Bytes { max } => format!(", at most {max} bytes"),
        Bounds::Range { min, max } => range(system, scalar, min, max),
        Bounds::Count { .. } | Bounds::None => String::new(),
    };
    format!("{name}{bounds}")
}

/// A bound is worth saying where the author set it.
fn range(system: &System, scalar: &Scalar, min: &Value, max: &Value) -> String {
    let Bounds::Range { min: own_min, max: own_max } = Bounds::of_scalar(scalar) else {
        return String::new();
    };
    let text = |value: &Value| match value {
        Value::Int(it) => it.to_string(),
        Value::Money(it) => decimal_text(*it, system.currency_digits),
        Value::Decimal { unscaled, scale } => decimal_text(*unscaled, *scale),
        _ => String::new(),
    };
    match (*min != own_min, *max != own_max) {
        (true, true) => format!(", {} to {}", text(min), text(max)),
        (true, false) => format!(", at least {}", text(min)),
        (false, true) => format!(", at most {}", text(max)),
        (false, false) => String::new(),
    }
}

fn expression_type(system: &System, ty: &Ty) -> String {
    match &ty.base {
        Base::Bool => "boolean".to_owned(),
        Base::Int => "integer".to_owned(),
        Base::Decimal { .. } => "decimal".to_owned(),
        Base::Money => "money".to_owned(),
        Base::Text => "string".to_owned(),
        Base::Enum(values) => scalar(system, &Scalar::Enum(values.clone()), &Bounds::None),
        Base::Uuid => "UUID".to_owned(),
        Base::Row(entity) => format!("id of {}", system[*entity].name.text),
        Base::Timestamp => "timestamp, RFC 3339".to_owned(),
        Base::Date => "date".to_owned(),
        Base::Duration => "duration, ISO 8601".to_owned(),
        _ => "JSON".to_owned(),
    }
}

/// What is special about a stored field, as HTML.
pub(super) fn field_notes(plan: &Plan, id: EntityId, index: usize, field: &Field) -> String {
    let system = &plan.system;
    let mut notes =
        if field.doc.is_empty() { String::new() } else { format!("<p>{}</p>", inline(&field.doc)) };
    let mut words: Vec<String> = Vec::new();
    match &field.ty {
        FieldType::Computed { expr, .. } => {
            words.push(format!("Worked out: `{}`.", expression_text(system, expr)));
        }
        FieldType::Sequence { template } => {
            words.push(format!("Drawn when the row is created: `{template}`."));
        }
        _ => {}
    }
    if let Some(pattern) = &field.pattern {
        words.push(format!("Matches `{pattern}`."));
    }
    let access = system[id].access.fields.iter().find(|it| it.field == index);
    if let Some(rule) = access.and_then(|it| it.read.as_ref()) {
        words.push(format!("Shown only if `{}`.", expression_text(system, &rule.expr)));
    }
    let write = access.and_then(|it| it.write.as_ref());
    if let Some(rule) = write {
        match expression_text(system, &rule.expr).as_str() {
            "false" => words.push("Changed by commands only.".to_owned()),
            text => words.push(format!("Written only if `{text}`.")),
        }
    }
    if !words.is_empty() {
        notes.push_str(&format!("<p>{}</p>", inline(&words.join(" "))));
    }
    let badges = [
        (field.unique.is_some(), "unique"),
        (field.is_immutable, "immutable"),
        (field.encryption.is_some(), "encrypted at rest"),
        (is_read_only(plan, id, index, field), "read-only"),
    ];
    for (_, badge) in badges.iter().filter(|it| it.0) {
        notes.push_str(&format!("<span class=\"badge\">{badge}</span>"));
    }
    notes
}

fn is_read_only(plan: &Plan, id: EntityId, index: usize, field: &Field) -> bool {
    let takes = |shapes: &[architrave_plan::InputShape]| {
        let shape = shapes.get(id.0 as usize);
        shape.is_some_and(|it| it.members.iter().any(|it| it.field == index))
    };
    !takes(&plan.creates) && !takes(&plan.updates) && !field.is_secret
}

/// A name with its type below it.
pub(super) fn named(name: &str, ty: &str) -> String {
    format!("<code>{}</code>", escaped(name))
        + &format!(" <div class=\"type\">{}</div>", escaped(ty))
}
