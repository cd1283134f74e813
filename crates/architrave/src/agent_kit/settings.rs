//! The server's entry in the settings of agents, beside whatever else is in them.

use architrave_engine::Fault;
use serde_json::{Value, json};

/// `{"mcpServers": {"architrave": …}}`; none where it says so already.
pub(super) fn json(
    path: &str,
    server: &str,
    present: Option<String>,
) -> Result<Option<String>, Fault> {
    let wrong = || {
        Fault::new(
            format!("{path} is no JSON object of servers"),
            "mend it or move it away; nothing was changed",
        )
    };
    let before: Value = match &present {
        Some(text) => serde_json::from_str(text).map_err(|_| wrong())?,
        None => json!({}),
    };
    let mut after = before.clone();
    let servers = after.as_object_mut().ok_or_else(wrong)?.entry("mcpServers");
    let servers = servers.or_insert_with(|| json!({})).as_object_mut().ok_or_else(wrong)?;
    servers.insert(server.to_owned(), json!({ "command": "architrave", "args": ["mcp"] }));
    Ok((after != before).then(|| format!("{after:#}\n")))
}

/// `[mcp_servers.architrave]`, at the end; none where the table is there.
pub(super) fn toml(server: &str, present: Option<String>) -> Option<String> {
    let head = format!("[mcp_servers.{server}]");
    let table = format!("{head}\ncommand = \"architrave\"\nargs = [\"mcp\"]\n");
    let Some(before) = present else { return Some(table) };
    if before.lines().any(|it| it.trim() == head) {
        return None;
    }
    let before = before.trim_end();
    Some(if before.is_empty() { table } else { format!("{before}\n\n{table}") })
}
