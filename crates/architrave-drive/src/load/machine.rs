//! The machine: what it is, and who else uses it, as far as the system tells (Linux; elsewhere it is unknown).

use std::fs;

use architrave_model::measurement::Machine;

/// What the machine is; the server may use so many processors of it.
pub(super) fn machine(processors: u64) -> Machine {
    let unknown = || "unknown".to_owned();
    let after = |text: String, name: &str| {
        let line = text.lines().find(|it| it.starts_with(name))?.to_owned();
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let processor = after(read("/proc/cpuinfo"), "model name").unwrap_or_else(unknown);
    let memory = after(read("/proc/meminfo"), "MemTotal").unwrap_or_default();
    let kilobytes = memory.split_whitespace().next().and_then(|it| it.parse::<u64>().ok());
    let kernel = read("/proc/sys/kernel/osrelease");
    let system = format!("{} {}", std::env::consts::OS, kernel.trim());
    Machine {
        processor,
        processors,
        memory_bytes: kilobytes.unwrap_or(0) * 1_024,
        system: system.trim().to_owned(),
    }
}

/// The time, RFC 3339 in UTC, to the second.
pub(super) fn now() -> String {
    let seconds = jiff::Timestamp::now().as_second();
    jiff::Timestamp::from_second(seconds).map(|it| it.to_string()).unwrap_or_default()
}

/// Programs that wanted to run in the last minute, in thousandths.
pub(super) fn waiting_permille() -> Option<u64> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    let average: f64 = text.split_whitespace().next()?.parse().ok()?;
    Some((average * 1_000.0) as u64)
}

/// Time that other guests of the host took from us, from a moment on.
pub(super) struct Stolen(Option<(u64, u64)>);

impl Stolen {
    pub(super) fn now() -> Self {
        let text = fs::read_to_string("/proc/stat").unwrap_or_default();
        Self(text.lines().next().and_then(stolen_and_all))
    }

    /// Since then, in parts per million of all time.
    pub(super) fn ppm(&self) -> Option<u64> {
        let (before, Self(after)) = (self.0?, Self::now());
        let (stolen, all) = after?;
        let all = all.saturating_sub(before.1);
        Some(stolen.saturating_sub(before.0).saturating_mul(1_000_000) / all.max(1))
    }
}

/// `cpu  user nice system idle iowait irq softirq steal guest guest_nice`; guests are part of user already.
fn stolen_and_all(line: &str) -> Option<(u64, u64)> {
    let times: Vec<u64> =
        line.split_whitespace().skip(1).take(8).filter_map(|it| it.parse().ok()).collect();
    Some((times.get(7).copied()?, times.iter().sum()))
}

/// Keeps the current thread to one processor, or to all but one; answers whether the system did.
pub fn keep_to(processors: impl IntoIterator<Item = usize>) -> bool {
    #[cfg(target_os = "linux")]
    {
        let mut set = rustix::thread::CpuSet::new();
        for processor in processors {
            if processor < rustix::thread::CpuSet::MAX_CPU {
                set.set(processor);
            }
        }
        set.count() > 0 && rustix::thread::sched_setaffinity(None, &set).is_ok()
    }
    #[cfg(not(target_os = "linux"))]
    {
        drop(processors.into_iter());
        false
    }
}

/// Processors that the current thread may use; empty where the system does not tell.
#[must_use]
pub fn allowed() -> Vec<usize> {
    #[cfg(target_os = "linux")]
    {
        let Ok(set) = rustix::thread::sched_getaffinity(None) else { return Vec::new() };
        (0..rustix::thread::CpuSet::MAX_CPU).filter(|it| set.is_set(*it)).collect()
    }
    #[cfg(not(target_os = "linux"))]
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::stolen_and_all;

    #[test]
    fn stolen_time_is_the_eighth_figure() {
        assert_eq!(stolen_and_all("cpu  10 0 5 80 1 0 1 3 9 9"), Some((3, 100)));
        assert_eq!(stolen_and_all("cpu  10 0 5"), None);
        assert_eq!(stolen_and_all(""), None);
    }
}
