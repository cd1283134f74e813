//! OpenAPI 3.0 and 3.1 and Swagger 2.0: operations with who may call them, what they take and answer.
//!
//! References within the document are followed within bounds; those that lead out of it are not, and a finding
//! says so. Silence about what a contract need not say (limits, trace headers) is unknown; silence about what
//! callers must know to use it (keys of idempotency, `If-Match`, pages) means that it is not there.

mod answer;
mod document;
mod names;
mod operation;
mod outbound;
mod paging;
mod schema;
mod security;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use architrave_model::graph::{
    Graph, Known, Manifest, ManifestKind, Node as GraphNode, Operation, Origin, Table,
};

use crate::{Import, input::Input, yaml::Node};
pub(crate) use document::Document;
pub(crate) use schema::payload;

/// Most operations of one document.
const OPERATIONS_MAX: usize = 5_000;

const METHODS: &[&str] = &["get", "put", "post", "delete", "patch", "head", "options", "trace"];

/// Whether it is such a document.
pub(crate) fn recognises(input: &Input<'_>) -> bool {
    let text = input.text();
    let may_be = input.is_yaml_or_json() && (text.contains("openapi") || text.contains("swagger"));
    may_be
        && input.tree().root().is_some_and(|it| {
            let is_versioned = it.get("openapi").or_else(|| it.get("swagger")).is_some();
            is_versioned && (it.get("paths").is_some() || it.get("webhooks").is_some())
        })
}

/// Adds what all documents say. The same contract in two files counts once.
pub(crate) fn read(inputs: &[Input<'_>], import: &mut Import) {
    let mut titles: BTreeSet<(String, String)> = BTreeSet::new();
    let mut ids: BTreeSet<String> = BTreeSet::new();
    for input in inputs {
        import.findings.extend(input.tree().findings.iter().cloned());
        let Some(document) = Document::new(input) else { continue };
        let info = |key: &str| {
            let text = document.root.path(&["info", key]).and_then(Node::as_text);
            text.unwrap_or_default().to_owned()
        };
        let title = (info("title"), info("version"));
        if !title.0.is_empty() && !titles.insert(title.clone()) {
            continue;
        }
        import.graph.manifests.push(manifest(&document, input, title));
        for mut operation in operations(&document) {
            if !ids.insert(operation.node.id.clone()) {
                operation.node.name = format!("{} {}", input.name(), operation.node.name);
                operation.node.id = format!("operation:{}", operation.node.name);
                ids.insert(operation.node.id.clone());
            }
            operation.table = table(&operation.path, &import.graph.tables);
            import.graph.operations.push(operation);
        }
        outbound::webhooks(&document, &mut import.graph);
        outbound::callbacks(&document, &mut import.graph);
        import.findings.extend(document.into_findings());
    }
    settle(&mut import.graph);
}

fn manifest(document: &Document<'_>, input: &Input<'_>, title: (String, String)) -> Manifest {
    let start = Origin::observed(input.start());
    let mut facts =
        vec![("title".to_owned(), title.0, start), ("version".to_owned(), title.1, start)];
    for (url, span) in document.servers() {
        facts.push(("server".to_owned(), url, Origin::observed(span)));
    }
    Manifest {
        node: GraphNode::observed("manifest", input.name(), input.start()),
        kind: ManifestKind::OpenApi,
        facts,
    }
}

fn operations(document: &Document<'_>) -> Vec<Operation> {
    let mut found = Vec::new();
    let paths = document.root.get("paths").into_iter().flat_map(Node::named);
    for (path, item) in paths {
        let Some(item) = document.resolve(item) else { continue };
        for method in METHODS {
            if let Some((key, operation)) = item.entry(method)
                && operation.is_mapping()
                && found.len() < OPERATIONS_MAX
            {
                let about = (&*method.to_uppercase(), path);
                found.push(operation::read(document, about, item, key, operation));
            }
        }
    }
    found
}

/// The only table that is called like the collection of a path.
fn table(path: &str, tables: &[Table]) -> Option<String> {
    let plain = |it: &str| it.to_lowercase().replace(['_', '-'], "");
    let segment = plain(names::segments(path).last()?);
    let mut found = tables
        .iter()
        .filter(|it| plain(it.node.name.rsplit('.').next().unwrap_or_default()) == segment);
    match (found.next(), found.next()) {
        (Some(table), None) => Some(table.node.id.clone()),
        _ => None,
    }
}

/// What some operations of a system say and others do not, the others lack.
fn settle(graph: &mut Graph) {
    let says = |of: fn(&Operation) -> &Known<bool>| {
        graph.operations.iter().any(|it| of(it).value() == Some(&true))
    };
    let has_limits = says(|it| &it.is_rate_limited);
    let has_correlation = says(|it| &it.has_correlation);
    for operation in &mut graph.operations {
        let origin = operation.node.origin;
        if has_limits && operation.is_rate_limited.is_unknown() {
            operation.is_rate_limited = Known::Is(false, origin);
        }
        if has_correlation && operation.has_correlation.is_unknown() {
            operation.has_correlation = Known::Is(false, origin);
        }
    }
}
