//! `architrave api-key create|list|revoke`

use architrave_drive::client::Call;
use architrave_engine::Fault;
use clap::{Args, Subcommand};
use serde_json::json;
use uuid::Uuid;

use super::admin::Target;
use crate::{console::Console, exit::Exit};

/// What to do with API keys.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: ApiKeys,
}

#[derive(Debug, Subcommand)]
enum ApiKeys {
    /// Create a key and print it: this is the only time its text is shown
    Create {
        #[command(flatten)]
        target: Target,
        /// What it is for
        #[arg(long)]
        name: String,
        /// The tenant it is bound to
        #[arg(long, value_name = "ID")]
        tenant: Option<Uuid>,
        /// The user it acts as; without one it acts for a service
        #[arg(long, value_name = "ID")]
        user: Option<Uuid>,
        /// A role it holds; may be repeated
        #[arg(long)]
        role: Vec<String>,
        /// A scope it holds; may be repeated
        #[arg(long)]
        scope: Vec<String>,
        /// Days until it stops working
        #[arg(long, value_name = "DAYS", default_value_t = 90)]
        expires_in: i64,
    },
    /// List keys, newest first; never their text
    List {
        #[command(flatten)]
        target: Target,
        /// Of this tenant only
        #[arg(long, value_name = "ID")]
        tenant: Option<Uuid>,
    },
    /// Make a key stop working at once
    Revoke {
        #[command(flatten)]
        target: Target,
        /// The key's public id
        id: String,
    },
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        let path = "/admin/v1/api-keys";
        match self.command {
            ApiKeys::Create { target, name, tenant, user, role, scope, expires_in } => {
                let body = json!({
                    "name": name, "tenant": tenant, "user": user, "roles": role, "scopes": scope,
                    "expires_in_days": expires_in,
                });
                target.ask(Call::post(path, &body), console)
            }
            ApiKeys::List { target, tenant } => {
                let query = tenant.map(|it| format!("?tenant={it}")).unwrap_or_default();
                target.ask(Call::get(format!("{path}{query}")), console)
            }
            ApiKeys::Revoke { target, id } => {
                // Ids are hexadecimal; anything else would be another path.
                if !id.chars().all(|it| it.is_ascii_alphanumeric()) || id.is_empty() {
                    return Err(Fault::new(
                        format!("`{id}` is not the id of a key"),
                        "`architrave api-key list` shows ids",
                    ));
                }
                target.ask(Call::delete(format!("{path}/{id}")), console)
            }
        }
    }
}
