//! Drafts of schemas and contracts in the manner of real ones: each folder in `drafts` holds the files and
//! `expected.txt`, the blueprint that is drafted from them, what was guessed and what was left out.
//! `UPDATE_GOLDEN=1` writes the latter anew. Every draft checks without errors, is laid out in the standard way
//! and derives a plan, whatever it was drafted from.
#![cfg(test)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use architrave_blueprint::{
    render::{Style, render},
    syntax,
};
use architrave_import::{Draft, draft, read};
use architrave_model::{Finding, Severity, SourceFile};
use architrave_plan::Lock;
use proptest::prelude::*;

fn files(root: &Path, folder: &Path, found: &mut Vec<SourceFile>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(root, &path, found);
        } else if path.file_name().unwrap() != "expected.txt" {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            found.push(SourceFile { name, text: fs::read_to_string(&path).unwrap() });
        }
    }
}

/// What keeps the draft from being served; empty where nothing does.
fn faults(draft: &Draft) -> String {
    let files = [SourceFile { name: "blueprint.hcl".to_owned(), text: draft.text.clone() }];
    let (system, findings) = architrave_blueprint::read(&files);
    let is_error = |it: &Finding| it.severity == Severity::Error;
    let errors: Vec<Finding> = findings.into_iter().filter(is_error).collect();
    if !errors.is_empty() {
        return render(&errors, &files, Style::Plain);
    }
    if syntax::format(&draft.text) != draft.text {
        return "not laid out in the standard way".to_owned();
    }
    let derived = architrave_plan::derive(system, &Lock::default());
    let refused: Vec<Finding> = derived.notes.into_iter().filter(is_error).collect();
    render(&refused, &files, Style::Plain)
}

fn assert_sound(draft: &Draft) {
    let faults = faults(draft);
    assert!(faults.is_empty(), "{faults}\n{}", draft.text);
}

#[test]
fn drafts_are_as_expected_and_can_be_served() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/drafts");
    let mut folders: Vec<PathBuf> =
        fs::read_dir(root).unwrap().map(|it| it.unwrap().path()).collect();
    folders.sort();
    for folder in folders {
        let mut given = Vec::new();
        files(&folder, &folder, &mut given);
        let draft = draft(&read(&given, 20_000));
        assert!(!draft.text.is_empty(), "{}", folder.display());
        assert_sound(&draft);
        let list =
            |title: &str, lines: &[String]| format!("\n{title}:\n  {}\n", lines.join("\n  "));
        let shown = draft.text.clone()
            + &list("guessed", &draft.guesses)
            + &list("left out", &draft.left_out);
        let path = folder.join("expected.txt");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&path, &shown).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(shown, expected, "{}", folder.display());
    }
}

#[test]
fn nothing_found_is_nothing_drafted() {
    let file = SourceFile { name: "a.sql".to_owned(), text: "SELECT 1;".to_owned() };
    assert_eq!(draft(&read(&[file], 0)), Draft::default());
}

/// Names that mean something, that are not legal, or that collide.
const NAMES: &[&str] = &[
    "users",
    "user",
    "orders",
    "order",
    "order_lines",
    "items",
    "id",
    "ID",
    "version",
    "tenant",
    "tenant_id",
    "tenants",
    "status",
    "state",
    "email",
    "price",
    "created_at",
    "deleted_at",
    "owner_id",
    "user_id",
    "order_id",
    "parent_id",
    "system",
    "caller",
    "true",
    "null",
    "2nd",
    "a b",
    "größe",
    "token",
    "password",
    "n",
    "N",
    "line",
    "lines",
    "this",
];

fn table() -> impl Strategy<Value = String> {
    let types = prop::sample::select(vec![
        "int",
        "bigint",
        "text",
        "varchar(20)",
        "varchar(0)",
        "numeric(10,2)",
        "numeric",
        "numeric(40,30)",
        "real",
        "bool",
        "uuid",
        "timestamptz",
        "timestamp",
        "date",
        "jsonb",
        "bytea",
        "text[]",
        "int[]",
        "inet",
        "interval",
        "money",
        "char(3)",
        "tsvector",
        "serial",
        "unknown_type",
        "time",
    ]);
    let options = prop::sample::select(vec![
        "",
        "NOT NULL",
        "UNIQUE",
        "PRIMARY KEY",
        "NOT NULL DEFAULT 0",
        "DEFAULT 'x'",
        "NOT NULL DEFAULT 'a'",
        "NOT NULL DEFAULT now()",
        "NOT NULL CHECK (status IN ('a','b'))",
        "NOT NULL REFERENCES users ON DELETE CASCADE",
        "REFERENCES orders",
        "NOT NULL REFERENCES orders ON DELETE CASCADE",
        "CHECK (price >= 0)",
        "NOT NULL UNIQUE REFERENCES tenants",
        "NOT NULL DEFAULT true",
        "GENERATED ALWAYS AS (1) STORED",
        "NOT NULL CHECK (n BETWEEN 3 AND 5)",
    ]);
    let column = (prop::sample::select(NAMES), types, options)
        .prop_map(|(name, kind, option)| format!("\"{name}\" {kind} {option}"));
    let keys = prop::collection::vec(prop::sample::select(NAMES), 1..4);
    (prop::sample::select(NAMES), prop::collection::vec(column, 0..8), keys, any::<bool>())
        .prop_map(|(name, columns, keys, is_unique)| {
            let keys: Vec<String> = keys.iter().map(|it| format!("\"{it}\"")).collect();
            let unique = if is_unique { "UNIQUE" } else { "" };
            format!(
                "CREATE TABLE \"{name}\" ({});\nCREATE {unique} INDEX ON \"{name}\" ({});\n",
                columns.join(", "),
                keys.join(", ")
            )
        })
}

proptest! {
    #[test]
    fn whatever_schema_is_read_its_draft_can_be_served(tables in prop::collection::vec(table(), 1..8)) {
        let file = SourceFile { name: "schema.sql".to_owned(), text: tables.concat() };
        let draft = draft(&read(&[file], 0));
        if !draft.text.is_empty() {
            let faults = faults(&draft);
            prop_assert!(faults.is_empty(), "{}\n{}\n{}", faults, tables.concat(), draft.text);
        }
    }

    #[test]
    fn whatever_contract_is_read_its_draft_can_be_served(
        members in prop::collection::vec(
            (prop::sample::select(NAMES), prop::sample::select(vec![
                "{ type: string }", "{ type: string, enum: [a, b] }", "{ type: integer }", "{ type: number }",
                "{ type: string, maxLength: 9 }", "{ type: array, items: { type: string } }", "{ $ref: '#/o' }", "{}",
                "{ type: array, items: { $ref: '#/o' } }", "{ type: object }", "{ type: string, format: date-time }",
                "{ type: object, required: [id, n], properties: { id: { type: string }, n: { type: integer }, x: { type: object, properties: { y: { type: string } } } } }",
                "{ type: array, items: { type: object, properties: { status: { type: string, enum: [a, b] }, order_id: { type: integer } } } }",
            ])),
            1..10,
        ),
        paths in prop::collection::vec(prop::sample::select(NAMES), 1..4),
    ) {
        let members: Vec<String> = members.iter().map(|(name, schema)| format!("'{name}': {schema}")).collect();
        let body = "{ content: { application/json: { schema: { $ref: '#/o' } } } }";
        let mut text = String::from("openapi: 3.1.0\npaths:\n");
        for path in paths {
            text.push_str(&format!("  '/{path}': {{ post: {{ requestBody: {body}, responses: {{ '201': {body} }} }} }}\n"));
            text.push_str(&format!("  '/{path}/{{id}}': {{ get: {{ responses: {{ '200': {body} }} }} }}\n"));
        }
        text.push_str(&format!("o: {{ type: object, required: [status, n], properties: {{ {} }} }}\n", members.join(", ")));
        let draft = draft(&read(&[SourceFile { name: "openapi.yaml".to_owned(), text: text.clone() }], 0));
        if !draft.text.is_empty() {
            let faults = faults(&draft);
            prop_assert!(faults.is_empty(), "{}\n{}\n{}", faults, text, draft.text);
        }
    }
}
