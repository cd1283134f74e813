//! Build and delivery: GitHub Actions, GitLab CI and their like. Which foreign steps run, whether they can
//! change under their users, and whether what is made is tested, listed and signed.

mod ships;

use std::collections::BTreeSet;

use architrave_model::graph::{
    Known, Manifest, ManifestKind, Node as GraphNode, Origin, Pipeline, PipelineStep,
};

use crate::{
    Import,
    input::Input,
    shared::{assembly, environment},
    yaml::Node,
};

/// Whether it is a pipeline, by its place or by what it says.
pub(crate) fn recognises(input: &Input<'_>) -> bool {
    let name = input.name().to_ascii_lowercase();
    if !input.is_yaml_or_json() {
        return false;
    }
    name.contains(".github/workflows/")
        || input.file_name().starts_with(".gitlab-ci")
        || name.ends_with(".circleci/config.yml")
        || is_workflow(input)
}

fn is_workflow(input: &Input<'_>) -> bool {
    input.text().contains("jobs:")
        && input.tree().root().is_some_and(|root| {
            root.get("on").is_some()
                && root
                    .get("jobs")
                    .is_some_and(|it| it.named().any(|(_, job)| job.get("steps").is_some()))
        })
}

/// Reads all pipelines.
pub(crate) fn read(inputs: &[Input<'_>], import: &mut Import) {
    for input in inputs {
        let tree = input.tree();
        import.findings.extend(tree.findings.iter().cloned());
        import.graph.manifests.push(Manifest {
            node: GraphNode::observed("manifest", input.name(), input.start()),
            kind: ManifestKind::Pipeline,
            facts: Vec::new(),
        });
        let Some(root) = tree.root() else { continue };
        let mut found = Found::default();
        found.walk(root, "", false);
        // A workflow of another repository may do what this one does not show.
        let is_all_here = !found.calls_others;
        let said = |node: Option<Node<'_>>| match node {
            Some(node) => Known::observed(true, node.span()),
            None if is_all_here => Known::observed(false, input.start()),
            None => Known::Unknown,
        };
        import.graph.pipelines.push(Pipeline {
            node: GraphNode::observed("pipeline", input.name(), input.start()),
            steps: found.steps,
            ships: found.ships,
            runs_tests: said(found.tests),
            has_bill_of_materials: said(found.bill),
            signs: said(found.signs),
        });
        for (name, value) in found.settings {
            if is_of_helper(&found.helpers, name, value.as_text().unwrap_or("")) {
                continue;
            }
            if let Some(leak) = environment::leak(name, value.as_text().unwrap_or("")) {
                let path = format!("{}/{name}", input.name());
                assembly::add_secret(&mut import.graph, &path, &leak, value.span());
            }
        }
    }
}

/// What a pipeline was seen to do.
#[derive(Default)]
struct Found<'a> {
    steps: Vec<PipelineStep>,
    ships: Vec<(String, Origin)>,
    tests: Option<Node<'a>>,
    bill: Option<Node<'a>>,
    signs: Option<Node<'a>>,
    settings: Vec<(&'a str, Node<'a>)>,
    /// Hosts of the throw-away helpers of a test run: `postgres` of `postgres:16-alpine`, or how it is called.
    helpers: BTreeSet<&'a str>,
    calls_others: bool,
}

/// Whether a setting is about a helper: its own (`POSTGRES_PASSWORD`), or an address of it.
fn is_of_helper(helpers: &BTreeSet<&str>, name: &str, value: &str) -> bool {
    helpers.iter().any(|it| {
        let own = name.strip_prefix(it.to_ascii_uppercase().as_str());
        let host = value.rsplit('@').next().unwrap_or(value);
        let host = host.split_once("://").map_or(host, |it| it.1);
        let rest = host.strip_prefix(it).filter(|_| value.contains("://"));
        own.is_some_and(|it| it.starts_with('_'))
            || rest.is_some_and(|it| it.is_empty() || it.starts_with([':', '/']))
    })
}

/// The host that a helper has by its image: the last part of its name.
fn host_of(image: &str) -> &str {
    let name = image.rsplit('/').next().unwrap_or(image);
    name.split([':', '@']).next().unwrap_or(name)
}

/// Most shipped images of one pipeline that are kept.
const SHIPS_MAX: usize = 200;

/// Commands that run tests.
const TESTS: &[&str] = &[
    "cargo test",
    "cargo nextest",
    "npm test",
    "npm run test",
    "npm t",
    "yarn test",
    "pnpm test",
    "pnpm run test",
    "go test",
    "pytest",
    "tox",
    "nox",
    "rspec",
    "phpunit",
    "pest",
    "jest",
    "vitest",
    "mocha",
    "mvn test",
    "mvn verify",
    "mvnw verify",
    "mvnw test",
    "mvn -B verify",
    "gradle test",
    "gradlew test",
    "gradlew check",
    "gradlew build",
    "dotnet test",
    "make test",
    "make check",
    "just test",
    "mix test",
    "rails test",
    "rake test",
    "bun test",
    "deno test",
    "sbt test",
    "bazel test",
    "manage.py test",
    "unittest",
    "xtask test",
];

const BILLS: &[&str] = &["sbom", "syft", "cyclonedx", "spdx"];

const SIGNATURES: &[&str] = &[
    "cosign",
    "sigstore",
    "slsa-framework",
    "attest-build-provenance",
    "notation sign",
    "gpg --detach",
    "minisign",
];

impl<'a> Found<'a> {
    /// Goes through all that is written. What stands under `services` are throw-away helpers of a test run.
    fn walk(&mut self, node: Node<'a>, key: &str, is_in_services: bool) {
        if let Some(text) = node.as_text() {
            self.text(text, node, key);
            return;
        }
        for item in node.items() {
            self.walk(item, key, is_in_services);
        }
        let images = ships::by_action(node).into_iter();
        self.ships.extend(images.map(|(it, at)| (it, Origin::observed(at))));
        self.ships.truncate(SHIPS_MAX);
        for (name, value) in node.named() {
            if name == "services" {
                let listed = value.items().filter_map(|it| {
                    let said = |key: &str| it.get(key).and_then(Node::as_text);
                    it.as_text().or_else(|| said("alias")).or_else(|| said("name"))
                });
                let named = value.named().map(|it| it.0);
                self.helpers.extend(listed.chain(named).map(host_of));
            }
            let is_in_services = is_in_services || name == "services";
            match name {
                "env" | "variables" | "environment" if !is_in_services => {
                    self.settings.extend(value.named().filter(|it| it.1.as_text().is_some()));
                }
                "uses" => self.uses(value),
                "image" => self.image(value),
                _ => {}
            }
            self.walk(value, name, is_in_services);
        }
    }

    fn text(&mut self, text: &str, node: Node<'a>, key: &str) {
        let lower = text.to_ascii_lowercase();
        let is_command =
            matches!(key, "run" | "script" | "before_script" | "after_script" | "command");
        let has = |words: &[&str]| words.iter().any(|it| lower.contains(it));
        if is_command && has(TESTS) {
            self.tests.get_or_insert(node);
        }
        if is_command {
            let images = ships::by_command(text).into_iter();
            self.ships.extend(images.map(|it| (it, Origin::observed(node.span()))));
        }
        if has(BILLS) && text != "false" {
            self.bill.get_or_insert(node);
        }
        if has(SIGNATURES) {
            self.signs.get_or_insert(node);
        }
        // `sbom: true` of docker/build-push-action.
        if key == "sbom" && node.as_bool() == Some(true) {
            self.bill.get_or_insert(node);
        }
    }

    fn uses(&mut self, node: Node<'a>) {
        let Some(text) = node.as_text() else { return };
        // What lies in the repository moves with it.
        if text.starts_with("./") {
            return;
        }
        self.calls_others |= text.contains(".github/workflows/");
        let version = text.rsplit_once('@').map_or("", |it| it.1);
        let is_commit = version.len() >= 40 && version.bytes().all(|it| it.is_ascii_hexdigit());
        self.add(text, node, is_commit || version.starts_with("sha256:"));
    }

    fn image(&mut self, node: Node<'a>) {
        let Some(text) = node.as_text().or_else(|| node.get("name").and_then(Node::as_text)) else {
            return;
        };
        // Names that only the run knows say nothing.
        if !text.is_empty() && !text.contains('$') {
            self.add(text, node, text.contains("@sha256:"));
        }
    }

    fn add(&mut self, text: &str, node: Node<'a>, is_pinned: bool) {
        self.steps.push(PipelineStep {
            uses: text.to_owned(),
            origin: Origin::observed(node.span()),
            is_pinned,
        });
    }
}
