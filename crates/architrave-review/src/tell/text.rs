//! The lines that close a text.

use std::fmt::Write as _;

use architrave_model::Waiver;

use super::{Hot, Report, day, place::Places, summary::Coverage};
use crate::rule;

pub(super) fn closing(report: &Report) -> String {
    let mut text = String::new();
    let places = Places::of(&report.files);
    let first = report.mend_first();
    if !first.is_empty() {
        text.push_str("mend first:\n");
    }
    for (number, it) in (1..).zip(&first) {
        let name = rule(it.first.rule).map_or("", |it| it.name);
        let place = it.first.places.first().and_then(|it| places.place(it.0));
        let at = place.map_or_else(String::new, |it| format!(" ({}:{})", it.file, it.line));
        let more = match it.count {
            0 | 1 => String::new(),
            count => format!(", and {} more like it", count - 1),
        };
        let level = it.first.level.name();
        let id = it.first.rule;
        let _ = writeln!(text, "  {number}. {level} {id} {name}: {}{at}{more}", it.first.title);
    }
    hot(&mut text, "bottlenecks", &report.bottlenecks);
    hot(&mut text, "single points of failure", &report.single_points);
    waivers(&mut text, report);
    if let Some(it) = &report.comparison {
        let _ = writeln!(
            text,
            "compared with {}: {} new, {} fixed, {} unchanged",
            it.with,
            report.news().count(),
            it.fixed.len(),
            it.known.len(),
        );
        for id in &it.fixed {
            let _ = writeln!(text, "  fixed: {id}");
        }
    }
    let _ = writeln!(text, "findings: {}", levels(report));
    let _ = writeln!(text, "{}", coverage(&report.coverage()));
    text
}

fn hot(text: &mut String, title: &str, all: &[Hot]) {
    if all.is_empty() {
        return;
    }
    let _ = writeln!(text, "{title}:");
    for it in all {
        let _ = writeln!(text, "  {}: {}", it.name, it.because);
    }
}

fn waivers(text: &mut String, report: &Report) {
    let mut line = |it: &Waiver, what: &str| {
        let until = day::written(it.until_day);
        let _ = writeln!(text, "waiver {} of {} until {until}: {what}", it.pattern, it.owner);
    };
    for it in &report.waived.expired {
        line(it, "it has ended, and what it waived is a finding again");
    }
    for it in &report.waived.unused {
        line(it, "it matches no finding; remove it");
    }
}

/// `2 critical, 1 low`, or `none`.
pub(super) fn levels(report: &Report) -> String {
    let counts = report.levels();
    if counts.is_empty() {
        return "none".to_owned();
    }
    let counts: Vec<String> =
        counts.iter().map(|(level, count)| format!("{count} {}", level.name())).collect();
    counts.join(", ")
}

/// `rules: 104 of 104 evaluated: 61 pass, 3 fail, 2 waived, 5 cannot tell, 33 not applicable`
pub(super) fn coverage(it: &Coverage) -> String {
    format!(
        "rules: {} of {} evaluated: {} pass, {} fail, {} waived, {} cannot tell, {} not applicable",
        it.evaluated, it.all, it.pass, it.fail, it.waived, it.cannot_tell, it.not_applicable
    )
}
