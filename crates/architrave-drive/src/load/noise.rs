//! Whether the machine was quiet enough to say anything: the same block before and after the others (A-B-A), and a
//! loop that touches nothing else, run in between.
//!
//! Under the load of others, throughput of the same program varied by 19 % from run to run and processor time
//! per transaction by 16 % (six runs of 5 s each, November 2026): neither excuses a noisy machine.

use std::time::Instant;

use architrave_model::{measurement::Noise, words};

/// Most that the throughput of the two blocks may differ, in parts per million of the first.
pub const BLOCKS_DIFFER_PPM_MAX: u64 = 50_000;
/// Most that runs of the loop may differ, in parts per million of the fastest.
pub const LOOP_SPREAD_PPM_MAX: u64 = 30_000;
/// Runs of the loop whose median is one sample.
const LOOP_RUNS: usize = 9;
/// Steps of the loop: about 5 ms.
const LOOP_STEPS: u64 = 4_000_000;

/// What was seen of the machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Throughput of the first block, in thousandths per second.
    pub first_milli_per_s: u64,
    /// Throughput of the last block.
    pub last_milli_per_s: u64,
    /// Times of the loop, one sample per moment, in nanoseconds.
    pub loops_ns: Vec<u64>,
    /// Time that other guests of the same host took from us, in parts per million of the run; none where the system
    /// does not tell.
    pub stolen_ppm: Option<u64>,
    /// Programs that wanted to run before we began, in thousandths (the load average of the last minute).
    pub waiting_before_permille: Option<u64>,
}

/// Judges what was seen; answers why the machine was not quiet, one sentence each.
#[must_use]
pub fn judge(seen: &Seen) -> (Noise, Vec<String>) {
    let spread = spread_ppm(&seen.loops_ns);
    let differ =
        ratio_ppm(seen.first_milli_per_s.abs_diff(seen.last_milli_per_s), seen.first_milli_per_s);
    let mut reasons = Vec::new();
    if seen.first_milli_per_s == 0 || differ >= BLOCKS_DIFFER_PPM_MAX {
        reasons.push(format!(
            "the same requests got {} at the beginning and {} at the end, which is {} apart; {} is the most that \
             is accepted",
            words::rate(seen.first_milli_per_s),
            words::rate(seen.last_milli_per_s),
            percent(differ),
            percent(BLOCKS_DIFFER_PPM_MAX),
        ));
    }
    if seen.loops_ns.len() < 2 || spread >= LOOP_SPREAD_PPM_MAX {
        reasons.push(format!(
            "a loop that touches nothing else took up to {} longer at one moment than at another; {} is the most \
             that is accepted",
            percent(spread),
            percent(LOOP_SPREAD_PPM_MAX),
        ));
    }
    let is_quiet = reasons.is_empty();
    if !is_quiet {
        reasons.extend(causes(seen));
    }
    let noise = Noise {
        first_milli_per_s: seen.first_milli_per_s,
        last_milli_per_s: seen.last_milli_per_s,
        loop_spread_ppm: spread,
        is_quiet,
    };
    (noise, reasons)
}

/// What may have been the cause.
fn causes(seen: &Seen) -> Vec<String> {
    let mut causes = Vec::new();
    if let Some(waiting) = seen.waiting_before_permille.filter(|it| *it >= 500) {
        let (whole, hundredths) = (waiting / 1_000, waiting % 1_000 / 10);
        causes.push(format!(
            "before the run, {whole}.{hundredths:02} programs wanted to run (load average)"
        ));
    }
    if let Some(stolen) = seen.stolen_ppm.filter(|it| *it >= 1_000) {
        causes.push(format!("other guests of the host took {} of the time", percent(stolen)));
    }
    causes
}

/// How much longer the longest took than the shortest, in parts per million.
fn spread_ppm(times: &[u64]) -> u64 {
    let shortest = times.iter().copied().min().unwrap_or(0);
    let longest = times.iter().copied().max().unwrap_or(0);
    ratio_ppm(longest - shortest, shortest)
}

fn ratio_ppm(part: u64, whole: u64) -> u64 {
    let ppm = u128::from(part) * 1_000_000 / u128::from(whole.max(1));
    u64::try_from(ppm).unwrap_or(u64::MAX)
}

/// One digit behind the point is as exact as this is.
fn percent(ppm: u64) -> String {
    words::percent(ppm / 1_000 * 1_000)
}

/// Times the loop on every processor at once; the slowest processor counts.
#[must_use]
pub fn sample_loop() -> u64 {
    let processors = std::thread::available_parallelism().map_or(1, usize::from).min(64);
    std::thread::scope(|scope| {
        let samples: Vec<_> = (0..processors).map(|_| scope.spawn(median_loop)).collect();
        samples.into_iter().filter_map(|it| it.join().ok()).max().unwrap_or(0)
    })
}

fn median_loop() -> u64 {
    let mut times: Vec<u64> = (0..LOOP_RUNS)
        .map(|_| {
            let started = Instant::now();
            let mut random = crate::random::Random::new(1, "canary", 0);
            let sum = (0..LOOP_STEPS).fold(0_u64, |sum, _| sum.wrapping_add(random.next()));
            std::hint::black_box(sum);
            u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX)
        })
        .collect();
    times.sort_unstable();
    times.get(LOOP_RUNS / 2).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Seen, judge};

    fn seen(first: u64, last: u64, loops: &[u64]) -> Seen {
        Seen {
            first_milli_per_s: first,
            last_milli_per_s: last,
            loops_ns: loops.to_vec(),
            stolen_ppm: Some(20_000),
            waiting_before_permille: Some(3_250),
        }
    }

    #[test]
    fn a_machine_is_quiet_where_both_are_within_their_bounds() {
        for (seen, is_quiet) in [
            (seen(100_000, 100_000, &[100, 100]), true),
            (seen(100_000, 95_001, &[1_000, 1_029, 1_010]), true),
            // Faster at the end is as strange as slower.
            (seen(100_000, 105_000, &[100, 100]), false),
            (seen(100_000, 95_000, &[100, 100]), false),
            (seen(100_000, 100_000, &[100, 103]), false),
            // What was not measured proves nothing.
            (seen(100_000, 100_000, &[100]), false),
            (seen(100_000, 100_000, &[]), false),
            (seen(0, 0, &[100, 100]), false),
            (seen(u64::MAX, 0, &[0, u64::MAX]), false),
        ] {
            let (noise, reasons) = judge(&seen);
            assert_eq!(noise.is_quiet, is_quiet, "{seen:?}: {reasons:?}");
            assert_eq!(reasons.is_empty(), is_quiet, "{seen:?}: {reasons:?}");
        }
    }

    #[test]
    fn it_says_what_it_saw_and_what_may_have_been_the_cause() {
        let (_, reasons) = judge(&seen(100_000, 81_000, &[1_000, 1_200]));
        let text = reasons.join("\n");
        for part in
            ["100/s", "81/s", "19 % apart", "20 % longer", "3.25 programs", "2 % of the time"]
        {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}
