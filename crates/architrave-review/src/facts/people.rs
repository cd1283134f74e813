//! Who builds and runs it, and what they may spend.

use architrave_model::graph::{Graph, Known, Origin};

use super::value::{FactValue::Number, FactValue::Word, Unit};
use super::{Fact, FactValue};

const DOMAINS: &[&str] = &["new", "changing", "stable"];
const ON_CALL: &[&str] = &["none", "business_hours", "extended_hours", "always"];
/// Weeks in microseconds.
const WEEK_US: i64 = 604_800_000_000;

pub(super) const FACTS: &[Fact] = &[
    Fact {
        name: "team",
        title: "people who build and operate it",
        unit: Unit::Count("people"),
        plausible: &[Number(1), Number(3), Number(5), Number(10), Number(20), Number(60)],
        default: Number(5),
        read: |it| number(&it.needs.team),
        assume: Some(|graph, value| graph.needs.team = as_u32(value)),
    },
    Fact {
        name: "release_teams",
        title: "teams that release on their own",
        unit: Unit::Count("teams"),
        plausible: &[Number(1), Number(2), Number(4), Number(8)],
        default: Number(1),
        read: |it| number(&it.needs.release_teams),
        assume: Some(|graph, value| graph.needs.release_teams = as_u32(value)),
    },
    Fact {
        name: "domain",
        title: "how well the domain is known",
        unit: Unit::Word(DOMAINS),
        plausible: &[Word("new"), Word("changing"), Word("stable")],
        default: Word("new"),
        read: |it| word(&it.needs.domain, DOMAINS),
        assume: Some(|graph, value| graph.needs.domain = as_text(value)),
    },
    Fact {
        name: "on_call",
        title: "when somebody is on call",
        unit: Unit::Word(ON_CALL),
        plausible: &[Word("none"), Word("business_hours"), Word("extended_hours"), Word("always")],
        default: Word("business_hours"),
        read: |it| word(&it.needs.on_call, ON_CALL),
        assume: Some(|graph, value| graph.needs.on_call = as_text(value)),
    },
    Fact {
        name: "first_release",
        title: "time until the first release",
        unit: Unit::Microseconds,
        plausible: &[
            Number(4 * WEEK_US),
            Number(12 * WEEK_US),
            Number(26 * WEEK_US),
            Number(52 * WEEK_US),
        ],
        default: Number(12 * WEEK_US),
        read: |it| number(&it.needs.first_release_us),
        assume: Some(|graph, value| graph.needs.first_release_us = as_i64(value)),
    },
    Fact {
        name: "runs_kubernetes",
        title: "whether the team runs Kubernetes already",
        unit: Unit::Flag,
        plausible: &[FactValue::Flag(false), FactValue::Flag(true)],
        default: FactValue::Flag(false),
        read: |it| runs(it, "kubernetes"),
        assume: Some(|graph, value| assume_runs(graph, "kubernetes", value)),
    },
    Fact {
        name: "runs_postgresql",
        title: "whether the team runs PostgreSQL already",
        unit: Unit::Flag,
        plausible: &[FactValue::Flag(false), FactValue::Flag(true)],
        default: FactValue::Flag(false),
        read: |it| runs(it, "postgresql"),
        assume: Some(|graph, value| assume_runs(graph, "postgresql", value)),
    },
];

/// Whether a product is among those the team runs; a list that names others says no.
fn runs(graph: &Graph, product: &str) -> Known<FactValue> {
    match &graph.needs.uses {
        Known::Is(list, origin) => Known::Is(
            FactValue::Flag(list.iter().any(|it| it.eq_ignore_ascii_case(product))),
            *origin,
        ),
        Known::Absent(origin) => Known::Absent(*origin),
        Known::Unknown => Known::Unknown,
    }
}

fn assume_runs(graph: &mut Graph, product: &str, value: FactValue) {
    let mut list = graph.needs.uses.value().cloned().unwrap_or_default();
    list.retain(|it| !it.eq_ignore_ascii_case(product));
    if value == FactValue::Flag(true) {
        list.push(product.to_owned());
    }
    graph.needs.uses = Known::Is(list, Origin::assumed());
}

/// A number of the graph as a fact.
pub(super) fn number<T: Copy + TryInto<i64>>(known: &Known<T>) -> Known<FactValue> {
    match known {
        Known::Is(value, origin) => match (*value).try_into() {
            Ok(number) => Known::Is(Number(number), *origin),
            Err(_) => Known::Is(Number(i64::MAX), *origin),
        },
        Known::Absent(origin) => Known::Absent(*origin),
        Known::Unknown => Known::Unknown,
    }
}

/// A word of the graph as a fact; a word that is not in the list is unknown.
pub(super) fn word(known: &Known<String>, words: &[&'static str]) -> Known<FactValue> {
    match known {
        Known::Is(text, origin) => match words.iter().find(|it| *it == text) {
            Some(word) => Known::Is(Word(word), *origin),
            None => Known::Unknown,
        },
        Known::Absent(origin) => Known::Absent(*origin),
        Known::Unknown => Known::Unknown,
    }
}

pub(super) fn as_i64(value: FactValue) -> Known<i64> {
    match value {
        Number(number) => Known::Is(number, Origin::assumed()),
        Word(_) | FactValue::Flag(_) => Known::Unknown,
    }
}

pub(super) fn as_u32(value: FactValue) -> Known<u32> {
    match value {
        Number(number) => Known::Is(u32::try_from(number).unwrap_or(u32::MAX), Origin::assumed()),
        Word(_) | FactValue::Flag(_) => Known::Unknown,
    }
}

pub(super) fn as_u64(value: FactValue) -> Known<u64> {
    match value {
        Number(number) => Known::Is(u64::try_from(number).unwrap_or(0), Origin::assumed()),
        Word(_) | FactValue::Flag(_) => Known::Unknown,
    }
}

pub(super) fn as_text(value: FactValue) -> Known<String> {
    match value {
        Word(word) => Known::Is(word.to_owned(), Origin::assumed()),
        Number(_) | FactValue::Flag(_) => Known::Unknown,
    }
}
