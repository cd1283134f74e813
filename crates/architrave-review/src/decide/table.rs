//! Decision tables: data with a source, a date and a confidence for every row.

use std::sync::LazyLock;

use architrave_model::decision::Confidence;
use serde::Deserialize;

use super::condition::Condition;

/// The tables in reading order. To add one: a file in `tables/` and a line here.
const TEXTS: &[&str] = &[
    include_str!("tables/d01_topology.toml"),
    include_str!("tables/d02_primary_store.toml"),
    include_str!("tables/d09_tenancy.toml"),
    include_str!("tables/d10_compute.toml"),
    include_str!("tables/d12_recovery.toml"),
    include_str!("tables/d14_data_pattern.toml"),
    include_str!("tables/d17_edge.toml"),
];

/// One decision table.
#[derive(Debug)]
pub(crate) struct Table {
    /// Stable, e.g. `D-01`.
    pub(super) id: String,
    /// Stable, e.g. `topology`.
    pub(super) name: String,
    /// What is decided.
    pub(super) question: String,
    /// E.g. `2026.11`.
    pub(super) version: String,
    /// Rules that confirm that a system follows it.
    pub(super) confirm: Vec<String>,
    /// Months after which a decision is to be looked at again.
    pub(super) review_after_months: u32,
    pub(super) options: Vec<TableOption>,
    pub(super) rows: Vec<Row>,
    pub(super) triggers: Vec<TriggerText>,
}

/// What can be chosen.
#[derive(Debug)]
pub(super) struct TableOption {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) decision: String,
    pub(super) good: Vec<String>,
    pub(super) bad: Vec<String>,
    pub(super) marks: Vec<(String, u8)>,
    pub(super) gates: Vec<Gate>,
}

/// What removes an option: all conditions hold.
#[derive(Debug)]
pub(super) struct Gate {
    pub(super) when: Vec<Condition>,
    pub(super) because: String,
}

/// What chooses: all conditions hold.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) when: Vec<Condition>,
    pub(super) option: usize,
    pub(super) because: String,
    pub(super) source: String,
    pub(super) confidence: Confidence,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TriggerText {
    pub(super) title: String,
    pub(super) expression: String,
}

/// All tables that can be read; a test makes sure that those are all there are.
#[must_use]
pub(crate) fn tables() -> &'static [Table] {
    static TABLES: LazyLock<Vec<Table>> =
        LazyLock::new(|| TEXTS.iter().filter_map(|it| Table::parse(it).ok()).collect());
    &TABLES
}

impl Table {
    /// Reads a table; `Err` says what is wrong with it.
    fn parse(text: &str) -> Result<Self, String> {
        let said: TableText = toml::from_str(text).map_err(|it| it.to_string())?;
        let options: Vec<TableOption> =
            said.option.into_iter().map(OptionText::read).collect::<Result<_, _>>()?;
        let rows = said.row.into_iter().map(|it| it.read(&options)).collect::<Result<_, _>>()?;
        Ok(Self {
            id: said.id,
            name: said.name,
            question: said.question,
            version: said.version,
            confirm: said.confirm,
            review_after_months: said.review_after_months,
            options,
            rows,
            triggers: said.trigger,
        })
    }

    /// Every condition of the table.
    pub(super) fn conditions(&self) -> impl Iterator<Item = &Condition> {
        let gates = self.options.iter().flat_map(|it| &it.gates).flat_map(|it| &it.when);
        gates.chain(self.rows.iter().flat_map(|it| &it.when))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TableText {
    id: String,
    name: String,
    question: String,
    version: String,
    confirm: Vec<String>,
    review_after_months: u32,
    option: Vec<OptionText>,
    row: Vec<RowText>,
    #[serde(default)]
    trigger: Vec<TriggerText>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OptionText {
    name: String,
    title: String,
    decision: String,
    good: Vec<String>,
    bad: Vec<String>,
    #[serde(default)]
    marks: std::collections::BTreeMap<String, u8>,
    #[serde(default)]
    gate: Vec<GateText>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GateText {
    when: Vec<String>,
    because: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RowText {
    #[serde(default)]
    when: Vec<String>,
    choose: String,
    because: String,
    source: String,
    confidence: String,
}

impl OptionText {
    fn read(self) -> Result<TableOption, String> {
        let gates = self
            .gate
            .into_iter()
            .map(|it| Ok(Gate { when: conditions(&it.when)?, because: it.because }))
            .collect::<Result<_, String>>()?;
        Ok(TableOption {
            name: self.name,
            title: self.title,
            decision: self.decision,
            good: self.good,
            bad: self.bad,
            marks: self.marks.into_iter().collect(),
            gates,
        })
    }
}

impl RowText {
    fn read(self, options: &[TableOption]) -> Result<Row, String> {
        let option = options
            .iter()
            .position(|it| it.name == self.choose)
            .ok_or_else(|| format!("`{}` is no option", self.choose))?;
        let confidence = match self.confidence.as_str() {
            "measured" => Confidence::Measured,
            "documented" => Confidence::Documented,
            "stated" => Confidence::Stated,
            "judgement" => Confidence::Judgement,
            other => return Err(format!("`{other}` is no confidence")),
        };
        Ok(Row {
            when: conditions(&self.when)?,
            option,
            because: self.because,
            source: self.source,
            confidence,
        })
    }
}

fn conditions(texts: &[String]) -> Result<Vec<Condition>, String> {
    texts.iter().map(|it| Condition::parse(it)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::super::choose::{Outcome, outcome};
    use super::*;
    use crate::facts::FactValue;

    /// The most systems that a table is tried with. A table with more must be cut in two.
    const GRID_MAX: usize = 2_000_000;

    #[test]
    fn every_table_can_be_read() {
        for text in TEXTS {
            let table = Table::parse(text).unwrap_or_else(|why| panic!("{why}\n{text}"));
            assert!(table.options.len() >= 2, "{} leaves no choice", table.id);
            for option in &table.options {
                let has_both = !option.good.is_empty() && !option.bad.is_empty();
                assert!(has_both, "{}: {} has a good and a bad side", table.id, option.name);
                assert!(option.marks.iter().all(|it| (1..=5).contains(&it.1)), "{}", option.name);
            }
            assert!(
                table.rows.iter().all(|it| !it.source.is_empty()),
                "{}: a source each",
                table.id
            );
        }
        let ids: BTreeSet<&str> = tables().iter().map(|it| it.id.as_str()).collect();
        assert_eq!(ids.len(), TEXTS.len(), "ids are unique");
    }

    #[test]
    fn every_table_answers_every_system_and_no_row_is_dead() {
        for table in tables() {
            let mut used = BTreeSet::new();
            for system in grid(table) {
                match outcome(table, &|fact| system.get(fact).copied()) {
                    Some(Outcome { row, .. }) => used.insert(row),
                    None => panic!("{} has no answer for {system:?}", table.id),
                };
            }
            let dead: Vec<_> = (0..table.rows.len()).filter(|it| !used.contains(it)).collect();
            assert!(dead.is_empty(), "{}: rows {dead:?} (from 0) are never reached", table.id);
        }
    }

    /// Every combination of values at and on either side of every threshold: conditions compare with nothing else,
    /// so every system falls into the same rows as one of these.
    fn grid(table: &Table) -> Vec<BTreeMap<&'static str, FactValue>> {
        let mut values: BTreeMap<&'static str, BTreeSet<FactValue>> = BTreeMap::new();
        for condition in table.conditions() {
            let all = values.entry(condition.fact.name).or_default();
            all.insert(condition.value);
            match condition.value {
                FactValue::Number(it) => {
                    all.extend([
                        FactValue::Number(it.saturating_sub(1)),
                        FactValue::Number(it + 1),
                    ]);
                }
                FactValue::Flag(it) => {
                    all.insert(FactValue::Flag(!it));
                }
                FactValue::Word(_) => {
                    // Every word of the fact is plausible; `what_is_assumed_is_what_is_read` reads them all.
                    all.extend(condition.fact.plausible);
                }
            }
        }
        let size: usize = values.values().map(BTreeSet::len).product();
        assert!(size <= GRID_MAX, "{} has {size} cases", table.id);
        let mut systems = vec![BTreeMap::new()];
        for (fact, all) in values {
            systems = systems
                .iter()
                .flat_map(|system| {
                    all.iter().map(move |value| {
                        let mut system = system.clone();
                        system.insert(fact, *value);
                        system
                    })
                })
                .collect();
        }
        systems
    }
}
