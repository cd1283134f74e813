//! How it is run: alerts and their tests, runbooks, recovery.

mod alerts;
mod openslo;
mod recovery;
mod runbooks;
mod yaml;

pub(crate) use alerts::PROJECTION as ALERTS;
pub(crate) use openslo::PROJECTION as OPENSLO;
pub(crate) use recovery::{PATH as RECOVERY_PATH, PROJECTION as RECOVERY};
pub(crate) use runbooks::{
    PROJECTION as RUNBOOKS, encrypted_fields, has_encrypted, path as runbook_path,
};
