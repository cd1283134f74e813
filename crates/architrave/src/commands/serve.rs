//! `architrave serve PATH`

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use architrave_engine::Fault;
use architrave_server::{Bounds, Format, Level, Log, Network};
use clap::Args;

use super::{blueprint::BlueprintPath, store::StoreArguments};
use crate::{
    backend::{Backend, Options},
    banner,
    checked::LockUse,
    console::Console,
    exit::Exit,
};

/// What to serve, where, and how.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    blueprint: BlueprintPath,
    /// Try things out: own issuer, two tenants, one person per role, tokens that work at once. Loopback only
    #[arg(long)]
    dev: bool,
    /// Where the API listens; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where the administrator's listener is; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8081")]
    admin_listen: SocketAddr,
    #[command(flatten)]
    store: StoreArguments,
    /// The data folder: database, tokens, keys of this installation
    #[arg(long, value_name = "FOLDER", default_value = "data")]
    data: PathBuf,
    /// Keys of encrypted fields, made by `architrave keys new`
    #[arg(long, value_name = "FILE", env = crate::backend::KEY_FILE_VARIABLE)]
    key_file: Option<PathBuf>,
    /// Lift the rate limits of the blueprint
    #[arg(long)]
    no_limits: bool,
    /// A network of proxies that are believed about clients' addresses; may be repeated
    #[arg(long, value_name = "CIDR")]
    trusted_proxy: Vec<Network>,
    /// An origin that browsers may call from, beside those of the blueprint; may be repeated
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    cors: Vec<String>,
    /// Refuse names that architrave.lock does not have yet, in place of adding them
    #[arg(long)]
    locked: bool,
    /// Seconds to go on serving after a stop signal while /health/ready already says no; a little more than a load
    /// balancer in front takes to notice
    #[arg(long, value_name = "SECONDS", default_value_t = 0, value_parser = clap::value_parser!(u16).range(..=3600))]
    stop_notice: u16,
    /// Threads that serve requests; one per core unless said otherwise
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

fn origin(text: &str) -> Result<String, String> {
    if architrave_blueprint::is_origin(text) {
        return Ok(text.to_owned());
    }
    Err(format!("`{text}` is not an origin: write scheme and host, as in https://shop.example"))
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        let addresses = [self.listen, self.admin_listen];
        let open = addresses.into_iter().find(|it| !it.ip().is_loopback());
        if let (true, Some(open)) = (self.dev, open) {
            return Err(crate::dev::refused_on(open));
        }
        let store = self.store.choice()?;
        let checked = self.blueprint.load()?;
        let lock_use = if self.locked { LockUse::Locked } else { LockUse::Extend };
        let folder = checked.blueprint.folder.clone();
        let Some(mut plan) = checked.into_plan(console, lock_use)? else {
            return Ok(Exit::Findings);
        };
        plan.cors.extend(self.cors.iter().cloned());
        let format = if console.is_terminal() { Format::Text } else { Format::Json };
        let log = Log::new(format, Box::new(std::io::stdout()));
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let options = Options {
            listen: self.listen,
            admin_listen: self.admin_listen,
            key_file: self.key_file,
            has_callers: true,
            has_limits: !self.no_limits,
            trusted_proxies: self.trusted_proxy,
            bounds: Bounds {
                notice_time: Duration::from_secs(u64::from(self.stop_notice)),
                ..Bounds::default()
            },
            store,
            threads: self
                .threads
                .map_or(if cfg!(target_os = "linux") { cores } else { 0 }, usize::from),
            ..Options::private(&self.data, self.dev)
        };
        let served = super::block_on(async {
            let backend = Backend::start(plan, options, Arc::clone(&log)).await?;
            let assumed = banner::Assumed { is_dev: self.dev, has_limits: !self.no_limits };
            if console.is_terminal() {
                for line in banner::lines(&backend, &folder, assumed) {
                    console.line(line);
                }
            } else {
                banner::log(&log, &backend, &folder, assumed);
            }
            let reason = stop_signal().await?;
            log.line(Level::Info, "stopping", &[("reason", reason)]);
            backend.stop().await;
            log.line(Level::Info, "stopped", &[]);
            Ok(Exit::Ok)
        });
        log.close();
        served
    }
}

/// Waits until somebody wants us to stop; answers how they said so.
pub(super) async fn stop_signal() -> Result<&'static str, Fault> {
    let failed =
        |error: std::io::Error| Fault::new(format!("cannot wait for signals: {error}"), "");
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
        tokio::select! {
            _ = terminate.recv() => Ok("SIGTERM"),
            pressed = tokio::signal::ctrl_c() => pressed.map(|()| "SIGINT").map_err(failed),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.map(|()| "Ctrl-C").map_err(failed)
}
