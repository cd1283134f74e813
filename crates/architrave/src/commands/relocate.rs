//! `architrave move PATH --from … --to …`: a store goes from SQLite to PostgreSQL, or back.

use std::{path::PathBuf, sync::Arc};

use architrave_drive::{
    client::{Call, Client},
    progress::Progress,
};
use architrave_engine::{Fault, ports::Later};
use architrave_store::{
    postgres::{Address, PostgresSettings},
    transfer::{self, Common, Report, Running, Target, Watch},
};
use clap::Args;
use serde_json::json;

use super::{blueprint::BlueprintPath, store::Secret};
use crate::{
    backend::{self, DataFolder, World},
    checked::LockUse,
    console::Console,
    exit::Exit,
};

/// Progress of a move: a bar on a terminal, lines elsewhere.
#[derive(Default)]
struct Steps(Progress);

impl Watch for Steps {
    fn begins(&self, step: &str, of: u64) {
        self.0.begin(step.trim_start_matches('_'), of);
    }

    fn done(&self, count: u64) {
        self.0.advance(count);
    }

    fn ended(&self) {
        self.0.end();
    }
}

/// What to move, and where to.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    blueprint: BlueprintPath,
    /// The store as it is: a data folder (a server may go on running on it), or postgres://…
    #[arg(long, value_name = "FOLDER|URL")]
    from: Secret,
    /// Where it shall be: postgres://… of an empty database, or a folder without a store
    #[arg(long, value_name = "URL|FOLDER")]
    to: Secret,
    /// The database as its owner, who may create and alter tables; without it --to (or --from) does both
    #[arg(long, value_name = "URL", env = "ARCHITRAVE_STORE_OWNER", hide_env_values = true)]
    store_owner: Option<Secret>,
    /// Keys of encrypted fields: compared, not used
    #[arg(long, value_name = "FILE", env = crate::backend::KEY_FILE_VARIABLE)]
    key_file: Option<PathBuf>,
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        let is_address = |it: &Secret| Address::is_one(it.as_str());
        let (is_from, is_to) = (is_address(&self.from), is_address(&self.to));
        if is_from == is_to {
            console.note("one of --from and --to is a folder, the other an address postgres://…");
            return Ok(Exit::Usage);
        }
        let folder = PathBuf::from(if is_to { self.from.as_str() } else { self.to.as_str() });
        let checked = self.blueprint.load()?;
        let Some(plan) = checked.into_plan(console, LockUse::Locked)? else {
            return Ok(Exit::Findings);
        };
        let data = match folder.is_file() {
            true => folder.parent().map(PathBuf::from).unwrap_or_default(),
            false => folder.clone(),
        };
        let data = DataFolder::open(&data)?;
        let vault = backend::vault(&plan, &data, self.key_file.as_deref(), false)?;
        let world = World::default();
        let common = Common { plan: Arc::new(plan), vault: Arc::new(vault), clock: world.clock };
        let owner = self.store_owner.as_ref().map(Secret::address).transpose()?;
        let steps = Steps::default();
        let report = super::block_on_here(async {
            if is_to {
                let settings = PostgresSettings { owner, ..PostgresSettings::default() };
                let target = Target { address: self.to.address()?, settings };
                let running = backend::admin_client(&data).await?;
                let running = running.map(|(client, token)| Server { client, token });
                let running = running.as_ref().map(|it| it as &dyn Running);
                transfer::to_postgres(&folder, target, common, &steps, running).await
            } else {
                let from = owner.map_or_else(|| self.from.address(), Ok)?;
                transfer::to_sqlite(&from, &folder, common, &steps).await
            }
        })?;
        for line in told(&report, is_to) {
            console.line(line);
        }
        Ok(Exit::Ok)
    }
}

fn told(report: &Report, is_to: bool) -> Vec<String> {
    let Report { rows, transactions, events, held_ms } = report;
    let mut lines = vec![format!(
        "{rows} rows, {transactions} transactions and {events} events of the journal moved; counts, checksums and the \
         journal's replay are equal"
    )];
    if *held_ms > 0 {
        let seconds = *held_ms / 1_000;
        let tenths = (*held_ms % 1_000) / 100;
        lines.push(format!(
            "the running server refused writes for {seconds}.{tenths} s, and goes on refusing them: stop it now"
        ));
    }
    lines.push(match is_to {
        true => "serve it from there with --store, or ARCHITRAVE_STORE, and the same data folder"
            .to_owned(),
        false => "serve it from there with --data".to_owned(),
    });
    lines
}

/// The server that runs on the data folder, by its administrator's listener.
struct Server {
    client: Client,
    token: String,
}

impl Server {
    async fn send(&self, call: Call) -> Result<(), Fault> {
        let reply = self.client.send(&call.token(Some(&self.token))).await.map_err(super::fault)?;
        if reply.is_success() {
            return Ok(());
        }
        Err(Fault::new(
            format!(
                "the running server does not hold its writes: {} {:#}",
                reply.status,
                reply.json()
            ),
            "stop it, and move then",
        ))
    }
}

impl Running for Server {
    fn hold(&self, for_s: Option<u32>) -> Later<'_, Result<(), Fault>> {
        Box::pin(self.send(Call::post("/admin/v1/hold", &json!({ "seconds": for_s }))))
    }

    fn release(&self) -> Later<'_, Result<(), Fault>> {
        Box::pin(self.send(Call::delete("/admin/v1/hold")))
    }
}
