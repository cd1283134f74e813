//! An OpenAPI document: its version, its references, what holds for all of its operations.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};

use architrave_model::{Finding, Severity, Span, graph::Payload};

use crate::{codes, input::Input, yaml::Node};

/// Most references that are followed one behind the other.
const REFERENCES_MAX: usize = 32;
/// Most findings about the references of one document.
const FINDINGS_MAX: usize = 20;

/// A document and what it says about itself.
pub(crate) struct Document<'a> {
    pub(crate) root: Node<'a>,
    /// Swagger 2.0, where bodies are parameters.
    pub(crate) is_version_2: bool,
    /// Members of payloads that may still be listed, over all operations: documents with thousands of
    /// operations over large schemas would otherwise take gigabytes.
    pub(crate) fields_left: Cell<usize>,
    /// Bodies that were listed already, by their schema: most are used by many operations.
    pub(crate) payloads: RefCell<BTreeMap<u32, Payload>>,
    findings: RefCell<Vec<Finding>>,
}

impl<'a> Document<'a> {
    /// The document of a file, if it is one.
    pub(crate) fn new(input: &'a Input<'_>) -> Option<Self> {
        let root = input.tree().root()?;
        let is_version_2 = root.get("swagger").is_some();
        Some(Self {
            root,
            is_version_2,
            fields_left: Cell::new(200_000),
            payloads: RefCell::default(),
            findings: RefCell::new(Vec::new()),
        })
    }

    /// What was found on the way.
    pub(crate) fn into_findings(self) -> Vec<Finding> {
        let mut findings = self.findings.into_inner();
        findings.sort_by_key(|it| (it.span().start, it.span().end));
        findings.dedup();
        findings
    }

    /// The node, or what it refers to in the end. Nothing where the reference leads out of the document, in
    /// circles or to nothing; a finding says so.
    pub(crate) fn resolve(&self, node: Node<'a>) -> Option<Node<'a>> {
        let mut here = node;
        for _ in 0..REFERENCES_MAX {
            let Some(reference) = here.get("$ref") else { return Some(here) };
            let target = reference.as_text().unwrap_or_default();
            let Some(pointer) = target.strip_prefix('#') else {
                let title = format!("`{target}` leads out of the document and is not followed");
                self.say(codes::REFERENCE_OUT, reference.span(), title);
                return None;
            };
            match self.root.pointer(&decoded(pointer)) {
                Some(next) => here = next,
                None => {
                    let title = format!("`{target}` refers to nothing");
                    self.say(codes::REFERENCE_NOWHERE, reference.span(), title);
                    return None;
                }
            }
        }
        let title = "this reference leads in circles".to_owned();
        self.say(codes::REFERENCE_NOWHERE, node.span(), title);
        None
    }

    fn say(&self, code: architrave_model::Code, span: Span, title: String) {
        let mut findings = self.findings.borrow_mut();
        if findings.len() < FINDINGS_MAX {
            findings.push(Finding::new(code, Severity::Warning, span, title, ""));
        }
    }

    /// Addresses at which it is served, each with its place.
    pub(crate) fn servers(&self) -> Vec<(String, Span)> {
        if !self.is_version_2 {
            let servers = self.root.get("servers").into_iter().flat_map(Node::items);
            let urls = servers.filter_map(|it| it.get("url"));
            return urls.filter_map(|it| Some((it.as_text()?.to_owned(), it.span()))).collect();
        }
        let Some(host) = self.root.get("host") else { return Vec::new() };
        let base = self.root.get("basePath").and_then(Node::as_text).unwrap_or_default();
        let address = format!("{}{base}", host.as_text().unwrap_or_default());
        let schemes = self.root.get("schemes").into_iter().flat_map(Node::items);
        schemes
            .filter_map(|it| Some((format!("{}://{address}", it.as_text()?), it.span())))
            .collect()
    }

    /// The last part of a reference: `Order` of `#/components/schemas/Order`.
    pub(crate) fn name_of(node: Node<'a>) -> Option<String> {
        let reference = node.get("$ref")?.as_text()?;
        reference.rsplit('/').next().map(str::to_owned)
    }
}

/// A pointer in a fragment has its odd characters as `%20`.
fn decoded(pointer: &str) -> String {
    let mut bytes = Vec::with_capacity(pointer.len());
    let mut rest = pointer.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        let code = (*first == b'%')
            .then(|| more.get(..2))
            .flatten()
            .and_then(|it| u8::from_str_radix(str::from_utf8(it).ok()?, 16).ok());
        match code {
            Some(byte) => {
                bytes.push(byte);
                rest = more.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = more;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
