//! Every alert of a system with how it is tried: the one list behind the rules, their tests, the runbooks and the
//! pages that mention an alert.

pub(crate) mod burn;
pub(crate) mod indicator;
mod symptom;
pub(crate) mod trigger;

use crate::Material;

pub(crate) use burn::BUDGET_LEFT;
pub(crate) use indicator::{Indicator, indicators};

/// What is watched together: an indicator, a symptom, a trigger.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watch {
    /// Where its rules stand in the file, e.g. `objectives`.
    pub(crate) group: &'static str,
    /// Figures worked out ahead of time.
    pub(crate) recordings: Vec<Recording>,
    /// What is told.
    pub(crate) alerts: Vec<Alert>,
    /// How the alerts are tried.
    pub(crate) trials: Vec<Trial>,
}

/// A figure worked out ahead of time.
#[derive(Debug, Clone)]
pub(crate) struct Recording {
    pub(crate) name: String,
    pub(crate) labels: Vec<(&'static str, String)>,
    /// PromQL.
    pub(crate) expression: String,
}

/// Somebody is told.
#[derive(Debug, Clone)]
pub(crate) struct Alert {
    /// `CamelCase`, unique.
    pub(crate) name: String,
    pub(crate) severity: Severity,
    /// PromQL.
    pub(crate) expression: String,
    /// How long the condition holds before anybody is told, in minutes.
    pub(crate) for_min: u32,
    pub(crate) labels: Vec<(&'static str, String)>,
    /// One line. May use `{{ $value }}`.
    pub(crate) summary: String,
    /// With numbers. May use `{{ $value }}`.
    pub(crate) description: String,
    /// File name of its runbook, without ending.
    pub(crate) runbook: String,
}

/// Whom it reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Severity {
    /// Somebody stops what they do.
    Page,
    /// Somebody looks at it in the working day.
    Ticket,
}

impl Severity {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Ticket => "ticket",
        }
    }
}

/// Synthetic series and what they must lead to.
#[derive(Debug, Clone)]
pub(crate) struct Trial {
    /// What happens, e.g. "browse availability: fast burn pages".
    pub(crate) title: String,
    /// Minutes between two values of a series.
    pub(crate) step_min: u32,
    /// When to look, in minutes from the start.
    pub(crate) at_min: u32,
    /// (series, values in promtool's short form)
    pub(crate) series: Vec<(String, String)>,
    /// (alert, whether somebody is told)
    pub(crate) expects: Vec<(String, bool)>,
}

/// Everything that is watched, in the order of the file.
pub(crate) fn watches(material: &Material<'_>) -> Vec<Watch> {
    let indicators = indicators(material);
    let burns = indicators.iter().map(burn::watch);
    burns
        .chain(symptom::watches(material))
        .chain(trigger::of_decisions(material.assessment))
        .chain(trigger::of_stages(material.assessment))
        .collect()
}

/// `snake_case` or any other words as `CamelCase`.
pub(crate) fn camel(text: &str) -> String {
    let words = text.split(|it: char| !it.is_ascii_alphanumeric()).filter(|it| !it.is_empty());
    words
        .map(|word| {
            let mut chars = word.chars();
            let first = chars.next().map(|it| it.to_ascii_uppercase());
            first.into_iter().chain(chars).collect::<String>()
        })
        .collect()
}

/// `CamelCase` as `kebab-case`, for names of files.
pub(crate) fn kebab(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for char in text.chars() {
        if char.is_ascii_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.push(char.to_ascii_lowercase());
    }
    out
}
