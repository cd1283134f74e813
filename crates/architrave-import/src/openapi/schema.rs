//! JSON Schema as contracts use it: members of bodies with their types and bounds.

use architrave_model::graph::{ColumnKind, Known, Origin, Payload, PayloadField};

use super::document::Document;
use crate::yaml::Node;

/// Deepest nesting of members that is listed.
const DEPTH_MAX: usize = 5;
/// Deepest nesting of schemas within schemas, `allOf` included, which adds no level of members.
const NESTING_MAX: usize = 40;
/// Most members of one body that are listed.
const FIELDS_MAX: usize = 250;
/// Most schemas that are looked at for one body, those that say nothing included.
const VISITS_MAX: usize = 1_000;

/// Lists the members of one body.
struct Lister<'d, 'a> {
    document: &'d Document<'a>,
    fields: Vec<PayloadField>,
    /// Schemas that are being looked at: one that stands within itself is not entered again.
    open: Vec<u32>,
    visits_left: usize,
    is_closed: bool,
    has_object: bool,
}

/// What a body says. `schema`: of the whole body; a list's members are those of an item.
pub(crate) fn payload<'a>(document: &Document<'a>, schema: Node<'a>) -> Payload {
    let key = document.resolve(schema).map(Node::identity);
    let known = key.and_then(|it| document.payloads.borrow().get(&it).cloned());
    let mut payload = known.unwrap_or_else(|| listed(document, schema));
    if let Some(key) = key {
        document.payloads.borrow_mut().entry(key).or_insert_with(|| payload.clone());
    }
    // Each use has a place of its own.
    payload.origin = Origin::observed(schema.span());
    if let Known::Is(_, origin) = &mut payload.is_closed {
        *origin = payload.origin;
    }
    let left = document.fields_left.get();
    payload.fields.truncate(left);
    document.fields_left.set(left - payload.fields.len());
    payload
}

fn listed<'a>(document: &Document<'a>, schema: Node<'a>) -> Payload {
    let mut lister = Lister {
        document,
        fields: Vec::new(),
        open: Vec::new(),
        visits_left: VISITS_MAX,
        is_closed: true,
        has_object: false,
    };
    let (named, whole) = match document.resolve(schema) {
        Some(it) if type_of(it) == Some("array") => {
            let items = it.get("items").unwrap_or(it);
            (items, items)
        }
        _ => (schema, schema),
    };
    lister.object(whole, "", true, DEPTH_MAX);
    let origin = Origin::observed(schema.span());
    Payload {
        origin,
        is_closed: if lister.has_object {
            Known::Is(lister.is_closed, origin)
        } else {
            Known::Unknown
        },
        schema_name: Document::name_of(named),
        fields: lister.fields,
    }
}

/// Whether the body is a list, or holds one that it is about: `{ "data": [ … ] }`.
pub(crate) fn list_member<'a>(document: &Document<'a>, schema: Node<'a>) -> Option<Node<'a>> {
    const NAMES: &[&str] = &[
        "data",
        "items",
        "results",
        "value",
        "values",
        "content",
        "records",
        "entries",
        "list",
        "rows",
        "edges",
        "nodes",
        "hits",
        "_embedded",
    ];
    let schema = document.resolve(schema)?;
    if type_of(schema) == Some("array") {
        return schema.get("items");
    }
    let all_of = schema.get("allOf").into_iter().flat_map(Node::items);
    let parts = all_of.filter_map(|it| document.resolve(it)).chain([schema]);
    parts.filter_map(|it| it.get("properties")).find_map(|properties| {
        properties.named().find_map(|(name, member)| {
            let member = document.resolve(member)?;
            let is_list = NAMES.contains(&name) && type_of(member) == Some("array");
            if is_list { member.get("items") } else { None }
        })
    })
}

impl<'a> Lister<'_, 'a> {
    /// Lists the members of an object, and of what it is put together from.
    fn object(&mut self, schema: Node<'a>, prefix: &str, is_required: bool, depth: usize) {
        let Some(visits) = self.visits_left.checked_sub(1) else { return };
        self.visits_left = visits;
        let Some(schema) = self.document.resolve(schema) else { return };
        if self.fields.len() >= FIELDS_MAX {
            return;
        }
        if self.open.contains(&schema.identity()) || self.open.len() >= NESTING_MAX || depth == 0 {
            return;
        }
        self.open.push(schema.identity());
        for part in schema.get("allOf").into_iter().flat_map(Node::items) {
            self.object(part, prefix, is_required, depth);
        }
        for key in ["oneOf", "anyOf"] {
            for part in schema.get(key).into_iter().flat_map(Node::items) {
                self.object(part, prefix, false, depth);
            }
        }
        if let Some(properties) = schema.get("properties") {
            self.has_object = true;
            let is_false = |key: &str| schema.get(key).and_then(Node::as_bool) == Some(false);
            self.is_closed &= is_false("additionalProperties") || is_false("unevaluatedProperties");
            let required: Vec<&str> = schema
                .get("required")
                .into_iter()
                .flat_map(Node::items)
                .filter_map(Node::as_text)
                .collect();
            for (name, member) in properties.named() {
                let is_required = is_required && required.contains(&name);
                self.member(member, &format!("{prefix}{name}"), is_required, depth);
            }
        }
        self.open.pop();
    }

    fn member(&mut self, written: Node<'a>, path: &str, is_required: bool, depth: usize) {
        if self.fields.len() >= FIELDS_MAX {
            return;
        }
        let Some(schema) = self.document.resolve(written).map(|it| self.single(it)) else { return };
        let origin = Origin::observed(written.span());
        let items = schema.get("items").filter(|_| type_of(schema) == Some("array"));
        let inner = items.and_then(|it| self.document.resolve(it)).unwrap_or(schema);
        let has_members = has_members(inner);
        if items.is_some() || !has_members {
            let mut field = field(schema, path, origin);
            field.is_required = Known::Is(is_required, origin);
            let says = |key: &str| {
                let own = written.get(key).or_else(|| schema.get(key));
                own.and_then(Node::as_bool) == Some(true)
            };
            field.is_read_only = Known::Is(says("readOnly"), origin);
            field.is_write_only = Known::Is(says("writeOnly"), origin);
            if says("writeOnly") || field.type_text.contains("password") {
                field.is_secret = Known::Is(true, origin);
            }
            self.fields.push(field);
        }
        if has_members {
            self.object(inner, &format!("{path}."), is_required, depth - 1);
        }
    }

    /// The only alternative, where the others say "or nothing": `anyOf: [X, null]`, `allOf: [X]`.
    fn single(&self, schema: Node<'a>) -> Node<'a> {
        for key in ["allOf", "anyOf", "oneOf"] {
            let parts = schema.get(key).into_iter().flat_map(Node::items);
            let mut real = parts.filter(|it| type_of(*it) != Some("null"));
            if let (Some(only), None) = (real.next(), real.next())
                && let Some(found) = self.document.resolve(only)
            {
                return found;
            }
        }
        schema
    }
}

fn has_members(schema: Node<'_>) -> bool {
    ["properties", "allOf", "oneOf", "anyOf"].iter().any(|it| schema.get(it).is_some())
}

/// The type, of several that is not `null`.
pub(crate) fn type_of(schema: Node<'_>) -> Option<&str> {
    let written = schema.get("type");
    match written {
        Some(it) if it.is_sequence() => {
            it.items().filter_map(Node::as_text).find(|it| *it != "null")
        }
        Some(it) => it.as_text(),
        None if schema.get("items").is_some() => Some("array"),
        None if schema.get("properties").is_some() => Some("object"),
        None => None,
    }
}

/// A member by its own schema.
fn field(schema: Node<'_>, path: &str, origin: Origin) -> PayloadField {
    let kind = kind(schema);
    let texts = schema.get("enum").into_iter().flat_map(Node::items).filter_map(Node::as_text);
    let length = schema.get("maxLength").or_else(|| schema.get("maxItems")).and_then(Node::as_u64);
    let is_long = matches!(kind, Some(ColumnKind::Text | ColumnKind::List));
    PayloadField {
        path: path.to_owned(),
        origin,
        type_text: type_text(schema),
        kind: kind.map_or(Known::Unknown, |it| Known::Is(it, origin)),
        is_bounded: is_bounded(schema).map_or(Known::Unknown, |it| Known::Is(it, origin)),
        values: texts.map(str::to_owned).collect(),
        length_max: match length {
            Some(length) => Known::Is(length, origin),
            None if is_long => Known::Absent(origin),
            None => Known::Unknown,
        },
        ..PayloadField::default()
    }
}

/// `string`, `string(uuid)`, `array(string)`.
pub(crate) fn type_text(schema: Node<'_>) -> String {
    let name = type_of(schema).unwrap_or("any");
    let of = match name {
        "array" => schema.get("items").and_then(type_of),
        _ => schema.get("format").and_then(Node::as_text),
    };
    of.map_or_else(|| name.to_owned(), |it| format!("{name}({it})"))
}

/// What a member holds.
pub(crate) fn kind(schema: Node<'_>) -> Option<ColumnKind> {
    let format = schema.get("format").and_then(Node::as_text).unwrap_or_default();
    Some(match (type_of(schema)?, format) {
        ("string", "date-time") => ColumnKind::Instant,
        ("string", "date") => ColumnKind::Date,
        ("string", "duration") => ColumnKind::Duration,
        ("string", "uuid") => ColumnKind::Uuid,
        ("string", "binary" | "byte") => ColumnKind::Binary,
        ("string", "decimal") | ("number", "decimal") => ColumnKind::Decimal,
        ("string", _) if schema.get("enum").is_some() => ColumnKind::Enumeration,
        ("string", _) => ColumnKind::Text,
        ("integer", "int32") => ColumnKind::SmallInteger,
        ("integer", _) => ColumnKind::Integer,
        ("number", _) => ColumnKind::Float,
        ("boolean", _) => ColumnKind::Boolean,
        ("array", _) => ColumnKind::List,
        ("object", _) => ColumnKind::Json,
        ("file", _) => ColumnKind::File,
        _ => return None,
    })
}

/// Whether it takes no more memory than its schema says; none where there is no type to tell.
pub(crate) fn is_bounded(schema: Node<'_>) -> Option<bool> {
    let has = |key: &str| schema.get(key).is_some();
    let format = schema.get("format").and_then(Node::as_text).unwrap_or_default();
    let is_short = matches!(
        format,
        "uuid" | "date" | "date-time" | "time" | "ipv4" | "ipv6" | "decimal" | "duration"
    );
    Some(match type_of(schema)? {
        "string" => has("maxLength") || has("enum") || has("const") || is_short,
        "array" => has("maxItems"),
        "object" => {
            has("maxProperties")
                || schema.get("additionalProperties").and_then(Node::as_bool) == Some(false)
        }
        _ => true,
    })
}
