//! A review as JUnit XML: one suite a family, one test case a rule.

use std::{collections::BTreeMap, fmt::Write as _};

use architrave_model::{Outcome, Verdict};

use super::{Report, place::Places};
use crate::{Family, Rule};

pub(super) fn written(report: &Report) -> String {
    let places = Places::of(&report.files);
    let mut by_rule: BTreeMap<&str, Vec<&Verdict>> = BTreeMap::new();
    for verdict in &report.review.verdicts {
        by_rule.entry(verdict.rule).or_default().push(verdict);
    }
    let mut families: Vec<(Family, Vec<&Rule>)> = Vec::new();
    for rule in report.rules() {
        match families.last_mut() {
            Some((family, rules)) if *family == rule.family => rules.push(rule),
            _ => families.push((rule.family, vec![rule])),
        }
    }
    let mut page = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for (family, rules) in families {
        suite(&mut page, report, family, &rules, &by_rule, &places);
    }
    page.push_str("</testsuites>\n");
    page
}

fn suite(
    page: &mut String,
    report: &Report,
    family: Family,
    rules: &[&Rule],
    by_rule: &BTreeMap<&str, Vec<&Verdict>>,
    places: &Places<'_>,
) {
    let mut failures = 0;
    let mut skipped = 0;
    let mut cases = String::new();
    for rule in rules {
        let said = by_rule.get(rule.id).map(Vec::as_slice).unwrap_or_default();
        let (failing, is_skipped, inside) = case(report, said, places);
        failures += usize::from(failing);
        skipped += usize::from(is_skipped);
        let name = format!("{} {}", rule.id, rule.name);
        let _ = writeln!(
            cases,
            "    <testcase classname=\"{}\" name=\"{}\">{inside}</testcase>",
            family.name(),
            escaped(&name)
        );
    }
    let _ = writeln!(
        page,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" skipped=\"{skipped}\">\n{cases}  </testsuite>",
        family.name(),
        rules.len(),
    );
}

fn case(report: &Report, said: &[&Verdict], places: &Places<'_>) -> (bool, bool, String) {
    let failing: Vec<&&Verdict> =
        said.iter().filter(|it| it.outcome == Outcome::Fail && report.is_new(it)).collect();
    if let Some(first) = failing.first() {
        let mut lines = String::new();
        for verdict in &failing {
            let place = verdict.places.first().and_then(|it| places.place(it.0));
            let at = place.map_or_else(String::new, |it| format!("{}:{}: ", it.file, it.line));
            let _ = writeln!(lines, "{at}{} [{}]", verdict.title, verdict.id());
        }
        let level = first.level.name();
        let title = escaped(&first.title);
        let text = escaped(&lines);
        return (
            true,
            false,
            format!("<failure type=\"{level}\" message=\"{title}\">{text}</failure>"),
        );
    }
    let worst = said.iter().map(|it| it.outcome).min().unwrap_or(Outcome::NotApplicable);
    let why = match worst {
        Outcome::Fail => "known from the earlier review",
        Outcome::Waived => "waived",
        Outcome::CannotTell => "cannot tell",
        Outcome::NotApplicable => "not applicable",
        Outcome::Pass => return (false, false, String::new()),
    };
    (false, true, format!("<skipped message=\"{why}\"/>"))
}

/// Text inside an element or an attribute; characters that XML 1.0 does not have become spaces.
fn escaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '&' => result.push_str("&amp;"),
            '"' => result.push_str("&quot;"),
            '\n' => result.push('\n'),
            '\u{fffe}' | '\u{ffff}' => result.push(' '),
            it if it.is_control() => result.push(' '),
            it => result.push(it),
        }
    }
    result
}
