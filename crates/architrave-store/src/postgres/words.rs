//! Words to be searched: a row's `tsvector`, and the questions that are asked of it. Both are texts that the server
//! reads; words are letters and digits, so that nothing in them needs another spelling than quotes around it.
//!
//! A word is stored with its tier and its tenant's tag in front (`0.1f3a9c02.lamp`). With the tier in the word any
//! number of tiers can be told apart (a `tsvector` has weights for four), the index answers without the rows being
//! looked at again, and no positions are needed. The tag is short: which rows are whose is said by the statement
//! itself, the tag only keeps the words of one tenant in one stretch of the index.

use std::{collections::BTreeSet, fmt::Write as _};

use architrave_engine::tokens;
use architrave_model::Value;
use architrave_plan::{SearchPlan, Table, sql::search};
use uuid::Uuid;

use crate::shared::stored::value_at;

/// Most bytes of a row's words: a `tsvector` holds 1 MB, some of it for itself. What comes behind is not found; a row
/// has some forty thousand different words before that.
const BYTES_MAX: usize = 900_000;
/// What each word takes beside its letters in a `tsvector`.
const ENTRY_BYTES: usize = 4;

/// The words of a row as text of a `tsvector`; none where the table is not searched.
pub(crate) fn vector(table: &Table, row: &[Value]) -> Option<String> {
    let plan = table.search.as_ref()?;
    let tag = tag(match table.tenant.map(|it| value_at(row, it)) {
        Some(Value::Uuid(tenant)) => Some(*tenant),
        _ => None,
    });
    let mut words = BTreeSet::new();
    let mut bytes = 0;
    for (column, class) in plan.columns.iter().zip(classes(plan)) {
        let Value::Text(text) = value_at(row, column.column) else { continue };
        for word in tokens(text) {
            let word = lexeme(class, &tag, &word);
            if bytes + word.len() + ENTRY_BYTES > BYTES_MAX {
                break;
            }
            let length = word.len() + ENTRY_BYTES;
            bytes += if words.insert(word) { length } else { 0 };
        }
    }
    let mut out = String::with_capacity(bytes + words.len() * 3);
    for word in words {
        let _ = write!(out, "'{word}' ");
    }
    Some(out)
}

/// The tier of each searched column.
fn classes(plan: &SearchPlan) -> Vec<usize> {
    let tiers = search::tiers(plan);
    let class = |column| tiers.iter().position(|until| column < *until).unwrap_or(tiers.len());
    (0..plan.columns.len()).map(class).collect()
}

/// The question of a tier: all words stand in columns of this tier and heavier ones, but not all of them already in
/// those of the tier before.
pub(super) fn tier_query(tenant: Option<Uuid>, words: &[(String, bool)], class: usize) -> String {
    let tag = tag(tenant);
    let mut out = within(&tag, words, class);
    if let Some(before) = class.checked_sub(1) {
        let _ = write!(out, " & !({})", within(&tag, words, before));
    }
    out
}

/// The question of all tiers together.
pub(super) fn whole_query(
    tenant: Option<Uuid>,
    words: &[(String, bool)],
    plan: &SearchPlan,
) -> String {
    within(&tag(tenant), words, search::tiers(plan).len().saturating_sub(1))
}

fn within(tag: &str, words: &[(String, bool)], class: usize) -> String {
    let word = |(word, is_prefix): &(String, bool)| {
        let star = if *is_prefix { ":*" } else { "" };
        let any = (0..=class).map(|it| format!("'{}'{star}", lexeme(it, tag, word)));
        format!("({})", any.collect::<Vec<_>>().join("|"))
    };
    words.iter().map(word).collect::<Vec<_>>().join("&")
}

fn lexeme(class: usize, tag: &str, word: &str) -> String {
    // A quote would end the word; no word has one, and none may.
    let word = word.replace(['\'', '\\'], "");
    format!("{class}.{tag}{word}")
}

/// The random end of a tenant's id.
fn tag(tenant: Option<Uuid>) -> String {
    let Some(tenant) = tenant else { return String::new() };
    let [.., a, b, c, d] = *tenant.as_bytes();
    format!("{:08x}.", u32::from_be_bytes([a, b, c, d]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tier_asks_for_its_words_but_not_for_those_of_the_tier_before() {
        let words = [("red".to_owned(), false), ("lam".to_owned(), true)];
        assert_eq!(tier_query(None, &words, 0), "('0.red')&('0.lam':*)");
        let tenant = Some(Uuid::from_u128(0x1f));
        assert_eq!(
            tier_query(tenant, &words[..1], 1),
            "('0.0000001f.red'|'1.0000001f.red') & !(('0.0000001f.red'))"
        );
    }
}
