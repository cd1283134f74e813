//! Legal and unique names: casing, singular, length, what is built in.

use std::collections::BTreeSet;

use super::sketch::{Entity, Field, Sketch, ValueObject};

/// Longest name; the language allows 48, and a suffix must fit.
const LENGTH_MAX: usize = 44;

/// Fields that every row has, and the way back of a part.
const BUILT_IN: &[&str] =
    &["id", "version", "created_at", "updated_at", "tenant", "tenant_id", "deleted_at"];

/// Words that are no names in expressions.
const LITERALS: &[&str] = &["true", "false", "null", "for", "in", "if"];

/// Words that mean something else where names of contexts stand.
const RESERVED: &[&str] = &[
    "this", "old", "input", "caller", "now", "event", "each", "response", "body", "headers",
    "true", "false", "null", "for", "in", "if", "system", "identity", "limits", "env", "secret",
    "args",
];

/// Words of a name: `OrderItems`, `order-items` and `ORDER_ITEMS` are `order`, `items`.
pub(super) fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (at, letter) in letters.iter().enumerate() {
        if !letter.is_ascii_alphanumeric() {
            words.push(String::new());
            continue;
        }
        let before = at.checked_sub(1).and_then(|it| letters.get(it));
        let after = letters.get(at + 1);
        let begins = letter.is_ascii_uppercase()
            && (before.is_some_and(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
                || before.is_some_and(char::is_ascii_uppercase)
                    && after.is_some_and(char::is_ascii_lowercase));
        if begins {
            words.push(String::new());
        }
        if let Some(last) = words.last_mut() {
            last.push(letter.to_ascii_lowercase());
        }
    }
    words.retain(|it| !it.is_empty());
    words
}

/// A legal name in `snake_case`; `otherwise` where nothing is left of it.
pub(super) fn snake(name: &str, otherwise: &str) -> String {
    let mut joined = words(name).join("_");
    if joined.is_empty() {
        otherwise.clone_into(&mut joined);
    }
    if joined.starts_with(|it: char| it.is_ascii_digit()) {
        joined.insert(0, 'n');
    }
    shortened(&joined)
}

/// A legal name in `PascalCase`.
pub(super) fn pascal(name: &str, otherwise: &str) -> String {
    let joined: String = words(&snake(name, otherwise)).iter().map(|it| capitalised(it)).collect();
    shortened(&joined)
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

/// Names are of ASCII, so that bytes are letters.
fn shortened(name: &str) -> String {
    let cut = name.get(..name.len().min(LENGTH_MAX)).unwrap_or(name);
    cut.trim_end_matches('_').to_owned()
}

/// The singular of an English word, by its ending; words that nobody knows stay.
pub(super) fn singular(word: &str) -> String {
    const IRREGULAR: &[(&str, &str)] = &[
        ("people", "person"),
        ("children", "child"),
        ("men", "man"),
        ("women", "woman"),
        ("mice", "mouse"),
        ("indices", "index"),
        ("matrices", "matrix"),
        ("vertices", "vertex"),
        ("movies", "movie"),
        ("cookies", "cookie"),
        ("ties", "tie"),
        ("caches", "cache"),
    ];
    const SAME: &[&str] =
        &["series", "species", "news", "data", "media", "address", "sms", "gps", "dns"];
    if let Some((_, one)) = IRREGULAR.iter().find(|it| it.0 == word) {
        return (*one).to_owned();
    }
    let is_same = SAME.contains(&word) || ["ss", "us", "is"].iter().any(|it| word.ends_with(it));
    if is_same || word.len() < 3 {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    // `houses` loses its `s` alone, `statuses` and `boxes` both letters.
    const WITH_E: &[&str] = &["sses", "xes", "ches", "shes", "zzes", "tuses", "buses", "nuses"];
    if WITH_E.iter().any(|it| word.ends_with(it)) {
        return word.strip_suffix("es").unwrap_or(word).to_owned();
    }
    word.strip_suffix('s').unwrap_or(word).to_owned()
}

/// A name with its last word in the singular.
pub(super) fn singular_name(name: &str) -> String {
    let mut words = words(name);
    if let Some(last) = words.last_mut() {
        *last = singular(last);
    }
    words.join("_")
}

/// Takes a name that is free, with a number behind it where it must be.
pub(super) fn free(name: String, taken: &mut BTreeSet<String>) -> String {
    let mut found = name.clone();
    let mut number = 2;
    // The set is finite, so that a number is free in the end.
    while !taken.insert(found.clone()) {
        found = format!("{name}{number}");
        number += 1;
    }
    found
}

/// Gives everything its final name.
pub(super) fn settle(sketch: &mut Sketch) {
    contexts(sketch);
    let mut taken: Vec<BTreeSet<String>> = vec![BTreeSet::new(); sketch.contexts.len()];
    // People and tenants keep their names; others give way.
    let first = [sketch.user, sketch.tenant].into_iter().flatten();
    let order: Vec<usize> = first.chain(0..sketch.entities.len()).collect();
    for at in order {
        let Some(entity) = sketch.entities.get_mut(at).filter(|it| it.name.is_empty()) else {
            continue;
        };
        if let Some(taken) = taken.get_mut(entity.context) {
            let name = pascal(&singular_name(&entity.raw), "Thing");
            entity.name = free(name, taken);
        }
    }
    let contexts_of: Vec<usize> = sketch.entities.iter().map(|it| it.context).collect();
    for ValueObject { raw, of, name, fields } in &mut sketch.values {
        let context = contexts_of.get(*of).copied().unwrap_or_default();
        if let Some(taken) = taken.get_mut(context) {
            *name = free(pascal(raw, "Part"), taken);
        }
        name_fields(fields, &mut BTreeSet::new());
    }
    let ways_back: Vec<Option<String>> = sketch
        .entities
        .iter()
        .map(|it| {
            it.part_of.and_then(|it| sketch.entities.get(it)).map(|it| snake(&it.name, "parent"))
        })
        .collect();
    for (entity, way_back) in sketch.entities.iter_mut().zip(ways_back) {
        let mut taken: BTreeSet<String> = BUILT_IN.iter().map(|it| (*it).to_owned()).collect();
        taken.extend(way_back);
        name_fields(&mut entity.fields, &mut taken);
    }
}

fn contexts(sketch: &mut Sketch) {
    let mut taken: BTreeSet<String> = RESERVED.iter().map(|it| (*it).to_owned()).collect();
    let mut groups: Vec<String> = Vec::new();
    for Entity { group, context, .. } in &mut sketch.entities {
        let found = groups.iter().position(|it| it == group);
        *context = found.unwrap_or_else(|| {
            groups.push(group.clone());
            groups.len() - 1
        });
    }
    sketch.contexts = groups.iter().map(|it| free(snake(it, "app"), &mut taken)).collect();
}

fn name_fields(fields: &mut [Field], taken: &mut BTreeSet<String>) {
    for field in fields {
        let mut name = snake(&field.raw, "field");
        if BUILT_IN.contains(&name.as_str()) || LITERALS.contains(&name.as_str()) {
            name.push_str("_value");
        }
        field.name = free(name, taken);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_legal() {
        for (name, snake_case, pascal_case) in [
            ("order_items", "order_items", "OrderItems"),
            ("OrderItems", "order_items", "OrderItems"),
            ("ORDER ITEMS", "order_items", "OrderItems"),
            ("HTTPLog", "http_log", "HttpLog"),
            ("größe", "gr_e", "GrE"),
            ("2fa", "n2fa", "N2fa"),
            ("???", "x", "X"),
            ("", "x", "X"),
            ("a__b", "a_b", "AB"),
        ] {
            assert_eq!(snake(name, "x"), snake_case, "{name}");
            assert_eq!(pascal(name, "x"), pascal_case, "{name}");
        }
        assert_eq!(snake(&"long_".repeat(20), "x").len(), 44);
    }

    #[test]
    fn plurals_become_singular() {
        for (many, one) in [
            ("orders", "order"),
            ("categories", "category"),
            ("addresses", "address"),
            ("statuses", "status"),
            ("status", "status"),
            ("boxes", "box"),
            ("branches", "branch"),
            ("houses", "house"),
            ("people", "person"),
            ("news", "news"),
            ("analysis", "analysis"),
            ("movies", "movie"),
        ] {
            assert_eq!(singular(many), one, "{many}");
        }
    }
}
