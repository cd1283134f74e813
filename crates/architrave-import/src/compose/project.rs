//! Which files make a project, and which services they declare.

use std::collections::{BTreeMap, BTreeSet};

use architrave_model::{Finding, Severity, graph::Graph};

use super::{
    is_settings,
    layers::{Layer, Source},
    product, settings,
};
use crate::{
    codes,
    input::Input,
    shared::{catalogue::Product, limits, path},
    yaml::Node,
};

/// Longest chain of `extends`.
const EXTENDS_MAX: usize = 8;

/// Services of one folder's compose files.
pub(super) struct Project<'a> {
    folder: &'a str,
    /// Stands before the names of elements, for all projects but the first.
    prefix: String,
    pub(super) services: Vec<Source<'a>>,
    /// What of them is a well-known product, by name.
    pub(super) products: BTreeMap<&'a str, &'static Product>,
    /// Values for `${…}`.
    pub(super) values: BTreeMap<String, String>,
    /// Files of settings, by path.
    pub(super) settings: BTreeMap<String, &'a Input<'a>>,
    pub(super) files: Vec<&'a Input<'a>>,
}

impl Project<'_> {
    /// The name of an element, unique among all projects.
    pub(super) fn name(&self, name: &str) -> String {
        if self.prefix.is_empty() { name.to_owned() } else { format!("{}/{name}", self.prefix) }
    }
}

/// All projects, that of the shallowest folder first.
pub(super) fn projects<'a>(
    inputs: &'a [Input<'a>],
    graph: &Graph,
    findings: &mut Vec<Finding>,
) -> Vec<Project<'a>> {
    let settings: BTreeMap<String, &Input<'_>> =
        inputs.iter().filter(|it| is_settings(it)).map(|it| (path::clean(it.name()), it)).collect();
    let mut folders: BTreeMap<(usize, &str), Vec<&Input<'_>>> = BTreeMap::new();
    let included = included(inputs);
    for input in inputs.iter().filter(|it| !is_settings(it)) {
        let folder = included
            .get(&path::clean(input.name()))
            .copied()
            .unwrap_or_else(|| path::folder(input.name()));
        let depth = folder.split('/').filter(|it| !it.is_empty()).count();
        folders.entry((depth, folder)).or_default().push(input);
    }
    let by_path: BTreeMap<String, &Input<'_>> =
        inputs.iter().map(|it| (path::clean(it.name()), it)).collect();
    let templates = templates(inputs, &by_path);
    let mut projects = Vec::new();
    for ((_, folder), mut files) in folders {
        files.sort_by_key(|it| (rank(&it.file_name()), it.name()));
        let env_file = path::joined(folder, ".env");
        let values = settings.get(env_file.as_str()).map(|it| settings::values(it.text()));
        let values = values.unwrap_or_default();
        let services = services(&files, &by_path, &templates, findings);
        projects.push(Project {
            prefix: prefix(projects.first().map(|it: &Project<'_>| it.folder), folder),
            folder,
            products: product::products(&services, &values, graph),
            services,
            values,
            settings: settings.clone(),
            files,
        });
    }
    projects
}

/// The folder as seen from that of the first project, so that ids do not depend on where the system lies.
fn prefix(first: Option<&str>, folder: &str) -> String {
    let Some(first) = first.map(path::clean) else { return String::new() };
    let folder = path::clean(folder);
    let inner = folder.strip_prefix(&first).and_then(|it| it.strip_prefix('/'));
    inner.map(str::to_owned).unwrap_or(folder)
}

/// Files that another one includes, with the folder of the project that they are part of by that.
fn included<'a>(inputs: &'a [Input<'a>]) -> BTreeMap<String, &'a str> {
    let mut folders = BTreeMap::new();
    for input in inputs {
        let items =
            input.tree().root().and_then(|it| it.get("include")).into_iter().flat_map(Node::items);
        for item in items.take(limits::PARTS_MAX) {
            let paths = item.get("path").unwrap_or(item);
            let listed = paths.items().filter_map(Node::as_text);
            for path in paths.as_text().into_iter().chain(listed) {
                let folder = path::folder(input.name());
                folders.entry(path::joined(folder, path)).or_insert(folder);
            }
        }
    }
    folders
}

/// The main file first, its override behind it, then production, then all others.
fn rank(file_name: &str) -> u8 {
    let stem = file_name.trim_end_matches(".yml").trim_end_matches(".yaml");
    match stem {
        "compose" | "docker-compose" => 0,
        "compose.override" | "docker-compose.override" => 1,
        _ if is_production(stem) => 2,
        _ => OTHER,
    }
}

/// The rank of a file that Docker does not take by itself.
const OTHER: u8 = 3;

/// Services (file, name) that those of another file extend: parts of these, and run by nobody as they stand.
fn templates<'a>(
    inputs: &'a [Input<'a>],
    by_path: &BTreeMap<String, &'a Input<'a>>,
) -> BTreeSet<(&'a str, &'a str)> {
    let mut found = BTreeSet::new();
    for input in inputs.iter().filter(|it| !is_settings(it)) {
        let services = input.tree().root().and_then(|it| it.get("services"));
        let declared = services.into_iter().flat_map(Node::entries).take(limits::SERVICES_MAX);
        for (_, node) in declared {
            let other = extended(node, input, by_path).filter(|it| it.1.name() != input.name());
            found.extend(other.map(|(name, file)| (file.name(), name)));
        }
    }
    found
}

fn is_production(stem: &str) -> bool {
    stem.split(['.', '-', '_']).any(|it| matches!(it, "prod" | "production"))
}

fn services<'a>(
    files: &[&'a Input<'a>],
    by_path: &BTreeMap<String, &'a Input<'a>>,
    templates: &BTreeSet<(&str, &str)>,
    findings: &mut Vec<Finding>,
) -> Vec<Source<'a>> {
    let mut services: Vec<Source<'a>> = Vec::new();
    for file in files {
        let is_laid_over = matches!(rank(&file.file_name()), 1 | 2);
        let mut left_out: Vec<(&str, Node<'_>)> = Vec::new();
        for (key, node) in declared(file, findings) {
            let Some(name) = key.as_text() else { continue };
            if rank(&file.file_name()) == OTHER && templates.contains(&(file.name(), name)) {
                continue;
            }
            let layers = with_extended(name, node, file, by_path);
            let has_room = services.len() < limits::SERVICES_MAX;
            match services.iter_mut().find(|it| it.name == name) {
                Some(there) if is_laid_over => there.layers.extend(layers),
                Some(_) => left_out.push((name, key)),
                None if !has_room => {}
                None => services.push(Source { name, key, layers }),
            }
        }
        if let (Some((_, key)), Some(main)) = (left_out.first(), files.first()) {
            let names: Vec<String> = left_out.iter().map(|it| format!("`{}`", it.0)).collect();
            let title = format!(
                "judged as `{}` has it, not as it stands here: {}",
                main.name(),
                names.join(", ")
            );
            findings.push(Finding::new(codes::ALTERNATIVE, Severity::Note, key.span(), title, ""));
        }
    }
    services
}

/// Services of one file. What is no service is reported.
fn declared<'a>(file: &'a Input<'a>, findings: &mut Vec<Finding>) -> Vec<(Node<'a>, Node<'a>)> {
    let Some(root) = file.tree().root() else { return Vec::new() };
    let Some(services) = root.get("services") else {
        // The first form of compose files had the services at the top.
        let is_service = |it: Node<'_>| it.get("image").is_some() || it.get("build").is_some();
        return root.entries().filter(|(_, it)| is_service(*it)).collect();
    };
    if services.entries().count() > limits::SERVICES_MAX {
        let title = format!("more than {} services; the others are left out", limits::SERVICES_MAX);
        findings.push(Finding::new(
            codes::TOO_LARGE,
            Severity::Warning,
            services.span(),
            title,
            "",
        ));
    }
    let mut unexpected = |node: Node<'_>, title: String| {
        findings.push(Finding::new(codes::UNEXPECTED, Severity::Warning, node.span(), title, ""));
    };
    if !services.is_mapping() && !services.is_null() {
        unexpected(services, "`services` is not a mapping of names to services".to_owned());
    }
    let mut found = Vec::new();
    for (key, service) in services.entries().take(limits::SERVICES_MAX) {
        if service.is_mapping() {
            found.push((key, service));
        } else {
            unexpected(key, format!("`{}` is not a service", key.as_text().unwrap_or("")));
        }
    }
    found
}

/// A service with what it extends below it.
fn with_extended<'a>(
    name: &'a str,
    node: Node<'a>,
    file: &'a Input<'a>,
    by_path: &BTreeMap<String, &'a Input<'a>>,
) -> Vec<Layer<'a>> {
    let layer = |node: Node<'a>, file: &'a Input<'a>| Layer {
        node,
        folder: path::folder(file.name()),
        file: file.name(),
    };
    let mut layers = vec![layer(node, file)];
    let (mut name, mut node, mut file) = (name, node, file);
    for _ in 0..EXTENDS_MAX {
        let Some((next, target)) = extended(node, file, by_path) else { break };
        let is_itself = next == name && target.name() == file.name();
        let Some(below) = target.tree().root().and_then(|it| it.path(&["services", next])) else {
            break;
        };
        if is_itself {
            break;
        }
        (name, node, file) = (next, below, target);
        layers.insert(0, layer(node, file));
    }
    layers
}

/// Name and file of what a service extends.
fn extended<'a>(
    node: Node<'a>,
    file: &'a Input<'a>,
    by_path: &BTreeMap<String, &'a Input<'a>>,
) -> Option<(&'a str, &'a Input<'a>)> {
    let extends = node.get("extends")?;
    let next = extends.as_text().or_else(|| extends.get("service")?.as_text())?;
    let target = match extends.get("file").and_then(Node::as_text) {
        Some(other) => {
            by_path.get(path::joined(path::folder(file.name()), other).as_str()).copied()?
        }
        None => file,
    };
    Some((next, target))
}
