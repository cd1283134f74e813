//! Environment of a service: written beside it, or in files that it names.

use std::collections::BTreeMap;

use architrave_model::Span;

use super::{interpolate::interpolate, layers::Source, project::Project};
use crate::{
    Import,
    input::Input,
    shared::{
        assembly,
        environment::{self, Variable},
        path,
    },
    yaml::Node,
};

/// Lines `NAME=value` of a file of settings, with the byte at which each begins.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (&str, &str, usize)> {
    let mut start = 0;
    let lines = text.split_inclusive('\n').map(move |line| {
        let at = start;
        start += line.len();
        (line, at)
    });
    lines.filter_map(|(line, at)| {
        let trimmed = line.trim_start().trim_start_matches("export ");
        let at = at + line.len() - trimmed.len();
        let line = trimmed.trim_end();
        let (name, value) = line.split_once('=').filter(|_| !line.starts_with('#'))?;
        let value = value.trim();
        let quoted = |quote: char| value.strip_prefix(quote).and_then(|it| it.strip_suffix(quote));
        let value = quoted('"').or_else(|| quoted('\''));
        let plain =
            || line.split_once('=').map_or("", |it| it.1).split(" #").next().unwrap_or("").trim();
        Some((name.trim_end(), value.unwrap_or_else(plain), at))
    })
}

/// Settings of a file by their name.
pub(super) fn values(text: &str) -> BTreeMap<String, String> {
    lines(text).map(|(name, value, _)| (name.to_owned(), value.to_owned())).collect()
}

/// All settings of a service; what stands beside it wins over what stands in files.
pub(super) fn of_service(project: &Project<'_>, source: &Source<'_>) -> Vec<Variable> {
    let mut all: BTreeMap<String, Variable> = BTreeMap::new();
    for layer in &source.layers {
        for file in files(layer.node) {
            let Some(input) = project.settings.get(path::joined(layer.folder, file).as_str())
            else {
                continue;
            };
            all.extend(of_file(project, input).map(|it| (it.name.clone(), it)));
        }
    }
    for environment in source.every("environment") {
        for (name, value, span) in written(environment) {
            all.insert(name.to_owned(), variable(project, name, value, span, false));
        }
    }
    all.into_values().collect()
}

fn variable(
    project: &Project<'_>,
    name: &str,
    raw: &str,
    span: Span,
    is_from_file: bool,
) -> Variable {
    Variable {
        name: name.to_owned(),
        raw: raw.to_owned(),
        value: interpolate(raw, &project.values),
        span,
        is_from_file,
    }
}

/// `env_file: a`, `env_file: [a, b]`, `env_file: [{path: a}]`.
fn files(service: Node<'_>) -> Vec<&str> {
    let Some(node) = service.get("env_file") else { return Vec::new() };
    node.as_text()
        .into_iter()
        .chain(node.items().filter_map(|it| it.as_text().or_else(|| it.get("path")?.as_text())))
        .collect()
}

fn of_file<'p>(
    project: &'p Project<'_>,
    input: &'p Input<'_>,
) -> impl Iterator<Item = Variable> + 'p {
    lines(input.text()).map(|(name, value, start)| {
        variable(project, name, value, span_of(input, name, start), true)
    })
}

fn span_of(input: &Input<'_>, name: &str, start: usize) -> Span {
    let start = start as u32;
    Span { file: input.id(), start, end: start + name.len() as u32 }
}

/// Credentials in a file of settings. Examples are meant to be copied and filled in.
pub(super) fn leaks(input: &Input<'_>, import: &mut Import) {
    let name = input.file_name();
    if ["example", "sample", "template", "dist", "test"].iter().any(|it| name.contains(it)) {
        return;
    }
    for (setting, value, start) in lines(input.text()) {
        if let Some(leak) = environment::leak(setting, value) {
            let path = format!("{}/{setting}", input.name());
            assembly::add_secret(&mut import.graph, &path, &leak, span_of(input, setting, start));
        }
    }
}

/// Settings in a mapping or in a list of `NAME=value`. A name alone takes its value from whoever starts the
/// service, and says nothing.
fn written(environment: Node<'_>) -> Vec<(&str, &str, Span)> {
    let mapped = environment.entries().filter_map(|(name, value)| {
        let text = value.as_text().filter(|_| !value.is_null())?;
        Some((name.as_text()?, text, name.span().to(value.span())))
    });
    let listed = environment.items().filter_map(|it| {
        let (name, value) = it.as_text()?.split_once('=')?;
        Some((name.trim(), value, it.span()))
    });
    mapped.chain(listed).collect()
}
