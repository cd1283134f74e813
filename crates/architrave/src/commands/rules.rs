//! `architrave rules`

use std::path::{Path, PathBuf};

use architrave_engine::Fault;
use architrave_review::{Rule, Tables, decision_page, pages, rules};
use clap::Args;
use serde_json::{Value, json};

use crate::{console::Console, exit::Exit, source::cannot_write};

/// How to list the rules.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Print them as JSON
    #[arg(long, conflicts_with = "html")]
    json: bool,
    /// Write them as a web site into this folder, which is made where it is not there
    #[arg(long, value_name = "FOLDER")]
    html: Option<PathBuf>,
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        if let Some(folder) = &self.html {
            let count = write_site(folder)?;
            console.line(format!("wrote {count} pages to {}", folder.display()));
        } else if self.json {
            let all: Vec<Value> = rules().map(described).collect();
            let tables = decision_page::pages(Tables::ours());
            let tables: Vec<Value> = tables
                .iter()
                .map(|(id, name, question, page)| {
                    json!({ "id": id, "name": name, "question": question, "page": page })
                })
                .collect();
            console.line(format!("{:#}", json!({ "rules": all, "decisions": tables })));
        } else {
            for rule in rules() {
                let (id, level, name) = (rule.id, rule.level().name(), rule.name);
                console.line(format!("{id}  {level:<8}  {name}: {}", rule.title));
            }
            let tables = decision_page::pages(Tables::ours());
            for (id, name, question, _) in &tables {
                console.line(format!("{id:<6}  decision  {name}: {question}"));
            }
            console.line(format!(
                "{} rules and {} decision tables; `architrave explain ID` has their pages",
                rules().count(),
                tables.len()
            ));
        }
        Ok(Exit::Ok)
    }
}

fn write_site(folder: &Path) -> Result<usize, Fault> {
    std::fs::create_dir_all(folder).map_err(|error| cannot_write(folder, &error))?;
    let site = pages::site();
    for (name, text) in &site {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|error| cannot_write(&path, &error))?;
    }
    Ok(site.len())
}

fn described(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "name": rule.name,
        "family": rule.family.name(),
        "title": rule.title,
        "level": rule.level().name(),
        "impact": rule.impact,
        "likelihood": rule.likelihood,
        "sources": rule.sources.iter().map(|it| json!({ "title": it.title, "url": it.url }))
            .collect::<Vec<_>>(),
        "maps": rule.maps.iter().map(|(catalogue, name)| json!({ "catalogue": catalogue, "name": name }))
            .collect::<Vec<_>>(),
        "page": pages::page(rule),
    })
}
