//! Conditions of tables: `release_teams <= 1`, `domain != stable`, `availability <= 99.5%`.

use crate::facts::{Fact, FactValue, fact};

/// One comparison of a fact with a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Condition {
    /// What is compared.
    pub(super) fact: &'static Fact,
    /// How.
    operator: Operator,
    /// With what.
    pub(super) value: FactValue,
}

impl std::fmt::Display for Condition {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = OPERATORS.iter().find(|it| it.1 == self.operator).map_or("", |it| it.0);
        write!(out, "{} {sign} {}", self.fact.name, self.fact.unit.write(self.value))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Less,
    AtMost,
    Greater,
    AtLeast,
    Equal,
    Different,
}

/// Longer signs first, so that `<=` is not read as `<`.
const OPERATORS: [(&str, Operator); 6] = [
    ("<=", Operator::AtMost),
    (">=", Operator::AtLeast),
    ("==", Operator::Equal),
    ("!=", Operator::Different),
    ("<", Operator::Less),
    (">", Operator::Greater),
];

impl Condition {
    /// Reads a condition; `Err` says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (sign, operator) = OPERATORS
            .iter()
            .find(|(sign, _)| text.contains(sign))
            .ok_or_else(|| format!("`{text}` compares nothing"))?;
        let (name, value) = text.split_once(sign).unwrap_or_default();
        let fact = fact(name.trim()).ok_or_else(|| format!("`{}` is no fact", name.trim()))?;
        let value = fact
            .unit
            .parse(value)
            .ok_or_else(|| format!("`{}` is no value of {}", value.trim(), fact.name))?;
        Ok(Self { fact, operator: *operator, value })
    }

    /// Whether it holds for a value of the fact.
    pub(super) fn holds(&self, value: FactValue) -> bool {
        match self.operator {
            Operator::Less => value < self.value,
            Operator::AtMost => value <= self.value,
            Operator::Greater => value > self.value,
            Operator::AtLeast => value >= self.value,
            Operator::Equal => value == self.value,
            Operator::Different => value != self.value,
        }
    }
}
