//! Dockerfiles: what an image is made of, as whom it runs, whether it says that it is well.

mod instructions;

use architrave_model::{
    FileId, Span,
    graph::{Graph, Known, Manifest, ManifestKind, Node, Origin},
};

use crate::{
    Import,
    input::Input,
    shared::{assembly, limits, path, secret},
};
use instructions::{Instruction, instructions};

/// Whether it is a Dockerfile, by its name.
pub(crate) fn recognises(input: &Input<'_>) -> bool {
    let name = input.file_name();
    ["dockerfile", "containerfile"].iter().any(|it| {
        name == *it || name.starts_with(&format!("{it}.")) || name.ends_with(&format!(".{it}"))
    }) && !name.ends_with(".dockerignore")
}

/// Reads all Dockerfiles.
pub(crate) fn read(inputs: &[Input<'_>], import: &mut Import) {
    for input in inputs {
        let mut file = File::new(input);
        for instruction in instructions(input.text()) {
            file.take(&instruction, &mut import.graph);
        }
        import.graph.manifests.push(file.manifest());
    }
}

/// The Dockerfile at a path.
pub(crate) fn find<'g>(graph: &'g Graph, path: &str) -> Option<&'g Manifest> {
    graph
        .manifests
        .iter()
        .find(|it| it.kind == ManifestKind::Dockerfile && path::clean(&it.node.name) == path)
}

/// A fact of a Dockerfile.
pub(crate) fn fact<'g>(manifest: &'g Manifest, key: &str) -> Option<(&'g str, Origin)> {
    manifest.facts.iter().find(|it| it.0 == key).map(|it| (it.1.as_str(), it.2))
}

/// Whether what is built with it runs as root.
pub(crate) fn runs_as_root(manifest: &Manifest) -> Known<bool> {
    fact(manifest, "user").map_or(Known::Unknown, |(user, origin)| {
        Known::Is(matches!(user.split(':').next(), Some("root" | "0")), origin)
    })
}

/// Where reading a Dockerfile has got to.
struct File<'t> {
    name: &'t str,
    id: FileId,
    /// Values of `ARG` with a default, for `FROM node:${VERSION}`.
    arguments: Vec<(&'t str, &'t str)>,
    stages: Vec<&'t str>,
    /// Base of the stage that is being read.
    base: Option<(String, Span)>,
    /// What the stage says: only the last one's stays.
    stage_facts: Vec<(String, String, Origin)>,
    facts: Vec<(String, String, Origin)>,
}

impl<'t> File<'t> {
    fn new(input: &Input<'t>) -> Self {
        Self {
            name: input.name(),
            id: input.id(),
            arguments: Vec::new(),
            stages: Vec::new(),
            base: None,
            stage_facts: Vec::new(),
            facts: Vec::new(),
        }
    }

    fn take(&mut self, instruction: &Instruction<'t>, graph: &mut Graph) {
        let span = Span { file: self.id, start: instruction.start, end: instruction.end };
        let origin = Origin::observed(span);
        let stage = |key: &str, value: &str| (key.to_owned(), value.to_owned(), origin);
        match instruction.name.as_str() {
            "FROM" => self.from(instruction.rest, span, graph),
            "ARG" => {
                let (name, value) =
                    instruction.rest.split_once('=').unwrap_or((instruction.rest, ""));
                if self.arguments.len() < limits::PARTS_MAX && value.len() < limits::PARTS_MAX {
                    self.arguments.push((name.trim(), value.trim_matches(['"', '\''])));
                }
                self.leak(name.trim(), value.trim_matches(['"', '\'']), span, graph);
            }
            "ENV" => {
                for (name, value) in pairs(instruction.rest) {
                    self.leak(name, value, span, graph);
                }
            }
            "USER" => self.stage_facts.push(stage("user", instruction.rest)),
            "HEALTHCHECK" if instruction.rest.eq_ignore_ascii_case("none") => {}
            "HEALTHCHECK" => {
                let asks =
                    instruction.rest.split_once("CMD").map_or(instruction.rest, |it| it.1).trim();
                self.stage_facts.push(stage("healthcheck", asks));
            }
            "EXPOSE" => {
                let ports = instruction.rest.split_whitespace();
                self.stage_facts
                    .extend(ports.map(|it| stage("expose", it.split('/').next().unwrap_or(it))));
            }
            // Where the content is named, nothing else can come.
            "ADD" if !instruction.rest.contains("--checksum=") => {
                let address = instruction.rest.split_whitespace().find(|it| it.contains("://"));
                self.facts.extend(address.map(|it| stage("add_url", it)));
            }
            "CMD" | "ENTRYPOINT" => {
                self.stage_facts.push(stage("starts", instruction.rest));
                self.drops_powers(instruction.rest, origin);
            }
            "RUN" => self.drops_powers(instruction.rest, origin),
            _ => {}
        }
    }

    fn from(&mut self, rest: &'t str, span: Span, graph: &mut Graph) {
        let mut words = rest.split_whitespace().filter(|it| !it.starts_with("--"));
        let written = words.next().unwrap_or("");
        let alias = words.nth(1).filter(|_| rest.to_ascii_lowercase().contains(" as "));
        let image = self.with_arguments(written);
        // A stage inherits what the stage that it stands on says.
        if !self.stages.contains(&written) {
            self.stage_facts.clear();
            if !image.is_empty() && image != "scratch" {
                assembly::add_image(graph, &image, span, Known::observed(false, span));
            }
            self.base = Some((image, span));
        }
        self.stages.extend(alias.filter(|_| self.stages.len() < limits::PARTS_MAX));
    }

    /// Programs by which a start as root goes on as somebody else.
    fn drops_powers(&mut self, command: &str, origin: Origin) {
        const PROGRAMS: &[&str] =
            &["gosu", "su-exec", "setpriv", "runuser", "s6-setuidgid", "chroot "];
        if let Some(found) = PROGRAMS.iter().find(|it| command.contains(*it)) {
            self.stage_facts.push(("drops_powers".to_owned(), (*found).to_owned(), origin));
        }
    }

    fn with_arguments(&self, text: &str) -> String {
        if text.len() > limits::PARTS_MAX * 4 {
            return text.to_owned();
        }
        self.arguments.iter().filter(|it| !it.1.is_empty()).fold(
            text.to_owned(),
            |text, (name, value)| {
                text.replace(&format!("${{{name}}}"), value).replace(&format!("${name}"), value)
            },
        )
    }

    fn leak(&self, name: &str, value: &str, span: Span, graph: &mut Graph) {
        let Some(leak) = secret::leak(name, value) else { return };
        assembly::add_secret(graph, &format!("{}/{name}", self.name), &leak, span);
    }

    fn manifest(mut self) -> Manifest {
        let user = self.stage_facts.iter().rposition(|it| it.0 == "user");
        let user = user.map(|at| self.stage_facts.swap_remove(at));
        self.stage_facts.retain(|it| it.0 != "user");
        let user = user.or_else(|| {
            let (base, span) = self.base.as_ref()?;
            Some(("user".to_owned(), user_of_base(base)?.to_owned(), Origin::observed(*span)))
        });
        self.facts.extend(user);
        self.facts.append(&mut self.stage_facts);
        if let Some((base, span)) = self.base {
            self.facts.push(("base".to_owned(), base, Origin::observed(span)));
        }
        let start = Span { file: self.id, start: 0, end: 0 };
        Manifest {
            node: Node::observed("manifest", self.name, start),
            kind: ManifestKind::Dockerfile,
            facts: self.facts,
        }
    }
}

/// As whom an image runs that says nothing: the official ones as root, those made for it not.
fn user_of_base(base: &str) -> Option<&'static str> {
    if ["nonroot", "unprivileged", "rootless"].iter().any(|it| base.contains(it)) {
        return Some("nonroot");
    }
    let is_official = !base.contains('/') && !base.contains('$');
    is_official.then_some("root")
}

/// `A=1 B="two words"`, or the old `A value`.
fn pairs(rest: &str) -> Vec<(&str, &str)> {
    let first = rest.split_whitespace().next().unwrap_or("");
    if !first.contains('=') {
        return rest
            .split_once(char::is_whitespace)
            .map(|(name, value)| (name, value.trim()))
            .into_iter()
            .collect();
    }
    let mut pairs = Vec::new();
    let mut rest = rest;
    while let Some((name, behind)) = rest.split_once('=') {
        let (value, after) = match behind.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => behind.split_once(char::is_whitespace).unwrap_or((behind, "")),
        };
        pairs.push((name.trim().trim_start_matches('\\').trim(), value));
        rest = after;
    }
    pairs
}

#[cfg(test)]
mod tests;
