//! `architrave seed PATH`

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use architrave_drive::{
    client::{Client, member},
    progress::Progress,
    seed::{Report, SeedOptions, Token, seed},
};
use architrave_engine::Fault;
use architrave_plan::Plan;
use architrave_server::{Format, Log};
use clap::Args;

use super::{blueprint::BlueprintPath, store::StoreArguments};
use crate::{
    backend::{self, Backend, DataFolder, Options},
    checked::LockUse,
    console::Console,
    dev,
    exit::Exit,
};

/// What to make, and where.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    blueprint: BlueprintPath,
    #[command(flatten)]
    store: StoreArguments,
    /// The data folder; a server with --dev may run on it, else one is started for the time it takes
    #[arg(long, value_name = "FOLDER", default_value = "data")]
    data: PathBuf,
    /// How many rows of what, e.g. catalog.Product=100000; may be repeated
    #[arg(long, value_name = "ENTITY=COUNT", value_parser = rows)]
    rows: Vec<(String, u64)>,
    /// Make nothing that --rows does not name
    #[arg(long)]
    only: bool,
    /// The same seed makes the same rows
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Batches in flight at once
    #[arg(long, value_name = "COUNT", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=256))]
    connections: u16,
}

/// Most rows of one entity: their ids are kept in memory, 16 bytes each.
const ROWS_MAX: u64 = 10_000_000;

pub(super) fn rows(text: &str) -> Result<(String, u64), String> {
    let (name, count) = text.split_once('=').ok_or("write ENTITY=COUNT")?;
    let count = count.replace('_', "").parse().map_err(|_| format!("`{count}` is not a count"))?;
    if count > ROWS_MAX {
        return Err(format!("{count} are too many: at most {ROWS_MAX} rows of one entity"));
    }
    Ok((name.to_owned(), count))
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        let checked = self.blueprint.load()?;
        let Some(plan) = checked.into_plan(console, LockUse::Extend)? else {
            return Ok(Exit::Findings);
        };
        let started = std::time::Instant::now();
        let report = super::block_on(self.fill(plan))?;
        for line in report.lines() {
            console.line(line);
        }
        let seconds = started.elapsed().as_secs_f64();
        let made: u64 = report.done.values().sum();
        console.note(format!("{made} rows and commands in {seconds:.1} s"));
        // Some rows may be refused for good reasons; nothing at all is a failure.
        Ok(if made > 0 || report.refused.is_empty() { Exit::Ok } else { Exit::Refused })
    }

    async fn fill(self, plan: Plan) -> Result<Report, Fault> {
        let folder = DataFolder::open(&self.data)?;
        let wanted = SeedOptions {
            rows: self.rows.iter().cloned().collect::<BTreeMap<_, _>>(),
            is_only_named: self.only,
            seed: self.seed,
            connections: usize::from(self.connections),
        };
        let shared = Arc::new(plan.clone());
        let progress = Arc::new(Progress::default());
        if let Some((api, tokens)) = running(&folder).await? {
            let done = seed(shared, Client::new(&api), tokens, wanted, progress).await;
            return done.map_err(super::fault);
        }
        let log = Log::new(Format::Json, Box::new(std::io::sink()));
        let store = self.store.choice()?;
        let options = Options { store, ..Options::private(&self.data, true) };
        let backend = Backend::start(plan, options, log).await?;
        let client = Client::new(&format!("http://{}", backend.api));
        let tokens = own(backend.tokens.clone());
        let done = seed(shared, client, tokens, wanted, progress).await;
        backend.stop().await;
        done.map_err(super::fault)
    }
}

/// Address and tokens of the server that runs on this folder; none where none runs.
async fn running(folder: &DataFolder) -> Result<Option<(String, Vec<Token>)>, Fault> {
    if backend::admin_client(folder).await?.is_none() {
        return Ok(None);
    }
    let no_tokens = || {
        let what = format!("the server that runs on {} has no tokens", folder.path().display());
        Fault::new(
            what,
            "start it with --dev, or stop it: then one is started for the time it takes",
        )
    };
    let access = folder.read(dev::ACCESS_FILE)?.ok_or_else(no_tokens)?;
    let access: serde_json::Value = serde_json::from_slice(&access).map_err(|_| no_tokens())?;
    let api = member(&access, "api").as_str().ok_or_else(no_tokens)?.to_owned();
    let tokens = member(&access, "tokens").as_object().ok_or_else(no_tokens)?;
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let tokens = tokens.iter().map(|(name, value)| (name.clone(), text(value))).collect();
    Ok(Some((api, own(tokens))))
}

/// Tokens of the first tenant, the system's last: people come first.
fn own(tokens: Vec<(String, String)>) -> Vec<Token> {
    let all = tokens.into_iter().filter(|(name, _)| !name.starts_with("other_tenant_"));
    let mut tokens: Vec<Token> = all.map(|(name, text)| Token { name, text }).collect();
    tokens.sort_by_key(|it| it.name == "system");
    tokens
}
