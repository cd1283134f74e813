//! Which history of the journal it is. A database that was restored, rewound or taken over by a standby may hand out
//! numbers again that somebody saw before with other events behind them; it then begins a new epoch, and positions of
//! the old one are refused.

use tokio_postgres::{Client, Error, Row};

use crate::vault::hex;

/// What an epoch is bound to. It changes with a restore to another cluster (system), a promotion or a recovery to a
/// point in time (timeline), and a dump that was read back (database, table).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bound {
    system: String,
    timeline: String,
    database: String,
    table: String,
}

/// Why a history is a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rewritten {
    /// Another cluster: a dump or a backup was read in elsewhere.
    System,
    /// A standby was promoted, or the log was replayed up to a point.
    Timeline,
    /// A dump was read back here.
    Dump,
    /// It is behind what was published before.
    Rewound,
}

impl Rewritten {
    /// In words, behind "because".
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::System => "the database is in another cluster than before",
            Self::Timeline => "a standby was promoted or the database recovered to a point in time",
            Self::Dump => "the database was made anew from a dump",
            Self::Rewound => "the journal is behind what was read from it before",
        }
    }
}

impl Bound {
    fn text(&self) -> String {
        [&*self.system, &*self.timeline, &*self.database, &*self.table].join(":")
    }

    fn parse(text: &str) -> Option<Self> {
        let [system, timeline, database, table] =
            text.split(':').map(str::to_owned).collect::<Vec<_>>().try_into().ok()?;
        Some(Self { system, timeline, database, table })
    }

    /// What became of the history since it was bound.
    pub(crate) fn compare(&self, before: &Self) -> Option<Rewritten> {
        if self.system != before.system {
            Some(Rewritten::System)
        } else if self.timeline != before.timeline {
            Some(Rewritten::Timeline)
        } else if (&self.database, &self.table) != (&before.database, &before.table) {
            Some(Rewritten::Dump)
        } else {
            None
        }
    }
}

/// What the server says of itself. Any role may ask; a standby does not answer.
const OBSERVE: &str = "
SELECT (SELECT system_identifier::text FROM pg_control_system()),
       left(pg_walfile_name(pg_current_wal_lsn()), 8),
       (SELECT oid::text FROM pg_database WHERE datname = current_database()),
       'architrave.journal_tx'::regclass::oid::text,
       (SELECT value FROM architrave.meta WHERE name = 'epoch'),
       (SELECT value FROM architrave.meta WHERE name = 'bound')";

/// Binds a history that was not bound yet, or begins a new one, unless another node was faster. One statement, so that
/// there is never an epoch without its record.
const BEGIN: &str = "
WITH bound AS (
  INSERT INTO architrave.meta AS m (name, value) VALUES ('bound', $1)
  ON CONFLICT (name) DO UPDATE SET value = excluded.value
), begun AS (
  UPDATE architrave.meta SET value = $3 WHERE name = 'epoch' AND value = $2 AND $3 <> $2 RETURNING 1
)
INSERT INTO architrave.journal_tx (kind, at, operation, request_id, traceparent)
SELECT 3, clock_timestamp(), 'epoch', '', '' FROM begun";

/// The history that a server is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settled {
    pub(crate) epoch: u32,
    /// Why it has just begun, where it has.
    pub(crate) rewritten: Option<Rewritten>,
}

/// Looks which history the server is in, and begins a new one where it is not the one that was bound. To be asked on
/// every new session before anything written on it is acknowledged, and now and then on old ones.
///
/// `is_rewound`: the caller knows of numbers that were published and are gone.
pub(crate) async fn settle(client: &Client, is_rewound: bool) -> Result<Settled, Error> {
    let row = client.query_one(OBSERVE, &[]).await?;
    let now = observed(&row);
    let epoch: String = row.get(4);
    let before: Option<String> = row.get(5);
    let before = before.as_deref().and_then(Bound::parse);
    let rewritten = match &before {
        Some(before) => now.compare(before).or(is_rewound.then_some(Rewritten::Rewound)),
        None => None,
    };
    if before.is_some() && rewritten.is_none() {
        return Ok(Settled { epoch: number(&epoch), rewritten });
    }
    let next = if rewritten.is_some() { another(&epoch) } else { epoch.clone() };
    client.execute(BEGIN, &[&now.text(), &epoch, &next]).await?;
    // Whoever was faster has named it.
    let epoch = client.query_one("SELECT value FROM architrave.meta WHERE name = 'epoch'", &[]);
    let epoch: String = epoch.await?.get(0);
    Ok(Settled { epoch: number(&epoch), rewritten })
}

fn observed(row: &Row) -> Bound {
    Bound { system: row.get(0), timeline: row.get(1), database: row.get(2), table: row.get(3) }
}

fn number(epoch: &str) -> u32 {
    u32::from_str_radix(epoch, 16).unwrap_or_default()
}

/// Another epoch's name. Without randomness the next number: different is all that it has to be.
fn another(epoch: &str) -> String {
    let mut bytes = [0; 4];
    let is_random = aws_lc_rs::rand::fill(&mut bytes).is_ok();
    let name = hex(&bytes);
    if is_random && name != epoch { name } else { format!("{:08x}", number(epoch).wrapping_add(1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_is_bound_to_cluster_timeline_database_and_table() {
        let before = Bound::parse("70:00000001:5:16401").unwrap();
        assert_eq!(Bound::parse(&before.text()), Some(before.clone()));
        let check = |now: &str, expected: Option<Rewritten>| {
            assert_eq!(Bound::parse(now).unwrap().compare(&before), expected, "{now}");
        };
        check("70:00000001:5:16401", None);
        check("71:00000001:5:16401", Some(Rewritten::System));
        check("70:00000002:5:16401", Some(Rewritten::Timeline));
        check("70:00000001:6:16401", Some(Rewritten::Dump));
        check("70:00000001:5:16999", Some(Rewritten::Dump));
        assert_eq!(Bound::parse("70:00000001:5"), None);
    }

    #[test]
    fn another_epoch_has_another_name() {
        assert_ne!(another("0000000a"), "0000000a");
        assert_eq!(another("0000000a").len(), 8);
    }
}
