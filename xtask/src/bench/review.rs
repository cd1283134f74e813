//! How long a review takes and how much memory: of the storefront, of a repository of 500 files, and of a blueprint of
//! 1,000 entities, which a review checks and plans itself. Files and blueprint are made in a temporary folder.

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use super::{
    process::{binary, memory},
    report::median,
};
use crate::shell::{Outcome, cargo, root};

/// The workload's name on the command line.
pub(super) const NAME: &str = "review";

/// Runs of each; what is shown is their median.
const TIMES: usize = 5;
/// Files of the repository, in equal parts manifests, contracts, migrations and Dockerfiles.
const FILES: usize = 500;
/// Contexts of the blueprint, and entities of each.
const CONTEXTS: usize = 50;
const ENTITIES: usize = 20;
/// How often a process is asked for its memory. The shortest one measured runs for ten times as long.
const LOOK_EVERY: Duration = Duration::from_micros(500);

/// One thing a person waits for.
struct Wait<'a> {
    what: &'a str,
    path: &'a Path,
    bound: Duration,
}

/// What one run took.
struct Run {
    time: Duration,
    peak_bytes: u64,
}

pub(super) fn measure() -> Outcome {
    cargo(&["build", "--release", "--package", "architrave"], &[])?;
    let folder = tempfile::tempdir().map_err(text)?;
    let repository = folder.path().join("repository");
    let blueprint = folder.path().join("blueprint");
    let storefront = folder.path().join("storefront");
    write_repository(&repository)?;
    write_blueprint(&blueprint)?;
    // A copy, so that no lock is written beside the example.
    fs::create_dir_all(&storefront).map_err(text)?;
    let from = root().join("examples/storefront/blueprint.hcl");
    fs::copy(from, storefront.join("blueprint.hcl")).map_err(text)?;
    let entities = CONTEXTS * ENTITIES;
    let waits = [
        Wait {
            what: "review of the storefront",
            path: &storefront,
            bound: Duration::from_millis(50),
        },
        Wait {
            what: &format!("review of a repository, {FILES} files"),
            path: &repository,
            bound: Duration::from_secs(2),
        },
        Wait {
            what: &format!("review with check and plan, {entities} entities"),
            path: &blueprint,
            bound: Duration::from_secs(1),
        },
    ];
    println!(
        "Medians of {TIMES} runs, each process from its start to its end; memory is the most that one of them had.\n"
    );
    println!("{:44} {:>11} {:>10} {:>11}", "", "time", "bound", "peak");
    for wait in &waits {
        let runs = (0..TIMES).map(|_| once(wait.path)).collect::<Outcome<Vec<Run>>>()?;
        println!(
            "{:44} {:>8.1} ms {:>7} ms {:>8.1} MB",
            wait.what,
            median(&runs, |it| it.time.as_secs_f64() * 1_000.0),
            wait.bound.as_millis(),
            median(&runs, |it| it.peak_bytes as f64) / 1e6,
        );
    }
    Ok(())
}

/// One review; that it finds something, which is another code than success, is no failure here.
fn once(path: &Path) -> Outcome<Run> {
    let started = Instant::now();
    let mut child = Command::new(binary("architrave"))
        .arg("review")
        .arg(path)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(text)?;
    let mut peak_bytes = 0;
    loop {
        peak_bytes = peak_bytes.max(memory(child.id(), "VmHWM:"));
        if let Some(status) = child.try_wait().map_err(text)? {
            return match status.code() {
                Some(0 | 1) => Ok(Run { time: started.elapsed(), peak_bytes }),
                _ => Err(format!("`architrave review` ended with {status}")),
            };
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

/// Files as a large repository has them, each in a folder of its own kind.
fn write_repository(folder: &Path) -> Outcome {
    for number in 0..FILES / 4 {
        for (name, text) in [
            (format!("deploy/service{number}.yaml"), manifest(number)),
            (format!("contracts/service{number}.yaml"), contract(number)),
            (format!("db/migrations/{number:04}_t{number}.sql"), migration(number)),
            (format!("services/s{number}/Dockerfile"), dockerfile(number)),
        ] {
            write(&folder.join(name), &text)?;
        }
    }
    Ok(())
}

fn manifest(number: usize) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: service{number}\n  labels: {{ app: service{number} }}\n\
         spec:\n  replicas: 2\n  selector:\n    matchLabels: {{ app: service{number} }}\n  template:\n    metadata:\n      \
         labels: {{ app: service{number} }}\n    spec:\n      containers:\n        - name: main\n          \
         image: registry.example.net/service{number}:1.{number}\n          ports:\n            - containerPort: 8080\n          \
         env:\n            - name: DATABASE_URL\n              value: postgres://app@db.example.net:5432/t{number}\n            \
         - name: NEXT_URL\n              value: http://service{}:8080\n          resources:\n            limits: {{ cpu: 500m, \
         memory: 256Mi }}\n          readinessProbe:\n            httpGet: {{ path: /ready, port: 8080 }}\n---\n\
         apiVersion: v1\nkind: Service\nmetadata:\n  name: service{number}\nspec:\n  selector: {{ app: service{number} }}\n  \
         ports:\n    - port: 8080\n",
        (number + 1) % (FILES / 4)
    )
}

fn contract(number: usize) -> String {
    let mut text = format!(
        "openapi: 3.0.3\ninfo: {{ title: service {number}, version: \"1\" }}\nservers: [{{ url: https://s{number}.example.net }}]\npaths:\n"
    );
    for path in 0..10 {
        let _ = write!(
            text,
            "  /things{path}:\n    get:\n      operationId: listThings{path}\n      security: [{{ bearer: [] }}]\n      \
             parameters:\n        - {{ name: limit, in: query, schema: {{ type: integer, maximum: 100 }} }}\n      responses:\n        \
             '200':\n          description: a page\n          content:\n            application/json:\n              schema: \
             {{ type: array, maxItems: 100, items: {{ $ref: '#/components/schemas/Thing' }} }}\n    post:\n      \
             operationId: addThing{path}\n      security: [{{ bearer: [] }}]\n      requestBody:\n        content:\n          \
             application/json:\n            schema: {{ $ref: '#/components/schemas/Thing' }}\n      responses:\n        \
             '201': {{ description: added }}\n        '400': {{ description: refused }}\n"
        );
    }
    text.push_str(
        "components:\n  securitySchemes:\n    bearer: { type: http, scheme: bearer }\n  schemas:\n    Thing:\n      \
         type: object\n      properties:\n        id: { type: string, format: uuid }\n        name: { type: string, maxLength: 80 }\n        \
         amount: { type: integer }\n",
    );
    text
}

fn migration(number: usize) -> String {
    format!(
        "CREATE TABLE t{number} (\n  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n  name text NOT NULL,\n  \
         email text,\n  amount numeric(12,2) NOT NULL DEFAULT 0,\n  parent_id bigint REFERENCES t{number} (id),\n  \
         created_at timestamptz NOT NULL DEFAULT now()\n);\nCREATE INDEX t{number}_parent ON t{number} (parent_id);\n\
         ALTER TABLE t{number} ADD COLUMN state text NOT NULL DEFAULT 'new';\n"
    )
}

fn dockerfile(number: usize) -> String {
    format!(
        "FROM rust:1.90 AS build\nWORKDIR /src\nCOPY . .\nRUN cargo build --release\n\nFROM debian:13-slim\n\
         COPY --from=build /src/target/release/s{number} /usr/bin/s{number}\nUSER 1000\nCMD [\"s{number}\"]\n"
    )
}

/// Contexts of entities that refer to each other, each with a lifecycle, an index and a rule: one file a context.
fn write_blueprint(folder: &Path) -> Outcome {
    let head = "# Made for a benchmark.\nsystem Large {\n  edition = \"2026\"\n}\n\nworkload {\n  peak = \"100/s\"\n}\n\n\
        identity {\n  user = area0.User\n  roles = [\"clerk\"]\n\n  login oidc {\n    issuer = env(\"OIDC_ISSUER\")\n    \
        audience = \"large\"\n    roles = claim(\"roles\")\n  }\n}\n";
    write(&folder.join("system.hcl"), head)?;
    for context in 0..CONTEXTS {
        let entities: String = (0..ENTITIES).map(|it| entity(context, it)).collect();
        let text = format!("# Area {context}.\ncontext area{context} {{\n{entities}}}\n");
        write(&folder.join(format!("area{context:02}.hcl")), &text)?;
    }
    Ok(())
}

fn entity(context: usize, number: usize) -> String {
    let name = match (context, number) {
        (0, 0) => "User".to_owned(),
        _ => format!("Thing{context}x{number}"),
    };
    // The first of a context has nothing to refer to.
    let before = match (context, number) {
        (_, 0) => String::new(),
        (0, 1) => "    before = optional(ref(User))\n".to_owned(),
        _ => format!("    before = optional(ref(Thing{context}x{}))\n", number - 1),
    };
    format!(
        "  entity {name} {{\n    name = string(80)\n    amount = decimal(12, 2)\n    count = int(min(0), default(0))\n\
         {before}\n    lifecycle state {{\n      initial = \"open\"\n      transitions = {{\n        open = [\"done\"]\n      }}\n    }}\n\n    \
         index {{ on = [state, desc(created_at)] }}\n\n    access {{\n      read = true\n      write = has_role(\"clerk\")\n    }}\n\n    \
         command finish {{\n      allow = has_role(\"clerk\")\n      transition = \"done\"\n    }}\n  }}\n\n"
    )
}

fn write(path: &Path, contents: &str) -> Outcome {
    let parent = path.parent().unwrap_or(path);
    fs::create_dir_all(parent).map_err(text)?;
    fs::write(path, contents).map_err(|error| format!("{}: {error}", path.display()))
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
