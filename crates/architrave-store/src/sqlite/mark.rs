//! The mark beside the database: which history it belongs to and how far it was acknowledged. A database
//! behind its mark, or without it, was put back from somewhere: it starts a new epoch, so that cursors
//! of the old history are refused and never answered with other events under the same numbers.

use std::{fs::File, io::Read, path::Path};

use architrave_engine::Fault;
use rusqlite::{Connection, OptionalExtension, params};

use super::{fault::OrFault, journal};
use crate::vault::hex;

/// An open mark.
pub(super) struct Mark {
    file: File,
    store: String,
    epoch: u32,
}

/// Opens the mark, compares it with the database and starts a new epoch where they disagree.
pub(super) fn open(folder: &Path, connection: &Connection, now_us: i64) -> Result<Mark, Fault> {
    let path = folder.join("store.mark");
    let unwritable = |error: std::io::Error| {
        Fault::new(
            format!("{} cannot be used: {error}", path.display()),
            "check that the data folder may be written by this user",
        )
    };
    let mut file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(unwritable)?;
    let mut text = String::new();
    // Bytes that are no text are no mark: the epoch changes.
    let is_text = file.read_to_string(&mut text).is_ok();
    let (head, _) = journal::bounds(connection)?;
    let stored = stored(connection)?;
    let epoch = match (stored, is_text.then(|| parse(&text)).flatten()) {
        (Some((store, epoch)), Some((marked_store, marked_epoch, acked)))
            if store == marked_store && epoch == marked_epoch && head >= acked =>
        {
            return Ok(Mark { file, store, epoch });
        }
        (Some((_, epoch)), _) => new_epoch(connection, Some(epoch), now_us)?,
        (None, _) => new_epoch(connection, None, now_us)?,
    };
    let store = stored_name(connection)?;
    let mark = Mark { file, store, epoch };
    let (head, _) = journal::bounds(connection)?;
    mark.acknowledge(head).map_err(unwritable)?;
    Ok(mark)
}

impl Mark {
    /// The history that is being written.
    pub(super) fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Notes that all up to `seq` is durable. One small write without a sync: a mark that lags behind
    /// after a power cut only notices less.
    pub(super) fn acknowledge(&self, seq: u64) -> std::io::Result<()> {
        let line = format!("architrave {} {:08x} {seq:016x}\n", self.store, self.epoch);
        #[cfg(unix)]
        return std::os::unix::fs::FileExt::write_all_at(&self.file, line.as_bytes(), 0);
        #[cfg(not(unix))]
        {
            use std::io::{Seek, SeekFrom, Write};
            let mut file = &self.file;
            file.seek(SeekFrom::Start(0))?;
            file.write_all(line.as_bytes())
        }
    }
}

/// Writes the mark of a database that was filled from elsewhere, so that its history goes on.
pub(crate) fn write(folder: &Path, store: &str, epoch: u32, seq: u64) -> Result<(), Fault> {
    let path = folder.join("store.mark");
    let written = File::create(&path)
        .and_then(|file| Mark { file, store: store.to_owned(), epoch }.acknowledge(seq));
    written.map_err(|error| {
        Fault::new(format!("{} cannot be written: {error}", path.display()), "free some room")
    })
}

fn parse(text: &str) -> Option<(String, u32, u64)> {
    let mut pieces = text.strip_suffix('\n')?.split(' ');
    let is_ours = pieces.next() == Some("architrave");
    let store = pieces.next()?.to_owned();
    let epoch = u32::from_str_radix(pieces.next()?, 16).ok()?;
    let seq = u64::from_str_radix(pieces.next()?, 16).ok()?;
    (is_ours && pieces.next().is_none()).then_some((store, epoch, seq))
}

const DOING: &str = "the database's history cannot be read";

fn stored(connection: &Connection) -> Result<Option<(String, u32)>, Fault> {
    let epoch: Option<u32> = connection
        .query_row("SELECT value FROM _meta WHERE name = 'epoch'", [], |row| row.get(0))
        .optional()
        .or_fault(DOING)?;
    match epoch {
        Some(epoch) => Ok(Some((stored_name(connection)?, epoch))),
        None => Ok(None),
    }
}

fn stored_name(connection: &Connection) -> Result<String, Fault> {
    connection
        .query_row("SELECT value FROM _meta WHERE name = 'store'", [], |row| row.get(0))
        .or_fault(DOING)
}

fn new_epoch(connection: &Connection, before: Option<u32>, now_us: i64) -> Result<u32, Fault> {
    let mut bytes = [0; 20];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| Fault::new("the operating system gives no randomness", ""))?;
    let [a, b, c, d, name @ ..] = bytes;
    let random = u32::from_be_bytes([a, b, c, d]);
    let epoch = if Some(random) == before { random.wrapping_add(1) } else { random };
    connection.execute_batch("BEGIN IMMEDIATE").or_fault(DOING)?;
    let written = (|| {
        connection.execute(
            "INSERT INTO _meta (name, value) VALUES ('store', ?1) ON CONFLICT DO NOTHING",
            [hex(&name)],
        )?;
        connection
            .execute("INSERT OR REPLACE INTO _meta (name, value) VALUES ('epoch', ?1)", [epoch])?;
        // Kind 3: history may have been rewritten before this point.
        connection.execute(
            "INSERT INTO _journal_tx (kind, at_us, operation, request_id, traceparent) VALUES (3, ?1, 'epoch', '', '')",
            params![now_us],
        )?;
        connection.execute_batch("COMMIT")
    })();
    written.or_fault("a new epoch cannot be written")?;
    Ok(epoch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_as_it_is_written() {
        let line = format!("architrave {} {:08x} {:016x}\n", "ab12", 7_u32, 300_u64);
        assert_eq!(parse(&line), Some(("ab12".to_owned(), 7, 300)));
        for text in [
            "",
            "architrave ab12 00000007",
            "other ab12 00000007 1\n",
            "architrave ab12 00000007 12c",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
