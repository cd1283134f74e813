//! Decision tables: data with a source, a date and a confidence for every row.

use architrave_model::decision::Confidence;
use serde::Deserialize;

use super::condition::Condition;

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
    /// The day on which somebody last looked at its rows and sources, `2026-11-21`.
    pub(super) checked: String,
    /// Sentences about a system that lead up to the question; `{fact}` stands for a number of the system.
    pub(super) context: Vec<String>,
    /// Rules that confirm that a system follows it.
    pub(super) confirm: Vec<String>,
    /// Commands and tests that confirm it, one sentence each.
    pub(super) checks: Vec<String>,
    /// Weights in per cent by criterion; empty: the usual ones.
    pub(super) weights: Vec<(String, u8)>,
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
    /// Words by which people call it in records of their own, lower case.
    pub(super) products: Vec<String>,
    pub(super) good: Vec<String>,
    pub(super) bad: Vec<String>,
    /// What follows from it in a system; `{fact}` stands for a number of the system.
    pub(super) consequences: Vec<String>,
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

impl Table {
    /// Reads a table; `Err` says what is wrong with it and in which line, where that is known.
    pub(super) fn parse(text: &str) -> Result<Self, (Option<u32>, String)> {
        let said: TableText = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |it| it.start);
            let before = text.get(..start).unwrap_or_default();
            let line = u32::try_from(before.matches('\n').count()).unwrap_or(0) + 1;
            (Some(line), error.message().to_owned())
        })?;
        said.read().map_err(|what| (None, what))
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
    checked: String,
    #[serde(default)]
    context: Vec<String>,
    confirm: Vec<String>,
    #[serde(default)]
    checks: Vec<String>,
    #[serde(default)]
    weights: std::collections::BTreeMap<String, u8>,
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
    #[serde(default)]
    products: Vec<String>,
    good: Vec<String>,
    bad: Vec<String>,
    #[serde(default)]
    consequences: Vec<String>,
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

impl TableText {
    fn read(self) -> Result<Table, String> {
        let options: Vec<TableOption> =
            self.option.into_iter().map(OptionText::read).collect::<Result<_, _>>()?;
        let rows = self.row.into_iter().map(|it| it.read(&options)).collect::<Result<_, _>>()?;
        Ok(Table {
            id: self.id,
            name: self.name,
            question: self.question,
            version: self.version,
            checked: self.checked,
            context: self.context,
            confirm: self.confirm,
            checks: self.checks,
            weights: self.weights.into_iter().collect(),
            review_after_months: self.review_after_months,
            options,
            rows,
            triggers: self.trigger,
        })
    }
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
            products: self.products,
            good: self.good,
            bad: self.bad,
            consequences: self.consequences,
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
