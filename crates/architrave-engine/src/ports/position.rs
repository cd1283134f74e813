//! Places in the journal, and their one spelling: `1.<epoch>.<seq>.<idx>`, opaque to clients.

use std::{fmt, str::FromStr};

/// A place in the journal: after event `idx` of transaction `seq`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The history it belongs to; changes when history may have been rewritten.
    pub epoch: u32,
    /// Number of the transaction.
    pub seq: u64,
    /// Event within it, from 0.
    pub idx: u16,
}

/// The text is no position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoPosition;

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{:08x}.{}.{}", self.epoch, self.seq, self.idx)
    }
}

impl FromStr for Position {
    type Err = NoPosition;

    fn from_str(text: &str) -> Result<Self, NoPosition> {
        let is_number = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
        let mut pieces = text.strip_prefix("1.").ok_or(NoPosition)?.split('.');
        let mut next = || pieces.next().ok_or(NoPosition);
        let (epoch, seq, idx) = (next()?, next()?, next()?);
        let is_epoch = epoch.len() == 8 && epoch.bytes().all(|it| it.is_ascii_hexdigit());
        if pieces.next().is_some() || !is_epoch || !is_number(seq) || !is_number(idx) {
            return Err(NoPosition);
        }
        Ok(Self {
            epoch: u32::from_str_radix(epoch, 16).map_err(|_| NoPosition)?,
            seq: seq.parse().map_err(|_| NoPosition)?,
            idx: idx.parse().map_err(|_| NoPosition)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_read_as_they_are_written() {
        let position = Position { epoch: 0xab, seq: 12, idx: 3 };
        assert_eq!(position.to_string(), "1.000000ab.12.3");
        assert_eq!("1.000000ab.12.3".parse(), Ok(position));
        for wrong in [
            "",
            "1.ab.12.3",
            "2.000000ab.12.3",
            "1.000000ab.12",
            "1.+00000ab.12.3",
            "1.000000ab.+1.3",
            "1.000000ab.1.3.4",
            "1.000000ab.1.70000",
        ] {
            assert_eq!(wrong.parse::<Position>(), Err(NoPosition), "{wrong}");
        }
    }
}
