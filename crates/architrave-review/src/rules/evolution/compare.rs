//! Two states of a body side by side: what somebody who knows the old one stumbles over in the new one. The classes
//! are those that oasdiff calls errors.

use architrave_model::graph::{ColumnKind, Known, Origin, Payload, PayloadField};

/// Bodies are listed up to so many members; of longer ones nobody knows what is gone.
const LISTED_MAX: usize = 250;

/// One thing that breaks.
pub(super) struct Break {
    /// Tells it from others of the same body, e.g. `note type`.
    pub(super) what: String,
    /// What is other than it was, without the name of what it is part of: "`total` is gone".
    pub(super) title: String,
    /// Where the new state says so.
    pub(super) origin: Origin,
    /// What to do.
    pub(super) help: String,
    /// Whether only some of those who know the old state stumble.
    pub(super) is_weak: bool,
}

/// What those who send the old body are refused for.
pub(super) fn sent(before: &Payload, now: &Payload) -> Vec<Break> {
    let mut found = Vec::new();
    if is_cut(before) || is_cut(now) {
        return found;
    }
    for field in now.fields.iter().filter(|it| it.is_read_only.value() != Some(&true)) {
        let old = before.fields.iter().find(|it| it.path == field.path);
        let is_demanded = field.is_required.value() == Some(&true);
        match old {
            None if is_demanded && !was_object(before, &field.path) => {
                found.push(demanded(field, "it did not exist"));
            }
            Some(old) if is_demanded && old.is_required.value() == Some(&false) => {
                found.push(demanded(field, "it could be left out"));
            }
            _ => {}
        }
        let Some(old) = old else { continue };
        found.extend(narrowed(old, field));
    }
    found
}

fn demanded(field: &PayloadField, before: &str) -> Break {
    let name = &field.path;
    Break {
        what: format!("{name} required"),
        title: format!("demands `{name}`: before, {before}"),
        origin: field.origin,
        help: format!(
            "let `{name}` be left out and give it a default, or offer the stricter form beside the old one"
        ),
        is_weak: false,
    }
}

fn narrowed(old: &PayloadField, now: &PayloadField) -> Vec<Break> {
    let name = &now.path;
    let mut found = Vec::new();
    if refuses(old, now) {
        found.push(Break {
            what: format!("{name} type"),
            title: format!("takes `{name}` as {} and no longer as {}", shown(now), shown(old)),
            origin: now.origin,
            help: "take the new form under a new name, and the old one as before".to_owned(),
            is_weak: false,
        });
        return found;
    }
    let gone: Vec<&String> = old.values.iter().filter(|it| !now.values.contains(it)).collect();
    if let (Some(first), false) = (gone.first(), now.values.is_empty()) {
        found.push(Break {
            what: format!("{name} values"),
            title: format!("no longer takes {} as `{name}`", several(first, gone.len())),
            origin: now.origin,
            help: format!("go on taking `{first}`, as another name of what replaces it if need be"),
            is_weak: false,
        });
    }
    if let (Some(before), Some(after)) = (old.length_max.value(), now.length_max.value())
        && after < before
    {
        found.push(Break {
            what: format!("{name} length"),
            title: format!("takes at most {after} in `{name}`: before, it took {before}"),
            origin: now.origin,
            help: format!("go on taking {before}; shorten where it is shown or kept"),
            is_weak: false,
        });
    }
    found
}

/// What those who read the old body no longer find, or do not understand.
pub(super) fn told(before: &Payload, now: &Payload) -> Vec<Break> {
    let mut found = Vec::new();
    if is_cut(before) || is_cut(now) || now.fields.is_empty() {
        return found;
    }
    for old in before.fields.iter().filter(|it| it.is_write_only.value() != Some(&true)) {
        let name = &old.path;
        let Some(field) = now.fields.iter().find(|it| it.path == *name) else {
            if !is_elsewhere(now, name) {
                found.push(gone(old, now));
            }
            continue;
        };
        if field.is_write_only.value() == Some(&true) {
            found.push(gone(old, now));
            continue;
        }
        if refuses(field, old) {
            found.push(Break {
                what: format!("{name} type"),
                title: format!("says `{name}` as {}: before, it was {}", shown(field), shown(old)),
                origin: field.origin,
                help: "say the new form under a new name, and the old one as before".to_owned(),
                is_weak: false,
            });
            continue;
        }
        let new: Vec<&String> = field.values.iter().filter(|it| !old.values.contains(it)).collect();
        if let (Some(first), false) = (new.first(), old.values.is_empty()) {
            found.push(Break {
                what: format!("{name} values"),
                title: format!(
                    "may say {} as `{name}`, which nobody expects",
                    several(first, new.len())
                ),
                origin: field.origin,
                help:
                    "say in the contract that more values may come, and tell clients before it does"
                        .to_owned(),
                is_weak: true,
            });
        }
        let was_sure = old.is_required.value() == Some(&true);
        if was_sure && field.is_required.value() == Some(&false) {
            found.push(Break {
                what: format!("{name} optional"),
                title: format!("may leave out `{name}`: before, it was always there"),
                origin: field.origin,
                help: format!("go on saying `{name}`, with an empty value where there is none"),
                is_weak: true,
            });
        }
    }
    found
}

fn gone(old: &PayloadField, now: &Payload) -> Break {
    let name = &old.path;
    Break {
        what: format!("{name} gone"),
        title: format!("no longer says `{name}`"),
        origin: now.origin,
        help: format!("go on saying `{name}` beside what replaces it until nobody reads it"),
        is_weak: false,
    }
}

fn is_cut(payload: &Payload) -> bool {
    payload.fields.len() >= LISTED_MAX
}

/// Whether something that had no members listed holds this one: nobody knows what it took.
fn was_object(before: &Payload, path: &str) -> bool {
    before.fields.is_empty() || before.fields.iter().any(|it| is_open_parent(it, path))
}

/// Whether the member may live on inside something whose members are not listed, or was put together anew from
/// members of its own (which is told as a change of its type elsewhere).
fn is_elsewhere(now: &Payload, path: &str) -> bool {
    now.fields.iter().any(|it| is_open_parent(it, path))
}

fn is_open_parent(field: &PayloadField, path: &str) -> bool {
    let is_open =
        matches!(field.kind, Known::Unknown | Known::Is(ColumnKind::Json | ColumnKind::List, _));
    is_open && path.strip_prefix(field.path.as_str()).is_some_and(|it| it.starts_with('.'))
}

/// Whether some value that `from` allows is none to whoever expects `to`.
fn refuses(from: &PayloadField, to: &PayloadField) -> bool {
    if from.type_text.is_empty() || to.type_text.is_empty() {
        return match (from.kind.value(), to.kind.value()) {
            (Some(from), Some(to)) => alike(*from) != alike(*to),
            _ => false,
        };
    }
    refuses_type(&from.type_text, &to.type_text)
}

/// Kinds that look the same on the wire.
fn alike(kind: ColumnKind) -> ColumnKind {
    match kind {
        ColumnKind::UuidOrdered | ColumnKind::Reference => ColumnKind::Uuid,
        ColumnKind::SmallInteger => ColumnKind::Integer,
        ColumnKind::Enumeration => ColumnKind::Text,
        kind => kind,
    }
}

/// The same of types as written: `string`, `string(uuid)`, `array(string)`.
pub(super) fn refuses_type(from: &str, to: &str) -> bool {
    let (base, format) = parts(from);
    let (to_base, to_format) = parts(to);
    if base == "any" || to_base == "any" {
        return false;
    }
    if base != to_base {
        return !(base == "integer" && to_base == "number");
    }
    match (base, format, to_format) {
        (_, _, "") => false,
        ("array", "", _) => false,
        ("array", item, to_item) => refuses_type(item, to_item),
        ("integer", "", "int64") | ("integer", "int32", "int64") => false,
        ("integer", ..) => format != to_format && to_format == "int32",
        ("number", ..) => (format, to_format) == ("double", "float"),
        // Many formats are notes for the reader; those that everybody checks are not.
        ("string", ..) => {
            format != to_format && matches!(to_format, "uuid" | "date" | "date-time" | "byte")
        }
        _ => false,
    }
}

fn parts(text: &str) -> (&str, &str) {
    match text.split_once('(') {
        Some((base, rest)) => (base, rest.strip_suffix(')').unwrap_or(rest)),
        None => (text, ""),
    }
}

fn shown(field: &PayloadField) -> String {
    if !field.type_text.is_empty() {
        return format!("`{}`", field.type_text);
    }
    field.kind.value().map_or_else(String::new, |it| format!("`{it:?}`").to_lowercase())
}

fn several(first: &str, count: usize) -> String {
    if count == 1 { format!("`{first}`") } else { format!("`{first}` and {} more", count - 1) }
}

#[cfg(test)]
mod tests {
    use super::refuses_type;

    #[test]
    fn a_type_refuses_what_it_does_not_hold() {
        for (from, to, expected) in [
            ("integer", "number", false),
            ("number", "integer", true),
            ("string", "integer", true),
            ("string", "string(uuid)", true),
            ("string(uuid)", "string", false),
            ("string", "string(email)", false),
            ("integer(int64)", "integer(int32)", true),
            ("integer(int32)", "integer(int64)", false),
            ("integer", "integer(int64)", false),
            ("array(string)", "array(integer)", true),
            ("array(integer)", "array(number)", false),
            ("any", "string", false),
        ] {
            assert_eq!(refuses_type(from, to), expected, "{from} to {to}");
        }
    }
}
