//! Room on the disk: writing stops before the disk is full, and a ballast file gives way when something else
//! has filled it, so that the write-ahead log can still be copied into the database and emptied.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use architrave_engine::Fault;

use super::SqliteSettings;

/// How much a volume holds, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Volume {
    /// What this user may still write.
    pub free_bytes: u64,
    /// All of it.
    pub total_bytes: u64,
}

/// Asks the operating system; none where it does not say.
pub(super) fn measure(folder: &Path) -> Option<Volume> {
    #[cfg(unix)]
    {
        let found = rustix::fs::statvfs(folder).ok()?;
        Some(Volume {
            free_bytes: found.f_bavail.saturating_mul(found.f_frsize),
            total_bytes: found.f_blocks.saturating_mul(found.f_frsize),
        })
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        None
    }
}

/// Watches the volume of one data folder.
pub(super) struct Room {
    folder: PathBuf,
    ballast: PathBuf,
    ballast_bytes: u64,
    /// See [`Room::reserve`].
    reserve_bytes_max: u64,
    measure: super::Measure,
    /// The write-ahead log could not be copied for lack of space.
    is_checkpoint_stuck: AtomicBool,
}

impl Room {
    /// Lays the ballast where there is room for it; takes it away where the disk is nearly full already, so
    /// that the start has what it needs.
    pub(super) fn open(folder: &Path, settings: &SqliteSettings) -> Self {
        let room = Self {
            folder: folder.to_owned(),
            ballast: folder.join("ballast"),
            ballast_bytes: settings.ballast_bytes,
            // At worst the log is full, the database takes a copy of it, and the next log begins.
            reserve_bytes_max: settings.wal_bytes_max.saturating_mul(3),
            measure: settings.measure.clone(),
            is_checkpoint_stuck: AtomicBool::new(false),
        };
        if room.is_low() {
            room.give_way();
        } else {
            room.refill();
        }
        room
    }

    /// The data folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether writing must stop.
    pub(super) fn is_low(&self) -> bool {
        self.volume().is_some_and(|it| it.free_bytes < self.reserve(it))
    }

    /// What may still be written before writing stops; none where the operating system does not say.
    pub(super) fn left_bytes(&self) -> Option<u64> {
        self.volume().map(|it| it.free_bytes.saturating_sub(self.reserve(it)))
    }

    /// Whether writing may begin again: there is room for the ballast too, so that it does not stop at once.
    /// A volume that could never hold it does without.
    pub(super) fn is_back(&self) -> bool {
        let is_enough = |it: Volume| {
            let is_small = it.total_bytes / 4 < self.ballast_bytes;
            let ballast = if is_small { 0 } else { self.ballast_missing_bytes() };
            it.free_bytes >= self.reserve(it).saturating_add(ballast)
        };
        !self.is_checkpoint_stuck.load(Relaxed) && self.volume().is_none_or(is_enough)
    }

    /// Removes the ballast. Room for what must be written still, not for more of the same.
    pub(super) fn give_way(&self) {
        // Not there, or not removable: then there is nothing to be gained.
        let _ = fs::remove_file(&self.ballast);
    }

    /// Lays the ballast again where there is room. Without it a full disk costs more time, not data.
    pub(super) fn refill(&self) {
        let missing_bytes = self.ballast_missing_bytes();
        let fits = |it: Volume| it.free_bytes >= self.reserve(it).saturating_add(missing_bytes);
        if missing_bytes == 0 || !self.volume().is_some_and(fits) {
            return;
        }
        if lay(&self.ballast, self.ballast_bytes).is_err() {
            self.give_way();
        }
    }

    /// Notes how a checkpoint ended.
    pub(super) fn checkpointed(&self, is_stuck: bool) {
        self.is_checkpoint_stuck.store(is_stuck, Relaxed);
        if is_stuck {
            self.give_way();
        }
    }

    /// What stays free: three times the longest log, at most 5 % of the volume. A larger share of a large
    /// disk would stop a server that has room for years.
    fn reserve(&self, volume: Volume) -> u64 {
        (volume.total_bytes / 20).min(self.reserve_bytes_max)
    }

    fn volume(&self) -> Option<Volume> {
        (self.measure)(&self.folder)
    }

    fn ballast_missing_bytes(&self) -> u64 {
        let there = fs::metadata(&self.ballast).map_or(0, |it| it.len());
        if there >= self.ballast_bytes { 0 } else { self.ballast_bytes }
    }
}

/// Written, not only declared: a hole takes no room. Zeros would be packed away by file systems that compress.
fn lay(path: &Path, bytes: u64) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    let mut block = [0_u8; 1 << 16];
    let mut left = bytes;
    let mut noise = 0x9e37_79b9_7f4a_7c15_u64;
    while left > 0 {
        for word in block.chunks_exact_mut(8) {
            // xorshift64: no pattern that a file system could shorten.
            noise ^= noise << 13;
            noise ^= noise >> 7;
            noise ^= noise << 17;
            word.copy_from_slice(&noise.to_le_bytes());
        }
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(block.len());
        file.write_all(block.get(..length).unwrap_or_default())?;
        left -= length as u64;
    }
    Ok(())
}

/// What everyone is told while there is no room.
pub(super) fn no_room(folder: &Path) -> Fault {
    let mut fault = Fault::new(
        format!("the disk of {} is nearly full; writing has stopped", folder.display()),
        HELP,
    );
    fault.is_transient = true;
    fault.is_storage_full = true;
    fault
}

/// What an operator does about a full disk.
pub(super) const HELP: &str =
    "make room on the disk; reading goes on and writing recovers by itself";

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    };

    use super::*;

    #[test]
    fn writing_stops_before_the_end_and_begins_again_with_room_for_the_ballast() {
        let folder = tempfile::tempdir().unwrap();
        let free = Arc::new(AtomicU64::new(1 << 30));
        let measured = free.clone();
        let settings = SqliteSettings {
            ballast_bytes: 1 << 20,
            wal_bytes_max: 10 << 20,
            measure: Arc::new(move |_| {
                Some(Volume { free_bytes: measured.load(Relaxed), total_bytes: 10 << 30 })
            }),
            ..SqliteSettings::default()
        };
        let room = Room::open(folder.path(), &settings);
        let ballast = folder.path().join("ballast");
        assert_eq!(ballast.metadata().unwrap().len(), 1 << 20);
        for (free_bytes, is_low, is_back) in
            [(30 << 20, false, true), ((30 << 20) - 1, true, false)]
        {
            free.store(free_bytes, Relaxed);
            assert_eq!((room.is_low(), room.is_back()), (is_low, is_back), "{free_bytes}");
            assert_eq!(room.left_bytes(), Some(0));
        }
        room.give_way();
        free.store(30 << 20, Relaxed);
        assert!(!room.is_low() && !room.is_back(), "room for the ballast is wanted first");
        room.refill();
        assert!(!ballast.exists());
        free.store(31 << 20, Relaxed);
        assert!(room.is_back());
        room.refill();
        assert!(ballast.exists());
        room.checkpointed(true);
        assert!(!room.is_back() && !ballast.exists());
        room.checkpointed(false);
        assert!(room.is_back());
    }

    #[test]
    fn a_small_volume_keeps_a_twentieth_free() {
        let folder = tempfile::tempdir().unwrap();
        let settings = SqliteSettings {
            measure: Arc::new(|_| Some(Volume { free_bytes: 1 << 20, total_bytes: 16 << 20 })),
            ..SqliteSettings::default()
        };
        let room = Room::open(folder.path(), &settings);
        assert!(!room.is_low());
        assert!(!folder.path().join("ballast").exists(), "it would fill the volume");
    }

    #[cfg(unix)]
    #[test]
    fn the_operating_system_says_how_much_there_is() {
        let volume = measure(&std::env::temp_dir()).unwrap();
        assert!(volume.total_bytes > 0 && volume.free_bytes <= volume.total_bytes, "{volume:?}");
    }
}
