//! Until when versions of products get fixes: a dated table that comes with the program, each line with its source.

use architrave_model::civil::day_of;

/// A line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cycle {
    /// As its source calls it, e.g. `postgresql`.
    pub product: &'static str,
    /// Name of the line of versions, e.g. `16` or `3.12`.
    pub name: &'static str,
    /// How long it gets fixes.
    pub support: Support,
    /// Who says so.
    pub source: &'static str,
    /// The day on which somebody looked, `2026-11-21`.
    pub checked: &'static str,
}

/// How long a line of versions gets fixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// To this day, as days since 1970.
    Until(i32),
    /// No day is named.
    Open,
}

impl Cycle {
    /// The day as written in the table.
    #[must_use]
    pub fn until(&self) -> String {
        match self.support {
            Support::Until(day) => crate::tell::day::written(day),
            Support::Open => "a day that is not named yet".to_owned(),
        }
    }
}

const LIFECYCLES: &str = include_str!("../../data/lifecycles.txt");

/// Products in the table, each once, in its order.
pub fn products() -> impl Iterator<Item = &'static str> {
    let mut last = "";
    cycles().map(|it| it.product).filter(move |it| std::mem::replace(&mut last, it) != *it)
}

/// The line of versions that a version belongs to: `16` for `16.4`. A version that names less than a line does (`3`
/// of `3.12`) is the newest of those that begin with it, as for whoever pulls it.
#[must_use]
pub fn cycle(product: &str, version: &str) -> Option<Cycle> {
    let of = |it: &Cycle| it.product == product;
    let is_part = |whole: &str, part: &str| {
        whole.strip_prefix(part).is_some_and(|it| it.is_empty() || it.starts_with('.'))
    };
    let exact = cycles().filter(of).filter(|it| is_part(version, it.name));
    let newest = |list: Vec<Cycle>| list.into_iter().max_by_key(|it| number(it.name));
    newest(exact.collect())
        .or_else(|| newest(cycles().filter(of).filter(|it| is_part(it.name, version)).collect()))
}

/// The newest line of versions that gets fixes beyond a day; where none names such a day, the newest without one.
#[must_use]
pub fn newest(product: &str, day: i32) -> Option<Cycle> {
    let of = |is_wanted: fn(&Cycle, i32) -> bool| {
        let mine = cycles().filter(|it| it.product == product && is_wanted(it, day));
        mine.max_by_key(|it| number(it.name))
    };
    of(|it, day| matches!(it.support, Support::Until(end) if end > day))
        .or_else(|| of(|it, _| it.support == Support::Open))
}

/// The earliest day on which somebody looked, as days since 1970.
#[must_use]
pub fn checked_on() -> Option<i32> {
    cycles().filter_map(|it| day_of(it.checked)).min()
}

/// The earliest day on which somebody looked at one product, as days since 1970.
#[must_use]
pub fn checked_on_of(product: &str) -> Option<i32> {
    cycles().filter(|it| it.product == product).filter_map(|it| day_of(it.checked)).min()
}

fn cycles() -> impl Iterator<Item = Cycle> {
    LIFECYCLES.lines().filter(|it| !it.starts_with('#')).filter_map(line)
}

fn line(text: &'static str) -> Option<Cycle> {
    let mut cells = text.split('|').map(str::trim);
    Some(Cycle {
        product: cells.next()?,
        name: cells.next()?,
        support: match cells.next()? {
            "-" => Support::Open,
            written => Support::Until(day_of(written)?),
        },
        source: cells.next()?,
        checked: cells.next()?,
    })
}

fn number(name: &str) -> Vec<u32> {
    name.split('.').map(|it| it.parse().unwrap_or(0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        let lines = LIFECYCLES.lines().filter(|it| !it.starts_with('#') && !it.is_empty());
        assert_eq!(lines.count(), cycles().count());
        for it in cycles() {
            let source = match it.product {
                "sqlite" => "https://www.sqlite.org/lts.html".to_owned(),
                product => format!("https://endoflife.date/{product}"),
            };
            assert_eq!(it.source, source, "{it:?}");
            assert!(day_of(it.checked).is_some(), "{it:?}");
        }
        let mut known: Vec<&str> = products().collect();
        let count = known.len();
        known.sort_unstable();
        known.dedup();
        assert_eq!(known.len(), count, "the lines of a product stand together");
    }

    #[test]
    fn versions_belong_to_their_lines() {
        for (product, version, expected) in [
            ("postgresql", "16.4", Some("16")),
            ("postgresql", "9.6.24", Some("9.6")),
            ("python", "3.9.17", Some("3.9")),
            ("python", "3", Some("3.14")),
            ("alpine-linux", "3.1", None),
            ("mysql", "8", Some("8.4")),
            ("redis", "6", Some("6.2")),
            ("postgresql", "1", None),
            ("unheard-of", "1", None),
        ] {
            assert_eq!(cycle(product, version).map(|it| it.name), expected, "{product} {version}");
        }
    }
}
