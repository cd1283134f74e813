//! Prices: a dated table that comes with the program, line by line replaced by those of a file of the user's.

use architrave_model::{capacity::PriceUsed, civil::day_of, words::dollars};

use super::data;

/// A price or an effort that is older than this, in days, is to be looked up again.
pub const STALE_DAYS: i32 = 180;
/// Larger files are no tables of prices.
const LINES_MAX: usize = 1_000;

/// A line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// Stable name, e.g. `vcpu_hour`.
    pub id: String,
    /// In millionths of its unit.
    pub micro: u64,
    /// What it is per.
    pub per: String,
    /// Who says so.
    pub source: String,
    /// The day on which somebody looked, `2026-11-21`.
    pub checked: String,
    /// Whether it is from a file of the user's.
    pub is_own: bool,
}

/// Every price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prices {
    lines: Vec<Price>,
}

impl Default for Prices {
    /// Those that come with the program.
    fn default() -> Self {
        let lines = data::prices().map(|it| Price {
            id: it.id.to_owned(),
            micro: it.value,
            per: it.of.to_owned(),
            source: it.source.to_owned(),
            checked: it.checked.to_owned(),
            is_own: false,
        });
        Self { lines: lines.collect() }
    }
}

impl Prices {
    /// The table with the lines of a user's file in the place of those that they name.
    ///
    /// # Errors
    /// Every line that cannot be used, one sentence each.
    pub fn with(text: &str) -> Result<Self, Vec<String>> {
        let mut prices = Self::default();
        let mut refused = Vec::new();
        for (line, number) in text.lines().take(LINES_MAX).zip(1..) {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            match own(line) {
                Ok(price) => match prices.lines.iter_mut().find(|it| it.id == price.id) {
                    Some(known) => *known = price,
                    None => {
                        refused.push(format!("line {number}: there is no price `{}`", price.id))
                    }
                },
                Err(why) => refused.push(format!("line {number}: {why}")),
            }
        }
        if text.lines().nth(LINES_MAX).is_some() {
            refused.push(format!("it has more than {LINES_MAX} lines"));
        }
        if refused.is_empty() { Ok(prices) } else { Err(refused) }
    }

    /// The price with this id in millionths; 0 for an id that the table does not have, which a test rules out.
    #[must_use]
    pub fn micro(&self, id: &str) -> u64 {
        self.lines.iter().find(|it| it.id == id).map_or(0, |it| it.micro)
    }

    /// The lines as documents show them; exchange rates serve budgets alone and are left out.
    pub(super) fn used(&self, as_of_day: i32) -> Vec<PriceUsed> {
        let is_price = |it: &&Price| !it.id.starts_with("usd_per_");
        let shown = self.lines.iter().filter(is_price).map(|it| PriceUsed {
            id: it.id.clone(),
            value: if it.id.contains("hours") {
                format!("{} h", it.micro / 1_000_000)
            } else {
                dollars_of(it.micro)
            },
            per: it.per.clone(),
            source: it.source.clone(),
            checked: it.checked.clone(),
            is_own: it.is_own,
            is_stale: day_of(&it.checked)
                .is_some_and(|day| as_of_day.saturating_sub(day) > STALE_DAYS),
        });
        shown.collect()
    }

    /// All lines, in the table's order.
    #[must_use]
    pub fn lines(&self) -> &[Price] {
        &self.lines
    }

    /// The day of the oldest price.
    #[must_use]
    pub fn oldest(&self) -> &str {
        self.lines.iter().map(|it| it.checked.as_str()).min().unwrap_or_default()
    }

    /// How old the oldest price is, in days.
    #[must_use]
    pub fn age_days(&self, as_of_day: i32) -> i32 {
        day_of(self.oldest()).map_or(0, |it| as_of_day.saturating_sub(it))
    }
}

/// With as many digits as a price below a cent needs.
fn dollars_of(micro: u64) -> String {
    if micro >= 1_000_000 {
        return dollars(micro);
    }
    let text = format!("$0.{micro:06}");
    text.trim_end_matches('0').to_owned()
}

fn own(line: &str) -> Result<Price, String> {
    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
    let [id, micro, per, source, checked] = cells.as_slice() else {
        return Err(format!(
            "{} cells where there are five: id | millionths | per | source | checked on",
            cells.len()
        ));
    };
    let number = micro.parse::<u64>().ok().filter(|it| *it <= 1_000_000_000_000_000);
    let micro = number.ok_or_else(|| format!("`{micro}` is no whole number of millionths"))?;
    if source.is_empty() {
        return Err("nobody is named who says so".to_owned());
    }
    if day_of(checked).is_none() {
        return Err(format!("`{checked}` is no day such as 2026-11-21"));
    }
    let text = |it: &str| it.to_owned();
    Ok(Price {
        id: text(id),
        micro,
        per: text(per),
        source: text(source),
        checked: text(checked),
        is_own: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_the_users_takes_the_place_of_lines() {
        let own = "# ours\nvcpu_hour | 20000 | vCPU and hour | our contract | 2026-01-05\n";
        let prices = Prices::with(own).unwrap();
        assert_eq!(prices.micro("vcpu_hour"), 20_000);
        assert_eq!(prices.micro("ram_gb_hour"), Prices::default().micro("ram_gb_hour"));
        assert_eq!(prices.oldest(), "2026-01-05");
        assert_eq!(prices.age_days(day_of("2026-11-21").unwrap()), 320);
    }

    #[test]
    fn every_line_that_cannot_be_used_is_named() {
        let wrong = "vcpu_hour | -3 | a | b | 2026-01-05\nvcpu_hour | 3\nmoon_dust | 3 | a | b | 2026-01-05\n\
            vcpu_hour | 3 | a | | 2026-01-05\nvcpu_hour | 3 | a | b | yesterday\n";
        let refused = Prices::with(wrong).unwrap_err();
        assert_eq!(refused.len(), 5, "{refused:?}");
        assert!(refused[2].contains("no price `moon_dust`"), "{refused:?}");
    }
}
