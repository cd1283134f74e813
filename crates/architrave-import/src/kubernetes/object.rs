//! All objects of all files, each once.

use std::{borrow::Cow, collections::BTreeMap};

use architrave_model::{Finding, Severity, Span};

use crate::{codes, input::Input, shared::limits, yaml::Node};

/// Deepest nesting of lists of objects.
const LISTS_MAX: usize = 4;

/// A workload of Knative.
pub(super) const KNATIVE: &str = "Knative";

/// One object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Object<'a> {
    pub(super) kind: &'a str,
    /// Group and version of its kind.
    pub(super) api: &'a str,
    pub(super) name: &'a str,
    /// Where the name stands.
    pub(super) at: Span,
    pub(super) namespace: &'a str,
    pub(super) node: Node<'a>,
    /// What production changes of it.
    patch: Option<Node<'a>>,
    /// Name of the file.
    pub(super) file: &'a str,
}

impl<'a> Object<'a> {
    /// A value of its specification; a plain value as production has it, if that says one.
    pub(super) fn spec(&self, keys: &[&str]) -> Option<Node<'a>> {
        let value = |node: Node<'a>| node.get("spec")?.path(keys).filter(|it| !it.is_null());
        let patched = self.patch.and_then(value).filter(|it| it.as_text().is_some());
        patched.or_else(|| value(self.node))
    }

    /// What production changes of a container of its pods.
    pub(super) fn patched_container(&self, name: &str) -> Option<Node<'a>> {
        let patch = self.patch?.get("spec")?;
        let pod =
            if self.kind == "CronJob" { patch.path(&["jobTemplate", "spec"])? } else { patch };
        let mut containers = pod.path(&["template", "spec", "containers"])?.items();
        containers.find(|it| it.get("name").and_then(Node::as_text) == Some(name))
    }

    /// A label or annotation.
    pub(super) fn mark(&self, name: &str) -> Option<Node<'a>> {
        let metadata = self.node.get("metadata")?;
        ["labels", "annotations"].iter().find_map(|it| metadata.get(it)?.get(name))
    }
}

/// The objects that are judged.
pub(super) struct Objects<'a> {
    all: Vec<Object<'a>>,
    /// Positions by kind, namespace and name.
    index: BTreeMap<(&'a str, &'a str, &'a str), usize>,
    /// What Kustomize puts in the place of images, by their names; as production has it where several say one.
    images: BTreeMap<&'a str, String>,
}

impl<'a> Objects<'a> {
    /// All objects of the files. Of several descriptions of one object (a base and its overlays, one for each
    /// environment) the most complete is taken, that for production first; plain values that production changes
    /// are laid over it, and a finding names the others.
    pub(super) fn of(inputs: &[&'a Input<'a>], findings: &mut Vec<Finding>) -> Self {
        let mut found = Vec::new();
        for input in inputs {
            for document in input.tree().documents() {
                collect(document, input, 0, &mut found);
            }
        }
        found.sort_by_cached_key(|it: &Object<'_>| (!is_complete(it), rank(it.file)));
        if found.len() > limits::OBJECTS_MAX {
            let title =
                format!("more than {} objects; the others are left out", limits::OBJECTS_MAX);
            let at = found.first().map_or_else(Span::default, |it| it.at);
            findings.push(Finding::new(codes::TOO_LARGE, Severity::Warning, at, title, ""));
            found.truncate(limits::OBJECTS_MAX);
        }
        let mut all: Vec<Object<'a>> = Vec::new();
        let mut known: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
        for object in found {
            let key = (object.kind, object.namespace, object.name);
            match known.get(&key).and_then(|it| all.get_mut(*it)) {
                Some(judged) if rank(object.file) == 0 && judged.patch.is_none() => {
                    judged.patch = Some(object.node);
                }
                Some(judged) => findings.push(alternative(&object, judged.file)),
                None => {
                    known.insert(key, all.len());
                    all.push(object);
                }
            }
        }
        all.sort_by_key(|it| (it.at.file, it.at.start));
        let index =
            (0..).zip(&all).map(|(at, it)| ((it.kind, it.namespace, it.name), at)).collect();
        Self { all, index, images: images(inputs) }
    }

    /// An image as it is deployed.
    pub(super) fn image<'t>(&'t self, text: &'t str) -> Cow<'t, str> {
        let name = text.split('@').next().unwrap_or(text);
        let is_tag = |it: &(&str, &str)| !it.1.contains('/');
        let name = name.rsplit_once(':').filter(is_tag).map_or(name, |it| it.0);
        self.images.get(name).map_or(Cow::Borrowed(text), |it| Cow::Borrowed(it.as_str()))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Object<'a>> {
        self.all.iter()
    }

    pub(super) fn of_kind<'o>(&'o self, kinds: &'o [&str]) -> impl Iterator<Item = &'o Object<'a>> {
        self.all.iter().filter(|it| kinds.contains(&it.kind))
    }

    pub(super) fn find(&self, kind: &str, namespace: &str, name: &str) -> Option<&Object<'a>> {
        self.all.get(*self.index.get(&(kind, namespace, name))?)
    }
}

/// `images` of the files of Kustomize.
fn images<'a>(inputs: &[&'a Input<'a>]) -> BTreeMap<&'a str, String> {
    let mut files: Vec<&&Input<'_>> = inputs.iter().filter(|it| is_kustomization(it)).collect();
    files.sort_by_key(|it| rank(it.name()));
    let mut images = BTreeMap::new();
    let documents = files.iter().flat_map(|it| it.tree().documents());
    for image in documents.filter_map(|it| it.get("images")).flat_map(Node::items) {
        let text = |key: &str| image.get(key).and_then(Node::as_text);
        let Some(name) = text("name") else { continue };
        if images.len() >= limits::PARTS_MAX {
            break;
        }
        let tag = text("newTag").map(|it| format!(":{it}")).unwrap_or_default();
        let digest = text("digest").map(|it| format!("@{it}")).unwrap_or_default();
        let written = format!("{}{tag}{digest}", text("newName").unwrap_or(name));
        images.entry(name).or_insert(written);
    }
    images
}

/// Whether it is a file of Kustomize, which need not say its kind.
pub(super) fn is_kustomization(input: &Input<'_>) -> bool {
    matches!(
        input.file_name().as_str(),
        "kustomization.yaml" | "kustomization.yml" | "kustomization"
    )
}

fn collect<'a>(node: Node<'a>, input: &'a Input<'a>, depth: usize, found: &mut Vec<Object<'a>>) {
    let Some(kind) = node.get("kind").and_then(Node::as_text) else { return };
    if kind.ends_with("List") && depth < LISTS_MAX {
        for item in node.get("items").into_iter().flat_map(Node::items) {
            collect(item, input, depth + 1, found);
        }
        return;
    }
    let text = |keys: &[&str]| node.path(keys).filter(|it| !it.is_null()).and_then(Node::as_text);
    let name_node =
        node.path(&["metadata", "name"]).or_else(|| node.path(&["metadata", "generateName"]));
    let Some(name) = name_node.and_then(Node::as_text) else { return };
    let api = text(&["apiVersion"]).unwrap_or("");
    // Knative calls its workloads as Kubernetes calls its addresses.
    let kind = if api.starts_with("serving.knative.dev") { KNATIVE } else { kind };
    found.push(Object {
        kind,
        api,
        name,
        at: name_node.map_or(node.span(), Node::span),
        namespace: text(&["metadata", "namespace"]).unwrap_or("default"),
        node,
        patch: None,
        file: input.name(),
    });
}

/// Whether it can stand alone: a patch of a workload has no image, a patch of a service no ports.
fn is_complete(object: &Object<'_>) -> bool {
    match object.kind {
        "Deployment" | "StatefulSet" | "DaemonSet" | "Job" | "CronJob" | "Pod" => {
            super::workload::pod_of(object)
                .and_then(|it| it.path(&["spec", "containers"]))
                .is_some_and(|it| it.items().any(|it| it.get("image").is_some()))
        }
        "Service" => object.spec(&["ports"]).is_some(),
        _ => true,
    }
}

/// Production first, tests last.
fn rank(file: &str) -> u8 {
    let has = |words: &[&str]| file.split(['/', '-', '.', '_']).any(|it| words.contains(&it));
    if has(&["prod", "production", "live"]) {
        0
    } else if has(&["dev", "development", "test", "tests", "local", "ci", "kind", "minikube"]) {
        3
    } else if has(&["staging", "stage", "preview", "qa"]) {
        2
    } else {
        1
    }
}

fn alternative(object: &Object<'_>, judged: &str) -> Finding {
    let title = format!(
        "{} `{}` is judged as `{judged}` has it, not as it stands here",
        object.kind, object.name
    );
    Finding::new(codes::ALTERNATIVE, Severity::Note, object.at, title, "")
}

/// Whether a selector takes in labels. An empty one takes in all.
pub(super) fn selects(selector: Option<Node<'_>>, labels: Option<Node<'_>>) -> bool {
    let Some(selector) = selector else { return false };
    let wanted = selector.get("matchLabels").unwrap_or(selector);
    let equal = wanted
        .named()
        .filter(|it| it.0 != "matchExpressions" && it.0 != "matchLabels")
        .all(|(name, value)| {
            labels.and_then(|it| it.get(name)).and_then(Node::as_text) == value.as_text()
        });
    equal
        && selector.get("matchExpressions").into_iter().flat_map(Node::items).all(|it| {
            let key = it.get("key").and_then(Node::as_text).unwrap_or("");
            let value = labels.and_then(|it| it.get(key)).and_then(Node::as_text);
            let listed =
                it.get("values").into_iter().flat_map(Node::items).any(|it| it.as_text() == value);
            match it.get("operator").and_then(Node::as_text) {
                Some("In") => value.is_some() && listed,
                Some("NotIn") => !listed,
                Some("Exists") => value.is_some(),
                Some("DoesNotExist") => value.is_none(),
                _ => false,
            }
        })
}
