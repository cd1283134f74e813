//! Commands for the administrator: they talk to the server that runs on the data folder, or to one that is
//! started for the moment. Never a second writer.

use std::path::PathBuf;

use architrave_drive::client::{Call, Client, member as inner};
use architrave_engine::Fault;
use architrave_server::{Format, Log};
use clap::Args;
use serde_json::{Map, Value};

use super::{blueprint::BlueprintPath, store::StoreArguments};
use crate::{
    backend::{self, Backend, DataFolder, Options},
    checked::LockUse,
    console::Console,
    exit::Exit,
};

/// Which backend.
#[derive(Debug, Args)]
pub(super) struct Target {
    #[command(flatten)]
    blueprint: BlueprintPath,
    #[command(flatten)]
    store: StoreArguments,
    /// The data folder
    #[arg(long, value_name = "FOLDER", default_value = "data")]
    data: PathBuf,
    /// Keys of encrypted fields, where no server runs
    #[arg(long, value_name = "FILE", env = crate::backend::KEY_FILE_VARIABLE)]
    key_file: Option<PathBuf>,
}

impl Target {
    /// Sends a request to the admin API and prints the answer as JSON.
    pub(super) fn ask(self, call: Call, console: Console) -> Result<Exit, Fault> {
        let checked = self.blueprint.load()?;
        let Some(plan) = checked.into_plan(console, LockUse::Extend)? else {
            return Ok(Exit::Findings);
        };
        super::block_on(async {
            let folder = DataFolder::open(&self.data)?;
            if let Some((client, token)) = backend::admin_client(&folder).await? {
                return send(&client, call.token(Some(&token)), console).await;
            }
            let log = Log::new(Format::Json, Box::new(std::io::sink()));
            let mut options = Options::private(&self.data, false);
            options.key_file = self.key_file;
            options.store = self.store.choice()?;
            let backend = Backend::start(plan, options, log).await?;
            let exit = match backend::admin_client(&folder).await? {
                Some((client, token)) => send(&client, call.token(Some(&token)), console).await,
                None => Err(Fault::new("the server started for this does not answer", "")),
            };
            backend.stop().await;
            exit
        })
    }
}

async fn send(client: &Client, call: Call, console: Console) -> Result<Exit, Fault> {
    let reply = client.send(&call).await.map_err(super::fault)?;
    let body = reply.json();
    if reply.is_success() {
        if !body.is_null() {
            console.line(format!("{body:#}"));
        }
        return Ok(Exit::Ok);
    }
    console.note(format!("error: {}", inner(&body, "title").as_str().unwrap_or("refused")));
    if let Some(detail) = inner(&body, "detail").as_str() {
        console.note(detail);
    }
    for error in inner(&body, "errors").as_array().into_iter().flatten() {
        let place = inner(error, "pointer").as_str().unwrap_or("");
        console.note(format!("  {place} {}", inner(error, "detail").as_str().unwrap_or("")));
    }
    Ok(Exit::Refused)
}

/// `name=value`: a JSON value where it is one, else text.
pub(super) fn member(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text.split_once('=').ok_or("write FIELD=VALUE")?;
    let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
    Ok((name.to_owned(), value))
}

/// An object of such members.
pub(super) fn object(members: Vec<(String, Value)>) -> Value {
    Value::Object(members.into_iter().collect::<Map<_, _>>())
}
