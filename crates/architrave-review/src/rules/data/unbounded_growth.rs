//! DAT-10: rows that only ever become more.

use architrave_model::graph::{Graph, Known, Table};

use crate::{
    Family, Input, Rule, Source, Verdicts,
    measure::words::{grouped, percent, time},
    words::words,
};

pub(super) const RULE: Rule = Rule {
    id: "DAT-10",
    name: "unbounded-growth",
    family: Family::Data,
    title: "a table grows for ever",
    impact: 2,
    likelihood: 2,
    reads: &[Input::Blueprint, Input::Sql],
    sources: &[
        Source {
            title: "PostgreSQL documentation, Table partitioning",
            url: "https://www.postgresql.org/docs/current/ddl-partitioning.html",
        },
        Source {
            title: "Azure Well-Architected Framework: data lifecycle",
            url: "https://learn.microsoft.com/en-us/azure/well-architected/cost-optimization/optimize-data-costs",
        },
    ],
    maps: &[],
    reads_names: true,
    page: include_str!("unbounded_growth.md"),
    judge,
};

/// From so many rows on, copies, restores and new indexes of a table take hours rather than minutes: 100 million rows
/// of 200 bytes are 20 GB before their indexes.
const ROWS_MAX: u64 = 100_000_000;
/// How far ahead is looked where nobody said: two years.
const HORIZON_ASSUMED_US: i64 = 2 * 365 * DAY_US;
const DAY_US: i64 = 24 * 3_600_000_000;
/// A twelfth of a year.
const MONTH_US: i64 = 365 * DAY_US / 12;
/// Ten years: beyond that nobody plans.
const MONTHS_MAX: i64 = 120;

/// Last words of the names of tables that are only ever added to.
const LOGS: &[&str] = &["log", "logs", "audit", "audits", "history", "histories", "deliveries"];

fn judge(graph: &Graph, say: &mut Verdicts) {
    for table in &graph.tables {
        match &table.rows {
            Known::Is(rows, _) => judge_table(graph, table, *rows, say),
            Known::Unknown if is_log(table) => judge_log(table, say),
            Known::Unknown | Known::Absent(_) => {}
        }
    }
}

fn is_bounded(table: &Table) -> bool {
    table.retention_us.value().is_some() || table.is_partitioned.value() == Some(&true)
}

fn is_log(table: &Table) -> bool {
    let name = table.node.name.rsplit('.').next().unwrap_or_default();
    words(name).last().is_some_and(|it| LOGS.contains(&it.as_str()))
}

fn judge_log(table: &Table, say: &mut Verdicts) {
    if is_bounded(table) {
        return say.pass(&table.node);
    }
    say.cannot_tell(
        &table.node,
        format!("whether anything removes old rows of `{}`", table.node.name),
    );
}

fn judge_table(graph: &Graph, table: &Table, rows: u64, say: &mut Verdicts) {
    let growth = graph.needs.growth_ppm_per_month.value().copied().unwrap_or(0);
    let stated = graph.needs.horizon_us.value().copied();
    let horizon = stated.unwrap_or(HORIZON_ASSUMED_US);
    let then = grown(rows, growth, horizon);
    if then <= ROWS_MAX || is_bounded(table) {
        return say.pass(&table.node);
    }
    if !graph.is_closed && table.retention_us.is_unknown() {
        return say.cannot_tell(
            &table.node,
            format!("whether anything removes old rows of `{}`", table.node.name),
        );
    }
    let name = &table.node.name;
    let failure = say
        .fail(&table.node, format!("`{name}` comes to {} rows in {}, and nothing removes any", grouped(then), time(horizon)))
        .help("say how long rows are needed and remove them after that (`retain_for` in `privacy`), or keep old ones elsewhere")
        .because(format!("{} rows are expected (declared)", grouped(rows)))
        .because(format!("growth of {} a month (declared)", percent(u64::from(growth))));
    if stated.is_none() {
        failure.because("looked two years ahead (assumed; `horizon` in `workload`)");
    }
}

/// Rows after a time, compounded by the month.
fn grown(rows: u64, growth_ppm: u32, horizon_us: i64) -> u64 {
    let months = (horizon_us / MONTH_US).clamp(0, MONTHS_MAX);
    let grow = |rows: u128| rows.saturating_mul(1_000_000 + u128::from(growth_ppm)) / 1_000_000;
    let then = (0..months).fold(u128::from(rows), |rows, _| grow(rows));
    u64::try_from(then).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_compounded_by_the_month() {
        assert_eq!(grown(100, 1_000_000, MONTH_US * 3), 800);
        assert_eq!(grown(1_000_000, 0, i64::MAX), 1_000_000);
        assert_eq!(grown(u64::MAX, u32::MAX, i64::MAX), u64::MAX);
    }
}
