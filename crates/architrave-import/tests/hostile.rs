//! Files that somebody made to be slow: they are read as far as the limits go, and a finding says so.

use std::fmt::Write;

use architrave_import::{Import, read};
use architrave_model::SourceFile;

fn read_one(name: &str, text: String) -> Import {
    read(&[SourceFile { name: name.into(), text }], 0)
}

#[track_caller]
fn check_cut(import: &Import) {
    let codes: Vec<&str> = import.findings.iter().map(|it| it.code.0).collect();
    assert!(codes.contains(&"AR0903"), "{codes:?}");
}

/// `count` lines, each made from its number.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, number| {
        let _ = writeln!(text, "{}", line(number));
        text
    })
}

#[test]
fn compose_files_have_a_most_of_everything() {
    let services = lines(4_000, |it| format!("  s{it}: {{ image: nginx }}"));
    let import = read_one("docker-compose.yml", format!("services:\n{services}"));
    check_cut(&import);
    assert_eq!(import.graph.services.len(), 2_000);

    let urls = lines(20_000, |it| format!("      V{it}_URL: https://h{it}.example.net/"));
    let import = read_one(
        "docker-compose.yml",
        format!("services:\n  web:\n    image: a\n    environment:\n{urls}"),
    );
    assert!(import.graph.edges.len() <= 100);

    let keys = lines(20_000, |it| format!("      S{it}_PASSWORD: hunter{it}x"));
    let import = read_one(
        "docker-compose.yml",
        format!("services:\n  web:\n    image: a\n    environment:\n{keys}"),
    );
    check_cut(&import);

    let mounts = lines(20_000, |it| format!("      - /etc/x{it}:/y{it}"));
    let ports = lines(20_000, |it| format!("      - \"{}:{}\"", it + 1000, it + 1000));
    let import = read_one(
        "docker-compose.yml",
        format!("services:\n  web:\n    image: a\n    volumes:\n{mounts}\n    ports:\n{ports}"),
    );
    let web = import.graph.services.first().map(|it| (it.host_powers.len(), it.ports.len()));
    assert_eq!(web, Some((100, 100)));
}

#[test]
fn interpolation_does_not_multiply() {
    let files = [
        SourceFile {
            name: "docker-compose.yml".into(),
            text: format!("services:\n  web:\n    image: \"{}\"\n", "$A".repeat(100_000)),
        },
        SourceFile { name: ".env".into(), text: format!("A={}\n", "x".repeat(100_000)) },
    ];
    let import = read(&files, 0);
    assert!(import.graph.images.iter().all(|it| it.node.id.len() < 1 << 20));
}

#[test]
fn extending_in_circles_ends() {
    let text =
        "services:\n  a: { extends: b }\n  b: { extends: { service: a } }\n  c: { extends: c }\n";
    let import = read_one("compose.yaml", text.to_owned());
    assert_eq!(import.graph.services.len(), 3);
}

#[test]
fn manifests_have_a_most_of_everything() {
    let objects = lines(6_000, |it| {
        format!(
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{ name: p{it}, labels: {{ a: b }} }}\n\
             spec: {{ containers: [{{ image: i{it} }}] }}\n---\napiVersion: v1\nkind: Service\n\
             metadata: {{ name: s{it} }}\nspec: {{ selector: {{ a: b }}, ports: [{{ port: {it} }}] }}"
        )
    });
    let import = read_one("all.yaml", objects);
    check_cut(&import);
    assert_eq!(import.graph.services.len(), 2_000);
}

#[test]
fn dockerfiles_and_pipelines_have_a_most_of_everything() {
    let text = lines(20_000, |it| format!("ARG A{it}=$A{it}$A{it}\nFROM x$A{it} AS s{it}"));
    check_cut(&read_one("Dockerfile", text));
    let import = read_one("Dockerfile", "RUN <<E\n".repeat(20_000));
    assert_eq!(import.findings, []);
    let steps = lines(20_000, |it| format!("      - uses: a/b{it}@v1"));
    let import =
        read_one(".github/workflows/a.yml", format!("on: push\njobs:\n  a:\n    steps:\n{steps}"));
    assert_eq!(import.graph.pipelines.iter().map(|it| it.steps.len()).sum::<usize>(), 20_000);
}

#[test]
fn schemas_have_a_most_of_everything() {
    let tables = lines(6_000, |it| format!("CREATE TABLE t{it} (id int PRIMARY KEY);"));
    let import = read_one("schema.sql", tables);
    check_cut(&import);
    assert_eq!(import.graph.tables.len(), 5_000);

    // Each of these had been counted from the beginning of the file, and looked for among all before it.
    let columns = lines(30_000, |it| format!("ALTER TABLE t ADD COLUMN c{it} int;"));
    let import =
        read_one("db/migrations/0001_a.sql", format!("CREATE TABLE t (id int);\n{columns}"));
    check_cut(&import);
    assert_eq!(import.graph.tables.first().map(|it| it.columns.len()), Some(4_096));
    assert_eq!(import.graph.migrations.len(), 5_000);

    let indexes = lines(30_000, |it| format!("CREATE INDEX i{it} ON t (id);"));
    let import = read_one("schema.sql", format!("CREATE TABLE t (id int);\n{indexes}"));
    assert_eq!(import.graph.tables.first().map(|it| it.indexes.len()), Some(500));
}

#[test]
fn texts_without_an_end_are_read_to_theirs() {
    for text in [
        "CREATE TABLE a (id int); INSERT INTO a VALUES ('".to_owned() + &"x".repeat(2_000_000),
        "SELECT $a$ ".to_owned() + &"'".repeat(1_000_000),
        "$a$ $b$ ".repeat(250_000),
        "SELECT ".to_owned() + &"(".repeat(1_000_000),
        "/*".repeat(1_000_000),
    ] {
        let import = read_one("schema.sql", text);
        assert!(import.graph.tables.len() <= 1);
    }
    let json = "{\"openapi\":\"3.0.0\",\"paths\":".to_owned() + &"[".repeat(1_000_000);
    assert!(read_one("openapi.json", json).graph.operations.is_empty());
    let image = format!("services:\n  web:\n    image: {}\n", "${A:-".repeat(100_000));
    assert!(read_one("docker-compose.yml", image).graph.services.len() <= 1);
}

#[test]
fn schemas_that_refer_to_themselves_end() {
    let schemas = lines(60, |it| {
        let next = format!("{{ $ref: \"#/components/schemas/S{}\" }}", it + 1);
        format!("    S{it}: {{ type: object, properties: {{ a: {next}, b: {next} }} }}")
    });
    let text = format!(
        "openapi: 3.1.0\ninfo: {{ title: a, version: \"1\" }}\npaths:\n  /p:\n    post:\n      requestBody: {{ content: {{ application/json: {{ schema: {{ $ref: \"#/components/schemas/S0\" }} }} }} }}\n      responses: {{}}\ncomponents:\n  schemas:\n{schemas}    S60: {{ $ref: \"#/components/schemas/S0\" }}\n"
    );
    let import = read_one("openapi.yaml", text);
    assert_eq!(import.graph.operations.len(), 1);
}
