//! The decision tables: those that come with the program, and those of people in their place.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use architrave_model::{SourceFile, civil::day_of};

use super::{phrases, proof, table::Table};
use crate::rule;

/// The tables in reading order. To add one: a file in `tables/` and a line here.
const TEXTS: &[&str] = &[
    include_str!("tables/d01_topology.toml"),
    include_str!("tables/d02_primary_store.toml"),
    include_str!("tables/d03_edge_style.toml"),
    include_str!("tables/d04_transport.toml"),
    include_str!("tables/d05_cache.toml"),
    include_str!("tables/d06_api_style.toml"),
    include_str!("tables/d07_authentication.toml"),
    include_str!("tables/d08_authorisation.toml"),
    include_str!("tables/d09_tenancy.toml"),
    include_str!("tables/d10_compute.toml"),
    include_str!("tables/d11_rollout.toml"),
    include_str!("tables/d12_recovery.toml"),
    include_str!("tables/d13_consistency.toml"),
    include_str!("tables/d14_data_pattern.toml"),
    include_str!("tables/d15_search.toml"),
    include_str!("tables/d16_ingress.toml"),
    include_str!("tables/d17_edge.toml"),
    include_str!("tables/d18_telemetry.toml"),
    include_str!("tables/d19_keys.toml"),
    include_str!("tables/d20_versioning.toml"),
];

/// Days after which a table should be looked at again: products, prices and habits change.
const STALE_DAYS: i32 = 731;
/// Largest table that is read, in bytes.
const TABLE_BYTES_MAX: usize = 200_000;

/// Decision tables, each proven to answer every system.
#[derive(Debug)]
pub struct Tables {
    all: Vec<Table>,
}

/// What is wrong with a table of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableFault {
    /// As the file was named.
    pub file: String,
    /// From 1, where it is known.
    pub line: Option<u32>,
    /// What is wrong, lower case, no full stop.
    pub what: String,
}

impl Tables {
    /// The tables that come with the program. A test proves them; here they are only read.
    #[must_use]
    pub fn ours() -> &'static Self {
        static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
            all: TEXTS.iter().filter_map(|it| Table::parse(it).ok()).collect(),
        });
        &TABLES
    }

    /// Our tables with those of somebody in the place of ours with the same id, and further ones behind. Each is
    /// proven first.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn with(files: &[SourceFile]) -> Result<Self, Vec<TableFault>> {
        let mut faults = Vec::new();
        let mut all: Vec<Table> = TEXTS.iter().filter_map(|it| Table::parse(it).ok()).collect();
        let mut seen: BTreeSet<String> = BTreeSet::new();
        for file in files {
            let fault = |line, what| TableFault { file: file.name.clone(), line, what };
            if file.text.len() > TABLE_BYTES_MAX {
                faults.push(fault(None, format!("it has more than {TABLE_BYTES_MAX} bytes")));
                continue;
            }
            let table = match Table::parse(&file.text) {
                Ok(table) => table,
                Err((line, what)) => {
                    faults.push(fault(line, what));
                    continue;
                }
            };
            let mut found = wrong(&table);
            if !seen.insert(table.id.clone()) {
                found.push(format!("another file has the table {} already", table.id));
            }
            faults.extend(found.into_iter().map(|what| fault(None, what)));
            match all.iter_mut().find(|it| it.id == table.id) {
                Some(place) => *place = table,
                None => all.push(table),
            }
        }
        if faults.is_empty() { Ok(Self { all }) } else { Err(faults) }
    }

    /// Tables that nobody has looked at for two years, as (id, day).
    #[must_use]
    pub fn stale(&self, as_of_day: i32) -> Vec<(String, String)> {
        let is_stale = |it: &&Table| {
            day_of(&it.checked).is_none_or(|day| as_of_day.saturating_sub(day) > STALE_DAYS)
        };
        self.all.iter().filter(is_stale).map(|it| (it.id.clone(), it.checked.clone())).collect()
    }

    pub(super) fn all(&self) -> &[Table] {
        &self.all
    }

    /// The table with an id or name, in whatever case.
    pub(super) fn find(&self, name: &str) -> Option<&Table> {
        self.all.iter().find(|it| it.id.eq_ignore_ascii_case(name) || it.name == name)
    }
}

/// What is wrong with a table that could be read; all of it.
fn wrong(table: &Table) -> Vec<String> {
    let mut found = Vec::new();
    let mut check = |is_right: bool, what: String| {
        if !is_right {
            found.push(what);
        }
    };
    check(table.options.len() >= 2, "a table needs two options: one leaves no choice".to_owned());
    check(day_of(&table.checked).is_some(), "`checked` is a day such as 2026-11-21".to_owned());
    check(
        (1..=120).contains(&table.review_after_months),
        "`review_after_months` is 1 to 120".to_owned(),
    );
    let weights: u32 = table.weights.iter().map(|it| u32::from(it.1)).sum();
    check(
        table.weights.is_empty() || weights == 100,
        "the weights do not add up to 100".to_owned(),
    );
    for id in &table.confirm {
        check(rule(id).is_some(), format!("`{id}` in `confirm` is no rule"));
    }
    let mut names = BTreeSet::new();
    for option in &table.options {
        let name = &option.name;
        check(names.insert(name.clone()), format!("there are two options `{name}`"));
        let has_both = !option.good.is_empty() && !option.bad.is_empty();
        check(has_both, format!("option `{name}` needs a good and a bad side"));
        let is_mark = |it: &(String, u8)| (1..=5).contains(&it.1);
        check(
            option.marks.iter().all(is_mark),
            format!("the marks of `{name}` are not all 1 to 5"),
        );
    }
    let options = table.options.iter().flat_map(|it| &it.consequences);
    for sentence in options.chain(&table.context) {
        if let Some(name) = phrases::unknown_placeholder(sentence) {
            check(false, format!("`{{{name}}}` stands for nothing that is known of a system"));
        }
    }
    for (at, row) in table.rows.iter().enumerate() {
        check(!row.source.trim().is_empty(), format!("row {} has no source", at + 1));
    }
    found.extend(proof::prove(table));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_of_ours_is_proven() {
        let files: Vec<SourceFile> = TEXTS
            .iter()
            .enumerate()
            .map(|(at, text)| SourceFile { name: format!("table {at}"), text: (*text).to_owned() })
            .collect();
        let tables = Tables::with(&files).unwrap_or_else(|faults| panic!("{faults:#?}"));
        assert_eq!(tables.all().len(), TEXTS.len());
        let ids: Vec<String> = tables.all().iter().map(|it| it.id.clone()).collect();
        let expected: Vec<String> = (1..=TEXTS.len()).map(|it| format!("D-{it:02}")).collect();
        assert_eq!(ids, expected, "in reading order");
        for table in tables.all() {
            assert!(!table.context.is_empty(), "{} says what leads up to it", table.id);
            assert!(!table.confirm.is_empty(), "{} is confirmed by a rule", table.id);
            assert!(!table.checks.is_empty(), "{} is confirmed by a command", table.id);
            for option in &table.options {
                assert!(option.marks.len() == 4, "{}: marks of {}", table.id, option.name);
                assert!(!option.consequences.is_empty(), "{}: {}", table.id, option.name);
            }
        }
    }

    const GOOD: &str = r#"
id = "D-01"
name = "topology"
question = "One or two?"
version = "mine.1"
checked = "2026-11-21"
confirm = ["FIT-01"]
review_after_months = 6
[[option]]
name = "one"
title = "One"
decision = "Build one"
good = ["it is small"]
bad = ["it is alone"]
[[option]]
name = "two"
title = "Two"
decision = "Build two"
good = ["they are two"]
bad = ["they talk"]
[[row]]
when = ["team < 5"]
choose = "one"
because = "few people"
source = "us"
confidence = "judgement"
[[row]]
choose = "two"
because = "many people"
source = "us"
confidence = "judgement"
"#;

    #[test]
    fn tables_of_people_take_the_place_of_ours() {
        let file = SourceFile { name: "mine.toml".to_owned(), text: GOOD.to_owned() };
        let tables = Tables::with(&[file]).unwrap();
        assert_eq!(tables.all().len(), TEXTS.len());
        assert_eq!(tables.find("topology").unwrap().version, "mine.1");
        assert_eq!(tables.stale(20_778), []);
        let old = GOOD.replace("checked = \"2026-11-21\"", "checked = \"2024-01-01\"");
        let tables =
            Tables::with(&[SourceFile { name: "mine.toml".to_owned(), text: old }]).unwrap();
        assert_eq!(tables.stale(20_778), [("D-01".to_owned(), "2024-01-01".to_owned())]);
    }

    #[track_caller]
    fn check(from: &str, to: &str, line: Option<u32>, expected: &str) {
        let file = SourceFile { name: "mine.toml".to_owned(), text: GOOD.replace(from, to) };
        let faults = Tables::with(&[file]).unwrap_err();
        assert!(
            faults.iter().any(|it| it.what.contains(expected) && it.line == line),
            "{expected}: {faults:#?}"
        );
    }

    #[test]
    fn what_is_wrong_with_a_table_is_told() {
        check("name = \"topology\"", "name = 1", Some(3), "string");
        check("version = ", "versoin = ", Some(5), "unknown field");
        check("team < 5", "staff < 5", None, "`staff` is no fact");
        check("team < 5", "team < few", None, "`few` is no value of team");
        check("choose = \"one\"", "choose = \"three\"", None, "`three` is no option");
        check("source = \"us\"", "source = \"\"", None, "row 1 has no source");
        check("FIT-01", "FIT-99", None, "`FIT-99` in `confirm` is no rule");
        check("bad = [\"they talk\"]", "bad = []", None, "needs a good and a bad side");
        check("when = [\"team < 5\"]", "", None, "row 2 is never reached");
        check(
            "choose = \"two\"",
            "when = [\"team < 9\"]\nchoose = \"two\"",
            None,
            "no row answers",
        );
        check(
            "good = [\"it is small\"]",
            "good = [\"a\"]\nconsequences = [\"{x}\"]",
            None,
            "`{x}`",
        );
        check("2026-11-21", "soon", None, "`checked` is a day");
        let twice =
            [1, 2].map(|it| SourceFile { name: format!("{it}.toml"), text: GOOD.to_owned() });
        let faults = Tables::with(&twice).unwrap_err();
        assert!(faults[0].what.contains("another file has the table D-01"), "{faults:#?}");
    }
}
