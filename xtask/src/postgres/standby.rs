//! A standby of our cluster: a copy that follows its log and answers reads.

use super::{Cluster, DATA, Owner, USER};
use crate::shell::Outcome;

impl Cluster {
    /// Copies the running cluster and starts the copy as its standby.
    pub(crate) fn standby(&self) -> Outcome<Self> {
        let owner = Owner::choose()?;
        let folder = tempfile::Builder::new().prefix("architrave-standby-").tempdir();
        let folder = folder.map_err(|error| format!("cannot make a folder: {error}"))?;
        owner.give(folder.path())?;
        let mut copy = owner.command(&self.programs.join("pg_basebackup"));
        copy.arg("--host").arg(self.folder.path()).args(["--username", USER]);
        copy.args(["--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--pgdata"]);
        let copied = copy.arg(folder.path().join(DATA)).output();
        let copied = copied.map_err(|error| format!("cannot run pg_basebackup: {error}"))?;
        if !copied.status.success() {
            let said = String::from_utf8_lossy(&copied.stderr);
            return Err(format!("pg_basebackup failed: {}", said.trim()));
        }
        Self::serve(&owner, self.programs.clone(), folder)
    }
}
