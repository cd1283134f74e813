//! Until when versions of products get fixes: a dated table that comes with the program, each line with its source,
//! line by line replaced and extended by what people of a system looked up themselves.

use architrave_model::{civil::day_of, graph::Lifecycle};

/// Larger files are no tables of lifecycles.
const LINES_MAX: usize = 2_000;
/// Longest name or address, in bytes.
const CELL_BYTES_MAX: usize = 300;

/// A line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cycle<'t> {
    /// As its source calls it, e.g. `postgresql`.
    pub product: &'t str,
    /// Name of the line of versions, e.g. `16` or `3.12`.
    pub name: &'t str,
    /// How long it gets fixes.
    pub support: Support,
    /// Who says so.
    pub source: &'t str,
    /// The day on which somebody looked, `2026-11-21`.
    pub checked: &'t str,
    /// Whether people of the system looked it up themselves.
    pub is_own: bool,
    /// The day of the newest copy of the source that says so, `2026-04-07`; none where no copy could be read, so that
    /// the day of the end is not certain.
    pub as_of: Option<&'t str>,
}

/// How long a line of versions gets fixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// To this day, as days since 1970.
    Until(i32),
    /// No day is named.
    Open,
}

impl Cycle<'_> {
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

/// Reads a table of people's own: lines as in the one that comes with the program.
///
/// # Errors
/// Every line that cannot be used, one sentence each.
pub fn read(text: &str) -> Result<Vec<Lifecycle>, Vec<String>> {
    let (mut own, mut refused) = (Vec::new(), Vec::new());
    for (text, number) in text.lines().take(LINES_MAX).zip(1..) {
        if text.trim().is_empty() || text.starts_with('#') {
            continue;
        }
        match line(text).filter(is_plain) {
            Some(it) => own.push(Lifecycle {
                product: it.product.to_owned(),
                line: it.name.to_owned(),
                until_day: match it.support {
                    Support::Until(day) => Some(day),
                    Support::Open => None,
                },
                source: it.source.to_owned(),
                checked: it.checked.to_owned(),
            }),
            None => refused.push(format!("line {number} is no line of the table")),
        }
    }
    if text.lines().nth(LINES_MAX).is_some() {
        refused.push(format!("it has more than {LINES_MAX} lines"));
    }
    if refused.is_empty() { Ok(own) } else { Err(refused) }
}

/// Products in the table, each once, in its order; those that people looked up come first.
pub fn products(own: &[Lifecycle]) -> Vec<&str> {
    let mut products: Vec<&str> = Vec::new();
    for it in cycles(own) {
        if !products.contains(&it.product) {
            products.push(it.product);
        }
    }
    products
}

/// The line of versions that a version belongs to: `16` for `16.4`. A version that names less than a line does (`3`
/// of `3.12`) is the newest of those that begin with it, as for whoever pulls it.
#[must_use]
pub fn cycle<'t>(own: &'t [Lifecycle], product: &str, version: &str) -> Option<Cycle<'t>> {
    let of = |it: &Cycle<'_>| it.product == product;
    let is_part = |whole: &str, part: &str| {
        whole.strip_prefix(part).is_some_and(|it| it.is_empty() || it.starts_with('.'))
    };
    let exact = cycles(own).filter(of).filter(|it| is_part(version, it.name));
    let newest = |list: Vec<Cycle<'t>>| list.into_iter().max_by_key(|it| number(it.name));
    newest(exact.collect())
        .or_else(|| newest(cycles(own).filter(of).filter(|it| is_part(it.name, version)).collect()))
}

/// The newest line of versions that gets fixes beyond a day; where none names such a day, the newest without one.
#[must_use]
pub fn newest<'t>(own: &'t [Lifecycle], product: &str, day: i32) -> Option<Cycle<'t>> {
    let of = |is_wanted: fn(&Cycle<'_>, i32) -> bool| {
        let mine = cycles(own).filter(|it| it.product == product && is_wanted(it, day));
        mine.max_by_key(|it| number(it.name))
    };
    of(|it, day| matches!(it.support, Support::Until(end) if end > day))
        .or_else(|| of(|it, _| it.support == Support::Open))
}

/// The earliest day on which somebody looked at the table that comes with the program, as days since 1970.
#[must_use]
pub fn checked_on() -> Option<i32> {
    cycles(&[]).filter_map(|it| day_of(it.checked)).min()
}

/// The earliest day on which somebody looked at one product, as days since 1970.
#[must_use]
pub fn checked_on_of(own: &[Lifecycle], product: &str) -> Option<i32> {
    cycles(own).filter(|it| it.product == product).filter_map(|it| day_of(it.checked)).min()
}

fn cycles(own: &[Lifecycle]) -> impl Iterator<Item = Cycle<'_>> {
    let ours = LIFECYCLES.lines().filter(|it| !it.starts_with('#')).filter_map(line);
    let is_looked_up =
        |it: &Cycle<'_>| own.iter().any(|own| own.product == it.product && own.line == it.name);
    let theirs = own.iter().map(|it| Cycle {
        product: &it.product,
        name: &it.line,
        support: it.until_day.map_or(Support::Open, Support::Until),
        source: &it.source,
        checked: &it.checked,
        is_own: true,
        as_of: Some(&it.checked),
    });
    theirs.chain(ours.filter(move |it| !is_looked_up(it)))
}

fn line(text: &str) -> Option<Cycle<'_>> {
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
        is_own: false,
        as_of: cells.next().filter(|it| *it != "-"),
    })
}

/// Whether what a person wrote can stand in a table and in a document.
fn is_plain(it: &Cycle<'_>) -> bool {
    let cells = [it.product, it.name, it.source, it.checked];
    let fits =
        |it: &&str| !it.is_empty() && it.len() <= CELL_BYTES_MAX && !it.contains(char::is_control);
    let is_address = it.source.starts_with("https://") || it.source.starts_with("http://");
    cells.iter().all(fits) && is_address && day_of(it.checked).is_some()
}

fn number(name: &str) -> Vec<u32> {
    name.split('.').map(|it| it.parse().unwrap_or(0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        let lines: Vec<&str> =
            LIFECYCLES.lines().filter(|it| !it.starts_with('#') && !it.is_empty()).collect();
        assert_eq!(lines.len(), cycles(&[]).count());
        assert!(lines.iter().all(|it| it.split(" | ").count() == 6), "six cells a line");
        for it in cycles(&[]) {
            let source = match it.product {
                "sqlite" => "https://www.sqlite.org/lts.html".to_owned(),
                "kubernetes" => "https://kubernetes.io/releases/".to_owned(),
                product => format!("https://endoflife.date/{product}"),
            };
            assert_eq!(it.source, source, "{it:?}");
            assert!(day_of(it.checked).is_some(), "{it:?}");
            assert!(it.as_of.is_none_or(|day| day_of(day) <= day_of(it.checked)), "{it:?}");
        }
        let mut known = Vec::new();
        let mut last = "";
        for it in cycles(&[]) {
            if std::mem::replace(&mut last, it.product) != it.product {
                known.push(it.product);
            }
        }
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
            assert_eq!(
                cycle(&[], product, version).map(|it| it.name),
                expected,
                "{product} {version}"
            );
        }
    }

    #[test]
    fn what_people_looked_up_takes_the_place_of_a_line_or_adds_one() {
        let own = read("# ours\npostgresql | 16 | 2030-01-01 | https://example.com/pg | 2026-11-20\nscylladb | 6.2 | - | https://example.com/s | 2026-11-20\n").unwrap();
        let day = |product: &str, version: &str| cycle(&own, product, version).map(|it| it.until());
        assert_eq!(day("postgresql", "16.4").as_deref(), Some("2030-01-01"));
        assert_eq!(day("postgresql", "15.1").as_deref(), Some("2027-11-11"));
        assert!(cycle(&own, "scylladb", "6.2.1").is_some_and(|it| it.is_own));
        assert_eq!(products(&own).iter().filter(|it| **it == "postgresql").count(), 1);
        for wrong in [
            "postgresql | 16",
            "postgresql | 16 | soon | https://example.com | 2026-11-20",
            "postgresql | 16 | - | javascript:x | 2026-11-20",
            " | 16 | - | https://example.com | 2026-11-20",
            "postgresql | 16 | - | https://example.com | yesterday",
        ] {
            assert_eq!(read(wrong).unwrap_err(), ["line 1 is no line of the table"], "{wrong}");
        }
        assert_eq!(read(&"#\n".repeat(LINES_MAX + 1)).unwrap_err().len(), 1);
    }
}
