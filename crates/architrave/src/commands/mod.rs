//! One file per command; the list is the command line.

mod admin;
mod adr;
mod agent;
mod api_key;
mod blueprint;
mod capacity;
mod check;
mod completions;
mod decide;
mod docs;
mod explain;
mod fix;
mod fmt;
mod import;
mod keys;
mod load;
mod man;
mod mcp;
mod new;
mod plan;
mod questions;
mod relocate;
mod review;
mod rules;
mod seed;
mod serve;
mod store;
mod tenant;
pub(crate) mod told;
mod user;
mod verify;

use architrave_engine::Fault;
use clap::{Parser, Subcommand};

use crate::{console::Console, exit::Exit};

/// Reads a blueprint and serves the backend it describes.
#[derive(Debug, Parser)]
#[command(name = "architrave", version, about, after_help = crate::exit::HELP)]
#[command(propagate_version = true, max_term_width = 100)]
pub struct CommandLine {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Every command, in the order in which one meets them.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start a blueprint: a small, commented one that checks and serves
    New(new::Arguments),
    /// Draft a blueprint from a schema, an OpenAPI document or a database, with every guess marked
    Import(import::Arguments),
    /// Read a blueprint and say everything there is to say about it
    Check(check::Arguments),
    /// Lay a blueprint's text out in the standard way
    Fmt(fmt::Arguments),
    /// Apply the fixes that have exactly one right answer
    Fix(fix::Arguments),
    /// Judge a blueprint, or the files of an existing system, by the architect's rules
    Review(Box<review::Arguments>),
    /// List the architect's rules, or write their pages as a web site
    Rules(rules::Arguments),
    /// Print the page of a finding, a problem or a rule
    Explain(explain::Arguments),
    /// Ask what is missing and would change something, and write the answers down
    Questions(questions::Arguments),
    /// Write the documents of a system: pages with diagrams, contracts, one web site
    Docs(docs::Arguments),
    /// Decide what the architecture should be, with reasons and with what would change them
    Decide(decide::Arguments),
    /// List, accept, reject and supersede decision records
    Adr(adr::Arguments),
    /// Work out what a blueprint's system bears: nodes, headroom, what runs out first
    Capacity(capacity::Arguments),
    /// Print everything that is derived from a blueprint
    Plan(plan::Arguments),
    /// Serve the backend that a blueprint describes
    Serve(Box<serve::Arguments>),
    /// Fill a backend with realistic data, through its public API
    Seed(seed::Arguments),
    /// Drive a backend at the declared load and above, and judge its objectives
    Load(load::Arguments),
    /// Manage tenants
    Tenant(tenant::Arguments),
    /// Manage users
    User(user::Arguments),
    /// Manage API keys
    ApiKey(api_key::Arguments),
    /// Manage the keys that encrypt fields
    Keys(keys::Arguments),
    /// Move a store from SQLite to PostgreSQL, or back, also while a server runs on it
    Move(relocate::Arguments),
    /// Replay the journal and compare it with what is stored
    Verify(verify::Arguments),
    /// Serve coding agents over standard input and output (Model Context Protocol)
    Mcp(mcp::Arguments),
    /// Make the architect known to coding agents in a project
    Agent(agent::Arguments),
    /// Print completions for a shell
    Completions(completions::Arguments),
    /// Print the manual page
    Man(man::Arguments),
}

impl Command {
    /// Runs it.
    ///
    /// # Errors
    /// Where the world fails.
    pub fn run(self, console: Console) -> Result<Exit, Fault> {
        match self {
            Self::New(it) => it.run(console),
            Self::Import(it) => it.run(console),
            Self::Check(it) => it.run(console),
            Self::Fmt(it) => it.run(console),
            Self::Fix(it) => it.run(console),
            Self::Review(it) => it.run(console),
            Self::Rules(it) => it.run(console),
            Self::Explain(it) => it.run(console),
            Self::Questions(it) => it.run(console),
            Self::Docs(it) => it.run(console),
            Self::Decide(it) => it.run(console),
            Self::Adr(it) => it.run(console),
            Self::Capacity(it) => it.run(console),
            Self::Plan(it) => it.run(console),
            Self::Serve(it) => it.run(console),
            Self::Seed(it) => it.run(console),
            Self::Load(it) => it.run(console),
            Self::Tenant(it) => it.run(console),
            Self::User(it) => it.run(console),
            Self::ApiKey(it) => it.run(console),
            Self::Keys(it) => it.run(console),
            Self::Move(it) => it.run(console),
            Self::Verify(it) => it.run(console),
            Self::Mcp(it) => it.run(console),
            Self::Agent(it) => it.run(console),
            Self::Completions(it) => it.run(console),
            Self::Man(it) => it.run(console),
        }
    }
}

pub(crate) use capacity::{measurements, no_load};
pub(crate) use explain::page_of;
pub(crate) use fmt::replace;
pub(crate) use review::{parse_family, parse_level};

/// Runs asynchronous work to its end, on a runtime of its own.
fn block_on<T>(work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Fault::new(format!("cannot start threads: {error}"), ""))?;
    runtime.block_on(work)
}

/// The same on this thread alone, for work that stays on one.
fn block_on_here<T>(work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Fault::new(format!("cannot wait for the network: {error}"), ""))?;
    runtime.block_on(work)
}

/// What driving a backend failed with, as a fault of ours.
fn fault(error: architrave_drive::DriveError) -> Fault {
    Fault::new(error.what, error.help)
}
