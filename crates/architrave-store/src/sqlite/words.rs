//! Keeps the full-text index: a row's words, each with the tenant's tag in front.
//!
//! The index is a set of sorted pieces: each commit adds a small one, and SQLite merges small ones into larger
//! ones as it goes. A search looks each word up in every piece, so that a search over fifteen of them takes
//! almost twice as long as over one. They are merged when the writer has nothing else to do.

use architrave_engine::{Fault, tokens};
use architrave_model::{EntityId, Value};
use architrave_plan::{
    Plan, SearchPlan,
    sql::{quoted, search},
};
use rusqlite::{Connection, params_from_iter, types::ToSqlOutput};
use uuid::Uuid;

use super::{codec, fault::OrFault};

/// Bytes of the index's own pages; SQLite's default is 4,050. A search for the newest rows reads each page
/// backwards, for which SQLite first walks through it: with half the length, two common words take a seventh
/// less time.
const PAGE_BYTES: i64 = 2_000;
/// Pages that one step of merging writes: about 2 MB, so that a write that arrives meanwhile hardly waits.
const MERGE_PAGES: i64 = 1_000;
/// The largest piece is merged with the others once they are together at least one part in so many of it: each
/// page of new words is then written at most so many times more.
const MERGE_SHARE: i64 = 4;

/// Makes an empty index; `create` is its statement.
pub(super) fn create(
    connection: &Connection,
    search: &SearchPlan,
    create: &str,
) -> Result<(), rusqlite::Error> {
    connection.execute_batch(create)?;
    let name = quoted(&search.physical);
    let configure = format!("INSERT INTO {name} ({name}, rank) VALUES ('pgsz', ?1)");
    connection.execute(&configure, [PAGE_BYTES])?;
    Ok(())
}

/// Adds a row's words; `insert` is the text of [`search::insert_words`].
pub(super) fn add(
    connection: &Connection,
    (insert, plan_of_search): (&str, &SearchPlan),
    tenant: Option<Uuid>,
    number: i64,
    row: &[Value],
) -> Result<(), rusqlite::Error> {
    let texts = plan_of_search.columns.iter().map(|it| match codec::value_at(row, it.column) {
        Value::Text(text) => tagged(tenant, text),
        _ => String::new(),
    });
    let values = std::iter::once(ToSqlOutput::from(number)).chain(texts.map(ToSqlOutput::from));
    connection.prepare_cached(insert)?.execute(params_from_iter(values))?;
    Ok(())
}

/// Merges pieces of a full-text index for a moment; whether there may be more to merge. A merge that fails (a
/// full disk) leaves the index as it was.
pub(super) fn merge(connection: &Connection, plan: &Plan) -> Result<bool, rusqlite::Error> {
    for search in plan.tables.iter().filter_map(|it| it.search.as_ref()) {
        if merge_one(connection, search)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn merge_one(connection: &Connection, search: &SearchPlan) -> Result<bool, rusqlite::Error> {
    // One row per page, of which it keeps the first word.
    let pieces = format!(
        "SELECT MAX(pages), SUM(pages) - MAX(pages) FROM (SELECT COUNT(*) AS pages FROM {} GROUP BY segid)",
        quoted(&format!("{}_idx", search.physical))
    );
    let (largest, others): (Option<i64>, Option<i64>) =
        connection.prepare_cached(&pieces)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (largest, others) = (largest.unwrap_or(0), others.unwrap_or(0));
    if others == 0 || others * MERGE_SHARE < largest {
        return Ok(false);
    }
    let name = quoted(&search.physical);
    // Less than nothing: all pieces into one, in as many steps as it takes.
    let step = format!("INSERT INTO {name} ({name}, rank) VALUES ('merge', ?1)");
    let before = connection.total_changes();
    connection.prepare_cached(&step)?.execute([-MERGE_PAGES])?;
    // Fewer than two changes: there was nothing to do (SQLite FTS5, 6.8).
    Ok(connection.total_changes() - before >= 2)
}

/// Removes a row's words.
pub(super) fn remove(
    connection: &Connection,
    plan: &SearchPlan,
    number: i64,
) -> Result<(), rusqlite::Error> {
    connection.prepare_cached(&search::delete_words(plan))?.execute([number])?;
    Ok(())
}

/// Fills an empty index from the table's rows.
pub(super) fn fill(connection: &Connection, plan: &Plan, entity: EntityId) -> Result<(), Fault> {
    let doing = "the full-text index cannot be filled";
    let table = &plan[entity];
    let Some(plan_of_search) = &table.search else { return Ok(()) };
    let columns: Vec<String> = table.columns.iter().map(|it| quoted(&it.physical)).collect();
    let select = format!(
        "SELECT {}, {} FROM {}",
        quoted(search::ROW_NUMBER),
        columns.join(", "),
        quoted(&table.physical)
    );
    let insert = search::insert_words(plan, entity, plan_of_search);
    let mut statement = connection.prepare(&select).or_fault(doing)?;
    let mut rows = statement.query([]).or_fault(doing)?;
    while let Some(found) = rows.next().or_fault(doing)? {
        let number: i64 = found.get(0).or_fault(doing)?;
        let mut row = Vec::with_capacity(table.columns.len());
        for (position, column) in table.columns.iter().enumerate() {
            row.push(codec::loaded(&column.ty, found.get_ref(position + 1).or_fault(doing)?));
        }
        let tenant = match table.tenant.map(|it| codec::value_at(&row, it)) {
            Some(Value::Uuid(it)) => Some(*it),
            _ => None,
        };
        add(connection, (&insert, plan_of_search), tenant, number, &row).or_fault(doing)?;
    }
    Ok(())
}

fn tagged(tenant: Option<Uuid>, text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for word in tokens(text) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&search::tagged(tenant, &word));
    }
    out
}

#[cfg(test)]
mod tests {
    use architrave_model::SourceFile;
    use architrave_plan::{Lock, derive, sql::schema};

    use super::*;

    const BLUEPRINT: &str = r#"
system Shelf { edition = "2026" }
context catalog {
  entity Book {
    title = string(200)
    search { on = [title] }
    access { read = true }
  }
}
"#;

    fn pieces(connection: &Connection, search: &SearchPlan) -> i64 {
        let count = format!("SELECT COUNT(DISTINCT segid) FROM \"{}_idx\"", search.physical);
        connection.query_row(&count, [], |row| row.get(0)).unwrap()
    }

    fn hits(connection: &Connection, search: &SearchPlan, word: &str) -> i64 {
        let count = format!("SELECT COUNT(*) FROM \"{0}\" WHERE \"{0}\" MATCH ?1", search.physical);
        connection.query_row(&count, [format!("\"{word}\"")], |row| row.get(0)).unwrap()
    }

    #[test]
    fn merging_makes_one_piece_of_many_and_finds_the_same() {
        let text = BLUEPRINT.to_owned();
        let (system, findings) =
            architrave_blueprint::read(&[SourceFile { name: "shelf.hcl".to_owned(), text }]);
        assert!(!findings.iter().any(|it| it.severity == architrave_model::Severity::Error));
        let plan = derive(system, &Lock::default()).plan;
        let connection = Connection::open_in_memory().unwrap();
        let table = plan.tables.iter().find(|it| it.search.is_some()).unwrap();
        let search = table.search.as_ref().unwrap();
        let tables = schema::tables(&plan).unwrap();
        let index = tables.iter().find_map(|it| it.search.as_ref()).unwrap();
        create(&connection, search, &index.create).unwrap();
        let insert = search::insert_words(&plan, table.entity, search);
        let mut row = vec![Value::Null; table.columns.len()];
        let title = usize::from(search.columns[0].column.0);
        for number in 0..200 {
            // Each is a commit of its own, and every fourth is taken away again.
            row[title] = Value::Text(format!("every word{}", number % 10));
            add(&connection, (&insert, search), None, number, &row).unwrap();
            if number % 4 == 0 {
                remove(&connection, search, number).unwrap();
            }
        }
        assert!(pieces(&connection, search) > 1);
        let before = (hits(&connection, search, "every"), hits(&connection, search, "word3"));
        let steps = (0..100).take_while(|_| merge(&connection, &plan).unwrap()).count();
        assert!(steps < 100, "merging comes to an end");
        assert_eq!(pieces(&connection, search), 1);
        let after = (hits(&connection, search, "every"), hits(&connection, search, "word3"));
        assert_eq!((before, after), ((150, 20), (150, 20)));
    }
}
