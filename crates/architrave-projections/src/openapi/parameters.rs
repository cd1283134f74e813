//! Parameters: filters, sorting, paging, and the headers that requests may carry.

use architrave_model::{Base, EntityId, FieldType, Scalar};
use architrave_plan::{
    Bounds, ColumnId, ColumnRole, FilterOperator, FilterPlan, Idempotency, ListPlan, Operation,
    OperationKind, Plan,
};

use crate::{
    example, filters,
    json::{Json, object, reference},
    types,
};

/// A place in the journal: form, epoch, transaction, event.
pub(super) const POSITION_PATTERN: &str = r"^1\.[0-9a-f]{1,10}\.[0-9]{1,19}\.[0-9]{1,5}$";
/// Most values of an `in` filter.
const IN_COUNT_MAX: i64 = 100;
/// Bytes of a request's line and headers: longest value of a header whose unreadable values are ignored
/// rather than refused, as RFC 7240 and W3C Trace Context ask.
const HEADER_LENGTH_MAX: i64 = 32 * 1024;
/// Longest search text in characters.
const SEARCH_LENGTH_MAX: i64 = 200;

/// The parameters of an operation, path first.
pub(super) fn of(plan: &Plan, operation: &Operation) -> Vec<Json> {
    let mut parameters = Vec::new();
    if operation.path.contains("{id}") {
        parameters.push(reference("parameters/Id"));
    }
    let list = operation.entity.and_then(|id| plan.lists.get(id.0 as usize).map(|it| (id, it)));
    match (operation.kind, list) {
        (OperationKind::List, Some((id, list))) => {
            parameters.extend(filter_parameters(plan, id, list));
            parameters.extend(paging(plan, id, list));
            parameters.extend(selection(plan, id, list));
        }
        (OperationKind::Read, Some((id, list))) => parameters.extend(selection(plan, id, list)),
        (OperationKind::Events, _) => parameters.extend(event_parameters(plan)),
        _ => {}
    }
    parameters
        .extend(headers(operation).into_iter().map(|it| reference(&format!("parameters/{it}"))));
    parameters
}

/// Names of the shared header parameters that an operation takes.
fn headers(operation: &Operation) -> Vec<&'static str> {
    let mut names = Vec::new();
    match operation.idempotency {
        Idempotency::None => {
            names.push("MinPosition");
            if matches!(operation.kind, OperationKind::List | OperationKind::Read) {
                names.push("IfNoneMatch");
            }
            if operation.kind == OperationKind::List {
                names.push("PreferCount");
            }
        }
        Idempotency::Optional => names.push("IdempotencyKey"),
        Idempotency::Required => names.push("IdempotencyKeyRequired"),
    }
    let is_change = matches!(
        operation.kind,
        OperationKind::Update | OperationKind::Delete | OperationKind::Command(_)
    );
    if is_change {
        names.push(if operation.needs_if_match { "IfMatchRequired" } else { "IfMatch" });
    }
    names.extend(["RequestId", "Traceparent"]);
    names
}

fn query(name: &str, description: String, schema: Json) -> Json {
    object([
        ("name", name.into()),
        ("in", "query".into()),
        ("description", description.into()),
        ("schema", schema),
    ])
}

/// Names in one parameter, separated by commas, each at most once.
fn name_list(name: &str, description: &str, names: Vec<String>, count_max: i64) -> Json {
    let items = object([("type", "string".into()), ("enum", names.into())]);
    separated(name, description.to_owned(), list_of(items, count_max).with("uniqueItems", true))
}

/// A list in one parameter, separated by commas.
fn comma_list(name: &str, description: String, items: Json, count_max: i64) -> Json {
    separated(name, description, list_of(items, count_max))
}

fn list_of(items: Json, count_max: i64) -> Json {
    object([
        ("type", "array".into()),
        ("minItems", 1_i64.into()),
        ("maxItems", count_max.into()),
        ("items", items),
    ])
}

fn separated(name: &str, description: String, schema: Json) -> Json {
    object([
        ("name", name.into()),
        ("in", "query".into()),
        ("description", description.into()),
        ("style", "form".into()),
        ("explode", false.into()),
        ("schema", schema),
    ])
}

fn filter_parameters(plan: &Plan, id: EntityId, list: &ListPlan) -> Vec<Json> {
    list.filters.iter().flat_map(|it| filter(plan, id, it)).collect()
}

fn filter(plan: &Plan, id: EntityId, filter: &FilterPlan) -> Vec<Json> {
    let column = plan[id].columns.get(usize::from(filter.column.0));
    let path = column.map_or("", |it| &it.path);
    let is_personal = column.is_some_and(|it| it.pii.is_some());
    let ty = query_type(plan, id, filter.column);
    filter
        .operators
        .iter()
        .map(|operator| {
            let name = format!("{path}{}", filters::suffix(*operator));
            let words = format!("Only rows whose `{path}` {}.", filters::meaning(*operator));
            let parameter = match operator {
                FilterOperator::In => comma_list(&name, words, ty.clone(), IN_COUNT_MAX),
                FilterOperator::Null => query(&name, words, object([("type", "boolean".into())])),
                FilterOperator::Prefix => query(&name, words, prefix_type(&ty)),
                _ => query(&name, words, ty.clone()),
            };
            // The server's logs hold templates of addresses; whoever stands before it should know that it matters here.
            if is_personal { parameter.with("x-logged", false) } else { parameter }
        })
        .collect()
}

/// A value as it is written in a query: as in JSON, but for money, which is the bare amount.
fn query_type(plan: &Plan, id: EntityId, column: ColumnId) -> Json {
    let system = &plan.system;
    let role = plan[id].columns.get(usize::from(column.0)).map(|it| it.role);
    let field = match role {
        Some(ColumnRole::Field { field, member }) => {
            let outer = system[id].fields.get(field);
            match (outer.map(|it| &it.ty), member) {
                (Some(FieldType::Value(value)), Some(member)) => system[*value].fields.get(member),
                _ => outer,
            }
        }
        Some(ColumnRole::CreatedAt | ColumnRole::UpdatedAt | ColumnRole::DeletedAt) => {
            return types::timestamp();
        }
        Some(ColumnRole::Version | ColumnRole::Position) => {
            return types::scalar(system, &Scalar::Int, &Bounds::None, None);
        }
        _ => return types::uuid(),
    };
    let Some(field) = field else { return types::uuid() };
    match &field.ty {
        FieldType::Scalar(Scalar::Money) => amount(plan),
        // The type's bounds, not the field's own: `[lt]=0` is a fair question where nothing is below 1.
        FieldType::Scalar(it) => types::scalar(system, it, &Bounds::of_scalar(it), None),
        FieldType::Computed { ty, .. } if ty.base == Base::Money => amount(plan),
        _ => types::field_type(system, field),
    }
}

fn amount(plan: &Plan) -> Json {
    let scale = plan.system.currency_digits;
    let scalar = Scalar::Decimal { precision: 16, scale };
    types::scalar(&plan.system, &scalar, &Bounds::None, None)
}

fn prefix_type(ty: &Json) -> Json {
    let length_max = match ty.get("maxLength") {
        Some(Json::Int(it)) => *it,
        _ => 255,
    };
    object([
        ("type", "string".into()),
        ("minLength", 1_i64.into()),
        ("maxLength", length_max.into()),
    ])
}

fn paging(plan: &Plan, id: EntityId, list: &ListPlan) -> Vec<Json> {
    let mut parameters = Vec::new();
    if list.has_search {
        let schema = object([
            ("type", "string".into()),
            ("minLength", 1_i64.into()),
            ("maxLength", SEARCH_LENGTH_MAX.into()),
        ]);
        parameters.push(query("q", search_words(plan, id), schema));
    }
    if !list.sorts.is_empty() {
        let paths = list.sorts.iter().filter_map(|it| plan[id].columns.get(usize::from(it.0)));
        let values: Vec<String> =
            paths.flat_map(|it| [it.path.clone(), format!("-{}", it.path)]).collect();
        let words = "Sort keys; `-` in front sorts from large to small. `id` is always the last key. \
                     Only orders that an index serves are answered.";
        parameters.push(name_list("sort", words, values, 8));
    }
    let limit = object([
        ("type", "integer".into()),
        ("format", "int32".into()),
        ("minimum", 1_i64.into()),
        ("maximum", i64::from(i32::MAX).into()),
        ("default", list.limit_default.into()),
    ]);
    let words =
        format!("Rows of a page; more than {} is read as {}.", list.limit_max, list.limit_max);
    parameters.push(query("limit", words, limit));
    let cursor = object([
        ("type", "string".into()),
        ("minLength", 1_i64.into()),
        ("maxLength", 2048_i64.into()),
    ]);
    let words = "Where to go on. It stands in `next` and `prev` of an answer, which are whole addresses. Opaque.";
    parameters.push(query("cursor", words.to_owned(), cursor));
    parameters
}

fn search_words(plan: &Plan, id: EntityId) -> String {
    let table = &plan[id];
    let columns = table.search.iter().flat_map(|it| &it.columns);
    let paths: Vec<String> = columns
        .filter_map(|it| table.columns.get(usize::from(it.column.0)))
        .map(|it| format!("`{}`", it.path))
        .collect();
    format!(
        "Words to search for in {}. Every word must occur; a `*` behind the last one makes it the beginning of a word.",
        paths.join(", ")
    )
}

fn selection(plan: &Plan, id: EntityId, list: &ListPlan) -> Vec<Json> {
    let members = plan.representations.get(id.0 as usize).map(|it| it.members.as_slice());
    let names: Vec<String> = members.unwrap_or_default().iter().map(|it| it.name.clone()).collect();
    let count = i64::try_from(names.len()).unwrap_or(i64::MAX);
    let mut parameters = vec![name_list("fields", "Members to show; all if absent.", names, count)];
    if !list.expands.is_empty() {
        let names: Vec<String> = list.expands.iter().map(|it| it.0.clone()).collect();
        let count = i64::try_from(names.len()).unwrap_or(i64::MAX);
        let words = "References to show as objects in place of ids. What the caller may not see stays an id.";
        parameters.push(name_list("expand", words, names, count));
    }
    parameters
}

fn header(name: &str, is_required: bool, description: &str, schema: Json, example: &str) -> Json {
    let parameter = object([("name", name.into()), ("in", "header".into())]);
    let parameter = if is_required { parameter.with("required", true) } else { parameter };
    parameter.with("description", description).with("schema", schema).with("example", example)
}

fn header_text(length_max: i64, pattern: &str) -> Json {
    object([
        ("type", "string".into()),
        ("minLength", 1_i64.into()),
        ("maxLength", length_max.into()),
        ("pattern", pattern.into()),
    ])
}

/// A header whose unreadable values are ignored: nothing but its length can be wrong.
fn ignorable() -> Json {
    object([("type", "string".into()), ("maxLength", HEADER_LENGTH_MAX.into())])
}

/// Parameters that operations share.
pub(super) fn components() -> Json {
    let key = "Names this request, so that repeating it acts once and gets the same answer \
               (`Idempotency-Replayed: true`). Kept for 24 hours per caller and operation. \
               A UUID is a good key.";
    let key_schema = || header_text(255, "^[!-~]+$");
    let tag = r#"^(\*|"[!#-~]*"(\s*,\s*"[!#-~]*")*)$"#;
    let if_match = "The `ETag` that was read. If the row has another version by now nothing \
                    happens and the answer is 412.";
    let id = object([
        ("name", "id".into()),
        ("in", "path".into()),
        ("required", true.into()),
        ("description", "The row's id.".into()),
        ("schema", types::uuid()),
    ]);
    let example_key = "5f0f6d2e-2a0b-4d6e-9f55-0c3f3f0f5a11";
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    object([
        ("Id", id),
        ("IdempotencyKey", header("Idempotency-Key", false, key, key_schema(), example_key)),
        ("IdempotencyKeyRequired", header("Idempotency-Key", true, key, key_schema(), example_key)),
        ("IfMatch", header("If-Match", false, if_match, header_text(1024, tag), "\"3\"")),
        ("IfMatchRequired", header("If-Match", true, if_match, header_text(1024, tag), "\"3\"")),
        (
            "IfNoneMatch",
            header(
                "If-None-Match",
                false,
                "An `ETag` that was read. If nothing has changed since the answer is 304 without a body.",
                header_text(1024, r#"^(\*|(W/)?"[!#-~]*"(\s*,\s*(W/)?"[!#-~]*")*)$"#),
                "\"3\"",
            ),
        ),
        (
            "PreferCount",
            header(
                "Prefer",
                false,
                "`count=exact` adds how many rows match (RFC 7240). Costs time; without it no row is counted. \
                 Other preferences are ignored.",
                ignorable(),
                "count=exact",
            ),
        ),
        (
            "MinPosition",
            header(
                "Architrave-Min-Position",
                false,
                "A position that the answer must include: the `Architrave-Position` of your last write.",
                header_text(64, POSITION_PATTERN),
                example::POSITION,
            ),
        ),
        (
            "RequestId",
            header(
                "X-Request-Id",
                false,
                "Your name for this request; it comes back in the answer and stands in the log. At most 128 \
                 letters, digits and `-_.:+/=@`; anything else is ignored and the request gets a name of ours.",
                ignorable(),
                "b7a6f0c2",
            ),
        ),
        (
            "Traceparent",
            header(
                "traceparent",
                false,
                "W3C Trace Context of the caller. One that is not valid is ignored, and a new trace begins.",
                ignorable(),
                trace,
            ),
        ),
    ])
}

/// Parameters of `/v1/events`.
fn event_parameters(plan: &Plan) -> Vec<Json> {
    let contexts: Vec<String> =
        plan.system.contexts.iter().map(|it| it.name.text.clone()).collect();
    let query = |name: &str, description: &str, schema: Json| {
        object([
            ("name", name.into()),
            ("in", "query".into()),
            ("description", description.into()),
            ("schema", schema),
        ])
    };
    let after = object([
        ("type", "string".into()),
        ("maxLength", 64_i64.into()),
        ("pattern", POSITION_PATTERN.into()),
    ]);
    let context = object([("type", "string".into()), ("enum", contexts.into())]);
    let limit = object([
        ("type", "integer".into()),
        ("format", "int32".into()),
        ("minimum", 1_i64.into()),
        ("maximum", i64::from(i32::MAX).into()),
    ]);
    vec![
        query("after", "Only events behind this position: `next` of an earlier answer.", after),
        query("context", "Only events of this context.", context),
        query(
            "limit",
            "Most events of a page: 100 unless said; more than 1000 is read as 1000.",
            limit,
        ),
    ]
}
