//! Templates of Helm and their like: no YAML, and no facts.

use architrave_model::{Finding, Severity};

use crate::{Import, codes, input::Input};

/// Words that only templates of charts have.
const CHART_WORDS: &[&str] =
    &[".Values", ".Release.", ".Chart.", "{{- include", "{{ include", "{{- define"];

/// Whether it is a template: by the words of charts, or because it is no YAML and has braces of templates.
pub(super) fn is_template(input: &Input<'_>) -> bool {
    let text = input.text();
    if !text.contains("{{") && !text.contains("{%") {
        return false;
    }
    let is_chart = CHART_WORDS.iter().any(|it| text.contains(it));
    let is_broken = || {
        input.tree().findings.iter().any(|it| it.code == codes::SYNTAX) && text.contains("kind:")
    };
    is_chart || is_broken()
}

/// Says once for each folder which templates were not read.
pub(super) fn report(inputs: &[Input<'_>], import: &mut Import) {
    let mut folders: Vec<(&str, Vec<&Input<'_>>)> = Vec::new();
    for input in inputs.iter().filter(|it| is_template(it)) {
        let folder = crate::shared::path::folder(input.name());
        match folders.iter_mut().find(|it| it.0 == folder) {
            Some((_, files)) => files.push(input),
            None => folders.push((folder, vec![input])),
        }
    }
    for (folder, files) in folders {
        let Some(first) = files.first() else { continue };
        let title = match files.len() {
            1 => format!("`{}` is a template and was not read", first.name()),
            number => format!("{number} templates in `{folder}` were not read"),
        };
        import
            .findings
            .push(Finding::new(codes::TEMPLATE, Severity::Note, first.start(), title, "").help(
            "render them and have the result judged, e.g. `helm template CHART > rendered.yaml`",
        ));
    }
}
