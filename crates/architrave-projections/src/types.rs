//! Types of the language as JSON Schema: exact formats, bounds and patterns.

use architrave_model::{Base, Field, FieldType, Scalar, System, Ty, Value};
use architrave_plan::{Bounds, INT_MAX};

use crate::{
    json::{Json, object, reference},
    names,
};

/// Long text unless `max` says otherwise (language reference, types).
const TEXT_LENGTH_MAX: i64 = 100_000;
/// RFC 5321 without quoted local parts; the domain has at least one dot.
const EMAIL_PATTERN: &str = r#"^[^\x00-\x20\x7f"(),:;<>@\[\\\].]+(?:\.[^\x00-\x20\x7f"(),:;<>@\[\\\].]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$"#;
/// Any text but U+0000, which no database keeps.
const TEXT_PATTERN: &str = r"^[^\u0000]*$";
const PHONE_PATTERN: &str = r"^\+[1-9][0-9]{1,14}$";
const SLUG_PATTERN: &str = "^[a-z0-9]+(?:-[a-z0-9]+)*$";
const LOCALE_PATTERN: &str = r"^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$";
const DURATION_PATTERN: &str = r"^-?P(?=.)(?:[0-9]+W)?(?:[0-9]+D)?(?:T(?=.)(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]{1,6})?S)?)?$";

/// A schema with the field's bounds, without optionality and documentation.
pub(crate) fn field_type(system: &System, field: &Field) -> Json {
    let bounds = Bounds::of(&field.ty, field.min.as_ref(), field.max.as_ref());
    match &field.ty {
        FieldType::Scalar(it) => scalar(system, it, &bounds, field.pattern.as_deref()),
        FieldType::Ref { entity, .. } => id_of(&system[*entity].name.text),
        FieldType::Value(value) => reference(&format!("schemas/{}", names::value(system, *value))),
        FieldType::Many { entity, .. } => {
            list(&bounds, reference(&format!("schemas/{}", names::entity(system, *entity))))
        }
        FieldType::List { item, .. } => {
            list(&bounds, scalar(system, item, &Bounds::of_scalar(item), None))
        }
        FieldType::Computed { ty, .. } => of_ty(system, ty),
        FieldType::Sequence { template } => object([
            ("type", "string".into()),
            ("maxLength", 200_i64.into()),
            ("description", format!("Drawn when the row is created: `{template}`.").into()),
        ]),
    }
}

/// A list with its bounds.
pub(crate) fn list(bounds: &Bounds, items: Json) -> Json {
    let schema = object([("type", "array".into())]);
    let schema = match bounds {
        Bounds::Count { min: 0, max } => schema.with("maxItems", *max),
        Bounds::Count { min, max } => schema.with("minItems", *min).with("maxItems", *max),
        _ => schema.with("maxItems", 10_000_i64),
    };
    schema.with("items", items)
}

/// An id, with the entity it belongs to in words.
pub(crate) fn id_of(entity: &str) -> Json {
    uuid().with("description", format!("Id of a {entity}."))
}

/// Any id.
pub(crate) fn uuid() -> Json {
    object([("type", "string".into()), ("format", "uuid".into()), ("maxLength", 36_i64.into())])
}

/// A point in time.
pub(crate) fn timestamp() -> Json {
    object([
        ("type", "string".into()),
        ("format", "date-time".into()),
        ("maxLength", 35_i64.into()),
    ])
}

fn text(length_max: i64) -> Json {
    object([("type", "string".into()), ("maxLength", length_max.into())])
}

fn formatted(format: &str, length_max: i64) -> Json {
    object([("type", "string".into()), ("format", format.into()), ("maxLength", length_max.into())])
}

/// One plain value with its bounds.
pub(crate) fn scalar(
    system: &System,
    scalar: &Scalar,
    bounds: &Bounds,
    pattern: Option<&str>,
) -> Json {
    match scalar {
        Scalar::String { .. } | Scalar::Text => text_of(bounds, pattern.map(whole_match)),
        Scalar::Email => formatted("email", 254).with("pattern", EMAIL_PATTERN),
        Scalar::Phone => text(16).with("pattern", PHONE_PATTERN),
        Scalar::Url => formatted("uri", 2048).with("pattern", "^https?://"),
        Scalar::Slug => text(100).with("pattern", SLUG_PATTERN),
        Scalar::Country => text(2).with("pattern", "^[A-Z]{2}$"),
        Scalar::Locale => text(35).with("pattern", LOCALE_PATTERN),
        Scalar::Int => whole(bounds),
        Scalar::Decimal { precision, scale } => decimal(*precision, *scale, bounds),
        Scalar::Money => money(system, bounds),
        Scalar::Bool => object([("type", "boolean".into())]),
        Scalar::Uuid => uuid(),
        Scalar::Timestamp => timestamp(),
        Scalar::Date => formatted("date", 10),
        Scalar::Duration => formatted("duration", 40).with("pattern", DURATION_PATTERN),
        Scalar::Enum(values) => {
            object([("type", "string".into()), ("enum", values.clone().into())])
        }
        Scalar::Json => match bounds {
            Bounds::Bytes { max } => {
                object([("description", format!("Any JSON of at most {max} bytes.").into())])
            }
            _ => object([("description", "Any JSON.".into())]),
        },
        Scalar::File { .. } => reference("schemas/File"),
    }
}

fn text_of(bounds: &Bounds, pattern: Option<String>) -> Json {
    let schema = object([("type", "string".into())]);
    let schema = match bounds {
        Bounds::Length { min: 0, max } => schema.with("maxLength", *max),
        Bounds::Length { min, max } => schema.with("minLength", *min).with("maxLength", *max),
        _ => schema.with("maxLength", TEXT_LENGTH_MAX),
    };
    schema.with("pattern", pattern.unwrap_or_else(|| TEXT_PATTERN.to_owned()))
}

/// JSON Schema searches where the language matches the whole text.
fn whole_match(pattern: &str) -> String {
    if pattern.starts_with('^') && pattern.ends_with('$') && !pattern.contains('|') {
        pattern.to_owned()
    } else {
        format!("^(?:{pattern})$")
    }
}

fn whole(bounds: &Bounds) -> Json {
    let (min, max) = match bounds {
        Bounds::Range { min: Value::Int(min), max: Value::Int(max) } => (*min, *max),
        _ => (-INT_MAX, INT_MAX),
    };
    object([
        ("type", "integer".into()),
        ("format", "int64".into()),
        ("minimum", min.into()),
        ("maximum", max.into()),
    ])
}

/// Whether the lower bound rules out the minus sign.
fn is_never_negative(bounds: &Bounds) -> bool {
    matches!(
        bounds,
        Bounds::Range { min: Value::Money(min) | Value::Decimal { unscaled: min, .. }, .. } if *min >= 0
    )
}

fn decimal_pattern(digits: u8, scale: u8, is_never_negative: bool) -> String {
    let sign = if is_never_negative { "" } else { "-?" };
    let fraction = if scale == 0 { String::new() } else { format!(r"(?:\.[0-9]{{1,{scale}}})?") };
    format!("^{sign}[0-9]{{1,{digits}}}{fraction}$")
}

fn decimal(precision: u8, scale: u8, bounds: &Bounds) -> Json {
    let digits = precision.saturating_sub(scale).max(1);
    let schema = object([
        ("type", "string".into()),
        ("format", "decimal".into()),
        ("maxLength", i64::from(precision + 3).into()),
        ("pattern", decimal_pattern(digits, scale, is_never_negative(bounds)).into()),
    ]);
    let unscaled_max = 10_i64.pow(u32::from(precision.min(18))) - 1;
    let Bounds::Range {
        min: Value::Decimal { unscaled: min, .. },
        max: Value::Decimal { unscaled: max, .. },
    } = bounds
    else {
        return schema;
    };
    narrowed(schema, (*min, -unscaled_max), (*max, unscaled_max), scale)
}

/// Amounts share two schemas, so that clients get one type for them.
fn money(system: &System, bounds: &Bounds) -> Json {
    let schema = if is_never_negative(bounds) { "NonNegativeMoney" } else { "Money" };
    let schema = reference(&format!("schemas/{schema}"));
    let Bounds::Range { min: Value::Money(min), max: Value::Money(max) } = bounds else {
        return schema;
    };
    narrowed(schema, (*min, -INT_MAX), (*max, INT_MAX), system.currency_digits)
}

/// Bounds that JSON Schema cannot say of texts and objects; (bound, the type's own). Zero is said by the pattern.
fn narrowed(schema: Json, min: (i64, i64), max: (i64, i64), scale: u8) -> Json {
    let schema = if min.0 != min.1 && min.0 != 0 {
        schema.with("x-minimum", decimal_text(min.0, scale))
    } else {
        schema
    };
    if max.0 == max.1 { schema } else { schema.with("x-maximum", decimal_text(max.0, scale)) }
}

/// The schema of money: an exact decimal and its currency.
pub(crate) fn money_schema(system: &System, is_never_negative: bool) -> Json {
    let scale = system.currency_digits;
    // 2^53-1 minor units have 16 digits.
    let pattern = decimal_pattern(16_u8.saturating_sub(scale), scale, is_never_negative);
    object([
        ("type", "object".into()),
        ("description", "An exact amount of money. Never a floating-point number.".into()),
        ("additionalProperties", false.into()),
        ("required", vec!["amount", "currency"].into()),
        (
            "properties",
            object([
                (
                    "amount",
                    object([
                        ("type", "string".into()),
                        ("format", "decimal".into()),
                        ("maxLength", 20_i64.into()),
                        ("pattern", pattern.into()),
                    ]),
                ),
                (
                    "currency",
                    object([
                        ("type", "string".into()),
                        ("description", "ISO 4217.".into()),
                        ("enum", vec![system.currency.clone()].into()),
                    ]),
                ),
            ]),
        ),
    ])
}

/// The schema of an expression's type: computed fields and members of events.
pub(crate) fn of_ty(system: &System, ty: &Ty) -> Json {
    match &ty.base {
        Base::Bool => object([("type", "boolean".into())]),
        Base::Int => whole(&Bounds::None),
        Base::Decimal { scale } => decimal(18, *scale, &Bounds::None),
        Base::Money => money(system, &Bounds::None),
        Base::Text => text(TEXT_LENGTH_MAX),
        Base::Enum(values) => scalar(system, &Scalar::Enum(values.clone()), &Bounds::None, None),
        Base::Uuid => uuid(),
        Base::Row(entity) => id_of(&system[*entity].name.text),
        Base::Timestamp => timestamp(),
        Base::Date => formatted("date", 10),
        Base::Duration => formatted("duration", 40).with("pattern", DURATION_PATTERN),
        Base::File => reference("schemas/File"),
        Base::Object(value) => reference(&format!("schemas/{}", names::value(system, *value))),
        Base::List(item) => list(&Bounds::None, of_ty(system, item)),
        Base::Parts(entity) => {
            list(&Bounds::None, reference(&format!("schemas/{}", names::entity(system, *entity))))
        }
        Base::Null | Base::Json | Base::Set(_) | Base::Record(_) | Base::Poison => object([]),
    }
}

/// Lets a schema be null as well, the way JSON Schema 2020-12 says it.
pub(crate) fn nullable(schema: Json) -> Json {
    let Json::Object(mut members) = schema else { return schema };
    let mut is_typed = false;
    for (name, value) in &mut members {
        match (name.as_str(), &mut *value) {
            ("type", Json::Text(ty)) => {
                *value = vec![std::mem::take(ty), "null".to_owned()].into();
                is_typed = true;
            }
            ("enum", Json::Array(values)) => values.push(Json::Null),
            _ => {}
        }
    }
    let is_anything = !members.iter().any(|it| it.0 == "$ref" || it.0 == "anyOf");
    if is_typed || is_anything {
        return Json::Object(members);
    }
    Json::Object(vec![(
        "anyOf".to_owned(),
        Json::Array(vec![Json::Object(members), object([("type", "null".into())])]),
    )])
}

/// `1250` with two digits behind the point: `12.50`.
pub(crate) fn decimal_text(unscaled: i64, scale: u8) -> String {
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = usize::from(scale) + 1);
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(scale));
    let sign = if unscaled < 0 { "-" } else { "" };
    if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_their_digits() {
        for (unscaled, scale, expected) in
            [(1250, 2, "12.50"), (5, 2, "0.05"), (-5, 2, "-0.05"), (7, 0, "7")]
        {
            assert_eq!(decimal_text(unscaled, scale), expected);
        }
    }

    #[test]
    fn null_is_said_in_the_schema() {
        assert_eq!(
            nullable(uuid()).get("type"),
            Some(&Json::from(vec!["string", "null"])),
            "a plain type becomes a list of types"
        );
        let choice = nullable(reference("schemas/Address"));
        assert!(choice.get("anyOf").is_some(), "a reference becomes a choice");
    }
}
