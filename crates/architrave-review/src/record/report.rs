//! Tells how decisions stand: what holds, what changed because of what, what is to be asked.

use std::fmt::Write as _;

use architrave_model::decision::RecordStatus;

/// How a decision stands against the last time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// E.g. `D-02`.
    pub id: String,
    /// E.g. `primary_store`.
    pub name: String,
    /// Name of the option; empty where none is left.
    pub chosen: String,
    /// Facts that nobody stated and that would change it.
    pub asks: Vec<String>,
    /// What became of it.
    pub why: Why,
    /// Number and status of its record.
    pub record: Option<(u32, RecordStatus)>,
    /// Whether its day to be looked at again has passed.
    pub is_overdue: bool,
}

/// What became of a decision since it was locked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It was not there before.
    New,
    /// It is the same; facts that moved without changing it.
    Holds {
        /// "title: before → now".
        moved: Vec<String>,
    },
    /// It is another one.
    Changed {
        /// Name of the option before.
        from: String,
        /// What made it so.
        because: Vec<String>,
    },
    /// Everything is ruled out.
    Impossible,
}

impl Standing {
    /// Whether the lock still says what is decided now.
    #[must_use]
    pub fn holds(&self) -> bool {
        matches!(self.why, Why::Holds { .. })
    }
}

/// One line a decision, and the reasons below.
#[must_use]
pub fn text(standings: &[Standing]) -> String {
    let mut out = String::new();
    for it in standings {
        let _ = writeln!(out, "{} {}: {}{}", it.id, it.name, headline(it), record(it));
        match &it.why {
            Why::Changed { because, .. } => lines(&mut out, "because", because),
            Why::Holds { moved } => lines(&mut out, "moved", moved),
            Why::New | Why::Impossible => {}
        }
        if !it.asks.is_empty() {
            let _ = writeln!(out, "  {:<8} {}", "ask", crate::questions_of(&it.asks).join(", "));
        }
        if it.is_overdue {
            let _ = writeln!(out, "  {:<8} its day to be looked at again has passed", "overdue");
        }
    }
    out
}

fn headline(it: &Standing) -> String {
    match &it.why {
        Why::New => format!("new, {}", it.chosen),
        Why::Holds { moved } if moved.is_empty() => format!("holds, {}", it.chosen),
        Why::Holds { .. } => format!("re-confirmed, {}", it.chosen),
        Why::Changed { from, .. } => format!("changed, {from} → {}", it.chosen),
        Why::Impossible => "cannot be decided: every option is ruled out".to_owned(),
    }
}

fn record(it: &Standing) -> String {
    match it.record {
        Some((number, status)) => format!(" (record {number:04}, {})", status.name()),
        None => String::new(),
    }
}

fn lines(out: &mut String, label: &str, all: &[String]) {
    for it in all {
        let _ = writeln!(out, "  {label:<8} {it}");
    }
}
