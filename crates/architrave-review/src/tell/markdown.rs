//! A review as Markdown, for a pull request.

use std::fmt::Write as _;

use architrave_model::{Outcome, Verdict};

use super::{Hot, Report, day, place::Places, text};
use crate::rule;

/// Most findings that are written out: code hosts cut comments at 65,536 characters.
const FINDINGS_MAX: usize = 100;

pub(super) fn written(report: &Report) -> String {
    let places = Places::of(&report.files);
    let mut page = format!("# Review of {}\n\n", plain(&report.system));
    let _ = writeln!(page, "Findings: {}. {}.\n", text::levels(report), capital(report));
    if let Some(it) = &report.comparison {
        let (new, fixed, same) = (report.news().count(), it.fixed.len(), it.known.len());
        let with = plain(&it.with);
        let _ =
            writeln!(page, "Compared with {with}: {new} new, {fixed} fixed, {same} unchanged.\n");
    }
    let first = report.mend_first();
    if !first.is_empty() {
        page.push_str("## Mend first\n\n");
        for (number, it) in (1..).zip(&first) {
            let _ = writeln!(page, "{number}. {}", line(it.first, &places));
        }
        page.push('\n');
    }
    hot(&mut page, "Bottlenecks", &report.bottlenecks);
    hot(&mut page, "Single points of failure", &report.single_points);
    let news: Vec<&Verdict> = report.news().collect();
    if !news.is_empty() {
        page.push_str("## Findings\n\n");
        for verdict in news.iter().take(FINDINGS_MAX) {
            finding(&mut page, verdict, &places);
        }
        if let Some(rest) = news.len().checked_sub(FINDINGS_MAX).filter(|it| *it > 0) {
            let _ = writeln!(page, "\n{rest} more are in `--format json`.");
        }
        page.push('\n');
    }
    fixed_and_waived(&mut page, report);
    let end = page.trim_end().len();
    page.truncate(end);
    page.push('\n');
    page
}

fn capital(report: &Report) -> String {
    let line = text::coverage(&report.coverage());
    format!("R{}", line.get(1..).unwrap_or_default())
}

fn hot(page: &mut String, title: &str, all: &[Hot]) {
    if all.is_empty() {
        return;
    }
    let _ = writeln!(page, "## {title}\n");
    for it in all {
        let _ = writeln!(page, "- {}: {}", plain(&it.name), plain(&it.because));
    }
    page.push('\n');
}

fn line(verdict: &Verdict, places: &Places<'_>) -> String {
    let name = rule(verdict.rule).map_or("", |it| it.name);
    let place = verdict.places.first().and_then(|it| places.place(it.0));
    let at = place.map_or_else(String::new, |it| format!(" (`{}:{}`)", code(it.file), it.line));
    let level = verdict.level.name();
    format!("**{level}** {} {name}: {}{at}", verdict.rule, plain(&verdict.title))
}

fn finding(page: &mut String, verdict: &Verdict, places: &Places<'_>) {
    let _ = writeln!(page, "- {}", line(verdict, places));
    for reason in &verdict.because {
        let _ = writeln!(page, "  - {}", plain(reason));
    }
    if !verdict.help.is_empty() {
        let _ = writeln!(page, "  - What to do: {}", plain(&verdict.help));
    }
}

fn fixed_and_waived(page: &mut String, report: &Report) {
    let fixed = report.comparison.iter().flat_map(|it| &it.fixed);
    let fixed: Vec<String> = fixed.map(|it| format!("- `{}`\n", code(it))).collect();
    if !fixed.is_empty() {
        let _ = writeln!(page, "## Fixed\n\n{}", fixed.concat());
    }
    let waived = report.review.verdicts.iter().filter(|it| it.outcome == Outcome::Waived);
    let waived: Vec<String> = waived
        .filter_map(|it| it.waiver.as_ref().map(|waiver| (it, waiver)))
        .map(|(it, waiver)| {
            let until = day::written(waiver.until_day);
            let (reason, owner) = (plain(&waiver.reason), plain(&waiver.owner));
            format!("- `{}`: {reason} ({owner}, until {until})\n", code(&it.id()))
        })
        .collect();
    if !waived.is_empty() {
        let _ = writeln!(page, "## Waived\n\n{}", waived.concat());
    }
    let expired = report.waived.expired.iter().map(|it| (it, "ended"));
    let unused = report.waived.unused.iter().map(|it| (it, "matches no finding"));
    let stale: Vec<String> = expired
        .chain(unused)
        .map(|(it, what)| {
            let until = day::written(it.until_day);
            format!("- `{}` of {}, until {until}: {what}\n", code(&it.pattern), plain(&it.owner))
        })
        .collect();
    if !stale.is_empty() {
        let _ = writeln!(page, "## Waivers to look at\n\n{}", stale.concat());
    }
}

/// Text that means nothing to Markdown or HTML: names come from files of others.
fn plain(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '&' => result.push_str("&amp;"),
            '\\' | '*' | '[' | ']' | '|' | '@' => {
                result.push('\\');
                result.push(character);
            }
            it if it.is_control() => result.push(' '),
            it => result.push(it),
        }
    }
    result
}

/// Text between backticks.
fn code(text: &str) -> String {
    text.chars().map(|it| if it == '`' || it.is_control() { '\'' } else { it }).collect()
}
