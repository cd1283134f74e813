//! A review as JSON; `docs/reference/review.schema.json` describes it.

use architrave_model::{Outcome, Verdict, Waiver};
use serde_json::{Value, json};

use super::{
    Hot, Report, day,
    place::{Place, Places},
};
use crate::rule;

/// Name and version of this form. A new version where a member goes or changes its meaning.
const FORMAT: &str = "architrave-review/1";

pub(super) fn written(report: &Report) -> Value {
    let places = Places::of(&report.files);
    let some = |outcome: Outcome| -> Vec<Value> {
        let all = report.review.verdicts.iter().filter(|it| it.outcome == outcome);
        all.map(|it| finding(it, report, &places)).collect()
    };
    let coverage = report.coverage();
    json!({
        "format": FORMAT,
        "system": report.system,
        "as_of": day::written(report.as_of_day),
        "findings": some(Outcome::Fail),
        "waived": some(Outcome::Waived),
        "cannot_tell": some(Outcome::CannotTell),
        "mend_first": report.mend_first().iter().map(|it| json!({
            "id": it.first.id(), "rule": it.first.rule, "level": it.first.level.name(), "count": it.count,
        })).collect::<Vec<_>>(),
        "bottlenecks": hot(&report.bottlenecks),
        "single_points_of_failure": hot(&report.single_points),
        "files": report.recognised.iter().map(|(file, kind)| json!({ "file": file, "kind": kind }))
            .collect::<Vec<_>>(),
        "waivers": {
            "expired": report.waived.expired.iter().map(waiver).collect::<Vec<_>>(),
            "unused": report.waived.unused.iter().map(waiver).collect::<Vec<_>>(),
        },
        "comparison": report.comparison.as_ref().map(|it| json!({
            "with": it.with,
            "new": report.news().count(),
            "unchanged": it.known.len(),
            "fixed": it.fixed,
        })),
        "verdicts": {
            "pass": report.review.count(Outcome::Pass),
            "fail": report.review.count(Outcome::Fail),
            "waived": report.review.count(Outcome::Waived),
            "cannot_tell": report.review.count(Outcome::CannotTell),
        },
        "rules": {
            "all": coverage.all,
            "evaluated": coverage.evaluated,
            "pass": coverage.pass,
            "fail": coverage.fail,
            "waived": coverage.waived,
            "cannot_tell": coverage.cannot_tell,
            "not_applicable": coverage.not_applicable,
        },
    })
}

/// Ids alone: a baseline is kept in a repository, and lines that move are no news.
pub(super) fn baseline(report: &Report) -> Value {
    let findings = report.failures().map(|it| json!({ "id": it.id() }));
    json!({ "format": FORMAT, "findings": findings.collect::<Vec<_>>() })
}

fn finding(verdict: &Verdict, report: &Report, places: &Places<'_>) -> Value {
    let rule = rule(verdict.rule);
    let sources = rule.map(|it| it.sources).unwrap_or_default().iter();
    let shown = verdict
        .places
        .iter()
        .filter_map(|(span, label)| places.place(*span).map(|it| place(&it, label)));
    json!({
        "id": verdict.id(),
        "rule": verdict.rule,
        "name": rule.map(|it| it.name),
        "family": rule.map(|it| it.family.name()),
        "level": verdict.level.name(),
        "subject": verdict.subject,
        "subject_name": verdict.subject_name,
        "title": verdict.title,
        "places": shown.collect::<Vec<_>>(),
        "help": verdict.help,
        "because": verdict.because,
        "sources": sources.map(|it| json!({ "title": it.title, "url": it.url })).collect::<Vec<_>>(),
        "fix": verdict.proposal.as_ref().map(|it| json!({
            "title": it.title, "is_unambiguous": it.is_unambiguous,
        })),
        "is_new": verdict.outcome == Outcome::Fail && report.is_new(verdict),
        "waiver": verdict.waiver.as_ref().map(waiver),
    })
}

fn place(place: &Place<'_>, label: &str) -> Value {
    json!({
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "end": { "line": place.end_line, "column": place.end_column },
        "label": label,
    })
}

fn hot(all: &[Hot]) -> Vec<Value> {
    all.iter().map(|it| json!({ "id": it.id, "name": it.name, "because": it.because })).collect()
}

fn waiver(it: &Waiver) -> Value {
    json!({
        "pattern": it.pattern,
        "reason": it.reason,
        "owner": it.owner,
        "until": day::written(it.until_day),
    })
}
