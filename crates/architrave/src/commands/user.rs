//! `architrave user create`

use architrave_drive::client::Call;
use architrave_engine::Fault;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use uuid::Uuid;

use super::admin::{self, Target};
use crate::{console::Console, exit::Exit};

/// What to do with users.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Users,
}

#[derive(Debug, Subcommand)]
enum Users {
    /// Create a user and print it
    Create {
        #[command(flatten)]
        target: Target,
        /// The tenant, where users have one
        #[arg(long, value_name = "ID")]
        tenant: Option<Uuid>,
        /// Whose tokens the user signs in with
        #[arg(long, value_name = "URL", requires = "subject")]
        issuer: Option<String>,
        /// Who the user is there (`sub`)
        #[arg(long, value_name = "TEXT", requires = "issuer")]
        subject: Option<String>,
        /// A field of the user, e.g. email=ada@example.com; may be repeated
        #[arg(long, value_name = "FIELD=VALUE", value_parser = admin::member)]
        set: Vec<(String, Value)>,
    },
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        let Users::Create { target, tenant, issuer, subject, set } = self.command;
        let mut body = json!({ "data": admin::object(set) });
        let given = [
            ("tenant", tenant.map(|it| json!(it))),
            ("issuer", issuer.map(|it| json!(it))),
            ("subject", subject.map(|it| json!(it))),
        ];
        if let Some(body) = body.as_object_mut() {
            let given = given.into_iter().filter_map(|(name, it)| Some((name.to_owned(), it?)));
            body.extend(given);
        }
        target.ask(Call::post("/admin/v1/users", &body), console)
    }
}
