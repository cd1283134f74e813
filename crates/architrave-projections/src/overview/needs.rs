//! What the system must withstand, in numbers, each with who says so.

use architrave_model::{System, words};

use crate::page::{code, escape, link};

/// Months in a year, as growth is told.
const MONTHS: u32 = 12;

/// (what, how much, who says so), in the order in which they matter; Markdown.
pub(super) fn rows(system: &System, from: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    workload(system, &mut rows);
    objectives(system, from, &mut rows);
    recovery(system, from, &mut rows);
    means(system, from, &mut rows);
    rows
}

fn row(rows: &mut Vec<Vec<String>>, what: &str, value: String, source: &str) {
    rows.push(vec![what.to_owned(), value, format!("declared, {}", code(source))]);
}

fn workload(system: &System, rows: &mut Vec<Vec<String>>) {
    let Some(load) = &system.workload else { return };
    let people = [
        load.tenants.map(|it| format!("{} tenants", words::grouped(it))),
        load.users.map(|it| format!("{} people", words::grouped(it))),
    ];
    let people: Vec<String> = people.into_iter().flatten().collect();
    if !people.is_empty() {
        row(rows, "Who", people.join(", "), "workload");
    }
    if let Some(peak) = load.peak_milli_per_s {
        let mut value = format!("**{}** at the busiest time", words::rate(peak));
        if let Some(share) = load.read_share_ppm {
            let reads =
                u64::try_from(u128::from(peak) * u128::from(share) / 1_000_000).unwrap_or(peak);
            value.push_str(&format!(
                ": {} reads and {} writes",
                words::rate(reads),
                words::rate(peak.saturating_sub(reads))
            ));
        }
        row(rows, "Load", value, "workload.peak");
        if let Some(growth) = load.growth_ppm_per_month {
            let grown = grown(peak, growth, MONTHS);
            let twice = grown_in(growth, 2);
            let twice =
                twice.map(|it| format!("; twice as much after {it} months")).unwrap_or_default();
            let value = format!(
                "{} a month: {} after a year{twice}",
                words::percent(u64::from(growth)),
                words::rate(grown / 1_000 * 1_000)
            );
            row(rows, "Growth", value, "workload.growth");
        }
    }
}

/// What becomes of a number that grows every month by so many parts per million.
fn grown(number: u64, ppm: u32, months: u32) -> u64 {
    let mut scaled = u128::from(number) * 1_000;
    for _ in 0..months {
        scaled = scaled.saturating_mul(1_000_000 + u128::from(ppm)) / 1_000_000;
    }
    u64::try_from(scaled / 1_000).unwrap_or(u64::MAX)
}

/// Months until it is so many times as much; none within twenty years.
fn grown_in(ppm: u32, times: u64) -> Option<u32> {
    const BASE: u64 = 1_000_000_000;
    (1..=240).find(|months| grown(BASE, ppm, *months) >= BASE.saturating_mul(times))
}

fn objectives(system: &System, from: &str, rows: &mut Vec<Vec<String>>) {
    for slo in &system.slos {
        let covers: Vec<&str> = slo.covers.iter().map(|it| it.text.as_str()).collect();
        let mut said = Vec::new();
        if let Some(ppm) = slo.availability_ppm {
            let window = slo.window_us.unwrap_or_default();
            let budget =
                i128::from(window) * i128::from(1_000_000_u32.saturating_sub(ppm)) / 1_000_000;
            let budget = i64::try_from(budget).unwrap_or(i64::MAX);
            let mut text = format!("**{}** answered well", words::percent(u64::from(ppm)));
            if window > 0 {
                text.push_str(&format!(
                    ", which leaves {} of {}",
                    words::time(budget),
                    words::time(window)
                ));
            }
            said.push(text);
        }
        for (percentile, us) in &slo.latency {
            said.push(format!(
                "{} within {}",
                words::percent(u64::from(*percentile)),
                words::time(*us)
            ));
        }
        let what = link(&format!("Objective {}", slo.name.text), from, "quality/objectives.md");
        let value = format!("{} of {}", said.join("; "), words::list(&covers));
        row(rows, &what, value, &format!("slo {}", slo.name.text));
    }
}

fn recovery(system: &System, from: &str, rows: &mut Vec<Vec<String>>) {
    let Some(recovery) = &system.recovery else { return };
    let mut said = Vec::new();
    match recovery.rpo_us {
        Some(0) => said.push("**nothing that was acknowledged may be lost**".to_owned()),
        Some(us) => said.push(format!("at most {} of work may be lost", words::time(us))),
        None => {}
    }
    if let Some(us) = recovery.rto_us {
        said.push(format!("back within {}", words::time(us)));
    }
    if !said.is_empty() {
        row(
            rows,
            &link("After a disaster", from, "operation/recovery.md"),
            said.join("; "),
            "recovery",
        );
    }
}

fn means(system: &System, from: &str, rows: &mut Vec<Vec<String>>) {
    if let Some(law) = &system.compliance {
        let regimes: Vec<&str> = law.regimes.iter().map(|it| it.text.as_str()).collect();
        let mut value = words::list(&regimes);
        if let Some(us) = law.audit_retention_us {
            value.push_str(&format!("; who changed what is kept for {}", words::time(us)));
        }
        row(rows, &link("Law", from, "quality/governance.md"), value, "compliance");
    }
    if let Some(means) = &system.constraints {
        let said = [
            means.team.map(|it| format!("{it} people")),
            means
                .on_call
                .as_ref()
                .map(|it| format!("on call in {}", escape(&it.text.replace('_', " ")))),
            means.budget_per_month.as_ref().map(|(minor, currency)| {
                format!(
                    "{} {} a month",
                    words::grouped(u64::try_from(*minor / 100).unwrap_or(0)),
                    escape(currency)
                )
            }),
        ];
        let said: Vec<String> = said.into_iter().flatten().collect();
        if !said.is_empty() {
            row(rows, "Means", said.join(", "), "constraints");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_compounds() {
        assert_eq!(grown(1_000, 60_000, 12), 2_012);
        assert_eq!(grown_in(60_000, 2), Some(12));
        assert_eq!(grown_in(0, 2), None);
    }
}
