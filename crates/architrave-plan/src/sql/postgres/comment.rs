//! What tables and columns are, kept in the database itself for whoever opens it: the author's words, and what the
//! stored form does not show.

use crate::{
    Column, ColumnRole, ColumnType, Plan, Table,
    sql::{Dialect, builder::table_name, quoted},
};

/// Statements for a table and those of its columns that need words.
pub(super) fn comments(plan: &Plan, table: &Table) -> Vec<String> {
    let entity = &plan.system[table.entity];
    let on = table_name(plan, Dialect::Postgres, table.entity);
    let mut all = vec![statement("TABLE", &on, &or_else(&entity.doc, &entity.name.text))];
    for column in &table.columns {
        let words = words(plan, table, column);
        let name = format!("{on}.{}", quoted(&column.physical));
        all.extend((!words.is_empty()).then(|| statement("COLUMN", &name, &words)));
        let lookup = column.lookup.as_ref().map(|it| format!("{on}.{}", quoted(it)));
        let words = format!("Keyed hash of {}, by which it is found.", column.path);
        all.extend(lookup.map(|it| statement("COLUMN", &it, &words)));
    }
    let search = table.search.as_ref().map(|it| format!("{on}.{}", quoted(&it.physical)));
    let words = "Words to be searched, each with its tenant in front; written by the store.";
    all.extend(search.map(|it| statement("COLUMN", &it, words)));
    all
}

fn words(plan: &Plan, table: &Table, column: &Column) -> String {
    let doc = match column.role {
        ColumnRole::Field { field, member: None } => {
            plan.system[table.entity].fields.get(field).map_or("", |it| it.doc.as_str())
        }
        _ => "",
    };
    let stored = match &column.ty {
        _ if column.encryption.is_some() => "Encrypted.".to_owned(),
        ColumnType::Money => {
            format!("In minor units of {}.", plan.system.currency)
        }
        ColumnType::Duration => "In microseconds.".to_owned(),
        _ => String::new(),
    };
    let personal = column.pii.as_ref().map_or_else(String::new, |it| format!("Personal: {it}."));
    let all = [doc, &stored, &personal];
    all.iter().filter(|it| !it.is_empty()).copied().collect::<Vec<_>>().join(" ")
}

fn or_else(text: &str, otherwise: &str) -> String {
    if text.is_empty() { otherwise.to_owned() } else { text.to_owned() }
}

/// No escape but the doubled quote: standard strings take backslashes as they are. A text cannot hold the character
/// with the number 0.
fn statement(kind: &str, name: &str, words: &str) -> String {
    let words = words.replace('\0', "").replace('\'', "''");
    format!("COMMENT ON {kind} {name} IS '{words}'")
}
