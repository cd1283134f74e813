//! The page of a decision table: question, options, gates, rows with thresholds, sources, triggers.

use std::fmt::Write as _;

use super::Tables;
use super::condition::Condition;
use super::table::{Row, Table};

/// The page of a table by its id or name, in Markdown.
#[must_use]
pub fn page(tables: &Tables, name: &str) -> Option<String> {
    tables.find(name).map(written)
}

/// The pages of all tables in reading order, as (id, name, question, page).
#[must_use]
pub fn pages(tables: &Tables) -> Vec<(&str, &str, &str, String)> {
    let all = tables.all().iter();
    all.map(|it| (it.id.as_str(), it.name.as_str(), it.question.as_str(), written(it))).collect()
}

fn written(table: &Table) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "# {}: {}\n", table.id, table.name.replace('_', " "));
    let _ = writeln!(out, "{}\n", table.question);
    let _ = writeln!(
        out,
        "Table of {}, last looked at on {}; a decision made by it is looked at again after {} months.\n",
        table.version, table.checked, table.review_after_months
    );
    let _ = writeln!(
        out,
        "## Rows\n\nThe first row whose conditions hold and whose option is not ruled out decides.\n"
    );
    for (at, row) in table.rows.iter().enumerate() {
        one_row(&mut out, at, row, table);
    }
    let _ = writeln!(out, "\n## Options\n");
    for option in &table.options {
        let _ = writeln!(out, "### `{}`: {}\n", option.name, option.title);
        for good in &option.good {
            let _ = writeln!(out, "- Good, because {good}");
        }
        for bad in &option.bad {
            let _ = writeln!(out, "- Bad, because {bad}");
        }
        for gate in &option.gates {
            let _ = writeln!(out, "- Ruled out where {}: {}", conditions(&gate.when), gate.because);
        }
        let marks = option.marks.iter().map(|(name, mark)| format!("{name} {mark}"));
        let marks: Vec<String> = marks.collect();
        if !marks.is_empty() {
            let _ = writeln!(out, "- Marks of 1 to 5: {}", marks.join(", "));
        }
        let _ = writeln!(out);
    }
    let _ = writeln!(out, "## Confirmed by\n");
    let _ = writeln!(out, "- rules {}", code(&table.confirm));
    for check in &table.checks {
        let _ = writeln!(out, "- {check}");
    }
    if !table.triggers.is_empty() {
        let _ = writeln!(out, "\n## Decided anew when\n");
    }
    for trigger in &table.triggers {
        let _ =
            writeln!(out, "- {}\n\n  ```promql\n  {}\n  ```", trigger.title, trigger.expression);
    }
    out
}

fn one_row(out: &mut String, at: usize, row: &Row, table: &Table) {
    let when = if row.when.is_empty() { "otherwise".to_owned() } else { conditions(&row.when) };
    let option = table.options.get(row.option).map_or("", |it| &it.name);
    let _ = writeln!(out, "{}. {when} → `{option}`", at + 1);
    let _ = writeln!(out, "   {}", row.because);
    let _ = writeln!(out, "   {}: {}", row.confidence.name(), row.source);
}

fn conditions(all: &[Condition]) -> String {
    all.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(" and ")
}

fn code(names: &[String]) -> String {
    names.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
}
