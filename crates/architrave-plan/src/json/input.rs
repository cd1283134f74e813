//! What bodies may hold.

use architrave_model::{Default, Scalar};

use super::tree::{Json, object};
use crate::{Bounds, InputKind, InputMember, InputShape, Plan, value_text::value_text};

pub(super) fn per_entity<'p>(plan: &'p Plan, shapes: &'p [InputShape]) -> Json<'p> {
    let named = plan.system.entity_ids().zip(shapes);
    object(named.map(|(id, it)| (plan.system.entity_path(id), shape(plan, it))).collect())
}

pub(super) fn commands(plan: &Plan) -> Json<'_> {
    let named = plan.system.commands.iter().zip(&plan.commands).map(|(command, it)| {
        (
            format!("{}.{}", plan.system.entity_path(command.entity), command.name.text),
            shape(plan, it),
        )
    });
    object(named.collect())
}

/// What a member takes, e.g. `string(40)` or `ref(accounts.User)`; objects are nested.
pub(super) fn kind<'p>(plan: &'p Plan, kind: &'p InputKind) -> Json<'p> {
    match kind {
        InputKind::Scalar(scalar) => Json::text(scalar_text(scalar)),
        InputKind::Ref(entity) => Json::text(format!("ref({})", plan.system.entity_path(*entity))),
        InputKind::Object { shape: inner, .. } => shape(plan, inner),
        InputKind::List { item, .. } => Json::text(format!("list({})", scalar_text(item))),
        InputKind::Parts(entity) => {
            Json::text(format!("many({})", plan.system.entity_path(*entity)))
        }
    }
}

fn shape<'p>(plan: &'p Plan, shape: &'p InputShape) -> Json<'p> {
    object(shape.members.iter().map(|it| (it.name.as_str(), member(plan, it))).collect())
}

fn member<'p>(plan: &'p Plan, member: &'p InputMember) -> Json<'p> {
    let digits = plan.system.currency_digits;
    let default = member.default.as_ref().map(|it| match it {
        Default::Value(value) => value_text(value, digits),
        Default::Now => "now".to_owned(),
        Default::CallerUser => "caller.user".to_owned(),
    });
    object(vec![
        ("type", kind(plan, &member.kind)),
        ("required", Json::Bool(member.is_required)),
        ("nullable", Json::Bool(member.is_nullable)),
        ("default", Json::optional(default)),
        ("bounds", Json::optional(bounds(&member.bounds, digits))),
        ("pattern", Json::optional(member.pattern.as_deref())),
        ("has_write_rule", Json::Bool(member.has_write_rule)),
        ("secret", Json::Bool(member.is_secret)),
    ])
}

fn bounds(bounds: &Bounds, digits: u8) -> Option<String> {
    match bounds {
        Bounds::None => None,
        Bounds::Length { min, max } => Some(format!("{min}..{max} characters")),
        Bounds::Range { min, max } => {
            Some(format!("{}..{}", value_text(min, digits), value_text(max, digits)))
        }
        Bounds::Bytes { max } => Some(format!("0..{max} bytes")),
        Bounds::Count { min, max } => Some(format!("{min}..{max} items")),
    }
}

fn scalar_text(scalar: &Scalar) -> String {
    match scalar {
        Scalar::String { .. } => "string".to_owned(),
        Scalar::Text => "text".to_owned(),
        Scalar::Email => "email".to_owned(),
        Scalar::Phone => "phone".to_owned(),
        Scalar::Url => "url".to_owned(),
        Scalar::Slug => "slug".to_owned(),
        Scalar::Country => "country".to_owned(),
        Scalar::Locale => "locale".to_owned(),
        Scalar::Int => "int".to_owned(),
        Scalar::Decimal { precision, scale } => format!("decimal({precision},{scale})"),
        Scalar::Money => "money".to_owned(),
        Scalar::Bool => "bool".to_owned(),
        Scalar::Uuid => "uuid".to_owned(),
        Scalar::Timestamp => "timestamp".to_owned(),
        Scalar::Date => "date".to_owned(),
        Scalar::Duration => "duration".to_owned(),
        Scalar::Enum(values) => format!("enum({})", values.join(", ")),
        Scalar::Json => "json".to_owned(),
        Scalar::File { kind, size_bytes_max } => {
            format!("file({kind:?}, {size_bytes_max} bytes)").to_lowercase()
        }
    }
}
