//! Says what is wrong with a record as MADR 4 has them: headings, status, options, good and bad sides.

use super::front;

/// Sections that a record has, in this order.
const SECTIONS: &[&str] = &[
    "## Context and Problem Statement",
    "## Considered Options",
    "## Decision Outcome",
    "### Consequences",
    "### Confirmation",
    "## Pros and Cons of the Options",
    "## More Information",
];
/// Statuses of MADR; `superseded by …` begins with one.
const STATUSES: &[&str] = &["proposed", "accepted", "rejected", "deprecated", "superseded"];

/// Everything that is wrong with the text of a record; empty where nothing is.
#[must_use]
pub fn lint(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let status = front::setting(text, "status").unwrap_or_default();
    let word = status.split(' ').next().unwrap_or_default();
    if !STATUSES.contains(&word) {
        found.push(format!("`{status}` is no status"));
    }
    if front::setting(text, "date").and_then(architrave_model::civil::day_of).is_none() {
        found.push("it has no date".to_owned());
    }
    let lines: Vec<&str> = text.lines().collect();
    if lines.iter().filter(|it| it.starts_with("# ")).count() != 1 {
        found.push("it needs one title".to_owned());
    }
    let mut after = 0;
    for section in SECTIONS {
        match lines.iter().position(|it| it == section) {
            Some(at) if at >= after => after = at,
            Some(_) => found.push(format!("`{section}` stands too early")),
            None => found.push(format!("`{section}` is missing")),
        }
    }
    empty_sections(&lines, &mut found);
    sides(text, &mut found);
    if !lines.iter().any(|it| it.starts_with("Chosen option: \"")) {
        found.push("it does not say what was chosen".to_owned());
    }
    found
}

/// A heading that nothing follows before the next one of its level or above.
fn empty_sections(lines: &[&str], found: &mut Vec<String>) {
    let level = |it: &str| it.chars().take_while(|it| *it == '#').count();
    let is_heading = |it: &str| it.starts_with('#') && it.trim_start_matches('#').starts_with(' ');
    for (at, line) in lines.iter().enumerate().filter(|it| is_heading(it.1)) {
        let mut rest = lines.iter().skip(at + 1).filter(|it| !it.trim().is_empty());
        if rest.next().is_none_or(|it| is_heading(it) && level(it) <= level(line)) {
            found.push(format!("`{line}` is empty"));
        }
    }
}

/// Each option needs a good and a bad side, and at least two options.
fn sides(text: &str, found: &mut Vec<String>) {
    let section = text.split("## Pros and Cons of the Options").nth(1).unwrap_or_default();
    let section = section.split("\n## ").next().unwrap_or_default();
    let options: Vec<&str> = section.split("\n### ").skip(1).collect();
    let told: Vec<&&str> =
        options.iter().filter(|it| !it.starts_with("Options that are left")).collect();
    if told.len() < 2 {
        found.push("a choice needs two options".to_owned());
    }
    for option in told {
        let name = option.lines().next().unwrap_or_default();
        for side in ["- Good, because ", "- Bad, because "] {
            if !option.lines().any(|it| it.starts_with(side)) {
                found.push(format!("“{name}” has no line `{}`", side.trim_start_matches("- ")));
            }
        }
    }
}
