//! What a system of ours costs to run: a price table times what it uses. Whole millionths of a dollar.

use architrave_model::graph::Graph;

use super::{
    assumed, capacity, data, recovery,
    words::{bytes, grouped},
};

/// Hours of a month.
const HOURS: u64 = 730;
/// How many times the mean the peak is, where nobody said.
pub const PEAK_TO_MEAN_ASSUMED: u64 = assumed::PEAK_TO_MEAN.value;
/// List prices differ by so much from provider to provider, in per cent.
const SPREAD_PERCENT: u64 = 20;

/// A part of the bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What for, e.g. `nodes`.
    pub what: &'static str,
    /// Millionths of a dollar a month.
    pub micro_usd: u64,
    /// How it comes about.
    pub because: String,
}

/// An estimate of infrastructure alone; people's time is not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimate {
    /// The parts, the dearest first.
    pub lines: Vec<Line>,
}

impl Estimate {
    /// Sum, in millionths of a dollar a month.
    #[must_use]
    pub fn micro_usd(&self) -> u64 {
        self.lines.iter().map(|it| it.micro_usd).fold(0, u64::saturating_add)
    }

    /// (least, most): list prices differ by a fifth.
    #[must_use]
    pub fn range_micro_usd(&self) -> (u64, u64) {
        let part = self.micro_usd() / 100 * SPREAD_PERCENT;
        (self.micro_usd() - part, self.micro_usd().saturating_add(part))
    }
}

/// Price of nodes, in millionths of a dollar a month.
#[must_use]
pub fn nodes_micro_usd(nodes: u64, cores: u64, ram_gb: u64) -> Option<u64> {
    let hour = cores
        .saturating_mul(data::price("vcpu_hour")?.value)
        .saturating_add(ram_gb.saturating_mul(data::price("ram_gb_hour")?.value));
    Some(hour.saturating_mul(HOURS).saturating_mul(nodes))
}

/// The estimate; none where no load is declared, or the system is not ours.
#[must_use]
pub fn estimate(graph: &Graph) -> Option<Estimate> {
    let load = capacity::load(graph)?;
    let nodes = capacity::nodes(graph, load, capacity::Basis::of(graph))?;
    let mut lines = vec![Line {
        what: "nodes",
        micro_usd: nodes_micro_usd(nodes, assumed::CORES.value, assumed::RAM_GB.value)?,
        because: format!(
            "{nodes} x {} and {} of memory (assumed) at list price",
            assumed::CORES.shown(),
            assumed::RAM_GB.shown()
        ),
    }];
    let (stored, _) = recovery::stored_bytes(graph);
    lines.push(per_gb("disk", stored, "disk_gb_month", "of declared rows (sizes assumed)")?);
    let ratio = graph.needs.peak_to_mean.value().copied().unwrap_or(PEAK_TO_MEAN_ASSUMED).max(1);
    let requests = load.milli_per_s / ratio * HOURS * 3_600 / 1_000;
    let sent = requests.saturating_mul(assumed::ANSWER_BYTES.value);
    let note = format!(
        "sent by {} requests of {} (assumed), the peak being {ratio} times the mean",
        grouped(requests),
        bytes(assumed::ANSWER_BYTES.value)
    );
    lines.push(per_gb("traffic", sent, "egress_gb", &note)?);
    lines.sort_by_key(|it| std::cmp::Reverse(it.micro_usd));
    Some(Estimate { lines })
}

fn per_gb(what: &'static str, number: u64, price: &str, note: &str) -> Option<Line> {
    let price = data::price(price)?;
    let micro = u128::from(number) * u128::from(price.value) / 1_000_000_000;
    Some(Line {
        what,
        micro_usd: u64::try_from(micro).unwrap_or(u64::MAX),
        because: format!("{} {note}", bytes(number)),
    })
}

/// Dollars that an amount of money is worth at most, in millionths; none for currencies without a rate.
#[must_use]
pub fn micro_usd_max(minor_units: i64, currency: &str) -> Option<u64> {
    let rate = match currency {
        "USD" => 1_000_000,
        _ => data::price(&format!("usd_per_{}_max", currency.to_ascii_lowercase()))?.value,
    };
    let micro = u128::try_from(minor_units).ok()? * u128::from(rate) / 100;
    u64::try_from(micro).ok()
}

/// `$141.79`
#[must_use]
pub fn dollars(micro_usd: u64) -> String {
    let cents = micro_usd / 10_000;
    format!("${}.{:02}", grouped(cents / 100), cents % 100)
}

#[cfg(test)]
mod tests {
    use architrave_model::graph::Known;

    use super::*;

    #[test]
    fn prices_times_use_make_the_bill() {
        // 4 x $0.031611 + 16 x $0.004237 an hour, 730 hours.
        assert_eq!(nodes_micro_usd(1, 4, 16).map(dollars).as_deref(), Some("$141.79"));
        assert_eq!(nodes_micro_usd(1, 2, 4).map(dollars).as_deref(), Some("$58.52"));
        assert_eq!(micro_usd_max(60_000, "USD").map(dollars).as_deref(), Some("$600.00"));
        assert_eq!(micro_usd_max(60_000, "EUR").map(dollars).as_deref(), Some("$750.00"));
        assert_eq!(micro_usd_max(60_000, "XXX"), None);
    }

    #[test]
    fn an_estimate_names_its_parts_the_dearest_first() {
        let mut graph = Graph { is_closed: true, ..Graph::default() };
        assert_eq!(estimate(&graph), None);
        graph.needs.peak_milli_per_s = Known::built_in(800_000);
        let estimate = estimate(&graph).unwrap();
        // 100/s x 2,628,000 s x 2 kB = 525.6 GB at $0.12 = $63.07.
        let lines: Vec<_> =
            estimate.lines.iter().map(|it| (it.what, dollars(it.micro_usd))).collect();
        assert_eq!(lines[0], ("nodes", "$141.79".to_owned()));
        assert_eq!(lines[1], ("traffic", "$63.07".to_owned()));
        assert_eq!(lines[2].0, "disk");
        assert_eq!(dollars(estimate.range_micro_usd().0), "$163.89");
    }
}
