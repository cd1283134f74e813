//! What must be true before a store serves: that the server keeps what it acknowledges, and that whoever serves can do
//! no more than serve.

use architrave_engine::Fault;
use architrave_plan::sql::postgres::security::TENANTS;
use tokio_postgres::{Error, Row};

use crate::postgres::{
    fault,
    session::{Access, Session},
};

/// The oldest release that this store knows.
const VERSION_MIN: i32 = 150_000;

/// Everything in one statement. `last_value` of a sequence that nobody drew from says nothing.
const ASKED: &str = "SELECT current_setting('server_version_num')::integer, current_setting('server_version'), \
     current_setting('server_encoding'), pg_is_in_recovery(), current_setting('fsync'), \
     current_setting('full_page_writes'), current_setting('synchronous_commit'), \
     (SELECT seqcache FROM pg_sequence WHERE seqrelid = pg_get_serial_sequence('architrave.journal_tx', 'seq')::regclass), \
     (SELECT last_value FROM architrave.journal_tx_seq_seq), \
     (SELECT coalesce(max(seq), 0) FROM architrave.journal_tx), \
     (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user), \
     (SELECT bool_or(pg_has_role(current_user, relowner, 'MEMBER')) FROM pg_class \
      WHERE relnamespace = 'architrave'::regnamespace), \
     has_schema_privilege('architrave', 'CREATE'), current_user::text, \
     current_setting('statement_timeout') = '0' OR current_setting('lock_timeout') = '0' \
     OR current_setting('idle_in_transaction_session_timeout') = '0'";

/// Looks at the server with the eyes of a session that serves.
pub(super) async fn check(access: &Access) -> Result<(), Fault> {
    let session = access.open("open").await?;
    let failed = |it: &Error| fault::fault(it, &access.address);
    let row = session.client().query_one(ASKED, &[]).await.map_err(|it| failed(&it))?;
    let all: Vec<String> = wrong(&row).map_err(|it| failed(&it))?;
    if !all.is_empty() {
        let list: Vec<String> = all.iter().map(|it| format!("\n  - {it}")).collect();
        return Err(Fault::new(
            format!(
                "{}: this server cannot be served from:{}",
                access.address.shown(),
                list.concat()
            ),
            "change what is listed; nothing has been written",
        ));
    }
    let other = access.open("open").await?;
    let is_shared = is_shared(&session, &other).await.map_err(|it| failed(&it))?;
    if is_shared {
        return Err(Fault::new(
            format!(
                "{}: there is a pooler in between that gives the server's sessions to others between transactions",
                access.address.shown()
            ),
            "name the server itself, or a pooler in session mode: whose rows a session sees, its time limits and its \
             prepared statements belong to the session",
        ));
    }
    Ok(())
}

/// Everything that is wrong, in words.
fn wrong(row: &Row) -> Result<Vec<String>, Error> {
    let mut all = Vec::new();
    let mut say = |is_wrong: bool, what: String| all.extend(is_wrong.then_some(what));
    let (version, named): (i32, &str) = (row.try_get(0)?, row.try_get(1)?);
    say(version < VERSION_MIN, format!("it is PostgreSQL {named}; 15 is the oldest that is known"));
    let encoding: &str = row.try_get(2)?;
    say(encoding != "UTF8", format!("the database's encoding is {encoding}, not UTF8"));
    say(row.try_get(3)?, "it is a standby, which takes no writes".to_owned());
    for (at, name) in [(4, "fsync"), (5, "full_page_writes"), (6, "synchronous_commit")] {
        let is_off = row.try_get::<_, &str>(at)? == "off";
        say(is_off, format!("{name} is off: what it acknowledges may be lost"));
    }
    let cache: i64 = row.try_get(7)?;
    say(
        cache != 1,
        format!("the journal's sequence has CACHE {cache}, not 1: its order would be lost"),
    );
    let (drawn, greatest): (i64, i64) = (row.try_get(8)?, row.try_get(9)?);
    say(
        drawn < greatest,
        format!(
            "the journal's sequence is at {drawn}, behind the journal ({greatest}), as after a restore; set it with \
             SELECT setval('architrave.journal_tx_seq_seq', {greatest})"
        ),
    );
    let user: &str = row.try_get(13)?;
    say(
        row.try_get(10)?,
        format!("user {user} is let through row-level security (SUPERUSER or BYPASSRLS)"),
    );
    let owns: bool = row.try_get(11)?;
    let creates: bool = row.try_get(12)?;
    say(
        owns || creates,
        format!("user {user} may change the schema; let another serve (--store-owner)"),
    );
    say(row.try_get(14)?, "its sessions have no time limits".to_owned());
    Ok(all)
}

/// Whether two of our sessions are, now and then, the same one of the server.
async fn is_shared(one: &Session, other: &Session) -> Result<bool, Error> {
    let who = "SELECT pg_backend_pid()";
    let mark = format!("SELECT coalesce(current_setting('{TENANTS}', true), '')");
    one.client().batch_execute(&format!("SET {TENANTS} = '{{}}'")).await?;
    let mine: i32 = one.client().query_one(who, &[]).await?.get(0);
    // While this one is in a transaction, the server's session that a pooler gave it is taken.
    other.client().batch_execute("BEGIN").await?;
    let theirs: i32 = other.client().query_one(who, &[]).await?.get(0);
    let again: i32 = one.client().query_one(who, &[]).await?.get(0);
    let kept: String = one.client().query_one(&mark, &[]).await?.get(0);
    other.client().batch_execute("ROLLBACK").await?;
    Ok(mine == theirs || mine != again || kept != "{}")
}
