//! What the law and its auditors ask.

use architrave_model::graph::{Graph, Known, Origin};

use super::Fact;
use super::people::{as_text, word};
use super::value::{FactValue, FactValue::Flag, FactValue::Word, Unit};

const HISTORIES: &[&str] = &["none", "log", "temporal"];

pub(super) const FACTS: &[Fact] = &[
    Fact {
        name: "has_regime",
        title: "whether a law or standard is to be obeyed",
        unit: Unit::Flag,
        plausible: &[Flag(false), Flag(true)],
        default: Flag(false),
        read: |it| is_some(&it.needs.regimes),
        assume: Some(|graph, value| graph.needs.regimes = list(value, "gdpr")),
    },
    Fact {
        name: "has_residency",
        title: "whether personal data must stay in named regions",
        unit: Unit::Flag,
        plausible: &[Flag(false), Flag(true)],
        default: Flag(false),
        read: |it| is_some(&it.needs.residency),
        assume: Some(|graph, value| graph.needs.residency = list(value, "eu")),
    },
    Fact {
        name: "history",
        title: "what of the past must be told",
        unit: Unit::Word(HISTORIES),
        plausible: &[Word("none"), Word("log"), Word("temporal")],
        default: Word("log"),
        read: |it| word(&it.needs.history, HISTORIES),
        assume: Some(|graph, value| graph.needs.history = as_text(value)),
    },
    Fact {
        name: "has_personal_data",
        title: "whether it holds personal data",
        unit: Unit::Flag,
        plausible: &[Flag(false), Flag(true)],
        default: Flag(true),
        read: has_personal_data,
        assume: None,
    },
];

fn is_some(known: &Known<Vec<String>>) -> Known<FactValue> {
    match known {
        Known::Is(list, origin) => Known::Is(Flag(!list.is_empty()), *origin),
        Known::Absent(origin) => Known::Absent(*origin),
        Known::Unknown => Known::Unknown,
    }
}

fn list(value: FactValue, word: &str) -> Known<Vec<String>> {
    let words = if value == Flag(true) { vec![word.to_owned()] } else { Vec::new() };
    Known::Is(words, Origin::assumed())
}

fn has_personal_data(graph: &Graph) -> Known<FactValue> {
    let columns = graph.tables.iter().flat_map(|it| &it.columns);
    match columns
        .clone()
        .find_map(|it| it.personal.origin().filter(|_| it.personal.value().is_some()))
    {
        Some(origin) => Known::Is(Flag(true), origin),
        None if graph.is_closed => Known::Is(Flag(false), graph.system.origin),
        None => Known::Unknown,
    }
}
