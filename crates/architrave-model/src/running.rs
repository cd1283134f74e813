//! What running a system rests on: how often objectives are put to the test, how long a restore takes.

/// How many requests an objective is judged by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObjectiveLoad {
    /// Name of the objective, e.g. `browse`.
    pub objective: String,
    /// Requests that it covers, on average, in thousandths per second.
    pub milli_per_s: u64,
    /// How it comes about, with the source of every number, one sentence each.
    pub because: Vec<String>,
}

/// Bringing the data back from a copy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Restore {
    /// Bytes of the database, as far as rows are known.
    pub bytes: u64,
    /// Names of the tables whose number of rows is not known, so that they count for nothing.
    pub uncounted: Vec<String>,
    /// Transfer and start in microseconds. A lower bound: noticing, deciding and finding the copy come on top.
    pub us_min: i64,
    /// Bytes per second that the transfer is taken to have.
    pub bytes_per_s: u64,
    /// Who says so, with the day on which somebody looked.
    pub source: String,
}
