//! Characters that must not stand in a blueprint, wherever they stand.

use architrave_model::{Edit, FileId, Finding, Fix, Severity, Span};

use super::offset;
use crate::syntax::{FINDINGS_MAX, code};

/// Whether a character changes what a reader sees without being seen itself.
///
/// Control characters can rewrite a terminal; the marks of writing direction can show a policy
/// other than the one that runs (CVE-2021-42574, "Trojan Source").
pub(crate) fn is_invisible(character: char) -> bool {
    match character {
        '\t' | '\n' => false,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => true,
        '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' => true,
        it => it.is_control(),
    }
}

/// Reports each run of invisible characters.
pub(super) fn check(file: FileId, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut run: Option<(usize, usize, char)> = None;
    let body = text.strip_prefix('\u{feff}').map_or(0, |_| 3);
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|it| it.1);
        let is_line_end = character == '\r' && next == Some('\n');
        if at < body || is_line_end || !is_invisible(character) {
            if let Some(run) = run.take() {
                findings.push(finding(file, run));
            }
            continue;
        }
        if findings.len() >= FINDINGS_MAX {
            return findings;
        }
        let start = run.map_or((at, character), |it| (it.0, it.2));
        run = Some((start.0, at + character.len_utf8(), start.1));
    }
    findings.extend(run.map(|it| finding(file, it)));
    findings
}

fn finding(file: FileId, (start, end, first): (usize, usize, char)) -> Finding {
    let span = Span { file, start: offset(start), end: offset(end) };
    let name = format!("U+{:04X}", u32::from(first));
    Finding::new(
        code::INVISIBLE_CHARACTER,
        Severity::Error,
        span,
        format!("there is an invisible character here ({name})"),
        "cannot be seen",
    )
    .help(format!("where a text needs it, write `\\u{:04X}` in quotes", u32::from(first)))
    .fix(Fix {
        title: "remove it".into(),
        edits: vec![Edit { span, text: String::new() }],
        is_unambiguous: true,
    })
}
