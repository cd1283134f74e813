//! What a system of ours costs each month: machines, the people who keep it running, the people who change it. Price
//! tables times what is used, in whole millionths of a dollar, always a range.

use architrave_model::{
    capacity::{Cost, CostKind, CostLine, Nodes},
    graph::Graph,
};

pub use super::words::dollars;
use super::{
    assumed, capacity,
    capacity::{Basis, Load, scaled},
    data,
    prices::Prices,
    recovery,
    words::{bytes, grouped},
};

/// Hours of a month.
const HOURS: u64 = 730;
/// How many times the mean the peak is, where nobody said.
pub const PEAK_TO_MEAN_ASSUMED: u64 = assumed::PEAK_TO_MEAN.value;
/// List prices differ by so much from provider to provider, in per cent.
const SPREAD_PERCENT: u64 = 20;
/// What people need for the same work differs by so much, in per cent.
const LABOUR_SPREAD_PERCENT: u64 = 50;

/// What machines a system runs on.
#[derive(Debug, Clone, Copy)]
pub struct Machines {
    /// Nodes, at the least, as worked out and at the most.
    pub nodes: (u64, u64, u64),
    /// Processors of a node.
    pub cores: u64,
    /// Database servers beside the nodes; none where the store is embedded.
    pub databases: u64,
    /// Products that keep data.
    pub stores: u64,
}

/// An estimate of infrastructure alone; people's time is not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimate {
    /// The parts, the dearest first.
    pub lines: Vec<CostLine>,
}

impl Estimate {
    /// (least, most) in millionths of a dollar a month.
    #[must_use]
    pub fn range_micro_usd(&self) -> (u64, u64) {
        sum(&self.lines)
    }
}

/// Price of nodes, in millionths of a dollar a month.
#[must_use]
pub fn nodes_micro_usd(prices: &Prices, nodes: u64, cores: u64, ram_gb: u64) -> u64 {
    let hour = cores
        .saturating_mul(prices.micro("vcpu_hour"))
        .saturating_add(ram_gb.saturating_mul(prices.micro("ram_gb_hour")));
    hour.saturating_mul(HOURS).saturating_mul(nodes)
}

/// The estimate of infrastructure by list prices; none where no load is declared, or the system is not ours.
#[must_use]
pub fn estimate(graph: &Graph) -> Option<Estimate> {
    let load = capacity::load(graph)?;
    let machines = machines_now(graph, load, Basis::of(graph))?;
    Some(Estimate { lines: infrastructure(graph, load, machines, &Prices::default()) })
}

/// What it costs now; none where no load is declared, or the system is not ours.
#[must_use]
pub fn cost(graph: &Graph, basis: Basis<'_>, prices: &Prices) -> Option<Cost> {
    let load = capacity::load(graph)?;
    let machines = machines_now(graph, load, basis)?;
    Some(cost_of(graph, load, machines, prices))
}

/// What machines cost at a load, with people.
#[must_use]
pub fn cost_of(graph: &Graph, load: Load, machines: Machines, prices: &Prices) -> Cost {
    let mut lines = infrastructure(graph, load, machines, prices);
    lines.extend(people(graph, machines, prices));
    lines.sort_by_key(|it| std::cmp::Reverse(it.micro_usd.1));
    let budget = graph.needs.budget_per_month.value();
    Cost {
        micro_usd: sum(&lines),
        lines,
        budget_micro_usd: budget.and_then(|(amount, currency)| micro_usd_max(*amount, currency)),
        checked: prices.oldest().to_owned(),
        prices: prices.used(graph.as_of_day),
    }
}

/// The nodes that capacity asks for at the peak, with one process's embedded database.
fn machines_now(graph: &Graph, load: Load, basis: Basis<'_>) -> Option<Machines> {
    let nodes = capacity::nodes(graph, load, basis)? + capacity::spare(graph);
    Some(Machines {
        nodes: (nodes, nodes, nodes),
        cores: assumed::CORES.value,
        databases: 0,
        stores: 1,
    })
}

/// The range of nodes that capacity found.
#[must_use]
pub fn range_of(nodes: Nodes) -> (u64, u64, u64) {
    (nodes.min, nodes.for_load + nodes.spare, nodes.max)
}

fn infrastructure(graph: &Graph, load: Load, machines: Machines, prices: &Prices) -> Vec<CostLine> {
    let ram_gb = machines.cores * assumed::RAM_GB.value / assumed::CORES.value;
    let (least, nodes, most) = machines.nodes;
    let price = |count| nodes_micro_usd(prices, count, machines.cores, ram_gb);
    let mut lines = vec![CostLine {
        what: "nodes".to_owned(),
        micro_usd: (spread(price(least), SPREAD_PERCENT).0, spread(price(most), SPREAD_PERCENT).1),
        because: format!(
            "{nodes} × {} processors and {ram_gb} GB of memory (assumed), {} each at list price",
            machines.cores,
            dollars(price(1))
        ),
        ..CostLine::default()
    }];
    if machines.databases > 0 {
        let (cores, ram_gb) = (assumed::DATABASE_CORES.value, assumed::DATABASE_CORES.value * 4);
        let one = nodes_micro_usd(prices, 1, cores, ram_gb);
        lines.push(CostLine {
            what: "database servers".to_owned(),
            micro_usd: spread(one.saturating_mul(machines.databases), SPREAD_PERCENT),
            because: format!(
                "{} × {cores} processors and {ram_gb} GB of memory (assumed), {} each at list price",
                machines.databases,
                dollars(one)
            ),
            ..CostLine::default()
        });
    }
    let (stored, _) = recovery::stored_bytes(graph);
    let copies = machines.databases.max(1 + capacity::spare(graph));
    let on = match copies {
        1 => "on one disk".to_owned(),
        many => format!("on {many} disks together"),
    };
    let note = format!("of declared rows with indexes and journal (sizes assumed), {on}");
    let stored_all = stored.saturating_mul(copies);
    lines.push(per_gb("disk", stored_all, prices.micro("disk_gb_month"), &note));
    lines.push(traffic(graph, load, prices));
    lines.sort_by_key(|it| std::cmp::Reverse(it.micro_usd.1));
    lines
}

fn traffic(graph: &Graph, load: Load, prices: &Prices) -> CostLine {
    let ratio = graph.needs.peak_to_mean.value().copied().unwrap_or(PEAK_TO_MEAN_ASSUMED).max(1);
    let requests = (load.milli_per_s / ratio).saturating_mul(HOURS * 3_600) / 1_000;
    let sent = requests.saturating_mul(assumed::ANSWER_BYTES.value);
    let note = format!(
        "sent by {} requests of {} (assumed), the peak being {ratio} times the mean",
        grouped(requests),
        bytes(assumed::ANSWER_BYTES.value)
    );
    per_gb("traffic", sent, prices.micro("egress_gb"), &note)
}

fn per_gb(what: &str, number: u64, micro: u64, note: &str) -> CostLine {
    CostLine {
        what: what.to_owned(),
        micro_usd: spread(scaled(number, micro, 1_000_000_000), SPREAD_PERCENT),
        because: format!("{} {note}, at {} a GB", bytes(number), dollars(micro)),
        ..CostLine::default()
    }
}

/// Hours of people. Who operates is of the same team, so that its hours are not counted twice.
fn people(graph: &Graph, machines: Machines, prices: &Prices) -> Vec<CostLine> {
    let further = machines.stores.saturating_sub(1);
    let operating = prices
        .micro("ops_hours_base")
        .saturating_add(prices.micro("ops_hours_store").saturating_mul(further));
    let mut lines = vec![CostLine {
        what: "operations".to_owned(),
        kind: CostKind::Operations,
        micro_usd: labour(operating, prices.micro("ops_hour")),
        because: format!(
            "{} h a month at {} (assumed)",
            operating / 1_000_000,
            dollars(prices.micro("ops_hour"))
        ),
    }];
    if let Some(team) = graph.needs.team.value() {
        let all = prices.micro("hours_person").saturating_mul(u64::from(*team));
        let rest = all.saturating_sub(operating);
        lines.push(CostLine {
            what: "development".to_owned(),
            kind: CostKind::Development,
            micro_usd: labour(rest, prices.micro("dev_hour")),
            because: format!(
                "{} h a month that {team} people (declared) have left, at {} (assumed)",
                grouped(rest / 1_000_000),
                dollars(prices.micro("dev_hour"))
            ),
        });
    }
    lines
}

fn labour(micro_hours: u64, micro_usd: u64) -> (u64, u64) {
    spread(scaled(micro_hours, micro_usd, 1_000_000), LABOUR_SPREAD_PERCENT)
}

fn spread(micro: u64, percent: u64) -> (u64, u64) {
    let part = micro / 100 * percent;
    (micro - part, micro.saturating_add(part))
}

fn sum(lines: &[CostLine]) -> (u64, u64) {
    lines.iter().fold((0, 0), |(least, most), it| {
        (least.saturating_add(it.micro_usd.0), most.saturating_add(it.micro_usd.1))
    })
}

/// What lines of one kind cost, at the least and at the most.
#[must_use]
pub fn of_kind(cost: &Cost, kind: CostKind) -> (u64, u64) {
    let mine: Vec<CostLine> = cost.lines.iter().filter(|it| it.kind == kind).cloned().collect();
    sum(&mine)
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

#[cfg(test)]
mod tests {
    use architrave_model::graph::Known;

    use super::*;

    #[test]
    fn prices_times_use_make_the_bill() {
        // 4 x $0.031611 + 16 x $0.004237 an hour, 730 hours.
        let nodes = |cores, ram_gb| dollars(nodes_micro_usd(&Prices::default(), 1, cores, ram_gb));
        assert_eq!(nodes(4, 16), "$141.79");
        assert_eq!(nodes(2, 4), "$58.52");
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
        // 100/s x 2,628,000 s x 2 kB = 525.6 GB at $0.12 = $63.07, a fifth more or less.
        let lines: Vec<_> =
            estimate.lines.iter().map(|it| (it.what.as_str(), dollars(it.micro_usd.1))).collect();
        assert_eq!(lines[0], ("nodes", "$170.15".to_owned()));
        assert_eq!(lines[1], ("traffic", "$75.68".to_owned()));
        assert_eq!(lines[2].0, "disk");
        assert_eq!(dollars(estimate.range_micro_usd().0), "$163.89");
    }

    #[test]
    fn people_are_in_the_cost_and_not_in_the_estimate() {
        let mut graph = Graph { is_closed: true, ..Graph::default() };
        graph.needs.peak_milli_per_s = Known::built_in(800_000);
        graph.needs.team = Known::built_in(4);
        let cost = cost(&graph, Basis::default(), &Prices::default()).unwrap();
        // 4 x 150 h - 8 h at $80 = $47,360, and half more or less.
        assert_eq!(cost.lines[0].what, "development");
        assert_eq!(dollars(cost.lines[0].micro_usd.1), "$71,040.00");
        assert_eq!(of_kind(&cost, CostKind::Operations), (320_000_000, 960_000_000));
        assert_eq!(dollars(of_kind(&cost, CostKind::Infrastructure).0), "$163.89");
    }
}
