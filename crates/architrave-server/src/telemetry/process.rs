//! What the operating system says of this process; none where it does not say (it is Linux that does).

use std::fs;

/// Ticks of a processor per second as Linux shows them to programs, on every architecture that we build for.
const TICKS_PER_S: u64 = 100;

/// Memory in RAM.
pub(super) fn resident_bytes() -> Option<u64> {
    kilobytes(&fs::read_to_string("/proc/self/status").ok()?, "VmRSS:")
}

/// What may be used: the limit of the control group, else all of the machine's memory.
pub(super) fn memory_bytes_max() -> Option<u64> {
    group_bytes_max().or_else(|| kilobytes(&fs::read_to_string("/proc/meminfo").ok()?, "MemTotal:"))
}

/// Processor time since the start, in microseconds.
pub(super) fn processor_us() -> Option<u64> {
    ticks(&fs::read_to_string("/proc/self/stat").ok()?)
        .map(|it| it.saturating_mul(1_000_000 / TICKS_PER_S))
}

/// The limit of our own group (cgroup v2), `max` where there is none.
fn group_bytes_max() -> Option<u64> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    let path = groups.lines().find_map(|it| it.strip_prefix("0::"))?;
    fs::read_to_string(format!("/sys/fs/cgroup{path}/memory.max")).ok()?.trim().parse().ok()
}

fn kilobytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|it| it.strip_prefix(name))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.saturating_mul(1_024))
}

/// Time in user and system mode, the 14th and 15th word. The second is the program's name in brackets, which may
/// hold anything, so that words are counted from its end.
fn ticks(stat: &str) -> Option<u64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut words = rest.split_whitespace().skip(11);
    let (user, system) = (words.next()?.parse::<u64>().ok()?, words.next()?.parse::<u64>().ok()?);
    Some(user.saturating_add(system))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_linux_are_read() {
        let stat = "42 (a) b) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 8 0 9";
        assert_eq!(ticks(stat), Some(300));
        assert_eq!(ticks("nonsense"), None);
        assert_eq!(kilobytes("Name:\tx\nVmRSS:\t  2048 kB\n", "VmRSS:"), Some(2_097_152));
        assert_eq!(kilobytes("VmRSS: many", "VmRSS:"), None);
    }
}
