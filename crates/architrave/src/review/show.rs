//! A review as text for people: findings with the lines they are about, then what it comes to.

use architrave_blueprint::{
    render::{self, Style},
    syntax,
};
use architrave_model::{Code, Finding, Label, Level, Severity, SourceFile, Verdict};
use architrave_review::{rule, tell::Report};

/// The whole text.
#[must_use]
pub fn text(report: &Report, style: Style) -> String {
    let mut text = String::new();
    for verdict in report.news() {
        let notes = notes(verdict);
        let finding = finding(verdict, &report.files);
        text.push_str(&render::remark(
            &finding,
            verdict.level.name(),
            &notes,
            &report.files,
            style,
        ));
        text.push('\n');
    }
    text.push_str(&report.closing());
    text
}

/// A verdict in the words of the renderer. Labels of one file must not overlap.
fn finding(verdict: &Verdict, files: &[SourceFile]) -> Finding {
    let labels = verdict.places.iter().zip(0..).map(|((span, text), position)| Label {
        span: *span,
        text: text.clone(),
        is_primary: position == 0,
    });
    let proposal = verdict.proposal.as_ref();
    Finding {
        code: Code(verdict.rule),
        severity: match verdict.level {
            Level::Critical | Level::High => Severity::Error,
            Level::Elevated | Level::Medium => Severity::Warning,
            Level::Low => Severity::Advice,
            Level::Info => Severity::Note,
        },
        title: verdict.title.clone(),
        labels: labels.collect(),
        help: Some(verdict.help.clone()).filter(|it| !it.is_empty()),
        fix: proposal.and_then(|it| syntax::propose(files, it)),
    }
}

/// What the verdict rests on, where the rule comes from, and the name by which it can be accepted.
fn notes(verdict: &Verdict) -> Vec<String> {
    let mut notes = verdict.because.clone();
    let source = rule(verdict.rule).and_then(|it| it.sources.first());
    notes.extend(source.map(|it| format!("{}: {}", it.title, it.url)));
    notes.push(verdict.id());
    notes
}
