//! Fills the sentences of tables with a system's numbers: `{peak}`, `{writer_share}`, `{stored}`. A sentence that asks
//! for what is not known is left out.

use architrave_model::{
    graph::{EdgeKind, Graph, Known, Provenance},
    words::{self, bytes, grouped, percent, rate, time},
};

use crate::facts::{FactValue, fact};
use crate::measure::{capacity, cost, recovery};

/// A month of 30 days in microseconds.
const MONTH_US: i64 = 30 * 86_400_000_000;
/// The most names that are listed in a sentence.
const NAMES_MAX: usize = 6;

/// What a sentence may ask for beside facts.
type Phrase = (&'static str, fn(&Graph) -> Option<String>);

/// By name.
const PHRASES: &[Phrase] = &[
    ("all_contexts", |it| names(it.modules.iter().map(|it| it.node.name.as_str()))),
    ("all_processes", |it| names(it.processes.iter().map(|it| it.node.name.as_str()))),
    ("all_externals", |it| names(it.externals.iter().map(|it| it.node.name.as_str()))),
    ("all_regimes", |it| list(&it.needs.regimes)),
    ("all_regions", |it| list(&it.needs.regions)),
    ("audit_retention", |it| it.needs.audit_retention_us.value().map(|us| years(*us))),
    ("backup_every", |it| it.needs.backup_every_us.value().map(|us| time(*us))),
    ("downtime", downtime),
    ("downtime_restore", |it| restore(it).map(time)),
    ("messages", |it| counted(it.messages.len(), "kind of event", "kinds of events")),
    ("operations", |it| counted(it.operations.len(), "operation", "operations")),
    ("personal_tables", personal_tables),
    ("searched_tables", searched_tables),
    ("largest_table", largest_table),
    ("reads", |it| part(it, true)),
    ("writes", |it| part(it, false)),
    ("spike_rate", spike_rate),
    ("stored", |it| Some(bytes(stored(it)?))),
    ("sync_calls", sync_calls),
    ("infrastructure", infrastructure),
    ("budget", |it| {
        it.needs.budget_per_month.value().map(|(minor, currency)| {
            format!("{} {currency}", grouped(u64::try_from(minor / 100).unwrap_or(0)))
        })
    }),
];

/// The sentences that can be said of a system.
pub(super) fn told(sentences: &[String], graph: &Graph) -> Vec<String> {
    sentences.iter().filter_map(|it| filled(it, graph)).collect()
}

/// Whether every placeholder of a sentence is known to us; else the first that is not.
pub(super) fn unknown_placeholder(sentence: &str) -> Option<&str> {
    placeholders(sentence).find(|it| !is_placeholder(it))
}

fn is_placeholder(name: &str) -> bool {
    fact(name).is_some() || PHRASES.iter().any(|it| it.0 == name)
}

fn placeholders(sentence: &str) -> impl Iterator<Item = &str> {
    sentence.split('{').skip(1).filter_map(|it| it.split_once('}')).map(|it| it.0)
}

fn filled(sentence: &str, graph: &Graph) -> Option<String> {
    let mut parts = sentence.split('{');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}')?;
        out.push_str(&value(name, graph)?);
        out.push_str(rest);
    }
    Some(out)
}

fn value(name: &str, graph: &Graph) -> Option<String> {
    if let Some((_, phrase)) = PHRASES.iter().find(|it| it.0 == name) {
        return phrase(graph);
    }
    let fact = fact(name)?;
    let (value, is_assumed) = match (fact.read)(graph) {
        Known::Is(value, origin) => (value, origin.provenance == Provenance::Assumed),
        // What follows from the design is there or is not; only what people are asked for has a default.
        Known::Absent(_) | Known::Unknown if fact.assume.is_some() => (fact.default, true),
        Known::Absent(_) | Known::Unknown => return None,
    };
    let note = if is_assumed && value == fact.default { " (assumed)" } else { "" };
    Some(format!("{}{note}", fact.unit.say(value)))
}

fn names<'n>(names: impl Iterator<Item = &'n str>) -> Option<String> {
    let all: Vec<&str> = names.collect();
    // They stand between ticks.
    let plain = |it: &&str| it.replace('`', "'").replace(char::is_control, " ");
    let shown: Vec<String> = all.iter().take(NAMES_MAX).map(plain).collect();
    match all.len().checked_sub(shown.len())? {
        _ if all.is_empty() => None,
        0 => Some(words::list(&shown)),
        more => Some(format!("{} and {more} more", words::list(&shown))),
    }
}

fn list(known: &Known<Vec<String>>) -> Option<String> {
    names(known.value()?.iter().map(String::as_str))
}

fn counted(count: usize, one: &str, many: &str) -> Option<String> {
    let number = u64::try_from(count).ok().filter(|it| *it > 0)?;
    Some(format!("{} {}", grouped(number), if number == 1 { one } else { many }))
}

fn years(us: i64) -> String {
    const YEAR_US: i64 = 365 * 86_400_000_000;
    match us / YEAR_US {
        0 => time(us),
        1 => "1 year".to_owned(),
        years => format!("{years} years"),
    }
}

/// What a month of 30 days leaves of the highest availability that is promised.
fn downtime(graph: &Graph) -> Option<String> {
    let promised =
        graph.needs.objectives.iter().filter_map(|it| it.availability_ppm.value()).max()?;
    Some(time(MONTH_US / 1_000_000 * i64::from(1_000_000_u32.saturating_sub(*promised))))
}

fn stored(graph: &Graph) -> Option<u64> {
    Some(recovery::stored_bytes(graph).0).filter(|it| *it > 0)
}

fn restore(graph: &Graph) -> Option<i64> {
    recovery::restore_us_min(stored(graph)?)
}

fn personal_tables(graph: &Graph) -> Option<String> {
    let is_personal = |it: &&architrave_model::graph::Table| {
        it.columns.iter().any(|it| it.personal.value().is_some())
    };
    names(graph.tables.iter().filter(is_personal).map(|it| it.node.name.as_str()))
}

fn searched_tables(graph: &Graph) -> Option<String> {
    let tables = graph.tables.iter().filter(|it| it.indexes.iter().any(|it| it.is_full_text));
    names(tables.map(|it| it.node.name.as_str()))
}

fn largest_table(graph: &Graph) -> Option<String> {
    let (table, rows) =
        graph.tables.iter().filter_map(|it| Some((it, *it.rows.value()?))).max_by_key(|it| it.1)?;
    Some(format!("`{}` with {} rows", table.node.name, grouped(rows)))
}

fn part(graph: &Graph, reads: bool) -> Option<String> {
    let load = capacity::load(graph)?;
    let share = if reads { load.read_ppm } else { 1_000_000 - load.read_ppm };
    let milli = u128::from(load.milli_per_s) * u128::from(share) / 1_000_000;
    Some(rate(u64::try_from(milli).unwrap_or(u64::MAX)))
}

fn spike_rate(graph: &Graph) -> Option<String> {
    let peak = graph.needs.peak_milli_per_s.value()?;
    let Some(FactValue::Number(times)) = fact("spike").map(|it| match (it.read)(graph) {
        Known::Is(value, _) => value,
        Known::Absent(_) | Known::Unknown => it.default,
    }) else {
        return None;
    };
    Some(rate(peak.saturating_mul(u64::try_from(times).unwrap_or(1))))
}

/// Systems of others that something waits for, with how long at most.
fn sync_calls(graph: &Graph) -> Option<String> {
    let calls = graph.edges.iter().filter(|it| {
        it.kind == EdgeKind::Calls
            && it.is_synchronous.value() == Some(&true)
            && it.to.starts_with("external:")
    });
    let mut all: Vec<&str> = calls.map(|it| it.to.trim_start_matches("external:")).collect();
    all.sort_unstable();
    all.dedup();
    names(all.into_iter())
}

fn infrastructure(graph: &Graph) -> Option<String> {
    let (low, high) = cost::estimate(graph)?.range_micro_usd();
    Some(format!("{} to {} USD a month", grouped(low / 1_000_000), grouped(high / 1_000_000)))
}

impl crate::facts::Unit {
    /// Writes a value as sentences have it: `99.95 %`, `15 min`, `4 people`.
    pub(crate) fn say(self, value: FactValue) -> String {
        match (self, value) {
            (Self::Ppm, FactValue::Number(number)) => {
                let ppm = u64::try_from(number).unwrap_or(0);
                // Promises of availability differ behind the point; of other shares a tenth of a per cent is plenty.
                let is_exact = !(10_000..900_000).contains(&ppm);
                percent(if is_exact { ppm } else { (ppm + 500) / 1_000 * 1_000 })
            }
            (Self::MilliPerSecond, FactValue::Number(number)) => {
                rate(u64::try_from(number).unwrap_or(0))
            }
            (Self::Microseconds, FactValue::Number(number)) => time(number),
            (Self::Count(_), FactValue::Number(number)) => {
                let shown = self.show(value);
                let plain = number.to_string();
                let grouped = grouped(u64::try_from(number).unwrap_or(0));
                shown.replacen(&plain, &grouped, 1)
            }
            (_, FactValue::Word(word)) => word.replace('_', " "),
            _ => self.show(value),
        }
    }
}
