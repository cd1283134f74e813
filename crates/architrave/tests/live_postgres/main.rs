//! A live PostgreSQL is read like the file that would make it, reviewed, and drafted as a blueprint.
#![cfg(test)]
#![cfg(unix)]

#[path = "../support/database/mod.rs"]
mod server;

use std::process::{Command, Output};

use architrave_model::{
    SourceFile,
    graph::{Known, Provenance, Table},
};
use architrave_store::postgres::{Address, Environment, Patience, schema_text};
use server::Database;

const EVERYTHING: &str = include_str!("everything.sql");

async fn read(address: &str) -> SourceFile {
    let address = Address::read(address, &Environment::default()).unwrap();
    schema_text(&address, Patience::default()).await.unwrap()
}

async fn refused(address: &str, password: Option<&str>) -> String {
    let environment =
        Environment { password: password.map(str::to_owned), ..Environment::default() };
    let address = Address::read(address, &environment).unwrap();
    schema_text(&address, Patience::default()).await.unwrap_err().to_string()
}

fn imported(file: SourceFile) -> architrave_import::Import {
    architrave_import::read(&[file], 0)
}

/// What is known of the tables, without places.
fn known(file: SourceFile) -> String {
    let text = file.text.clone();
    let import = imported(file);
    let said: Vec<_> = import.findings.iter().map(|it| &text[it.span().start as usize..]).collect();
    assert!(said.is_empty(), "not read: {said:#?}");
    let places = without_places(&format!("{:#?}", import.graph.tables));
    let facts = import.graph.manifests.iter().flat_map(|it| &it.facts);
    let facts: Vec<_> = facts.map(|(key, value, _)| (key, value)).collect();
    format!("{places}\n{facts:#?}")
}

/// The `Debug` form without the lines that say where.
fn without_places(text: &str) -> String {
    let is_place = |it: &&str| {
        let it = it.trim_start();
        !(it.starts_with("start: ") || it.starts_with("end: "))
    };
    text.lines().filter(is_place).collect::<Vec<_>>().join("\n")
}

fn file(text: &str) -> SourceFile {
    SourceFile { name: "schema.sql".to_owned(), text: text.to_owned() }
}

#[tokio::test]
async fn a_live_schema_is_the_same_as_its_file() {
    let Some(database) = Database::with(EVERYTHING).await else { return };
    let live = read(&database.address).await;
    assert_eq!(live.name, database.shown());
    let statements = |it: &str| -> Vec<String> {
        let lines = it.lines().filter(|it| !it.starts_with("--") && !it.is_empty());
        lines.map(str::to_owned).collect()
    };
    assert_eq!(statements(&live.text), statements(EVERYTHING));
    assert_eq!(known(live), known(file(EVERYTHING)));
}

#[tokio::test]
async fn the_text_makes_the_same_schema_again() {
    let Some(database) = Database::with(EVERYTHING).await else { return };
    let first = read(&database.address).await.text;
    let Some(again) = Database::with(&first).await else { return };
    let second = read(&again.address).await.text;
    let first = first.replace(&database.name, &again.name);
    assert_eq!(first, second);
    assert_eq!(second, read(&again.address).await.text, "two runs are equal");
}

#[tokio::test]
async fn rows_are_what_the_statistics_say() {
    let schema = "CREATE TABLE counted (id int);
        CREATE TABLE never (id int);
        CREATE TABLE parts (id int) PARTITION BY HASH (id);
        CREATE TABLE part_0 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 0);
        CREATE TABLE part_1 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 1);
        INSERT INTO counted SELECT generate_series(1, 1234);
        INSERT INTO parts SELECT generate_series(1, 500);
        ANALYZE counted; ANALYZE part_0; ANALYZE part_1;";
    let Some(database) = Database::with(schema).await else { return };
    let import = imported(read(&database.address).await);
    let rows = |table: &Table| match &table.rows {
        Known::Is(rows, origin) => {
            assert_eq!(origin.provenance, Provenance::Measured);
            Some(*rows)
        }
        _ => None,
    };
    let found: Vec<_> = import.graph.tables.iter().map(|it| (&*it.node.name, rows(it))).collect();
    let expected =
        [("public.counted", Some(1_200)), ("public.never", None), ("public.parts", Some(500))];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn what_extensions_bring_and_what_others_own_is_told_apart() {
    let schema = "CREATE SCHEMA outside; CREATE TEMPORARY TABLE t (id int);
        CREATE TABLE outside.mine (id int); CREATE VIEW v AS SELECT 1; CREATE TABLE empty ();";
    let Some(database) = Database::with(schema).await else { return };
    let text = read(&database.address).await.text;
    let lines: Vec<&str> = text.lines().skip(1).filter(|it| !it.is_empty()).collect();
    let expected = [
        "CREATE SCHEMA outside;",
        "CREATE TABLE outside.mine (",
        "    id integer",
        ");",
        "CREATE TABLE public.empty ();",
    ];
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn refusals_say_what_to_do_and_no_password() {
    let Some(database) = Database::empty().await else { return };
    let make = "DO $$ BEGIN CREATE ROLE needs_password LOGIN PASSWORD 'hush'; \
                EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$";
    database.client.batch_execute(make).await.unwrap();
    let guarded = database.address_for("needs_password");
    let check = |fault: String, expected: &str| {
        assert!(fault.contains(expected), "{fault}");
        assert!(!fault.contains("hush") && !fault.contains("wrong"), "{fault}");
    };
    check(
        refused(&guarded, Some("wrong")).await,
        "the password of user needs_password is not accepted",
    );
    check(refused(&guarded, None).await, "asks for a password");
    let missing = database.address.replace(&database.name, "missing");
    check(refused(&missing, None).await, "postgres:///missing: there is no such database");
    let nobody = database.address_for("nobody_at_all");
    check(refused(&nobody, None).await, "user nobody_at_all may not sign in");
    // With the right one it may read the schema, and needs no right to read a row.
    database.client.batch_execute("CREATE TABLE rows (id int)").await.unwrap();
    let environment = Environment { password: Some("hush".into()), ..Environment::default() };
    let address = Address::read(&guarded, &environment).unwrap();
    let text = schema_text(&address, Patience::default()).await.unwrap().text;
    assert!(text.contains("CREATE TABLE public.rows"), "{text}");
}

#[tokio::test]
async fn encryption_that_was_asked_for_is_never_left_out() {
    let Some(database) = Database::empty().await else { return };
    let socket = database.address.split("host=").nth(1).unwrap().split('&').next().unwrap();
    let socket = format!("{socket}/.s.PGSQL.5432");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut from, _)) = listener.accept().await {
            let mut to = tokio::net::UnixStream::connect(&socket).await.unwrap();
            tokio::spawn(async move { tokio::io::copy_bidirectional(&mut from, &mut to).await });
        }
    });
    let address =
        |mode: &str| format!("postgres://architrave@{place}/{}?sslmode={mode}", database.name);
    assert!(read(&address("prefer")).await.text.contains("PostgreSQL schema"));
    for mode in ["require", "verify-ca", "verify-full"] {
        let fault = refused(&address(mode), None).await;
        assert!(fault.contains("no encrypted connection"), "{mode}: {fault}");
    }
}

fn architrave(arguments: &[&str], folder: &std::path::Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_architrave"));
    command.current_dir(folder).args(arguments).env("PGPASSWORD", "hush");
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    let text = String::from_utf8(text).unwrap();
    assert!(!text.contains("hush") && !text.contains("host="), "{text}");
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_schema_is_reviewed_and_drafted() {
    let Some(database) = Database::with(EVERYTHING).await else { return };
    let folder = tempfile::tempdir().unwrap();
    let address = format!("{}&password=hush", database.address);
    let review = architrave(&["review", &address, "--as-of", "2026-07-01"], folder.path());
    let text = said(&review);
    assert!(review.status.code().is_some_and(|it| it <= 1), "{text}");
    assert!(text.contains(&database.shown()), "{text}");
    let against = architrave(&["review", &address, "--against", "HEAD"], folder.path());
    assert!(said(&against).contains("has no revisions"));
    let import = architrave(&["import", &address, "--out", "shop"], folder.path());
    let text = said(&import);
    assert!(import.status.success(), "{text}");
    let check = architrave(&["check", "shop"], folder.path());
    assert!(check.status.success(), "{}", said(&check));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_without_tables_is_said_to_have_none() {
    let Some(database) = Database::empty().await else { return };
    let folder = tempfile::tempdir().unwrap();
    let address = format!("{}&password=hush", database.address);
    let import = architrave(&["import", &address], folder.path());
    assert!(!import.status.success());
    assert!(said(&import).contains(&format!("were found in {}", database.shown())));
}
