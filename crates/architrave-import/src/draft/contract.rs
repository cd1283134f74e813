//! Resources of a contract as entities.

use std::collections::BTreeMap;

use architrave_model::graph::{
    Audience, AuthScheme, ColumnKind, Graph, Known, ManifestKind, Operation, OperationEffect,
    Payload, PayloadField, Provenance,
};

use super::{
    columns, names,
    sketch::{Entity, Field, Shape, Sketch, ValueObject},
};

/// Most resources and members that are taken over.
const ENTITIES_MAX: usize = 500;
const FIELDS_MAX: usize = 200;

/// What a contract says about one kind of thing.
#[derive(Default)]
struct Resource<'a> {
    raw: String,
    source: String,
    operations: Vec<&'a Operation>,
    is_item: bool,
}

/// Adds the entities of all resources.
pub(super) fn sketch(graph: &Graph, sketch: &mut Sketch) {
    let manifest = graph.manifests.iter().find(|it| it.kind == ManifestKind::OpenApi);
    let title = manifest.and_then(|it| it.facts.iter().find(|it| it.0 == "title"));
    sketch.title = title.map(|it| it.1.clone()).unwrap_or_default();
    sketch.has_api_keys = graph.operations.iter().any(|it| {
        let keys = [AuthScheme::ApiKeyHeader, AuthScheme::ApiKeyQuery];
        it.auth.value().is_some_and(|it| it.iter().any(|it| keys.contains(it)))
    });
    let resources = resources(graph, sketch);
    let first = sketch.entities.len();
    let named: BTreeMap<String, usize> = resources
        .iter()
        .zip(first..)
        .map(|(it, at)| (names::singular_name(&it.0.raw), at))
        .collect();
    for (resource, _) in &resources {
        let mut entity = Entity {
            source: resource.source.clone(),
            raw: resource.raw.clone(),
            group: "app".to_owned(),
            offers: Some(offers(resource)),
            is_public: is_public(resource),
            ..Entity::default()
        };
        // Parts are behind all resources, so that positions of these stay as they are.
        entity.fields = Vec::new();
        sketch.entities.push(entity);
    }
    for ((_, fields), at) in resources.iter().zip(first..) {
        fill(at, fields, &named, sketch);
    }
}

/// Resources with their members, in the order of the contract.
fn resources<'a>(graph: &'a Graph, sketch: &mut Sketch) -> Vec<(Resource<'a>, Vec<PayloadField>)> {
    let mut found: Vec<Resource<'a>> = Vec::new();
    for operation in &graph.operations {
        match place(&operation.path) {
            Some((collection, is_item)) if operation.is_credential_entry.value() != Some(&true) => {
                let at = found.iter().position(|it| it.source == collection).unwrap_or_else(|| {
                    let raw = collection.rsplit('/').next().unwrap_or_default().to_owned();
                    found.push(Resource { raw, source: collection, ..Resource::default() });
                    found.len() - 1
                });
                if let Some(resource) = found.get_mut(at) {
                    resource.operations.push(operation);
                    resource.is_item |= is_item;
                }
            }
            _ => sketch.left_out.push(format!("{}: write it as a command", operation.node.name)),
        }
    }
    let mut kept: Vec<(Resource<'a>, Vec<PayloadField>)> = Vec::new();
    for mut resource in found {
        let (schema, fields) = members(&resource);
        if let Some(schema) = schema {
            resource.raw = schema;
        }
        let creates = resource.operations.iter().any(|it| it.method == "POST");
        let is_known = kept.iter().any(|it| it.0.raw == resource.raw);
        if fields.is_empty()
            || !(resource.is_item || creates)
            || is_known
            || kept.len() >= ENTITIES_MAX
        {
            let names = resource.operations.iter().map(|it| it.node.name.as_str());
            sketch.left_out.extend(names.map(|it| format!("{it}: no resource of its own")));
        } else {
            kept.push((resource, fields));
        }
    }
    kept
}

/// The collection of a path, and whether the path is of one item: `/v1/orders/{id}` is an item of `orders`.
/// None for what is neither, such as `/orders/{id}/cancel` (a `POST` there is a command).
fn place(path: &str) -> Option<(String, bool)> {
    let segments: Vec<&str> = path.split('/').filter(|it| !it.is_empty()).collect();
    let is_parameter = |it: &&str| it.starts_with('{');
    let (last, rest) = segments.split_last()?;
    let is_item = is_parameter(last);
    let name = if is_item { rest.last()? } else { last };
    if is_parameter(name) || name.contains(':') {
        return None;
    }
    let is_below_item = !is_item && rest.last().is_some_and(is_parameter);
    let lower = name.to_lowercase();
    // Below an item, a plural is a list and anything else an intent.
    let is_plural = lower.ends_with('s') && !lower.ends_with("ss");
    if is_below_item && !is_plural {
        return None;
    }
    let statics = segments.iter().filter(|it| !is_parameter(it)).filter(|it| !is_version(it));
    Some((statics.copied().collect::<Vec<_>>().join("/"), is_item))
}

fn is_version(segment: &str) -> bool {
    let number = segment.strip_prefix('v').unwrap_or(segment);
    matches!(segment, "api" | "rest")
        || !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit() || it == b'.')
}

/// Name of the schema and members, of answers first.
fn members(resource: &Resource<'_>) -> (Option<String>, Vec<PayloadField>) {
    let answers = resource
        .operations
        .iter()
        .filter(|it| it.method != "DELETE")
        .filter_map(|it| it.response.value());
    let requests = resource.operations.iter().filter_map(|it| it.request.value());
    let all: Vec<&Payload> = answers.chain(requests).filter(|it| !it.fields.is_empty()).collect();
    let is_whole = |it: &str| {
        let lower = it.to_lowercase();
        !["list", "response", "result", "page", "collection", "request", "input", "error"]
            .iter()
            .any(|end| lower.ends_with(end))
    };
    let whole = all.iter().find(|it| it.schema_name.as_deref().is_some_and(is_whole));
    let Some(first) = whole.or(all.first()) else { return (None, Vec::new()) };
    let mut fields = first.fields.clone();
    for payload in &all {
        let is_same = payload.schema_name.is_some() && payload.schema_name == first.schema_name;
        // What is only ever sent is part of the row too, unless the body is an envelope.
        let is_request = requests_hold(resource, payload);
        if is_same || !is_request {
            continue;
        }
        for field in &payload.fields {
            if fields.len() < FIELDS_MAX && !fields.iter().any(|it| it.path == field.path) {
                let mut field = field.clone();
                field.is_required = Known::Unknown;
                fields.push(field);
            }
        }
    }
    fields.truncate(FIELDS_MAX);
    let name = first.schema_name.clone().filter(|it| is_whole(it));
    (name, fields)
}

fn requests_hold(resource: &Resource<'_>, payload: &Payload) -> bool {
    resource
        .operations
        .iter()
        .filter_map(|it| it.request.value())
        .any(|it| std::ptr::eq(it, payload))
}

fn offers(resource: &Resource<'_>) -> [bool; 4] {
    let has = |effect: OperationEffect, method: &str| {
        resource
            .operations
            .iter()
            .any(|it| it.method == method && it.effect.value() == Some(&effect))
    };
    let does = |effect: OperationEffect| {
        resource.operations.iter().any(|it| it.effect.value() == Some(&effect))
    };
    [
        does(OperationEffect::Reads) || has(OperationEffect::Reads, "GET"),
        resource.operations.iter().any(|it| it.method == "POST"),
        does(OperationEffect::Updates),
        does(OperationEffect::Deletes),
    ]
}

fn is_public(resource: &Resource<'_>) -> bool {
    let mut reads = resource.operations.iter().filter(|it| it.method == "GET").peekable();
    // Only where the contract says so outright: its silence opens nothing.
    let is_open = |it: &Operation| match &it.audience {
        Known::Is(audience, origin) => {
            *audience == Audience::Anonymous && origin.provenance == Provenance::Observed
        }
        _ => false,
    };
    reads.peek().is_some() && reads.all(|it| is_open(it))
}

/// Turns members into fields of an entity.
fn fill(at: usize, members: &[PayloadField], named: &BTreeMap<String, usize>, sketch: &mut Sketch) {
    let mut heads: Vec<&str> = Vec::new();
    for member in members {
        let head = member.path.split('.').next().unwrap_or_default();
        if !heads.contains(&head) {
            heads.push(head);
        }
    }
    let source = sketch.entities.get(at).map(|it| it.source.clone()).unwrap_or_default();
    for head in heads {
        let own = members.iter().find(|it| it.path == head);
        let inner: Vec<PayloadField> = members.iter().filter_map(|it| below(it, head)).collect();
        let field = match (own, inner.is_empty()) {
            (Some(own), true) => simple(own, head, named),
            (None, true) => None,
            (own, false) => compound(at, head, own, &inner, named, sketch),
        };
        let Some(entity) = sketch.entities.get_mut(at) else { return };
        match field {
            Some(field) => entity.fields.push(field),
            None => sketch
                .left_out
                .push(format!("{source}.{head}: every row has it here, or it is no data")),
        }
    }
}

fn below(member: &PayloadField, head: &str) -> Option<PayloadField> {
    let path = member.path.strip_prefix(head)?.strip_prefix('.')?;
    Some(PayloadField { path: path.to_owned(), ..member.clone() })
}

fn is_optional(member: &PayloadField) -> bool {
    member.is_required.value() != Some(&true)
}

/// A member that holds one value, or a list of such.
fn simple(member: &PayloadField, name: &str, named: &BTreeMap<String, usize>) -> Option<Field> {
    let words = names::words(name);
    let joined = words.join("_");
    const BUILT_IN: &[&str] = &[
        "id",
        "_id",
        "uuid",
        "version",
        "created_at",
        "updated_at",
        "created",
        "updated",
        "object",
        "links",
        "etag",
        "deleted_at",
        "date_created",
        "date_updated",
        "created_on",
        "updated_on",
        "self",
        "href",
    ];
    if BUILT_IN.contains(&joined.as_str()) || joined.is_empty() {
        return None;
    }
    if let Some((stem, true)) =
        words.split_last().map(|(last, stem)| (stem, last == "id" || last == "uuid"))
        && let Some(to) = named.get(&stem.join("_"))
    {
        return Some(Field {
            source: name.to_owned(),
            raw: stem.join("_"),
            shape: Shape::Reference { to: *to, cascades: false },
            is_optional: is_optional(member),
            guesses: vec!["a reference by its name".to_owned()],
            ..Field::default()
        });
    }
    let column = as_column(member, name);
    let mut field = columns::field(&column, false).ok()?;
    if member.kind.value() == Some(&ColumnKind::List) {
        field.shape = match member.type_text.as_str() {
            "array(string)" => Shape::Plain("list", vec!["string(255)".to_owned(), bound(member)]),
            "array(integer)" => Shape::Plain("list", vec!["int".to_owned(), bound(member)]),
            _ => Shape::plain("json"),
        };
        field.guesses = vec!["how many items at most".to_owned()];
    }
    Some(field)
}

fn bound(member: &PayloadField) -> String {
    let count =
        member.length_max.value().copied().filter(|it| (1..=10_000).contains(it)).unwrap_or(100);
    format!("max({count})")
}

/// The member as if it were a column, so that both are read by the same words.
fn as_column(member: &PayloadField, name: &str) -> architrave_model::graph::Column {
    architrave_model::graph::Column {
        name: name.to_owned(),
        kind: member.kind.clone(),
        type_text: member.type_text.clone(),
        values: member.values.clone(),
        length_max: member.length_max.clone(),
        is_nullable: Known::built_in(is_optional(member)),
        ..architrave_model::graph::Column::default()
    }
}

/// A member with members of its own: another resource, parts, or a value object.
fn compound(
    at: usize,
    name: &str,
    own: Option<&PayloadField>,
    inner: &[PayloadField],
    named: &BTreeMap<String, usize>,
    sketch: &mut Sketch,
) -> Option<Field> {
    let is_list = own.is_some_and(|it| it.kind.value() == Some(&ColumnKind::List));
    let has_id = inner.iter().any(|it| it.path == "id");
    let field = |shape: Shape, is_optional: bool, guess: &str| Field {
        source: name.to_owned(),
        raw: name.to_owned(),
        shape,
        is_optional,
        guesses: vec![guess.to_owned()],
        ..Field::default()
    };
    if let Some(to) =
        named.get(&names::singular_name(name)).filter(|to| has_id && !is_list && **to != at)
    {
        let shape = Shape::Reference { to: *to, cascades: false };
        return Some(field(shape, true, "a reference to the resource of that name"));
    }
    if !is_list
        && inner.iter().all(|it| matches!(it.path.as_str(), "href" | "self" | "next" | "url"))
    {
        return None;
    }
    let mut fields: Vec<Field> = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for member in inner {
        let head = member.path.split('.').next().unwrap_or_default();
        if seen.contains(&head) {
            continue;
        }
        seen.push(head);
        let is_deep = inner.iter().any(|it| below(it, head).is_some());
        let found = if is_deep {
            let deep = Field { shape: Shape::plain("json"), is_optional: true, ..Field::default() };
            Some(Field {
                source: head.to_owned(),
                raw: head.to_owned(),
                guesses: vec!["too deep: kept as JSON".to_owned()],
                ..deep
            })
        } else {
            simple(member, head, if is_list { named } else { const { &BTreeMap::new() } })
        };
        fields.extend(found);
    }
    if fields.is_empty() {
        return Some(field(Shape::plain("json"), true, "nothing is known of its inside"));
    }
    if is_list {
        let owner = sketch
            .entities
            .get(at)
            .map(|it| (it.raw.clone(), it.group.clone(), it.source.clone()))?;
        let raw = format!("{}_{}", names::singular_name(&owner.0), names::singular_name(name));
        sketch.entities.push(Entity {
            source: format!("{}.{name}", owner.2),
            raw,
            group: owner.1,
            fields,
            part_of: Some(at),
            ..Entity::default()
        });
        let parts = Shape::Parts(sketch.entities.len() - 1);
        return Some(field(parts, false, "parts: they come and go with their owner"));
    }
    // An optional value object needs a member that is there whenever it is.
    let is_optional = own.is_none_or(is_optional) && fields.iter().any(|it| !it.is_optional);
    sketch.values.push(ValueObject { raw: name.to_owned(), of: at, fields, name: String::new() });
    Some(field(Shape::Value(sketch.values.len() - 1), is_optional, "a value object"))
}
