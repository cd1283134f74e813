//! `${NAME:-default}`: what is known of it is put in, the rest stays as it is.

use std::collections::BTreeMap;

use crate::shared::limits::TEXT_MAX;

/// Puts values in. Unknown names without a default stay as `${NAME}`.
pub(super) fn interpolate(text: &str, values: &BTreeMap<String, String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$').filter(|_| out.len() < TEXT_MAX) {
        let (before, behind) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let behind = behind.get(1..).unwrap_or("");
        if let Some(escaped) = behind.strip_prefix('$') {
            out.push('$');
            rest = escaped;
        } else if let Some((inner, after)) = braces(behind) {
            out.push_str(&value(inner, values));
            rest = after;
        } else {
            let end = behind
                .find(|it: char| !it.is_ascii_alphanumeric() && it != '_')
                .unwrap_or(behind.len());
            let (name, after) = behind.split_at_checked(end).unwrap_or((behind, ""));
            match values.get(name) {
                Some(value) => out.push_str(value),
                None if name.is_empty() => out.push('$'),
                None => out.push_str(&format!("${{{name}}}")),
            }
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// What stands in `{…}` at the beginning, and what follows; defaults may hold braces of their own.
fn braces(text: &str) -> Option<(&str, &str)> {
    /// Longest `${…}`; keeps a text of many open braces from being looked through again and again.
    const LENGTH_MAX: usize = 1024;
    let inner = text.strip_prefix('{')?;
    let mut depth = 1usize;
    for (at, character) in inner.char_indices().take(LENGTH_MAX) {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((inner.get(..at)?, inner.get(at + 1..)?));
        }
    }
    None
}

fn value(inner: &str, values: &BTreeMap<String, String>) -> String {
    let end =
        inner.find(|it: char| !it.is_ascii_alphanumeric() && it != '_').unwrap_or(inner.len());
    let (name, rule) = inner.split_at_checked(end).unwrap_or((inner, ""));
    let known = values.get(name).filter(|it| !it.is_empty());
    if let Some(known) = known.filter(|_| !rule.contains('+')) {
        return known.clone();
    }
    match rule.strip_prefix(":-").or_else(|| rule.strip_prefix('-')) {
        // A default within a default is rare enough to be left alone.
        Some(default) if !default.contains('$') => default.to_owned(),
        _ => format!("${{{name}}}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_put_in() {
        let values = BTreeMap::from([("TAG".to_owned(), "16".to_owned())]);
        for (text, expected) in [
            ("postgres:${TAG}", "postgres:16"),
            ("postgres:$TAG-alpine", "postgres:16-alpine"),
            ("postgres:${NEW:-17}", "postgres:17"),
            ("${NEW}", "${NEW}"),
            ("$NEW", "${NEW}"),
            ("${NEW:?must be set}", "${NEW}"),
            ("a$$b", "a$b"),
            ("costs 5$", "costs 5$"),
            ("${open", "${open"),
            ("${A:-${B}}", "${A}"),
        ] {
            assert_eq!(interpolate(text, &values), expected);
        }
    }
}
