//! SEC-21: files of any kind or any size.

use architrave_model::graph::{ColumnKind, Graph, Known, Operation, PayloadField};

use crate::{
    Family, Input, Rule, Source, Verdicts,
    subjects::{called, decided, field, members},
};

pub(super) const RULE: Rule = Rule {
    id: "SEC-21",
    name: "file-upload-unchecked",
    family: Family::Security,
    title: "files of any kind or size may be uploaded",
    impact: 3,
    likelihood: 1,
    reads: &[Input::Blueprint, Input::OpenApi],
    sources: &[
        Source {
            title: "CWE-434 Unrestricted Upload of File with Dangerous Type",
            url: "https://cwe.mitre.org/data/definitions/434.html",
        },
        Source {
            title: "OWASP File Upload Cheat Sheet",
            url: "https://cheatsheetseries.owasp.org/cheatsheets/File_Upload_Cheat_Sheet.html",
        },
    ],
    maps: &[("CWE", "434"), ("STRIDE", "Tampering")],
    reads_names: false,
    page: include_str!("file_upload_unchecked.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for operation in decided(graph) {
        for file in members(&operation.request).filter(|it| is_file(it)) {
            one(operation, file, say);
        }
    }
}

fn one(operation: &Operation, file: &PayloadField, say: &mut Verdicts) {
    let node = field(operation, "request", file);
    let is_any_size = matches!(file.is_bounded, Known::Is(false, _) | Known::Absent(_))
        && operation.body_bytes_max.value().is_none();
    match (&file.takes_any_file, is_any_size) {
        (Known::Is(true, _), _) => {
            say.fail(&node, format!("`{}` takes any kind of file as `{}`", called(operation), file.path))
                .at(file.origin.span, "any kind")
                .help("say what it may be: `file(image, …)`, `file(document, …)`; elsewhere `encoding.contentType`")
                .because("a page with a script, served from your own domain, runs in your visitors' sessions");
        }
        (Known::Is(false, _), true) => {
            say.fail(
                &node,
                format!("`{}` takes files of any size as `{}`", called(operation), file.path),
            )
            .at(file.origin.span, "any size")
            .help("set `maxLength` to the largest file in bytes, and refuse more before reading it")
            .because("neither the member nor the body has a largest size");
        }
        (Known::Is(false, _), false) => say.pass(&node),
        (Known::Unknown | Known::Absent(_), _) => {
            say.cannot_tell(&node, "which kinds of files are taken");
        }
    }
}

fn is_file(field: &PayloadField) -> bool {
    matches!(field.kind.value(), Some(ColumnKind::File | ColumnKind::Binary))
}
