//! How long calls and processes may take, attempts and the waits between them included.

use architrave_model::graph::{Edge, Graph, Known, Process, ProcessStep, RetryPolicy};

/// Longest time of a call in microseconds: every attempt times out, every wait is as long as it may be. `None`
/// where attempts never end. Full jitter spreads a wait between nothing and its bound, so the bound counts.
#[must_use]
pub fn call_us_max(timeout_us: i64, retry: Option<&RetryPolicy>) -> Option<i64> {
    let attempts = match retry {
        None => 1,
        Some(retry) => i64::from(retry.attempts_max?.max(1)),
    };
    let waits = retry.map_or(0, |it| waits_us(it, attempts - 1));
    Some(timeout_us.saturating_mul(attempts).saturating_add(waits))
}

/// Sum of the first `count` waits.
fn waits_us(retry: &RetryPolicy, count: i64) -> i64 {
    let longest = retry.max_us.max(retry.first_us);
    if !retry.is_exponential {
        return retry.first_us.saturating_mul(count);
    }
    let mut sum: i64 = 0;
    let mut wait = retry.first_us.max(1);
    // A wait doubles at most 63 times before it is at its bound.
    for done in 0..count {
        if wait >= longest {
            return sum.saturating_add(longest.saturating_mul(count - done));
        }
        sum = sum.saturating_add(wait);
        wait = wait.saturating_mul(2);
    }
    sum
}

/// What one step of a process adds to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepTime {
    /// Id of the step.
    pub step: String,
    /// Its name.
    pub name: String,
    /// Longest time in microseconds; what is missing where it is not known.
    pub us_max: Result<i64, String>,
    /// How it comes about, e.g. `4 attempts of 4 s, waits of 1.4 s in between`.
    pub because: String,
}

/// Longest time of each step of a process that calls somebody else. Steps that run commands in the same process
/// take milliseconds and are left out.
#[must_use]
pub fn step_times(graph: &Graph, process: &Process) -> Vec<StepTime> {
    process.steps.iter().filter_map(|it| Some(step_time(it, call_of_step(graph, it)?))).collect()
}

/// The edge of what a step runs, as against what undoes it or asks for its outcome.
fn call_of_step<'g>(graph: &'g Graph, step: &ProcessStep) -> Option<&'g Edge> {
    graph.edges.iter().find(|it| {
        it.from == step.node.id
            && it.is_remote.value() != Some(&false)
            && step.runs.split_once(':').is_some_and(|(_, name)| name == it.node.name)
    })
}

fn step_time(step: &ProcessStep, edge: &Edge) -> StepTime {
    let (us_max, because) = match one_run(step, edge) {
        Ok((us, because)) => match repeats(step) {
            Some(1) => (Ok(us), because),
            Some(times) => {
                (Ok(us.saturating_mul(i64::from(times))), format!("up to {times} times {because}"))
            }
            None => (Err(format!("how often `{}` is run", step.node.name)), because),
        },
        Err(missing) => (Err(missing), String::new()),
    };
    StepTime { step: step.node.id.clone(), name: step.node.name.clone(), us_max, because }
}

fn repeats(step: &ProcessStep) -> Option<u32> {
    match &step.repeats_max {
        Known::Is(times, _) => Some((*times).max(1)),
        Known::Absent(_) => Some(1),
        Known::Unknown => None,
    }
}

fn one_run(step: &ProcessStep, edge: &Edge) -> Result<(i64, String), String> {
    // A step without a timeout of its own has that of the call, which is for one attempt.
    let is_own = step.timeout_us.span() == step.node.origin.span;
    if let (Some(us), true) = (step.timeout_us.value(), is_own) {
        return Ok((*us, format!("its own timeout of {}", super::words::time(*us))));
    }
    call_of(edge)
}

/// A time that a call over an edge may take for certain, and how it comes about: its timeout, as often as it is
/// known to be repeated. None where no timeout is known.
#[must_use]
pub fn least_of(edge: &Edge) -> Option<(i64, String)> {
    let timeout = edge.timeout_us.value()?;
    match call_of(edge) {
        Ok(found) => Some(found),
        Err(_) => Some((*timeout, format!("one attempt of {}", super::words::time(*timeout)))),
    }
}

/// Longest time of a call over an edge and how it comes about, or what is missing.
///
/// # Errors
/// What is missing, in words.
pub fn call_of(edge: &Edge) -> Result<(i64, String), String> {
    let Some(timeout) = edge.timeout_us.value() else {
        return Err(format!("the timeout of `{}`", edge.node.name));
    };
    if edge.retry.is_unknown() {
        return Err(format!("how often `{}` is repeated", edge.node.name));
    }
    let retry = edge.retry.value();
    let us = call_us_max(*timeout, retry)
        .ok_or_else(|| format!("a bound on the attempts of `{}`", edge.node.name))?;
    let attempts = retry.and_then(|it| it.attempts_max).unwrap_or(1).max(1);
    let waits = us.saturating_sub(timeout.saturating_mul(i64::from(attempts)));
    let time = super::words::time;
    let because = if attempts == 1 {
        format!("one attempt of {}", time(*timeout))
    } else {
        format!("{attempts} attempts of {} and waits of {}", time(*timeout), time(waits))
    };
    Ok((us, because))
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: i64 = 1_000_000;

    fn policy(attempts: Option<u32>, is_exponential: bool, first: i64, max: i64) -> RetryPolicy {
        let has_jitter = true;
        RetryPolicy {
            attempts_max: attempts,
            is_exponential,
            has_jitter,
            first_us: first,
            max_us: max,
        }
    }

    #[test]
    fn a_call_takes_all_its_attempts_and_the_waits_between_them() {
        let check = |retry: Option<RetryPolicy>, expected: Option<i64>| {
            assert_eq!(call_us_max(4 * S, retry.as_ref()), expected, "{retry:?}");
        };
        check(None, Some(4 * S));
        // 4 x 4 s + 0.2 s + 0.4 s + 0.8 s.
        check(Some(policy(Some(4), true, S / 5, 5 * S)), Some(17_400_000));
        // 5 x 4 s + 1 s + 2 s + 2 s + 2 s: the third wait would be 4 s.
        check(Some(policy(Some(5), true, S, 2 * S)), Some(27 * S));
        check(Some(policy(Some(3), false, S, 9 * S)), Some(14 * S));
        check(Some(policy(None, true, S, 2 * S)), None);
        check(Some(policy(Some(0), true, S, 2 * S)), Some(4 * S));
        // Bounded work and no overflow, whatever is written.
        check(Some(policy(Some(u32::MAX), true, 1, i64::MAX)), Some(i64::MAX));
    }
}
