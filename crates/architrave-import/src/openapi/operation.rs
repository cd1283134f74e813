//! One operation of a contract.

use architrave_model::graph::{
    Known, Node as GraphNode, Operation, OperationEffect, Origin, Parameter, ParameterPlace,
};

use super::{
    answer::{Answers, header_names},
    document::Document,
    names, paging, schema, security,
};
use crate::{shared::day::day, yaml::Node};

/// A parameter as it stands in the document.
pub(super) struct Written<'a> {
    pub(super) node: Node<'a>,
    pub(super) name: &'a str,
    pub(super) place: &'a str,
    /// Its schema; in version 2 the parameter itself.
    pub(super) schema: Node<'a>,
}

/// Reads an operation. `item` is the path's own part, whose parameters hold for all of its operations.
pub(super) fn read<'a>(
    document: &Document<'a>,
    (method, path): (&str, &str),
    item: Node<'a>,
    key: Node<'a>,
    operation: Node<'a>,
) -> Operation {
    let origin = Origin::observed(key.span());
    let written = parameters(document, item, operation);
    let answers = Answers::new(document, operation);
    let (auth, audience) = security::of(document, operation);
    let body = request_schema(document, operation, &written);
    let list = answers.schema().and_then(|it| schema::list_member(document, it));
    let is_list = method == "GET" && list.is_some() && !path.trim_end_matches('/').ends_with('}');
    let pages = paging::of(document, &written, is_list, origin);
    let request = body.map(|it| schema::payload(document, it));
    let text = |key: &str| operation.get(key).and_then(Node::as_text);
    let is_deprecated = operation.get("deprecated").and_then(Node::as_bool) == Some(true);
    let name = format!("{method} {path}");
    let mut headers: Vec<String> = answers.headers();
    headers
        .extend(written.iter().filter(|it| it.place == "header").map(|it| it.name.to_lowercase()));
    let effect = names::effect(method, path, text("operationId").unwrap_or_default());
    Operation {
        node: GraphNode { id: format!("operation:{name}"), name, origin },
        method: method.to_owned(),
        path: path.to_owned(),
        effect: Known::Is(effect, origin),
        audience,
        auth,
        takes_id: path.contains('{'),
        is_rate_limited: seen(header_names::is_rate(&headers) || answers.has(429), origin),
        is_idempotent: is_idempotent(method, effect, &headers, origin),
        detects_lost_update: detects_lost_update(
            method,
            &headers,
            &answers,
            request.as_ref(),
            origin,
        ),
        is_list: Known::Is(is_list, origin),
        is_paginated: match bounded(document, &answers).filter(|_| is_list) {
            // A short list needs no pages.
            Some(place) if pages.is_paginated.value() == Some(&false) => Known::Is(true, place),
            _ => pages.is_paginated,
        },
        pages_by_offset: pages.by_offset,
        has_query_allow_list: pages.has_allow_list,
        statuses: Known::Is(answers.statuses(), answers.origin(origin)),
        has_problem_details: answers.has_problem_details(),
        parameters: written
            .iter()
            .flat_map(|it| parts(document, it))
            .filter_map(|it| parameter(&it))
            .collect(),
        request: request.map_or(Known::Absent(origin), |it| Known::Is(it, origin)),
        response: answers
            .schema()
            .map(|it| schema::payload(document, list.filter(|_| is_list).unwrap_or(it)))
            .map_or(Known::Absent(origin), |it| Known::Is(it, origin)),
        sunset_day: sunset(operation, is_deprecated, origin),
        is_deprecated,
        is_documented: Known::Is(is_documented(operation, &answers), origin),
        has_correlation: seen(header_names::is_correlation(&headers), origin),
        moves_money: seen(names::moves_money(path, effect), Origin::assumed()),
        is_credential_entry: Known::Is(names::is_credential_entry(method, path), origin),
        ..Operation::default()
    }
}

/// Known where it is seen, unknown otherwise: a contract need not say it.
fn seen(is_so: bool, origin: Origin) -> Known<bool> {
    if is_so { Known::Is(true, origin) } else { Known::Unknown }
}

fn parameters<'a>(
    document: &Document<'a>,
    item: Node<'a>,
    operation: Node<'a>,
) -> Vec<Written<'a>> {
    let lists = [operation, item].into_iter().filter_map(|it| it.get("parameters"));
    let mut found: Vec<Written<'a>> = Vec::new();
    for node in lists.flat_map(Node::items).filter_map(|it| document.resolve(it)) {
        let text = |key: &str| node.get(key).and_then(Node::as_text);
        let (Some(name), Some(place)) = (text("name"), text("in")) else { continue };
        // The operation's own comes first and counts.
        if found.iter().any(|it| it.name == name && it.place == place) {
            continue;
        }
        let content =
            node.get("content").and_then(|it| it.named().next()).and_then(|it| it.1.get("schema"));
        let schema =
            node.get("schema").or(content).and_then(|it| document.resolve(it)).unwrap_or(node);
        found.push(Written { node, name, place, schema });
    }
    found
}

/// A query parameter that is an object is sent as one parameter for each of its properties (`style: form`, exploded, as
/// OpenAPI has it unless said otherwise).
fn parts<'a>(document: &Document<'a>, written: &Written<'a>) -> Vec<Written<'a>> {
    let said = |key: &str| written.node.get(key);
    let is_exploded = said("content").is_none()
        && said("style").and_then(Node::as_text).is_none_or(|it| it == "form")
        && said("explode").and_then(Node::as_bool) != Some(false);
    let properties = written.schema.get("properties");
    match properties.filter(|_| written.place == "query" && is_exploded) {
        Some(properties) => properties
            .named()
            .take(PARTS_MAX)
            .filter_map(|(name, it)| {
                let schema = document.resolve(it)?;
                Some(Written { node: it, name, place: written.place, schema })
            })
            .collect(),
        None => vec![Written { ..*written }],
    }
}

/// Properties of one parameter that are read; public contracts have up to a few dozen.
const PARTS_MAX: usize = 200;

fn parameter(written: &Written<'_>) -> Option<Parameter> {
    let place = match written.place {
        "path" => ParameterPlace::Path,
        "query" => ParameterPlace::Query,
        "header" => ParameterPlace::Header,
        "cookie" => ParameterPlace::Cookie,
        _ => return None,
    };
    let origin = Origin::observed(written.node.span());
    let is_number = matches!(schema::type_of(written.schema), Some("integer" | "number"));
    let format = written.schema.get("format").and_then(Node::as_text);
    Some(Parameter {
        name: written.name.to_owned(),
        origin,
        place,
        type_text: if written.schema.get("type").is_some() {
            schema::type_text(written.schema)
        } else {
            String::new()
        },
        is_required: Known::Is(
            written.node.get("required").and_then(Node::as_bool) == Some(true),
            origin,
        ),
        is_bounded: is_bounded(written.schema, is_number && written.place == "query")
            .map_or(Known::Unknown, |it| Known::Is(it, origin)),
        is_sequential_id: match (place, is_number, format) {
            (ParameterPlace::Path, true, _) => Known::Is(true, origin),
            (ParameterPlace::Path, false, Some("uuid")) => Known::Is(false, origin),
            _ => Known::Unknown,
        },
        is_logged: written
            .node
            .get("x-logged")
            .and_then(|it| Some(Known::observed(it.as_bool()?, it.span())))
            .unwrap_or_default(),
        ..Parameter::default()
    })
}

/// Of a number in the query its size counts: it may say how many rows are asked for.
fn is_bounded(schema: Node<'_>, may_be_a_size: bool) -> Option<bool> {
    const BOUNDS: &[&str] = &["maximum", "exclusiveMaximum", "enum", "const"];
    if may_be_a_size {
        return Some(BOUNDS.iter().any(|it| schema.get(it).is_some()));
    }
    schema::is_bounded(schema)
}

/// The schema of what is sent, JSON where there is a choice.
fn request_schema<'a>(
    document: &Document<'a>,
    operation: Node<'a>,
    written: &[Written<'a>],
) -> Option<Node<'a>> {
    if document.is_version_2 {
        return written
            .iter()
            .find(|it| it.place == "body")
            .map(|it| it.node.get("schema").unwrap_or(it.schema));
    }
    let body = document.resolve(operation.get("requestBody")?)?;
    super::answer::schema_of_content(body.get("content")?)
}

/// Reads, replacements and removals do the same when repeated; the rest needs a key.
fn is_idempotent(
    method: &str,
    effect: OperationEffect,
    headers: &[String],
    origin: Origin,
) -> Known<bool> {
    let has_key = headers.iter().any(|it| it.contains("idempoten"));
    match method {
        _ if has_key => Known::Is(true, origin),
        "GET" | "HEAD" | "OPTIONS" | "PUT" | "DELETE" if effect != OperationEffect::Commands => {
            Known::Is(true, origin)
        }
        "POST" => Known::Is(effect == OperationEffect::Reads, origin),
        _ => Known::Unknown,
    }
}

/// A contract that neither takes `If-Match` nor answers 412 nor takes a version back lets the last one win.
fn detects_lost_update(
    method: &str,
    headers: &[String],
    answers: &Answers<'_, '_>,
    request: Option<&architrave_model::graph::Payload>,
    origin: Origin,
) -> Known<bool> {
    const VERSIONS: &[&str] = &[
        "version",
        "etag",
        "lock_version",
        "lockversion",
        "revision",
        "_rev",
        "row_version",
        "rowversion",
    ];
    if !matches!(method, "PUT" | "PATCH") {
        return Known::Unknown;
    }
    let takes_version = request.is_some_and(|it| {
        it.fields.iter().any(|it| {
            VERSIONS.contains(&it.path.to_lowercase().as_str())
                && it.is_read_only.value() != Some(&true)
        })
    });
    let is_so = headers.iter().any(|it| it == "if-match")
        || answers.has(412)
        || answers.has(428)
        || takes_version && answers.has(409);
    Known::Is(is_so, origin)
}

/// When it goes away, by the extension that Zalando and others use.
fn sunset(operation: Node<'_>, is_deprecated: bool, origin: Origin) -> Known<i32> {
    let written = ["x-sunset", "x-sunset-date"].iter().find_map(|it| operation.get(it));
    match written.and_then(|it| Some((day(it.as_text()?)?, it.span()))) {
        Some((day, span)) => Known::observed(day, span),
        None if is_deprecated => Known::Absent(origin),
        None => Known::Unknown,
    }
}

/// An id, a sentence, and an example where there is something to show.
fn is_documented(operation: Node<'_>, answers: &Answers<'_, '_>) -> bool {
    let has = |key: &str| {
        operation.get(key).and_then(Node::as_text).is_some_and(|it| !it.trim().is_empty())
    };
    has("operationId") && (has("summary") || has("description")) && answers.has_example()
}

/// Most rows that a list may have and still be answered as a whole.
const WHOLE_LIST_MAX: u64 = 1_000;

/// The bound of a list that is answered as it is, if it has a small one.
fn bounded<'a>(document: &Document<'a>, answers: &Answers<'_, 'a>) -> Option<Origin> {
    let list = document.resolve(answers.schema()?)?;
    let bound = list.get("maxItems")?;
    bound.as_u64().filter(|it| *it <= WHOLE_LIST_MAX)?;
    Some(Origin::observed(bound.span()))
}
