//! What coding agents need to find the architect: definitions, skills and the server's entry in their settings.
//! Adds to files that are there; replaces nothing that a person wrote.

mod settings;

use std::path::Path;

use architrave_engine::Fault;

use crate::{commands::replace, mcp, source};

/// A coding agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// Claude Code.
    Claude,
    /// Cursor.
    Cursor,
    /// Codex.
    Codex,
}

impl Host {
    /// Every agent that files are known for.
    pub const ALL: [Self; 3] = [Self::Claude, Self::Cursor, Self::Codex];
}

/// A file to write, as it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KitFile {
    /// Below the project's folder.
    pub path: String,
    /// Its whole text.
    pub text: String,
}

/// Around our part of a file that others write too.
const BEGIN: &str = "<!-- architrave: begin -->";
const END: &str = "<!-- architrave: end -->";

/// What the files are to be; `present` gives the text that a file has now. Files that would not change are left out.
///
/// # Errors
/// Where a file that others write too cannot be read as what it is, or a person edited one of ours.
pub fn files(
    hosts: &[Host],
    server: &str,
    is_overwriting: bool,
    present: &dyn Fn(&str) -> Result<Option<String>, Fault>,
) -> Result<Vec<KitFile>, Fault> {
    let mut files = Vec::new();
    let mut add = |path: &str, text: Option<String>| {
        files.extend(text.map(|text| KitFile { path: path.to_owned(), text }));
    };
    for host in hosts {
        match host {
            Host::Claude => {
                add(".mcp.json", settings::json(".mcp.json", server, present(".mcp.json")?)?);
                for (path, text) in [
                    (".claude/agents/backend-architect.md", definition(server)),
                    (".claude/skills/architecture-review/SKILL.md", SKILL.to_owned()),
                ] {
                    add(path, own(path, text, present(path)?, is_overwriting)?);
                }
            }
            Host::Cursor => {
                let path = ".cursor/mcp.json";
                add(path, settings::json(path, server, present(path)?)?);
            }
            Host::Codex => {
                let path = ".codex/config.toml";
                add(path, settings::toml(server, present(path)?));
            }
        }
    }
    // Cursor and Codex both look for skills of a repository there.
    if hosts.iter().any(|it| *it != Host::Claude) {
        let path = ".agents/skills/architecture-review/SKILL.md";
        add(path, own(path, SKILL.to_owned(), present(path)?, is_overwriting)?);
    }
    add("AGENTS.md", shared("AGENTS.md", present("AGENTS.md")?)?);
    Ok(files)
}

/// Writes them below a folder.
///
/// # Errors
/// Where one cannot be written; those before it are.
pub fn write(folder: &Path, files: &[KitFile]) -> Result<(), Fault> {
    for file in files {
        let path = folder.join(&file.path);
        if let Some(above) = path.parent() {
            std::fs::create_dir_all(above).map_err(|it| source::cannot_write(above, &it))?;
        }
        replace(&path, &file.text)?;
    }
    Ok(())
}

const SKILL: &str = include_str!("skill.md");

fn definition(server: &str) -> String {
    let own = mcp::tool_names().map(|it| format!("mcp__{server}__{it}"));
    let tools: Vec<String> = ["Read", "Grep", "Glob", "Edit", "Write", "Bash", "WebFetch"]
        .into_iter()
        .map(str::to_owned)
        .chain(own)
        .collect();
    include_str!("agent.md").replace("{tools}", &tools.join(", ")).replace("{server}", server)
}

/// A file that is ours alone: an edited one is kept unless told otherwise.
fn own(
    path: &str,
    text: String,
    present: Option<String>,
    is_overwriting: bool,
) -> Result<Option<String>, Fault> {
    match present {
        Some(now) if now == text => Ok(None),
        Some(_) if !is_overwriting => Err(Fault::new(
            format!("{path} is there and differs from what would be written; nothing was changed"),
            "write over it with --overwrite, or keep yours and leave this agent out",
        )),
        _ => Ok(Some(text)),
    }
}

/// A file that others write too: our part stands between two marks.
fn shared(path: &str, present: Option<String>) -> Result<Option<String>, Fault> {
    let part = format!("{BEGIN}\n{}\n{END}\n", include_str!("agents.md").trim_end());
    let Some(now) = present else { return Ok(Some(part)) };
    let text = match (now.find(BEGIN), now.find(END)) {
        (None, None) => format!("{}\n\n{part}", now.trim_end()),
        (Some(begin), Some(end)) if begin < end => {
            let after = now.get(end + END.len()..).unwrap_or_default();
            let after = after.strip_prefix('\n').unwrap_or(after);
            format!("{}{part}{after}", now.get(..begin).unwrap_or_default())
        }
        _ => {
            return Err(Fault::new(
                format!("the marks of our part of {path} do not belong together"),
                format!("take `{BEGIN}` and `{END}` out of it; nothing was changed"),
            ));
        }
    };
    Ok((text != now).then_some(text))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn made(present: &BTreeMap<String, String>) -> Result<Vec<KitFile>, Fault> {
        files(&Host::ALL, "architrave", false, &|path| Ok(present.get(path).cloned()))
    }

    fn after(mut present: BTreeMap<String, String>) -> BTreeMap<String, String> {
        let files = made(&present).unwrap();
        present.extend(files.into_iter().map(|it| (it.path, it.text)));
        present
    }

    #[test]
    fn what_is_written_once_is_not_written_again() {
        let first = after(BTreeMap::new());
        assert_eq!(first.len(), 7, "{:?}", first.keys());
        assert!(made(&first).unwrap().is_empty());
        let agent = &first[".claude/agents/backend-architect.md"];
        assert!(agent.contains("mcp__architrave__questions"), "{agent}");
        assert!(!agent.contains('{'), "{agent}");
    }

    #[test]
    fn what_others_wrote_is_kept() {
        let theirs = BTreeMap::from([
            (".mcp.json".to_owned(), "{\"mcpServers\":{\"other\":{\"command\":\"x\"}}}".to_owned()),
            ("AGENTS.md".to_owned(), "# Ours\n\nBe kind.\n".to_owned()),
            (".codex/config.toml".to_owned(), "model = \"x\"\n".to_owned()),
        ]);
        let files = after(theirs);
        assert!(files[".mcp.json"].contains("\"other\""));
        assert!(files[".mcp.json"].contains("\"architrave\""));
        assert!(files["AGENTS.md"].starts_with("# Ours\n\nBe kind.\n"));
        assert!(files[".codex/config.toml"].starts_with("model = \"x\"\n"));
        let changed = files["AGENTS.md"].replace("Both must end with 0.", "Old.");
        let again = after(BTreeMap::from([("AGENTS.md".to_owned(), changed)]));
        assert_eq!(again["AGENTS.md"], files["AGENTS.md"]);
    }

    #[test]
    fn what_cannot_be_told_apart_is_refused() {
        for (path, text) in [
            (".mcp.json", "{ not json"),
            (".mcp.json", "[]"),
            ("AGENTS.md", "<!-- architrave: end -->\n<!-- architrave: begin -->"),
            (".claude/agents/backend-architect.md", "mine"),
        ] {
            let present = BTreeMap::from([(path.to_owned(), text.to_owned())]);
            assert!(made(&present).is_err(), "{path} {text}");
        }
    }
}
