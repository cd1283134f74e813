//! The command line: arguments in, exit code and words out.
#![cfg(test)]

mod support;

use std::{fs, path::Path, process::Output};

use support::{Served, program, root};

struct Told {
    code: i32,
    out: String,
    err: String,
}

/// Runs the program in a folder of its own.
fn run(folder: &Path, arguments: &[&str]) -> Told {
    let Output { status, stdout, stderr } =
        program().args(arguments).current_dir(folder).output().unwrap();
    let text = |it: Vec<u8>| String::from_utf8(it).unwrap();
    Told { code: status.code().unwrap(), out: text(stdout), err: text(stderr) }
}

/// A folder with a good blueprint, a broken one, and what is neither.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &[u8]| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let good = b"system Good { edition = \"2026\" }\n";
    write("good/blueprint.hcl", good);
    write("broken/blueprint.hcl", b"system Broken { edition = \"2026\"\ncontext a {\n");
    write("latin/blueprint.hcl", b"# caf\xe9\nsystem Latin { edition = \"2026\" }\n");
    write("wide/blueprint.hcl", b"\xff\xfes\0y\0s\0t\0e\0m\0 \0W\0 \0{\0}\0\n\0");
    write("empty/readme.txt", b"nothing here");
    write("ugly/blueprint.hcl", b"system   Ugly   {  edition=\"2026\"  }\n");
    write("foreign/architrave.sqlite", b"this is no database at all, not even a little one");
    write("file", b"");
    write("schema.sql", b"CREATE TABLE notes (id int PRIMARY KEY, title text NOT NULL);");
    folder
}

#[test]
fn mistakes_say_what_where_why_and_what_to_do() {
    let folder = folder();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listener.local_addr().unwrap().to_string();
    let encrypted = root().join("examples/storefront");
    let encrypted = encrypted.to_str().unwrap();
    #[rustfmt::skip]
    let cases: &[(&[&str], i32, &[&str])] = &[
        (&[], 2, &["Usage: architrave"]),
        (&["sreve"], 2, &["unrecognized subcommand 'sreve'", "serve"]),
        (&["check"], 2, &["<PATH>"]),
        (&["check", "nowhere"], 3, &["cannot read nowhere", "no such file or directory", "architrave new"]),
        (&["check", "empty"], 3, &["empty has no *.hcl file", "architrave new"]),
        (&["check", "broken"], 1, &["error[AR0102]", "broken/blueprint.hcl:"]),
        (&["check", "latin"], 1, &["error[AR0119]", "UTF-8", "\n1 error\n"]),
        (&["check", "wide"], 1, &["error[AR0119]", "\n1 error\n"]),
        (&["check", "good"], 0, &["good is fine: 0 contexts"]),
        (&["plan", "broken"], 1, &["error[AR0102]"]),
        (&["serve", "broken", "--dev"], 1, &["error[AR0102]"]),
        (&["serve", "good", "--listen", "nonsense"], 2, &["invalid", "--listen"]),
        (&["serve", "good", "--dev", "--listen", "0.0.0.0:0"], 3, &["--dev is refused on 0.0.0.0:0", "127.0.0.1"]),
        (&["serve", "good", "--dev", "--admin-listen", "0.0.0.0:0"], 3, &["--dev is refused on 0.0.0.0:0"]),
        (&["serve", "good", "--threads", "0"], 2, &["--threads"]),
        (&["serve", "good", "--cors", "shop.example"], 2, &["is not an origin", "https://shop.example"]),
        (&["serve", "good", "--data", "file"], 3, &["cannot write file", "a file is there where a folder is needed"]),
        (&["serve", "good", "--data", "d1", "--listen", &taken], 3, &[&taken, "in use"]),
        (&["serve", "good", "--data", "foreign"], 3, &["architrave.sqlite", "help:"]),
        (&["serve", encrypted, "--data", "d2"], 3, &["OIDC_ISSUER", "--dev"]),
        (&["seed", "good", "--rows", "nonsense"], 2, &["ENTITY=COUNT"]),
        (&["seed", "good", "--rows", "a.B=-1"], 2, &["`-1` is not a count"]),
        (&["seed", "good", "--rows", "a.B=99999999999"], 2, &["99999999999 are too many", "10000000"]),
        (&["seed", "good", "--connections", "0"], 2, &["--connections"]),
        (&["seed", "good", "--data", "d3", "--rows", "a.B=1"], 3, &["there is no entity a.B"]),
        (&["explain", "AR0102"], 0, &["# AR0102", "## Cause", "## Fix"]),
        (&["explain", "not-unique"], 0, &["HTTP status 409"]),
        (&["explain", "AR9999"], 2, &["there is no code AR9999"]),
        (&["check", "/dev/null"], 3, &["/dev/null is neither a file nor a folder"]),
        (&["import"], 2, &["<PATH>"]),
        (&["import", "nowhere"], 3, &["cannot read nowhere"]),
        (&["import", "empty"], 1, &["neither tables nor operations were found in empty", "help:"]),
        (&["import", "foreign/architrave.sqlite"], 1, &["neither tables nor operations"]),
        (&["import", "schema.sql", "--out", "good"], 3, &["is there already", "nothing was changed"]),
        (&["import", "schema.sql", "--dry-run"], 0, &["entity Note {", "# guessed:", "guessed (", "left out (1):"]),
        (&["explain", "AR0911"], 0, &["# AR0911", "## Cause"]),
        (&["verify", "--data", "nowhere"], 3, &["there is no database in nowhere", "`--data`"]),
        (&["verify", "--data", "foreign"], 3, &["not a database", "help:"]),
        (&["keys", "new", "file"], 3, &["the key file file", "keys are never overwritten"]),
        (&["keys", "new", "nowhere/keys"], 3, &["the key file nowhere/keys", "choose a folder"]),
        (&["explain", "storage-full"], 0, &["HTTP status 507"]),
        (&["new", "good"], 3, &["is there already", "nothing was changed"]),
        (&["fmt", "ugly", "--check"], 1, &["ugly/blueprint.hcl"]),
        (&["fmt", "ugly"], 0, &["ugly/blueprint.hcl"]),
        (&["fmt", "ugly", "--check"], 0, &[]),
        (&["completions", "bash"], 0, &["_architrave"]),
        (&["man"], 0, &[".TH architrave"]),
        (&["--help"], 0, &["Exit codes:", "serve"]),
    ];
    for (arguments, code, words) in cases {
        let told = run(folder.path(), arguments);
        let all = format!("{}{}", told.out, told.err);
        assert_eq!(told.code, *code, "{arguments:?}: {all}");
        for word in *words {
            assert!(all.contains(word), "{arguments:?} does not say {word:?}: {all}");
        }
    }
}

#[test]
fn findings_are_json_where_a_machine_reads() {
    let folder = folder();
    let told = run(folder.path(), &["check", "broken", "--json"]);
    assert_eq!(told.code, 1);
    let json: serde_json::Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!(json["findings"][0]["code"], "AR0102");
    assert!(json["summary"]["errors"].as_u64().unwrap() > 0);
}

#[test]
fn an_imported_schema_checks_is_laid_out_and_serves() {
    let folder = folder();
    let told = run(folder.path(), &["import", "schema.sql", "--out", "notes"]);
    assert_eq!(told.code, 0, "{}", told.err);
    let told = run(folder.path(), &["check", "notes"]);
    assert_eq!((told.code, told.err.as_str()), (0, ""), "{}", told.out);
    assert_eq!(run(folder.path(), &["fmt", "notes", "--check"]).code, 0);
    let served = Served::start(&folder.path().join("notes"), &folder.path().join("data"));
    served.kill();
    // The schema of what serves it is a schema like any other.
    let told = run(folder.path(), &["import", "data/architrave.sqlite", "--dry-run"]);
    assert!(told.out.contains("entity "), "{}", told.err);
}

#[test]
fn the_starter_checks_is_laid_out_and_serves() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["new", "notebook"]).code, 0);
    let told = run(folder.path(), &["check", "notebook"]);
    assert_eq!((told.code, told.err.as_str()), (0, ""), "{}", told.out);
    assert_eq!(run(folder.path(), &["fmt", "notebook", "--check"]).code, 0);
    let served = Served::start(&folder.path().join("notebook"), &folder.path().join("data"));
    served.kill();
    let told = run(folder.path(), &["verify"]);
    assert_eq!(told.code, 0, "{}", told.out);
}

#[test]
fn the_lock_is_written_once_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["new", "notebook"]);
    assert_eq!(run(folder.path(), &["check", "notebook", "--locked"]).code, 3);
    assert_eq!(run(folder.path(), &["check", "notebook"]).code, 0);
    let lock = folder.path().join("notebook/architrave.lock");
    let before = fs::read(&lock).unwrap();
    assert_eq!(run(folder.path(), &["check", "notebook", "--locked"]).code, 0);
    assert_eq!(fs::read(&lock).unwrap(), before);
    fs::write(&lock, "nonsense").unwrap();
    let told = run(folder.path(), &["check", "notebook"]);
    assert_eq!(told.code, 1, "{}{}", told.out, told.err);
    assert_eq!(fs::read(&lock).unwrap(), b"nonsense", "a lock that cannot be read is left alone");
}

#[test]
fn a_rename_can_be_said_after_it_was_refused() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["new", "notebook"]);
    let (blueprint, data) = (folder.path().join("notebook"), folder.path().join("data"));
    let told = run(folder.path(), &["seed", "notebook", "--rows", "notes.Note=3"]);
    assert_eq!(told.code, 0, "{}", told.err);
    let file = blueprint.join("blueprint.hcl");
    let text = fs::read_to_string(&file).unwrap();
    let text = text.replace("entity Note {", "entity Memo {").replace("body", "content");
    fs::write(&file, &text).unwrap();
    let told = run(folder.path(), &["serve", "notebook", "--dev", "--listen", "127.0.0.1:0"]);
    assert_eq!(told.code, 3);
    for word in ["table notes_note with 3 rows is no longer in it", "`moved`"] {
        assert!(told.err.contains(word), "{}", told.err);
    }
    let moved = "\nmoved {\n  from = notes.Note\n  to   = notes.Memo\n}\n\
                 \nmoved {\n  from = notes.Memo.body\n  to   = notes.Memo.content\n}\n";
    fs::write(&file, text + moved).unwrap();
    Served::start(&blueprint, &data).kill();
    let told = run(folder.path(), &["verify"]);
    assert_eq!(told.code, 0, "{}", told.out);
    let lock = fs::read_to_string(blueprint.join("architrave.lock")).unwrap();
    assert!(lock.contains("notes.Memo table = notes_note\n"), "{lock}");
    assert!(lock.contains("notes.Memo column content = body\n"), "{lock}");
}

#[test]
fn the_plan_is_the_same_bytes_every_time() {
    let folder = tempfile::tempdir().unwrap();
    let storefront = root().join("examples/storefront");
    let plan = || run(folder.path(), &["plan", storefront.to_str().unwrap(), "--json"]).out;
    let first = plan();
    assert!(first.starts_with('{'), "{first}");
    assert_eq!(plan(), first);
}

#[test]
fn a_second_server_and_commands_find_the_one_that_runs() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["new", "notebook"]);
    let (blueprint, data) = (folder.path().join("notebook"), folder.path().join("data"));
    let served = Served::start(&blueprint, &data);
    let told = run(folder.path(), &["serve", "notebook", "--dev", "--listen", "127.0.0.1:0"]);
    assert_eq!(told.code, 3);
    assert!(told.err.contains("in use"), "{}", told.err);
    // Through the running server's listener, then, after it is gone, through one started for the moment.
    let create = ["api-key", "create", "notebook", "--name", "robot"];
    let told = run(folder.path(), &create);
    assert_eq!(told.code, 0, "{}", told.err);
    let key: serde_json::Value = serde_json::from_str(&told.out).unwrap();
    let told = run(folder.path(), &[&create[..], &["--role", "moderator"]].concat());
    assert_eq!(told.code, 4, "the starter has no login for keys: {}", told.out);
    served.kill();
    let told = run(folder.path(), &["api-key", "list", "notebook"]);
    assert_eq!(told.code, 0, "{}", told.err);
    assert!(told.out.contains("robot") && !told.out.contains(key["key"].as_str().unwrap()));
    let revoke = ["api-key", "revoke", "notebook", key["id"].as_str().unwrap()];
    assert_eq!(run(folder.path(), &revoke).code, 0);
    let user = ["user", "create", "notebook", "--set", "email=ada@example.com"];
    let told = run(folder.path(), &user);
    assert_eq!(told.code, 0, "{}", told.err);
    assert!(told.out.contains("ada@example.com"), "{}", told.out);
    let told = run(folder.path(), &user);
    assert_eq!(told.code, 4, "the address is taken: {}", told.out);
}
