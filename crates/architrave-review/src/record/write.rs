//! The text of a record: MADR 4, filled from a decision.

use std::fmt::Write as _;

use architrave_model::{
    civil::{civil_from_days, days_from_civil, days_in_month},
    decision::{Considered, Decision, Input, Record, RecordStatus, Standing},
    graph::Provenance,
    words,
};

use super::front::date;
use crate::rule;

/// A new record, proposed.
pub(super) fn proposed(
    decision: &Decision,
    number: u32,
    day: i32,
    supersedes: Option<&Record>,
) -> Record {
    let review_by_day = months_later(day, decision.review_after_months);
    let mut record = Record {
        number,
        decision: decision.id.clone(),
        chosen: decision.chosen.clone(),
        title: decision.title.clone(),
        status: RecordStatus::Proposed,
        day,
        accepted_by: Vec::new(),
        supersedes: supersedes.map(|it| it.number),
        superseded_by: None,
        review_by_day: Some(review_by_day),
        path: format!("{number:04}-{}.md", decision.name.replace('_', "-")),
        text: String::new(),
    };
    record.text = text(decision, &record, supersedes);
    record
}

/// The same day so many months later; the last of the month where that is shorter.
fn months_later(day: i32, months: u32) -> i32 {
    let (year, month, of_month) = civil_from_days(i64::from(day));
    let total = month - 1 + months;
    let (year, month) = (year + i64::from(total / 12), total % 12 + 1);
    let of_month = of_month.min(days_in_month(year, month));
    i32::try_from(days_from_civil(year, month, of_month)).unwrap_or(i32::MAX)
}

fn text(decision: &Decision, record: &Record, supersedes: Option<&Record>) -> String {
    let mut out = String::new();
    front(&mut out, decision, record);
    let _ = writeln!(out, "# {}\n", decision.title);
    let _ = writeln!(out, "## Context and Problem Statement\n\n{}\n", decision.question);
    if !decision.context.is_empty() {
        let _ = writeln!(out, "{}\n", decision.context.join(" "));
    }
    drivers(&mut out, decision);
    options(&mut out, decision);
    outcome(&mut out, decision);
    pros_and_cons(&mut out, decision);
    comparison(&mut out, decision);
    more(&mut out, decision, record, supersedes);
    out
}

fn front(out: &mut String, decision: &Decision, record: &Record) {
    let supersedes = record.supersedes.map_or("null".to_owned(), |it| it.to_string());
    let review_by = record.review_by_day.map(date).unwrap_or_default();
    let _ = writeln!(
        out,
        "---\nstatus: proposed\ndate: {}\ndecision-makers: []\narchitrave:\n  decision: {}\n  option: {}\n  \
         table: \"{}\"\n  row: {}\n  confidence: {}\n  confirm: [{}]\n  supersedes: {supersedes}\n  review_by: {review_by}\n---",
        date(record.day),
        decision.id,
        decision.chosen,
        decision.table_version,
        decision.row,
        decision.confidence.name(),
        decision.confirm.join(", "),
    );
}

fn drivers(out: &mut String, decision: &Decision) {
    if decision.inputs.is_empty() {
        return;
    }
    let chosen = chosen(decision).map_or("it", |it| &it.title);
    let _ = writeln!(out, "## Decision Drivers\n");
    let (loose, settled): (Vec<&Input>, Vec<&Input>) =
        decision.inputs.iter().partition(|it| !it.flips.is_empty());
    if !loose.is_empty() {
        let _ = writeln!(out, "“{chosen}” stays first unless one of these becomes another:\n");
        for input in loose {
            let flips = input.flips.iter().map(|it| format!("{} → {}", it.condition, it.option));
            let flips: Vec<String> = flips.collect();
            let _ = writeln!(out, "- **{}**; {}", said(input), flips.join("; "));
        }
        let _ = writeln!(out);
    }
    if !settled.is_empty() {
        let _ = writeln!(
            out,
            "Asked too; no other value of one of them alone would change the choice:\n"
        );
        for input in settled {
            let _ = writeln!(out, "- {}", said(input));
        }
        let _ = writeln!(out);
    }
}

/// `teams that release on their own: 1 team (assumed)`
fn said(input: &Input) -> String {
    let note = match input.provenance {
        Provenance::Declared => "",
        Provenance::Observed => " (read from files)",
        Provenance::Measured => " (measured)",
        Provenance::Assumed => " (assumed)",
    };
    format!("{}: {}{note}", input.title, input.value)
}

fn options(out: &mut String, decision: &Decision) {
    let _ = writeln!(out, "## Considered Options\n");
    for option in &decision.options {
        match &option.ruled_out {
            Some(why) => {
                let _ = writeln!(out, "- {} (ruled out: {why})", option.title);
            }
            None => {
                let _ = writeln!(out, "- {}", option.title);
            }
        }
    }
    let _ = writeln!(out);
}

fn outcome(out: &mut String, decision: &Decision) {
    let Some(chosen) = chosen(decision) else { return };
    let _ = writeln!(out, "## Decision Outcome\n");
    let _ = writeln!(out, "Chosen option: \"{}\", because {}.\n", chosen.title, decision.because);
    let row = match decision.row {
        0 => "No row of the table asks for it".to_owned(),
        row => format!("Row {row} of table {} of {}", decision.id, decision.table_version),
    };
    let _ = writeln!(out, "{row} ({}: {}).\n", decision.confidence.name(), decision.source);
    let _ = writeln!(out, "### Consequences\n");
    for good in &chosen.good {
        let _ = writeln!(out, "- Good, because {good}");
    }
    for bad in &chosen.bad {
        let _ = writeln!(out, "- Bad, because {bad}");
    }
    for consequence in &decision.consequences {
        let _ = writeln!(out, "- In this system: {consequence}");
    }
    let _ = writeln!(out, "\n### Confirmation\n");
    for id in &decision.confirm {
        let title = rule(id).map_or(String::new(), |it| format!(" ({})", it.title));
        let _ = writeln!(out, "- `architrave review` asks rule {id}{title}");
    }
    for check in &decision.checks {
        let _ = writeln!(out, "- {check}");
    }
    let _ = writeln!(out);
}

fn pros_and_cons(out: &mut String, decision: &Decision) {
    let _ = writeln!(out, "## Pros and Cons of the Options\n");
    for option in &decision.options {
        let _ = writeln!(out, "### {}\n", option.title);
        for good in &option.good {
            let _ = writeln!(out, "- Good, because {good}");
        }
        for bad in &option.bad {
            let _ = writeln!(out, "- Bad, because {bad}");
        }
        let _ = writeln!(out);
    }
}

fn comparison(out: &mut String, decision: &Decision) {
    let Some(first) = decision.comparison.first() else { return };
    let _ = writeln!(out, "### Options that are left, by marks\n");
    let _ = writeln!(
        out,
        "Marks are 1 to 5, more is better; fit is how early the rows of the table choose the option. The comparison \
         chooses nothing: weights are tastes.\n"
    );
    let heads: Vec<String> =
        first.marks.iter().map(|(name, _, weight)| format!("{name} ({weight} %)")).collect();
    let _ = writeln!(out, "| Option | {} | Sum |", heads.join(" | "));
    let _ = writeln!(out, "| --- |{} --- |", " --- |".repeat(heads.len()));
    for standing in &decision.comparison {
        let marks: Vec<String> = standing.marks.iter().map(|it| it.1.to_string()).collect();
        let title = title(decision, &standing.option);
        let _ = writeln!(out, "| {title} | {} | {} |", marks.join(" | "), sum(standing));
    }
    let _ = writeln!(out, "\n{}\n", verdict(decision, first));
}

/// What the comparison says of the choice.
fn verdict(decision: &Decision, first: &Standing) -> String {
    let best = title(decision, &first.option);
    let mut text = if first.option == decision.chosen {
        format!("“{best}” comes first here too")
    } else {
        format!(
            "By marks alone “{best}” would come first; the row decides, and a person should weigh it"
        )
    };
    let tips = decision.tips.iter().map(|it| {
        let at = words::percent(u64::from(it.tips_at_permille) * 1_000);
        let way = if it.tips_at_permille > u32::from(it.weight) * 10 { "more" } else { "less" };
        format!("{} weighed {at} or {way} (“{}”)", it.criterion, title(decision, &it.option))
    });
    let tips: Vec<String> = tips.collect();
    if tips.is_empty() {
        text.push_str(", whatever single weight is changed.");
    } else {
        let _ = write!(text, ", unless {}.", tips.join(", or "));
    }
    if decision.is_close_call && first.option == decision.chosen {
        text.push_str(" That is less than 10 points of 100 away: a close call.");
    }
    text
}

/// `4.25`
fn sum(standing: &Standing) -> String {
    format!("{}.{:02}", standing.total / 100, standing.total % 100)
}

fn more(out: &mut String, decision: &Decision, record: &Record, supersedes: Option<&Record>) {
    let _ = writeln!(out, "## More Information\n");
    if let Some(earlier) = supersedes {
        let _ = writeln!(out, "- Takes the place of [{}]({}).", earlier.title, earlier.path);
    }
    if !decision.asks.is_empty() {
        let asked: Vec<String> = decision.asks.iter().map(|it| format!("`{it}`")).collect();
        let _ = writeln!(
            out,
            "- Nobody has said: {}. `architrave questions` asks, and says what each answer would change.",
            asked.join(", ")
        );
    }
    if let Some(day) = record.review_by_day {
        let _ = writeln!(out, "- To be looked at again by {}.", date(day));
    }
    for trigger in &decision.triggers {
        let _ = writeln!(out, "- To be decided anew when {}:\n", trigger.title);
        let _ = writeln!(out, "  ```promql\n  {}\n  ```\n", trigger.expression);
    }
    if !decision.source.is_empty() {
        let _ = writeln!(out, "- Source of the row: {}.", decision.source);
    }
}

fn chosen(decision: &Decision) -> Option<&Considered> {
    decision.options.iter().find(|it| it.name == decision.chosen)
}

fn title<'d>(decision: &'d Decision, option: &'d str) -> &'d str {
    decision.options.iter().find(|it| it.name == option).map_or(option, |it| &it.title)
}

#[cfg(test)]
mod tests {
    use architrave_model::civil::{day_of, day_text};

    #[test]
    fn months_are_those_of_the_calendar() {
        for (day, months, expected) in [
            ("2026-11-21", 6, "2027-05-21"),
            ("2026-08-31", 6, "2027-02-28"),
            ("2027-08-31", 6, "2028-02-29"),
            ("2026-12-01", 24, "2028-12-01"),
        ] {
            let found = super::months_later(day_of(day).unwrap(), months);
            assert_eq!(day_text(i64::from(found)), expected);
        }
    }
}
