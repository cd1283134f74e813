//! Time to an answer of the M/M/c queue (Erlang C): the least that a system can take at a load above those that were
//! timed, because real arrivals and services vary more.

/// Halvings until the bounds of a quantile are as near as microseconds can tell.
const ROUNDS: usize = 200;

/// The quantile `share` (0.95 for p95) of the time to an answer, in seconds, of `servers` that each answer `per_s`
/// requests a second and are busy for `busy` of the time. None where they cannot keep up.
pub(super) fn response_quantile(servers: u32, per_s: f64, busy: f64, share: f64) -> Option<f64> {
    if servers == 0 || !(0.0..1.0).contains(&busy) || per_s <= 0.0 || share >= 1.0 {
        return None;
    }
    let over = |t: f64| share_above(servers, per_s, busy, t);
    let (mut low, mut high) = (0.0, 1.0 / per_s);
    for _ in 0..ROUNDS {
        if over(high) <= 1.0 - share {
            break;
        }
        high *= 2.0;
    }
    for _ in 0..ROUNDS {
        let middle = f64::midpoint(low, high);
        if over(middle) > 1.0 - share { low = middle } else { high = middle }
    }
    Some(high)
}

/// Share of answers that take longer than `t`.
fn share_above(servers: u32, per_s: f64, busy: f64, t: f64) -> f64 {
    let c = f64::from(servers);
    let waits = erlang_c(servers, busy * c);
    let drain = c * per_s * (1.0 - busy);
    let gap = drain - per_s;
    let served = (-per_s * t).exp();
    // An answer that waits takes the sum of a wait (rate `drain`) and a service (rate `per_s`).
    let waited = if gap.abs() < per_s * 1e-9 {
        served * (1.0 + per_s * t)
    } else {
        (drain * served - per_s * (-drain * t).exp()) / gap
    };
    (1.0 - waits) * served + waits * waited
}

/// Chance that a request has to wait, at `offered` busy servers on average.
fn erlang_c(servers: u32, offered: f64) -> f64 {
    // Erlang B by its recursion, which neither overflows nor loses digits.
    let mut blocked = 1.0;
    for n in 1..=servers {
        let n = f64::from(n);
        blocked = offered * blocked / (n + offered * blocked);
    }
    let c = f64::from(servers);
    c * blocked / (c - offered * (1.0 - blocked))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_knee_of_four_servers_is_past_eighty_per_cent() {
        for (busy, ms) in [(0.5, 31.5), (0.7, 37.5), (0.8, 47.4), (0.9, 81.7), (0.95, 155.0)] {
            let found = response_quantile(4, 100.0, busy, 0.95).unwrap() * 1e3;
            assert!((found - ms).abs() < 0.6, "at {busy}: {found} ms, not {ms}");
        }
        assert!(response_quantile(4, 100.0, 1.0, 0.95).is_none());
        assert!(response_quantile(0, 100.0, 0.5, 0.95).is_none());
        // One server: an exponential with rate 50.
        let one = response_quantile(1, 100.0, 0.5, 0.99).unwrap();
        assert!((one - 0.092_1).abs() < 0.001, "{one}");
    }
}
