//! Schemas and migrations in SQL, as PostgreSQL, SQLite and MySQL write it: tables, keys, indexes, and what
//! each step of a migration does to a running system.
//!
//! Files that say how things are (dumps, schemas) are read in the order of their names; migrations are replayed
//! in the order in which they would run. A statement that cannot be read is one finding, and reading goes on
//! behind it. The body of functions is not looked into.

mod alter;
mod check;
mod create;
mod dialect;
mod kind;
mod order;
mod parse;
mod reader;
mod rows;
mod schema;
mod split;
mod words;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use architrave_model::graph::{
    ChangeKind, Graph, Manifest, ManifestKind, MigrationStep, Node, Origin, StoreKind,
};

use crate::{Import, input::Input};
use order::{Order, Role};
use reader::Reader;
use schema::{Schema, same_columns};

/// Whether a file holds SQL: by its name, or because it makes tables.
pub(crate) fn recognises(input: &Input<'_>) -> bool {
    let name = input.file_name();
    if name.ends_with(".sql") || name.ends_with(".ddl") || order::is_live(input.name()) {
        return true;
    }
    let is_other = input.is_yaml_or_json() || name.ends_with(".md") || name.contains("dockerfile");
    let head = input.text().as_bytes();
    let head = head.get(..head.len().min(64 * 1024)).unwrap_or_default();
    !is_other && head.windows(13).any(|it| it.eq_ignore_ascii_case(b"create table "))
}

/// Adds what all files of SQL say together.
pub(crate) fn read<'t>(inputs: &[Input<'t>], import: &mut Import) {
    let mut states: Vec<&Input<'t>> = Vec::new();
    let mut series: BTreeMap<String, Vec<(Order, &Input<'t>)>> = BTreeMap::new();
    for input in inputs {
        match order::role(input.name()) {
            Role::State => states.push(input),
            Role::Migration { series: folder, order } => {
                series.entry(folder).or_default().push((order, input));
            }
            Role::WayBack => {}
        }
    }
    if !states.is_empty() {
        let mut reader = reader_of(states.iter().copied());
        states.iter().for_each(|it| reader.file(it, None));
        hand_on(reader, inputs, "", 0, import);
    }
    let dumped = import.graph.tables.len();
    for (folder, mut files) in series {
        files.sort_by(|a, b| a.0.cmp(&b.0));
        let mut reader = reader_of(files.iter().map(|it| it.1));
        for ((_, input), sequence) in files.iter().zip(0..) {
            reader.file(input, Some(sequence));
        }
        mark_newest(&mut reader.steps);
        hand_on(reader, inputs, &folder, dumped, import);
    }
    number_steps(&mut import.graph);
    place_in_the_only_store(&mut import.graph);
}

fn reader_of<'a, 't: 'a>(inputs: impl Iterator<Item = &'a Input<'t>>) -> Reader {
    Reader::new(Schema::new(dialect::detect(inputs.map(Input::text))))
}

/// Adds what one reader has found. A table that is there already is the same one where the columns agree or a
/// dump describes it (the first `dumped` tables); otherwise it is another database's, and the folder tells
/// them apart.
fn hand_on(reader: Reader, inputs: &[Input<'_>], folder: &str, dumped: usize, import: &mut Import) {
    let Reader { schema, steps, findings, facts, .. } = reader;
    let first = import.graph.tables.len();
    let mut renamed: BTreeMap<String, String> = BTreeMap::new();
    let position: BTreeMap<String, usize> =
        import.graph.tables.iter().zip(0..).map(|(it, at)| (it.node.id.clone(), at)).collect();
    let mut tables = Vec::new();
    for mut table in schema.finish() {
        let before = position.get(&table.node.id).copied();
        match before.and_then(|it| Some((it, import.graph.tables.get(it)?))) {
            Some((at, before)) if at < dumped || same_columns(before, &table) => continue,
            Some(_) => {
                let id = format!("table:{folder}/{}", table.node.name);
                renamed.insert(std::mem::replace(&mut table.node.id, id.clone()), id);
                table.node.name = format!("{folder}/{}", table.node.name);
            }
            None => {}
        }
        tables.push(table);
    }
    import.graph.tables.append(&mut tables);
    for table in import.graph.tables.iter_mut().skip(first) {
        for key in &mut table.foreign_keys {
            if let Some(id) = renamed.get(&key.to) {
                key.to.clone_from(id);
            }
        }
    }
    import.graph.migrations.extend(steps.into_iter().map(|mut step| {
        if let Some(id) = step.table.as_ref().and_then(|it| renamed.get(it)) {
            step.table = Some(id.clone());
        }
        step
    }));
    import.findings.extend(findings);
    add_facts(facts, inputs, &mut import.graph);
}

/// Grants, roles and row rules, kept with the file in which they stand.
fn add_facts(facts: Vec<(String, String, Origin)>, files: &[Input<'_>], graph: &mut Graph) {
    for (key, value, origin) in facts {
        let Some(file) = origin.span.map(|it| it.file) else { continue };
        let Some(input) = files.iter().find(|it| it.id() == file) else { continue };
        let node = Node::observed("manifest", input.name(), input.start());
        let found = graph.manifests.iter().position(|it| it.node.id == node.id);
        let at = found.unwrap_or_else(|| {
            graph.manifests.push(Manifest { node, kind: ManifestKind::Sql, facts: Vec::new() });
            graph.manifests.len() - 1
        });
        if let Some(manifest) = graph.manifests.get_mut(at) {
            manifest.facts.push((key, value, origin));
        }
    }
}

/// Marks the steps of the last file that changes anything.
fn mark_newest(steps: &mut [MigrationStep]) {
    let changes = steps.iter().filter(|it| it.kind != ChangeKind::Other);
    let last = changes.map(|it| it.sequence).max();
    steps.iter_mut().for_each(|it| it.is_newest = Some(it.sequence) == last);
}

/// Gives each step an id of its own: file and line, and a number where one line does several things.
fn number_steps(graph: &mut Graph) {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for step in &mut graph.migrations {
        let count = seen.entry(step.node.name.clone()).or_default();
        *count += 1;
        if *count > 1 {
            step.node.name = format!("{}:{count}", step.node.name);
        }
        step.node.id = format!("migration:{}", step.node.name);
    }
}

/// Where there is one relational store and no more, the tables are taken to be in it.
fn place_in_the_only_store(graph: &mut Graph) {
    let mut relational =
        graph.stores.iter().filter(|it| it.kind.value() == Some(&StoreKind::Relational));
    if let (Some(store), None) = (relational.next(), relational.next()) {
        for table in graph.tables.iter_mut().filter(|it| it.store.is_none()) {
            table.store = Some(store.node.id.clone());
        }
    }
}
