//! The table: every request, both contenders, the budget beside it.

use super::{
    Size,
    load::{Measured, Workload},
};

/// Prints medians over the rounds.
pub(super) fn table(
    names: &[&str],
    workloads: &[Workload],
    measured: &[Vec<Vec<Measured>>],
    Size { products, seconds, rounds }: Size,
    is_postgres: bool,
) {
    let (durable, driver) = match is_postgres {
        true => (
            "PostgreSQL as it comes; CPU time is that of server and database together",
            "tokio-postgres",
        ),
        false => ("SQLite, synchronous=FULL", "rusqlite"),
    };
    println!(
        "\n{products} products, {} connections, {rounds} rounds of {seconds} s in turns, medians; {durable}; journal row in \
         the same transaction.\n\
         architrave: token, policy, metrics and log line included. rival: axum + {driver} by hand, none of these.",
        super::CONNECTIONS
    );
    if is_postgres {
        println!(
            "pgbench: the rival's statements, 16 connections; CPU time of the database alone."
        );
    }
    println!();
    println!(
        "{:4} {:11} {:>15} {:>8} {:>12} {:>9} {:>9} {:>8}",
        "", "", "CPU µs/request", "budget", "requests/s", "p50 ms", "p99 ms", "peak MB"
    );
    for (workload, of_workload) in workloads.iter().zip(measured) {
        println!("{:4} {}", workload.name, workload.what);
        for (index, (name, rounds)) in names.iter().zip(of_workload).enumerate() {
            let budget = if index == 0 && !is_postgres {
                format!("≤ {}", workload.budget_us)
            } else {
                String::new()
            };
            println!(
                "{:4} {name:11} {:>15.1} {budget:>8} {:>12.0} {:>9.2} {:>9.2} {:>8.0}",
                "",
                median(rounds, Measured::cpu_us_per_request),
                median(rounds, Measured::requests_per_second),
                median(rounds, |it| f64::from(it.p50_us)) / 1_000.0,
                median(rounds, |it| f64::from(it.p99_us)) / 1_000.0,
                median(rounds, |it| it.peak_bytes as f64) / 1e6,
            );
        }
        if let [ours, rival, ..] = of_workload.as_slice() {
            let ours = median(ours, Measured::cpu_us_per_request);
            let rival = median(rival, Measured::cpu_us_per_request);
            println!("{:4} {:11} {:>15.2}", "", "ratio", ours / rival.max(1e-9));
        }
    }
}

/// The middle value; of an even number the lower one.
pub(super) fn median<T>(items: &[T], value: impl Fn(&T) -> f64) -> f64 {
    let mut values: Vec<f64> = items.iter().map(value).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(0.0)
}
