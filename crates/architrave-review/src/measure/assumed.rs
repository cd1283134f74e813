//! What is taken for lack of better when a number is computed: every such value of the crate, in one list.
//!
//! A value stands here rather than beside its use, so that the page of assumptions cannot miss one.

use super::words::{bytes, grouped, percent, time};

/// A value that nobody stated and nobody measured.
#[derive(Debug, Clone, Copy)]
pub struct Assumed {
    /// What it is, as a person calls it.
    pub what: &'static str,
    /// In its unit.
    pub value: u64,
    /// How it is written.
    pub unit: Unit,
    /// Why so much.
    pub because: &'static str,
    /// What rests on it.
    pub used_by: &'static [&'static str],
}

/// How an assumed value is written.
#[derive(Debug, Clone, Copy)]
pub enum Unit {
    /// A count of something named.
    Count(&'static str),
    /// Parts per million, as per cent.
    Ppm,
    /// Microseconds.
    Microseconds,
    /// Bytes.
    Bytes,
    /// So many of ten thousand requests of its kind.
    OfTenThousand,
}

impl Assumed {
    /// The value with its unit.
    #[must_use]
    pub fn shown(&self) -> String {
        match self.unit {
            Unit::Count(what) => format!("{} {what}", grouped(self.value)),
            Unit::Ppm => percent(self.value),
            Unit::Microseconds => time(i64::try_from(self.value).unwrap_or(i64::MAX)),
            Unit::Bytes => bytes(self.value),
            Unit::OfTenThousand => percent(self.value.saturating_mul(100)),
        }
    }
}

macro_rules! assumed {
    ($($(#[$doc:meta])* $id:ident = $value:expr, $unit:expr, $what:expr, $because:expr, [$($by:expr),*];)*) => {
        $($(#[$doc])* pub const $id: Assumed = Assumed {
            what: $what, value: $value, unit: $unit, because: $because, used_by: &[$($by),*],
        };)*
        /// Every one, in reading order.
        pub const ALL: &[Assumed] = &[$($id),*];
    };
}

assumed! {
    /// Share of a resource that may be busy.
    TARGET = 600_000, Unit::Ppm,
        "share of a resource that may be busy at the peak",
        "an M/M/4 queue with a service time of 10 ms has a 95th percentile of 31.5, 37.5, 47.4, 81.7 and 155 ms at 50, 70, 80, 90 and 95 %: the knee is past 80 %, and 60 % leaves room for bursts",
        ["capacity", "PRF-01", "PRF-02"];
    /// Processors of a node.
    CORES = 4, Unit::Count("processors"),
        "processors of a node",
        "the usual size of a small server; a blueprint does not say where it runs",
        ["capacity", "cost", "D-02", "D-10"];
    /// Memory of a node, in GB.
    RAM_GB = 16, Unit::Count("GB"),
        "memory of a node",
        "four GB a processor, the usual ratio of general-purpose machines",
        ["cost"];
    /// Processors of the largest node that is still ordinary.
    CORES_LARGE = 16, Unit::Count("processors"),
        "processors of a large node",
        "every provider offers it; a restart on a larger machine takes minutes",
        ["roadmap"];
    /// Share of reads of one row.
    READS_ROW = 8_649, Unit::OfTenThousand,
        "share of reads that read one row",
        "eight to a list of 20, as in the benchmark's mix",
        ["capacity"];
    /// Share of reads that list.
    READS_LIST = 1_081, Unit::OfTenThousand,
        "share of reads that list",
        "one to eight reads of one row, as in the benchmark's mix",
        ["capacity"];
    /// Share of reads that search.
    READS_SEARCH = 270, Unit::OfTenThousand,
        "share of reads that search, where there is a full-text index",
        "one to four lists (judgement)",
        ["capacity"];
    /// Items that a step runs for.
    ITEMS = 3, Unit::Count("items"),
        "items for which a repeated step of a process runs",
        "between one and the bound of its list; three lines is a common order (judgement)",
        ["capacity"];
    /// Time of a call to somebody else's system.
    CALL_US = 300_000, Unit::Microseconds,
        "time that a call of somebody else's system takes",
        "card payments and deliveries answer in a few tenths of a second (judgement); never more than the declared timeout",
        ["capacity"];
    /// How far a documented demand may be off.
    SPREAD = 300_000, Unit::Ppm,
        "how far the documented demand of a request may be off for this system",
        "two runs of the same benchmark on a quiet and on a busy machine differed by up to a third (docs/performance.md)",
        ["capacity"];
    /// Peak to mean.
    PEAK_TO_MEAN = 8, Unit::Count("times the mean"),
        "how many times the mean the peak is, where nobody says",
        "a busy hour of a business day (judgement)",
        ["cost"];
    /// Bytes of an answer.
    ANSWER_BYTES = 2_000, Unit::Bytes,
        "size of an answer with its headers",
        "a row of a dozen fields as JSON; a list is larger, a command's answer smaller (judgement)",
        ["cost"];
    /// Bytes of a row beside its columns.
    ROW_OVERHEAD = 24, Unit::Bytes,
        "what a row takes beside its columns",
        "its header and its key in the tree",
        ["cost", "D-12"];
    /// Bytes on disk per byte of rows.
    BYTES_PER_BYTE = 3, Unit::Count("bytes"),
        "bytes on disk for each byte of rows",
        "the row, its indexes, and each change once more in the journal",
        ["cost", "D-12"];
    /// Time to start.
    START_US = 10_000_000, Unit::Microseconds,
        "time to start the process and check what was restored",
        "measured starts take under a second; ten leave room for a large store (judgement)",
        ["D-12"];
    /// Share of processor time that moves to a database server.
    DATABASE_SHARE = 500_000, Unit::Ppm,
        "share of a request's processor time that is the database's once it is a server of its own",
        "between a third for reads of one row and two thirds for lists in measurements of the prototype on PostgreSQL",
        ["roadmap"];
    /// Processors of a database server.
    DATABASE_CORES = 8, Unit::Count("processors"),
        "processors of a database server",
        "twice a node, so that it is not the first to run out (judgement)",
        ["roadmap", "cost"];
    /// Parts into which tenants are split.
    PARTITIONS = 4, Unit::Count("parts"),
        "parts into which the rows are split when one writer is not enough",
        "two would be full again soon, and eight are more to operate (judgement)",
        ["roadmap"];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_with_their_unit() {
        assert_eq!(CORES.shown(), "4 processors");
        assert_eq!(TARGET.shown(), "60 %");
        assert_eq!(CALL_US.shown(), "300 ms");
        assert_eq!(READS_ROW.shown(), "86.49 %");
        assert_eq!(READS_ROW.value + READS_LIST.value + READS_SEARCH.value, 10_000);
    }
}
