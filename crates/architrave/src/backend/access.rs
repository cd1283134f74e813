//! How commands find the server that runs on a data folder: its addresses and the root token.

use std::{net::SocketAddr, path::PathBuf};

use architrave_drive::client::{Call, Client};
use architrave_engine::Fault;
use serde::{Deserialize, Serialize};

use super::DataFolder;

pub(super) const ROOT_TOKEN_FILE: &str = "root.token";
const RUNNING_FILE: &str = "running.json";

/// A note in the data folder that says where a server listens. It may be stale after a crash.
#[derive(Debug)]
pub struct Running {
    path: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Addresses {
    api: SocketAddr,
    admin: Option<SocketAddr>,
}

impl Running {
    pub(super) fn write(
        folder: &DataFolder,
        api: SocketAddr,
        admin: Option<SocketAddr>,
    ) -> Result<Self, Fault> {
        let json = serde_json::to_vec(&Addresses { api, admin });
        folder.write(RUNNING_FILE, &json.unwrap_or_default())?;
        Ok(Self { path: folder.file(RUNNING_FILE) })
    }

    pub(super) fn remove(&self) {
        // A stale note is recognised by nobody answering.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// A client for the administrator's listener of the server that runs on this folder, and its token; none
/// where none runs.
///
/// # Errors
/// Where the note or the token cannot be read.
pub async fn admin_client(folder: &DataFolder) -> Result<Option<(Client, String)>, Fault> {
    let Some(bytes) = folder.read(RUNNING_FILE)? else { return Ok(None) };
    let Ok(Addresses { admin: Some(admin), .. }) = serde_json::from_slice(&bytes) else {
        return Ok(None);
    };
    let Some(token) = folder.read(ROOT_TOKEN_FILE)? else { return Ok(None) };
    let token = String::from_utf8_lossy(&token).trim().to_owned();
    let client = Client::new(&format!("http://{admin}"));
    // Somebody else may have taken the port meanwhile: only our server knows the token.
    let call = Call::get("/admin/v1/status").token(Some(&token));
    let answers = client.send(&call).await.is_ok_and(|it| it.is_success());
    Ok(answers.then_some((client, token)))
}
