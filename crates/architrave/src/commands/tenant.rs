//! `architrave tenant create|list`

use architrave_drive::client::Call;
use architrave_engine::Fault;
use clap::{Args, Subcommand};
use serde_json::Value;

use super::admin::{self, Target};
use crate::{console::Console, exit::Exit};

/// What to do with tenants.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Tenants,
}

#[derive(Debug, Subcommand)]
enum Tenants {
    /// Create a tenant and print it
    Create {
        #[command(flatten)]
        target: Target,
        /// A field of the tenant, e.g. name=Acme; may be repeated
        #[arg(long, value_name = "FIELD=VALUE", value_parser = admin::member)]
        set: Vec<(String, Value)>,
    },
    /// List tenants, newest first
    List {
        #[command(flatten)]
        target: Target,
    },
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        let path = "/admin/v1/tenants";
        match self.command {
            Tenants::Create { target, set } => {
                target.ask(Call::post(path, &admin::object(set)), console)
            }
            Tenants::List { target } => target.ask(Call::get(path), console),
        }
    }
}
