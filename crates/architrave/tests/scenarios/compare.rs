//! Compares answers with what a story expects.
//!
//! Members that the story does not name are not looked at; `"(absent)"` says that one must not be there,
//! `"*"` that any value will do, `"{{name}}"` captures a value or compares it with the captured one; in a text,
//! `1.{{epoch}}.*` captures up to the next sign. Lists
//! have the length that is written, unless their last item is `"..."`.

use std::collections::BTreeMap;

use serde_json::Value;

type Known = BTreeMap<String, Value>;

/// Puts captured values and repetitions in place.
pub(crate) fn fill(text: &str, known: &Known) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("{{") {
        filled.push_str(before);
        let (name, after) = behind.split_once("}}").expect("a closed placeholder");
        let words: Vec<&str> = name.split(' ').collect();
        match words.as_slice() {
            ["repeat", what, times] => filled.push_str(&what.repeat(times.parse().unwrap())),
            [name] => match known.get(*name) {
                Some(Value::String(text)) => filled.push_str(text),
                Some(other) => filled.push_str(&other.to_string()),
                None => panic!("nothing is known as {name}"),
            },
            _ => panic!("no placeholder: {name}"),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// Compares text; `*` fits anything, a whole placeholder captures, others are filled in.
pub(crate) fn text(expected: &str, actual: &str, known: &mut Known) -> Result<(), String> {
    if expected == "*" {
        return Ok(());
    }
    if let Some(name) = placeholder(expected)
        && !known.contains_key(name)
    {
        known.insert(name.to_owned(), Value::from(actual));
        return Ok(());
    }
    if let Some((before, name, behind)) = first_unknown(expected, known)
        && let Some(rest) = actual.strip_prefix(&fill(before, known))
    {
        // Captured up to the sign that stands behind it.
        let end = behind.chars().next().and_then(|it| rest.find(it)).unwrap_or(rest.len());
        known.insert(name.to_owned(), Value::from(&rest[..end]));
    }
    let expected = fill(expected, known);
    let fits = match expected.split_once('*') {
        // `"1-*"`: the beginning and the end are given.
        Some((start, end)) => {
            actual.len() >= start.len() + end.len()
                && actual.starts_with(start)
                && actual.ends_with(end)
        }
        None => expected == actual,
    };
    if fits { Ok(()) } else { Err(format!("expected {expected}, found {actual}")) }
}

/// The first placeholder that nothing is known of yet, with what stands around it.
fn first_unknown<'a>(text: &'a str, known: &Known) -> Option<(&'a str, &'a str, &'a str)> {
    let mut from = 0;
    while let Some(start) = text[from..].find("{{").map(|it| it + from) {
        let end = text[start..].find("}}")? + start;
        let name = &text[start + 2..end];
        if !name.contains(' ') && !known.contains_key(name) {
            return Some((&text[..start], name, &text[end + 2..]));
        }
        from = end + 2;
    }
    None
}

/// Compares JSON at a place.
pub(crate) fn json(
    expected: &Value,
    actual: &Value,
    known: &mut Known,
    place: &str,
) -> Result<(), String> {
    match (expected, actual) {
        (Value::String(wanted), _) if wanted == "*" => Ok(()),
        (Value::String(wanted), _) if placeholder(wanted).is_some() => {
            let name = placeholder(wanted).unwrap_or_default();
            match known.get(name) {
                None => {
                    known.insert(name.to_owned(), actual.clone());
                    Ok(())
                }
                Some(captured) if captured == actual => Ok(()),
                Some(captured) => Err(format!("{place}: expected {captured}, found {actual}")),
            }
        }
        (Value::String(wanted), Value::String(found)) => {
            text(wanted, found, known).map_err(|it| format!("{place}: {it}"))
        }
        (Value::Object(wanted), Value::Object(found)) => {
            for (name, value) in wanted {
                let place = format!("{place}/{name}");
                match (value.as_str(), found.get(name)) {
                    (Some("(absent)"), None) => {}
                    (Some("(absent)"), Some(it)) => return Err(format!("{place}: found {it}")),
                    (_, None) => return Err(format!("{place}: missing")),
                    (_, Some(it)) => json(value, it, known, &place)?,
                }
            }
            Ok(())
        }
        (Value::Array(wanted), Value::Array(found)) => {
            let is_open = wanted.last().is_some_and(|it| it == "...");
            let wanted = if is_open { &wanted[..wanted.len() - 1] } else { wanted };
            if found.len() < wanted.len() || (!is_open && found.len() > wanted.len()) {
                return Err(format!(
                    "{place}: {} items expected, {} found",
                    wanted.len(),
                    found.len()
                ));
            }
            for (index, (wanted, found)) in wanted.iter().zip(found).enumerate() {
                json(wanted, found, known, &format!("{place}/{index}"))?;
            }
            Ok(())
        }
        _ if expected == actual => Ok(()),
        _ => Err(format!("{place}: expected {expected}, found {actual}")),
    }
}

/// The name in `{{name}}`, where the text is nothing else.
fn placeholder(text: &str) -> Option<&str> {
    let name = text.strip_prefix("{{")?.strip_suffix("}}")?;
    (!name.contains([' ', '{', '}'])).then_some(name)
}
