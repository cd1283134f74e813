//! Requests that read: rows that exist, lists that an index serves, searches for words that occur.

use std::collections::BTreeSet;

use architrave_plan::{FilterOperator, Operation, Table};
use serde_json::Value;

use super::{Prepared, Preparing};
use crate::{
    DriveError,
    client::{Call, member},
};

/// Forms of a list that are tried.
const FORMS_MAX: usize = 48;
/// Different values of one filter.
const VALUES_MAX: usize = 200;
/// Requests of each form, so that all forms are asked for equally often.
const PER_FORM: usize = 200;
/// Shortest word that is searched for.
const WORD_CHARACTERS_MIN: usize = 4;

/// One request for each row.
pub(super) fn reads(operation: &Operation, rows: &[Value]) -> Vec<Prepared> {
    let ids = rows.iter().filter_map(|it| member(it, "id").as_str());
    ids.map(|id| get(operation.path.replace("{id}", id))).collect()
}

/// The first page of a list in every form that is served: as it is, by a filter, in an order, by words.
pub(super) async fn lists(it: &Preparing<'_>, rows: &[Value]) -> Result<Vec<Prepared>, DriveError> {
    let token = it.work.callers.get(it.caller).map(|it| it.token.as_str());
    let mut requests = Vec::new();
    for form in forms(it, rows).into_iter().take(FORMS_MAX) {
        let Some(first) = form.first() else { continue };
        // Which combinations are served depends on indexes and on the caller; the backend says it best.
        let call = Call::get(first.path.as_ref()).token(token);
        if it.work.client.send_until_settled(&call, 20).await?.is_success() {
            requests.extend(form.iter().cycle().take(PER_FORM).cloned());
        }
    }
    Ok(requests)
}

/// Requests by form; those of a form differ in values only.
fn forms(it: &Preparing<'_>, rows: &[Value]) -> Vec<Vec<Prepared>> {
    let path = &it.operation.path;
    let mut forms = vec![vec![get(path.clone())]];
    let Some(table) = it.work.plan.tables.get(it.entity.0 as usize) else { return forms };
    let Some(list) = it.work.plan.lists.get(it.entity.0 as usize) else { return forms };
    let name = |id: architrave_plan::ColumnId| {
        table.columns.get(usize::from(id.0)).map(|it| it.path.as_str())
    };
    let sorts: Vec<&str> = list.sorts.iter().filter_map(|it| name(*it)).collect();
    let sorts: Vec<String> =
        sorts.iter().flat_map(|it| [(*it).to_owned(), format!("-{it}")]).collect();
    forms.extend(sorts.iter().map(|sort| vec![get(format!("{path}?sort={sort}"))]));
    if list.has_search {
        let words = words(table, rows);
        forms.push(words.iter().map(|it| get(format!("{path}?q={}", encoded(it)))).collect());
    }
    for filter in &list.filters {
        let Some(name) = name(filter.column) else { continue };
        if !filter.operators.contains(&FilterOperator::Eq) || name == "id" {
            continue;
        }
        let values = values(name, rows);
        let by = |tail: &str| {
            let requests =
                values.iter().map(|it| get(format!("{path}?{name}={}{tail}", encoded(it))));
            requests.collect::<Vec<_>>()
        };
        forms.push(by(""));
        forms.extend(sorts.iter().map(|sort| by(&format!("&sort={sort}"))));
    }
    forms
}

/// Different values of a column, as callers write them.
fn values(path: &str, rows: &[Value]) -> Vec<String> {
    let found = rows.iter().filter_map(|row| {
        let value = path.split('.').fold(row, |value, name| member(value, name));
        match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(is_so) => Some(is_so.to_string()),
            _ => None,
        }
    });
    let found: BTreeSet<String> = found.collect();
    found.into_iter().take(VALUES_MAX).collect()
}

/// Words that occur in what is searched, alone and with the word behind.
fn words(table: &Table, rows: &[Value]) -> Vec<String> {
    let columns = table.search.iter().flat_map(|it| &it.columns);
    let columns: Vec<&str> = columns
        .filter_map(|it| table.columns.get(usize::from(it.column.0)))
        .map(|it| it.path.as_str())
        .collect();
    let mut words = BTreeSet::new();
    for row in rows {
        for column in &columns {
            let Some(text) = member(row, column).as_str() else { continue };
            let parts: Vec<&str> =
                text.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty()).collect();
            for (first, second) in parts.iter().zip(parts.iter().skip(1)).take(2) {
                if first.chars().count() >= WORD_CHARACTERS_MIN {
                    words.insert((*first).to_owned());
                    words.insert(format!("{first} {second}"));
                }
            }
        }
        if words.len() >= VALUES_MAX {
            break;
        }
    }
    words.into_iter().take(VALUES_MAX).collect()
}

fn get(path: String) -> Prepared {
    Prepared { path: path.into(), body: None }
}

/// As part of a query (RFC 3986, section 3.4): everything but what no reader can take for something else.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{encoded, values};

    #[test]
    fn values_are_written_as_callers_write_them() {
        let rows = [
            json!({ "status": "draft", "at": { "city": "Köln & Bonn" }, "count": 3 }),
            json!({ "status": "draft", "at": { "city": null }, "count": 3 }),
        ];
        assert_eq!(values("status", &rows), ["draft"]);
        assert_eq!(values("count", &rows), ["3"]);
        assert_eq!(values("at", &rows), [""; 0]);
        let city = values("at.city", &rows);
        assert_eq!(city, ["Köln & Bonn"]);
        assert_eq!(encoded(&city[0]), "K%C3%B6ln%20%26%20Bonn");
    }
}
