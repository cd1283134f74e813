//! Who may do what: the owner prepares, whoever serves reads and writes rows and can change no table.

use architrave_engine::Fault;
use architrave_plan::sql::{
    postgres::{self, security},
    quoted,
};

use super::{Owner, create::PREPARING};
use crate::postgres::{fault, session::Access};

/// What those who serve may do with the store's own tables. The journal is only ever added to.
const OWN: &[(&str, &str)] = &[
    ("meta", "SELECT, INSERT, UPDATE"),
    ("key", "SELECT, INSERT"),
    ("column", "SELECT"),
    ("table", "SELECT"),
    ("journal_tx", "SELECT, INSERT"),
    ("journal_event", "SELECT, INSERT"),
    ("journal_mark", "SELECT, UPDATE"),
    ("node", "SELECT, INSERT, UPDATE, DELETE"),
    ("budget", "SELECT, INSERT, UPDATE, DELETE"),
    ("idempotency", "SELECT, INSERT, UPDATE, DELETE"),
    ("identity_link", "SELECT, INSERT, UPDATE, DELETE"),
    ("api_key", "SELECT, INSERT, UPDATE"),
    ("sequence", "SELECT, INSERT, UPDATE"),
];

/// Gives the rights, where this user owns the store; the role that sessions take on to serve. None: whoever signs in
/// to serve is another user already.
pub(super) async fn prepare(owner: &Owner<'_>, access: &Access) -> Result<Option<String>, Fault> {
    let asked = "SELECT pg_has_role(nspowner, 'MEMBER'), current_database()::text FROM pg_namespace \
                 WHERE nspname = 'architrave'";
    let row = owner.session.client().query_one(asked, &[]).await.map_err(|it| owner.fault(&it))?;
    let (is_owner, database): (bool, String) = (row.get(0), row.get(1));
    if !is_owner {
        return Ok(None);
    }
    let (role, takes_it_on) = match &access.settings.owner {
        Some(_) => (access.address.config.get_user().unwrap_or_default().to_owned(), false),
        None => (postgres::fitted(&format!("architrave_{database}")), true),
    };
    let all = match takes_it_on {
        true => [made(owner, &role).await?, grants(owner, &role)?].concat(),
        false => grants(owner, &role)?,
    };
    // One node after the other: two that give the same right at the same time are refused.
    owner.execute(&format!("BEGIN; SELECT pg_advisory_xact_lock({PREPARING})")).await?;
    let given = owner.execute(&all.join("; ")).await;
    if let Err(fault) = given {
        owner.execute("ROLLBACK").await?;
        let help = "the owner needs the right to create roles (CREATEROLE); or make a user for serving, name it in \
                    --store, and the owner in --store-owner";
        return Err(Fault { help: help.to_owned(), ..fault });
    }
    owner.execute("COMMIT").await?;
    Ok(takes_it_on.then_some(role))
}

/// What makes the role, unless it is there and this user may take it on.
async fn made(owner: &Owner<'_>, role: &str) -> Result<Vec<String>, Fault> {
    let asked = "SELECT pg_has_role(oid, 'MEMBER') FROM pg_roles WHERE rolname = $1";
    let found = owner.session.client().query_opt(asked, &[&role]).await;
    let found = found.map_err(|it| owner.fault(&it))?.map(|it| it.get::<_, bool>(0));
    let name = quoted(role);
    let is_super = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user";
    let grant = format!("GRANT {name} TO CURRENT_USER");
    let row = owner.session.client().query_one(is_super, &[]).await;
    let is_super: bool = row.map_err(|it| owner.fault(&it))?.get(0);
    Ok(match found {
        Some(true) => Vec::new(),
        Some(false) => vec![grant],
        None if is_super => vec![format!("CREATE ROLE {name} NOLOGIN")],
        None => vec![format!("CREATE ROLE {name} NOLOGIN"), grant],
    })
}

fn grants(owner: &Owner<'_>, role: &str) -> Result<Vec<String>, Fault> {
    let to = quoted(role);
    let mut all = vec![format!("GRANT USAGE ON SCHEMA architrave TO {to}")];
    for (table, rights) in OWN {
        all.push(format!("GRANT {rights} ON architrave.{} TO {to}", quoted(table)));
    }
    // To see what was drawn last; drawing comes with the right to insert.
    all.push(format!("GRANT SELECT ON ALL SEQUENCES IN SCHEMA architrave TO {to}"));
    for (_, schema) in postgres::schemas(owner.plan) {
        all.push(format!("GRANT USAGE ON SCHEMA {} TO {to}", quoted(&schema)));
    }
    for table in postgres::tables(owner.plan).map_err(|it| fault::uncompilable(&it))? {
        let name = table.qualified();
        all.push(format!("GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO {to}"));
        let searched = security::searched(owner.plan, table.entity);
        if searched != name {
            all.push(format!("GRANT SELECT ON {searched} TO {to}"));
        }
    }
    Ok(all)
}
