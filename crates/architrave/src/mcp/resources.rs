//! What agents can read by its address: the blueprint, what follows from it, and the pages of rules.

use architrave_projections::Document;
use architrave_review::{decided, tell::Format};
use rmcp::model::{Resource, ResourceTemplate};
use serde_json::json;

use super::{
    desk::Desk,
    memory,
    system::{self, System, Text},
    tool::Refusal,
};
use crate::{
    commands::{page_of, told},
    review::{Judgement, Subject},
    world::today,
};

const SCHEME: &str = "architrave://";

/// Documents by whom they are for: parts of their paths.
const CONTRACTS: &[(&str, &[&str])] = &[
    (
        "frontend",
        &["contracts/openapi.json", "contracts/reference", "behaviour/states", "quality/access"],
    ),
    ("devops", &["operation/", "delivery/deployment", "structure/deployment", "quality/slos"]),
    ("data", &["data/", "contracts/asyncapi", "contracts/postgresql.sql", "quality/governance"]),
    (
        "qa",
        &[
            "contracts/openapi.json",
            "contracts/postman",
            "behaviour/",
            "quality/slos",
            "quality/risks",
        ],
    ),
];

/// A resource of its own.
struct Fixed {
    name: &'static str,
    description: &'static str,
    media: &'static str,
    read: fn(&Desk) -> Result<String, Refusal>,
}

const FIXED: &[Fixed] = &[
    Fixed {
        name: "blueprint",
        description: "The text of the blueprint.",
        media: "text/plain",
        read: |desk| {
            let text = Text::load(desk, desk.blueprint()?)?;
            Ok(text.files.iter().map(|it| it.text.as_str()).collect::<Vec<_>>().join("\n"))
        },
    },
    Fixed {
        name: "questions",
        description: "What is missing and would change something.",
        media: "application/json",
        read: |desk| {
            let questions = load(desk)?.assessment.questions;
            let all: Vec<_> = questions.iter().map(told::as_json).collect();
            Ok(format!("{:#}", json!({ "questions": all })))
        },
    },
    Fixed {
        name: "findings.sarif",
        description: "The findings of the review, as SARIF 2.1.0.",
        media: "application/sarif+json",
        read: |desk| {
            let subject = Subject::load(&[desk.existing(desk.blueprint()?)?])?;
            let lifecycles = system::lifecycles(desk)?;
            let how = Judgement { as_of_day: today(), lifecycles, ..Judgement::default() };
            Ok(subject.judged(&how).report.told(Format::Sarif))
        },
    },
    Fixed {
        name: "decisions",
        description: "What is decided, why, and what would change it.",
        media: "text/plain",
        read: |desk| {
            let decisions = load(desk)?.assessment.decisions;
            Ok(decisions.iter().map(decided::text).collect::<Vec<_>>().join("\n"))
        },
    },
];

/// Short names of documents that programs ask for by what they are.
const SHORT: &[(&str, &str)] = &[
    ("openapi.json", "contracts/openapi.json"),
    ("asyncapi.json", "contracts/asyncapi.json"),
    ("postman.json", "contracts/postman.json"),
    ("schema.sql", "contracts/postgresql.sql"),
    ("capacity", "quality/capacity.md"),
    ("roadmap", "delivery/roadmap.md"),
    ("cost", "quality/cost.md"),
    ("threats", "quality/threats.md"),
    ("slos", "quality/slos.md"),
    ("diagram/c4-context", "structure/context.md"),
    ("diagram/c4-container", "structure/containers.md"),
    ("diagram/c4-deployment", "structure/deployment.md"),
    ("diagram/erd", "data/erd.md"),
    ("diagram/dataflow", "structure/data-flow.md"),
    ("diagram/sagas", "behaviour/sagas.md"),
];

/// Documents of a kind, by a part of their own: where they are, before and after it.
const BY_NAME: &[(&str, &str, &str)] =
    &[("runbook/", "operation/runbooks/", ".md"), ("adr/", "decisions/", ".md")];

/// The path of the document that an address is short for.
fn document_path(path: &str, documents: &[Document]) -> Option<String> {
    if let Some(short) = SHORT.iter().find(|it| it.0 == path) {
        return Some(short.1.to_owned());
    }
    BY_NAME.iter().find_map(|(kind, folder, ending)| {
        let name = path.strip_prefix(kind)?;
        // Records are asked for by their number alone.
        let is_meant = |it: &&Document| {
            let Some(rest) = it.path.strip_prefix(folder) else { return false };
            match name.parse::<u32>() {
                Ok(number) => rest.starts_with(&format!("{number:04}-")),
                Err(_) => rest.strip_suffix(ending) == Some(name),
            }
        };
        documents.iter().find(is_meant).map(|it| it.path.clone())
    })
}

/// The address of something that follows from a blueprint; none where resources are of another one.
pub(super) fn link(desk: &Desk, blueprint: &str, path: &str) -> Option<Resource> {
    desk.is_own(blueprint).then(|| {
        let name = path.strip_prefix("document/").unwrap_or(path);
        Resource::new(format!("{SCHEME}{path}"), name).with_mime_type(match path {
            "questions" => "application/json",
            "findings.sarif" => "application/sarif+json",
            "decisions" => "text/plain",
            _ => media(path),
        })
    })
}

fn load(desk: &Desk) -> Result<System, Refusal> {
    System::load(desk, desk.blueprint()?)
}

/// All that can be listed: those of their own, and every document.
pub(super) fn listed(desk: &Desk) -> Vec<Resource> {
    let fixed = FIXED.iter().map(|it| {
        Resource::new(format!("{SCHEME}{}", it.name), it.name)
            .with_description(it.description)
            .with_mime_type(it.media)
    });
    let documents = load(desk).map(|it| it.documents()).unwrap_or_default();
    let short = SHORT.iter().filter(|it| documents.iter().any(|document| document.path == it.1));
    let short: Vec<Resource> = short
        .map(|it| {
            Resource::new(format!("{SCHEME}{}", it.0), it.0)
                .with_description(format!("Short for document/{}.", it.1))
                .with_mime_type(media(it.1))
        })
        .collect();
    let documents = documents.into_iter().map(|it| {
        Resource::new(format!("{SCHEME}document/{}", it.path), it.path.clone())
            .with_title(it.title)
            .with_description(it.summary)
            .with_mime_type(media(&it.path))
    });
    fixed.chain(short).chain(documents).collect()
}

/// Addresses with a place to fill.
pub(super) fn templates() -> Vec<ResourceTemplate> {
    [
        ("document/{+path}", "document", "A document of the set, by its path."),
        ("rules/{id}", "rule", "The page of a rule, e.g. REL-01."),
        ("contract/{role}", "contract", "What frontend, devops, data or qa need to know."),
        ("runbook/{name}", "runbook", "What to do when an alert fires, e.g. disk-full."),
        ("adr/{number}", "record", "A decision record, by its number."),
        (
            "memory/{key}",
            "memory",
            "What follows from the blueprint (architecture:apis) or was remembered under a key.",
        ),
    ]
    .into_iter()
    .map(|(path, name, description)| {
        ResourceTemplate::new(format!("{SCHEME}{path}"), name).with_description(description)
    })
    .collect()
}

/// Values for the place of a template that begin with a text.
pub(super) fn completions(desk: &Desk, template: &str, begun: &str) -> Vec<String> {
    let all: Vec<String> = match template.strip_prefix(SCHEME) {
        Some("rules/{id}") => architrave_review::rules().map(|it| it.id.to_owned()).collect(),
        Some("contract/{role}") => CONTRACTS.iter().map(|it| it.0.to_owned()).collect(),
        Some("document/{+path}") => {
            let documents = load(desk).map(|it| it.documents()).unwrap_or_default();
            documents.into_iter().map(|it| it.path).collect()
        }
        Some("runbook/{name}") => names(desk, "operation/runbooks/"),
        Some("adr/{number}") => names(desk, "decisions/")
            .iter()
            .filter_map(|it| it.split('-').next()?.parse::<u32>().ok())
            .map(|it| it.to_string())
            .collect(),
        Some("memory/{key}") => {
            let written = memory::Memory::load(desk).map(|it| it.keys()).unwrap_or_default();
            memory::DERIVED.iter().map(|it| (*it).to_owned()).chain(written).collect()
        }
        _ => Vec::new(),
    };
    let begins = |it: &String| it.to_lowercase().starts_with(&begun.to_lowercase());
    all.into_iter().filter(begins).take(100).collect()
}

/// Names of the pages of a folder.
fn names(desk: &Desk, folder: &str) -> Vec<String> {
    let documents = load(desk).map(|it| it.documents()).unwrap_or_default();
    let name = |it: &Document| Some(it.path.strip_prefix(folder)?.strip_suffix(".md")?.to_owned());
    documents.iter().filter_map(name).collect()
}

/// What stands at an address, with its media type.
pub(super) fn read(desk: &Desk, address: &str) -> Result<(String, &'static str), Refusal> {
    let unknown = || {
        Refusal::new(
            format!("there is no resource {address}"),
            "list the resources for their addresses",
        )
    };
    let path = address.strip_prefix(SCHEME).ok_or_else(unknown)?;
    if let Some(fixed) = FIXED.iter().find(|it| it.name == path) {
        return Ok(((fixed.read)(desk)?, fixed.media));
    }
    if let Some(id) = path.strip_prefix("rules/") {
        return Ok((page_of(id).ok_or_else(unknown)?, "text/markdown"));
    }
    if let Some(role) = path.strip_prefix("contract/") {
        let (_, parts) = CONTRACTS.iter().find(|it| it.0 == role).ok_or_else(unknown)?;
        let documents = load(desk)?.documents();
        let wanted =
            documents.iter().filter(|it| parts.iter().any(|part| it.path.starts_with(part)));
        let lines: Vec<String> = wanted
            .map(|it| format!("- [{}]({SCHEME}document/{}): {}", it.title, it.path, it.summary))
            .collect();
        return Ok((format!("{}\n", lines.join("\n")), "text/markdown"));
    }
    if let Some(key) = path.strip_prefix("memory/") {
        let value = memory::value(desk, key, None)?.ok_or_else(unknown)?;
        return Ok((format!("{value:#}"), "application/json"));
    }
    let documents = load(desk)?.documents();
    let path = match path.strip_prefix("document/") {
        Some(path) => path.to_owned(),
        None => document_path(path, &documents).ok_or_else(unknown)?,
    };
    let document = documents.into_iter().find(|it| it.path == path).ok_or_else(unknown)?;
    Ok((document.text, media(&path)))
}

fn media(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("md") => "text/markdown",
        Some("json") => "application/json",
        Some("yaml" | "yml") => "application/yaml",
        Some("html") => "text/html",
        Some("sql") => "application/sql",
        _ => "text/plain",
    }
}
