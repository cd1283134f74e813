//! The server under test: where it is, and what it says and shows of itself.

use std::{fs, net::SocketAddr};

use crate::{
    client::{Call, Client},
    seed::Token,
};

/// A server under test.
#[derive(Debug, Clone)]
pub struct Server {
    /// Where requests go.
    pub address: SocketAddr,
    /// A client for everything that is not measured.
    pub client: Client,
    /// Who may ask.
    pub tokens: Vec<Token>,
    /// Its process, where it runs on this machine and its figures may be read.
    pub process: Option<u32>,
    /// Its administrator's listener, where it is known.
    pub admin: Option<Client>,
    /// Processors that it may use.
    pub processors: u64,
}

/// What a server has used so far, in nanoseconds; none where nobody says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Time on processors, of all its threads.
    pub processor_ns: Option<u64>,
    /// Time in which its one writer was busy.
    pub writer_ns: Option<u64>,
}

impl Server {
    /// What it has used so far.
    pub async fn figures(&self) -> Figures {
        let writer_ns = match &self.admin {
            Some(admin) => writer_ns(admin).await,
            None => None,
        };
        Figures { processor_ns: self.process.and_then(processor_ns), writer_ns }
    }
}

impl Figures {
    /// What was used since then.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        let less = |now: Option<u64>, before: Option<u64>| Some(now?.saturating_sub(before?));
        Self {
            processor_ns: less(self.processor_ns, before.processor_ns),
            writer_ns: less(self.writer_ns, before.writer_ns),
        }
    }
}

/// Time on processors of all threads of a process, to the nanosecond (Linux). Threads that ended are missing; a
/// server's threads last as long as it does.
fn processor_ns(process: u32) -> Option<u64> {
    let threads = fs::read_dir(format!("/proc/{process}/task")).ok()?;
    let times = threads.filter_map(|it| {
        let text = fs::read_to_string(it.ok()?.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<u64>().ok()
    });
    Some(times.sum::<u64>()).filter(|it| *it > 0)
}

async fn writer_ns(admin: &Client) -> Option<u64> {
    let reply = admin.send(&Call::get("/metrics")).await.ok()?;
    figure(std::str::from_utf8(&reply.body).ok()?, "architrave_store_writer_seconds_total")
}

/// A figure in seconds as nanoseconds.
fn figure(text: &str, name: &str) -> Option<u64> {
    let value = text.lines().find_map(|it| it.strip_prefix(name)?.strip_prefix(' '))?;
    let seconds: f64 = value.trim().parse().ok()?;
    (seconds.is_finite() && seconds >= 0.0).then_some((seconds * 1e9) as u64)
}

#[cfg(test)]
mod tests {
    use super::{Figures, figure};

    #[test]
    fn a_figure_is_found_by_its_whole_name() {
        let text =
            "# HELP x_total X.\n# TYPE x_total counter\nx_total_more 7\nx_total 1.25\nbad NaN\n";
        assert_eq!(figure(text, "x_total"), Some(1_250_000_000));
        assert_eq!(figure(text, "x_tot"), None);
        assert_eq!(figure(text, "bad"), None);
    }

    #[test]
    fn what_nobody_says_stays_unsaid() {
        let said = Figures { processor_ns: Some(7), writer_ns: None };
        let before = Figures { processor_ns: Some(2), writer_ns: Some(1) };
        assert_eq!(said.since(before), Figures { processor_ns: Some(5), writer_ns: None });
    }
}
