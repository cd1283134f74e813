//! Contracts in the manner of real ones, and hostile ones.

use std::fmt::Write;

use architrave_model::{
    SourceFile,
    graph::{Known, Operation, Payload},
};
use proptest::prelude::*;

use crate::Import;

fn import(text: &str) -> Import {
    let name = if text.trim_start().starts_with('{') { "openapi.json" } else { "openapi.yaml" };
    crate::read(&[SourceFile { name: name.to_owned(), text: text.to_owned() }], 0)
}

fn known<T: std::fmt::Debug>(fact: &Known<T>) -> String {
    match fact {
        Known::Unknown => "?".to_owned(),
        Known::Absent(_) => "none".to_owned(),
        Known::Is(value, _) => format!("{value:?}"),
    }
}

fn body(payload: &Known<Payload>) -> String {
    let Known::Is(payload, _) = payload else { return known(payload) };
    let mut text = format!(
        "{} closed {}",
        payload.schema_name.as_deref().unwrap_or("-"),
        known(&payload.is_closed)
    );
    for it in &payload.fields {
        let bounded = if it.is_bounded.value() == Some(&false) { " unbounded" } else { "" };
        let read_only = if it.is_read_only.value() == Some(&true) { " read-only" } else { "" };
        let required = if it.is_required.value() == Some(&true) { "!" } else { "" };
        let values = if it.values.is_empty() { String::new() } else { it.values.join("|") };
        let _ =
            write!(text, "; {}{required} {}{values}{bounded}{read_only}", it.path, it.type_text);
    }
    text
}

/// The facts of an operation that are asked for.
fn fact(it: &Operation, name: &str) -> String {
    match name {
        "effect" => known(&it.effect),
        "auth" => known(&it.auth),
        "audience" => known(&it.audience),
        "rate" => known(&it.is_rate_limited),
        "idempotent" => known(&it.is_idempotent),
        "lost update" => known(&it.detects_lost_update),
        "list" => known(&it.is_list),
        "pages" => known(&it.is_paginated),
        "offset" => known(&it.pages_by_offset),
        "allow list" => known(&it.has_query_allow_list),
        "statuses" => known(&it.statuses),
        "problems" => known(&it.has_problem_details),
        "request" => body(&it.request),
        "response" => body(&it.response),
        "documented" => known(&it.is_documented),
        "correlation" => known(&it.has_correlation),
        "sunset" => known(&it.sunset_day),
        "parameters" => {
            let all = it.parameters.iter().map(|it| {
                let sequential =
                    if it.is_sequential_id.value() == Some(&true) { " counts" } else { "" };
                let unbounded =
                    if it.is_bounded.value() == Some(&false) { " unbounded" } else { "" };
                format!("{:?} {}{sequential}{unbounded}", it.place, it.name)
            });
            all.collect::<Vec<_>>().join(", ")
        }
        other => panic!("no fact {other}"),
    }
}

fn check(import: &Import, operation: &str, expected: &[(&str, &str)]) {
    let id = format!("operation:{operation}");
    let found = import.graph.operation(&id).unwrap_or_else(|| {
        let ids: Vec<&str> = import.graph.operations.iter().map(|it| it.node.id.as_str()).collect();
        panic!("no {id} in {ids:?}")
    });
    for (name, expected) in expected {
        assert_eq!(fact(found, name), *expected, "{operation}: {name}");
    }
}

const SHOP: &str = r##"
openapi: 3.1.0
info: { title: Shop, version: "1" }
servers: [ { url: "http://shop.example/v1" }, { url: "/relative" } ]
security: [ { token: [] } ]
paths:
  /orders:
    parameters: [ { name: tenant, in: header, schema: { type: string } } ]
    get:
      operationId: listOrders
      summary: All orders
      parameters:
        - { name: limit, in: query, schema: { type: integer, maximum: 100 } }
        - { name: starting_after, in: query, schema: { type: string, maxLength: 40 } }
        - { name: sort, in: query, schema: { type: string } }
      responses:
        "200":
          description: Orders
          headers: { X-Request-Id: { schema: { type: string } } }
          content:
            application/json:
              schema:
                type: object
                properties:
                  data: { type: array, items: { $ref: "#/components/schemas/Order" } }
                  has_more: { type: boolean }
        "429": { description: Slow down }
        4XX:
          description: Refused
          content: { application/problem+json: { schema: { type: object } } }
    post:
      security: [ { token: ["orders:write"] } ]
      parameters: [ { name: Idempotency-Key, in: header, required: true, schema: { type: string, maxLength: 64 } } ]
      requestBody:
        content:
          application/json: { schema: { $ref: "#/components/schemas/NewOrder" } }
      responses:
        "201": { description: Made }
        default:
          description: Refused
          content: { application/json: { schema: { properties: { error: { type: string } } } } }
  /orders/{id}:
    parameters: [ { name: id, in: path, required: true, schema: { type: integer, format: int64 } } ]
    put:
      security: []
      deprecated: true
      x-sunset: "2027-01-01"
      requestBody: { $ref: "#/components/requestBodies/Whole" }
      responses: { "200": { description: Done } }
    patch:
      parameters: [ { name: If-Match, in: header, schema: { type: string } } ]
      responses: { "204": { description: Done } }
  /health:
    get:
      security: [ {}, { key: [] } ]
      responses: { "200": { description: Up } }
webhooks:
  order.paid:
    post:
      parameters: [ { name: X-Signature, in: header } ]
components:
  securitySchemes:
    token: { type: http, scheme: bearer, bearerFormat: JWT }
    key: { type: apiKey, in: query, name: key }
  requestBodies:
    Whole: { content: { application/json: { schema: { $ref: "#/components/schemas/Order" } } } }
  schemas:
    NewOrder:
      type: object
      additionalProperties: false
      required: [lines]
      properties:
        note: { type: string }
        lines: { type: array, maxItems: 50, items: { $ref: "#/components/schemas/Line" } }
    Line:
      type: object
      additionalProperties: false
      required: [sku]
      properties: { sku: { type: string, maxLength: 20 }, price: { type: number } }
    Order:
      allOf:
        - $ref: "#/components/schemas/NewOrder"
        - type: object
          required: [id]
          properties:
            id: { type: string, format: uuid, readOnly: true }
            status: { type: string, enum: [new, paid] }
            parent: { $ref: "#/components/schemas/Order" }
            customer: { anyOf: [ { type: object, properties: { email: { type: [string, "null"], format: email } } }, { type: "null" } ] }
"##;

#[test]
fn operations_are_known_as_far_as_a_contract_tells() {
    let import = import(SHOP);
    assert_eq!(import.findings, []);
    check(
        &import,
        "GET /orders",
        &[
            ("effect", "Reads"),
            ("auth", "[Bearer]"),
            ("audience", "SignedIn"),
            ("rate", "true"),
            ("list", "true"),
            ("pages", "true"),
            ("offset", "false"),
            ("allow list", "false"),
            ("statuses", "[4, 200, 429]"),
            ("problems", "true"),
            ("correlation", "true"),
            ("documented", "false"),
            (
                "response",
                "Order closed false; note string unbounded; lines! array; lines.sku! string; \
                 lines.price number; id! string(uuid) read-only; status stringnew|paid; customer.email string(email) unbounded",
            ),
            (
                "parameters",
                "Query limit, Query starting_after, Query sort unbounded, Header tenant unbounded",
            ),
        ],
    );
    check(
        &import,
        "POST /orders",
        &[
            ("effect", "Creates"),
            ("audience", "Some"),
            ("rate", "false"),
            ("idempotent", "true"),
            ("problems", "false"),
            ("statuses", "[0, 201]"),
            ("correlation", "false"),
            ("response", "none"),
            (
                "request",
                "NewOrder closed true; note string unbounded; lines! array; lines.sku! string; lines.price number",
            ),
        ],
    );
    check(
        &import,
        "PUT /orders/{id}",
        &[
            ("auth", "none"),
            ("audience", "Anonymous"),
            ("lost update", "false"),
            ("idempotent", "true"),
            ("sunset", "20819"),
            ("parameters", "Path id counts"),
            ("problems", "?"),
        ],
    );
    check(&import, "PATCH /orders/{id}", &[("lost update", "true"), ("sunset", "?")]);
    check(
        &import,
        "GET /health",
        &[("auth", "[ApiKeyQuery]"), ("audience", "Anonymous"), ("list", "false")],
    );
    let servers: Vec<&str> = import.graph.manifests[0]
        .facts
        .iter()
        .filter(|it| it.0 == "server")
        .map(|it| it.1.as_str())
        .collect();
    assert_eq!(servers, ["http://shop.example/v1", "/relative"]);
    assert_eq!(import.graph.consumers[0].signature.value().unwrap(), "X-Signature");
}

#[test]
fn swagger_2_is_read() {
    let import = import(
        r##"{
  "swagger": "2.0", "info": { "title": "Pets", "version": "1" },
  "host": "pets.example", "basePath": "/v2", "schemes": ["http", "https"],
  "securityDefinitions": { "key": { "type": "apiKey", "in": "header", "name": "k" } },
  "paths": {
    "/pets": {
      "get": { "parameters": [ { "name": "page", "in": "query", "type": "integer" } ],
        "responses": { "200": { "schema": { "type": "array", "items": { "$ref": "#/definitions/Pet" } } } } },
      "post": { "security": [ { "key": [] } ],
        "parameters": [ { "in": "body", "name": "pet", "schema": { "$ref": "#/definitions/Pet" } } ],
        "responses": { "405": { "description": "no" } } }
    }
  },
  "definitions": { "Pet": { "type": "object", "required": ["name"], "properties": { "name": { "type": "string" } } } }
}"##,
    );
    check(
        &import,
        "GET /pets",
        &[
            ("auth", "none"),
            ("list", "true"),
            ("pages", "true"),
            ("offset", "true"),
            ("response", "Pet closed false; name! string unbounded"),
        ],
    );
    check(
        &import,
        "POST /pets",
        &[("auth", "[ApiKeyHeader]"), ("request", "Pet closed false; name! string unbounded")],
    );
}

#[test]
fn a_contract_without_schemes_says_nothing_about_callers() {
    let import = import("openapi: 3.0.0\npaths: { /a: { get: { responses: {} } } }");
    check(&import, "GET /a", &[("auth", "?"), ("audience", "?"), ("rate", "?")]);
}

#[test]
fn references_that_lead_out_or_nowhere_are_said_and_not_followed() {
    let import = import(
        "openapi: 3.0.0
paths:
  /a: { $ref: 'paths/a.yaml' }
  /b: { get: { parameters: [ { $ref: '#/components/parameters/none' } ], responses: { '200': { $ref: '#/x' } } } }
  /c: { get: { responses: { '200': { $ref: 'https://evil.example/steal' } } } }
x: { $ref: '#/y' }
y: { $ref: '#/x' }
",
    );
    let codes: Vec<&str> = import.findings.iter().map(|it| it.code.0).collect();
    assert_eq!(codes, ["AR0912", "AR0913", "AR0913", "AR0912"]);
    assert_eq!(import.graph.operations.len(), 2);
}

#[test]
fn the_same_contract_in_two_forms_counts_once_and_others_are_told_apart() {
    let ids = |files: &[(&str, &str)]| -> Vec<String> {
        let files: Vec<SourceFile> = files
            .iter()
            .map(|it| SourceFile { name: it.0.to_owned(), text: it.1.to_owned() })
            .collect();
        crate::read(&files, 0).graph.operations.iter().map(|it| it.node.id.clone()).collect()
    };
    let one = "openapi: 3.0.0\ninfo: { title: A, version: '1' }\npaths: { /a: { get: {} } }";
    let other = "openapi: 3.0.0\ninfo: { title: B, version: '1' }\npaths: { /a: { get: {} } }";
    assert_eq!(ids(&[("a.yaml", one), ("b.yaml", one)]), ["operation:GET /a"]);
    assert_eq!(
        ids(&[("a.yaml", one), ("b.yaml", other)]),
        ["operation:GET /a", "operation:b.yaml GET /a"]
    );
}

#[test]
fn schemas_that_explode_or_never_end_are_bounded() {
    let mut wide = String::from("openapi: 3.0.0\npaths:\n");
    for path in 0..2_000 {
        let _ = writeln!(
            wide,
            "  /p{path}: {{ get: {{ responses: {{ '200': {{ content: {{ application/json: {{ schema: {{ $ref: '#/s0' }} }} }} }} }} }} }}"
        );
    }
    for level in 0..60 {
        let next = level + 1;
        let _ = writeln!(wide, "s{level}: {{ properties: {{");
        for member in 0..20 {
            let _ = writeln!(
                wide,
                "  m{member}: {{ allOf: [ {{ $ref: '#/s{next}' }}, {{ $ref: '#/s{next}' }} ] }},"
            );
        }
        wide.push_str("} }\n");
    }
    let found = import(&wide);
    let fields: usize = found
        .graph
        .operations
        .iter()
        .filter_map(|it| it.response.value())
        .map(|it| it.fields.len())
        .sum();
    assert!(fields <= 200_000, "{fields}");

    let mut chain = String::from(
        "openapi: 3.0.0\npaths: { /a: { get: { responses: { '200': { content: { a/json: { schema: { $ref: '#/c0' } } } } } } } }\n",
    );
    for level in 0..5_000 {
        let _ = writeln!(chain, "c{level}: {{ allOf: [ {{ $ref: '#/c{}' }} ] }}", level + 1);
    }
    assert_eq!(import(&chain).graph.operations.len(), 1);
}

proptest! {
    #[test]
    fn whatever_the_contract_reading_ends_well(
        cuts in prop::collection::vec((0..SHOP.len(), 0..40usize), 0..6)
    ) {
        let mut text = SHOP.to_owned();
        for (at, length) in cuts {
            let end = (at + length).min(text.len());
            if text.is_char_boundary(at.min(end)) && text.is_char_boundary(end) && at <= end {
                text.replace_range(at..end, "");
            }
        }
        let _ = import(&text);
    }
}
