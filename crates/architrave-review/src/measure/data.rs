//! Dated tables that come with the program: prices and what a request takes, each line with its source.

use std::sync::LazyLock;

use architrave_model::civil;

/// A line of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Datum {
    /// Stable name, e.g. `vcpu_hour`.
    pub id: &'static str,
    /// In the unit of its table.
    pub value: u64,
    /// What the value is per, or of.
    pub of: &'static str,
    /// Who says so.
    pub source: &'static str,
    /// The day on which somebody looked, `2026-11-21`.
    pub checked: &'static str,
}

const PRICES: &str = include_str!("../../data/prices.txt");
const DEMANDS: &str = include_str!("../../data/demands.txt");
const ENTRIES: &str = include_str!("../../data/entries.txt");
const ROUND_TRIPS: &str = include_str!("../../data/round_trips.txt");

/// Every price of the table, in its order.
pub(super) fn prices() -> impl Iterator<Item = Datum> {
    lines(PRICES)
}

/// A price in millionths of a dollar.
#[must_use]
pub fn price(id: &str) -> Option<Datum> {
    lines(PRICES).find(|it| it.id == id)
}

/// Every line of the table of demands, in its order.
pub(super) fn demands() -> impl Iterator<Item = Datum> {
    lines(DEMANDS)
}

/// What a request takes, in nanoseconds.
#[must_use]
pub fn demand(id: &str) -> Option<Datum> {
    // Asked for every class of requests, of which a large system has a thousand.
    static TABLE: LazyLock<Vec<Datum>> = LazyLock::new(|| demands().collect());
    TABLE.iter().find(|it| it.id == id).copied()
}

/// The load that the simpler choice bears in place of a product, in events per second.
#[must_use]
pub fn entry(product: &str) -> Option<Datum> {
    lines(ENTRIES).find(|it| it.id == product)
}

/// The least time between two continents and back, in microseconds; named in the order of the alphabet.
#[must_use]
pub fn round_trip(continents: &str) -> Option<Datum> {
    lines(ROUND_TRIPS).find(|it| it.id == continents)
}

/// The day on which somebody looked at the oldest price, as days since 1970.
#[must_use]
pub fn prices_checked_on() -> Option<i32> {
    checked_on(PRICES)
}

/// The day on which somebody looked at the oldest figure of what requests take, as days since 1970.
#[must_use]
pub fn demands_checked_on() -> Option<i32> {
    checked_on(DEMANDS)
}

fn checked_on(table: &'static str) -> Option<i32> {
    lines(table).filter_map(|it| civil::day_of(it.checked)).min()
}

fn lines(table: &'static str) -> impl Iterator<Item = Datum> {
    table.lines().filter(|it| !it.starts_with('#')).filter_map(datum)
}

fn datum(line: &'static str) -> Option<Datum> {
    let mut cells = line.split('|').map(str::trim);
    Some(Datum {
        id: cells.next()?,
        value: cells.next()?.parse().ok()?,
        of: cells.next()?,
        source: cells.next()?,
        checked: cells.next()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_tables_can_be_read_and_says_where_it_comes_from() {
        for table in [PRICES, DEMANDS, ENTRIES, ROUND_TRIPS] {
            let written = table.lines().filter(|it| !it.starts_with('#') && !it.trim().is_empty());
            assert_eq!(written.count(), lines(table).count());
            for line in lines(table) {
                assert!(line.value > 0 && !line.source.is_empty(), "{line:?}");
                assert_eq!(line.checked.len(), "2026-11-21".len(), "{line:?}");
            }
        }
    }
}
