//! How names are written: `snake_case` or `PascalCase`, short enough for a database, not built in.

use architrave_model::{Finding, Name};

use crate::codes;
use crate::report::{error, replace};

/// How a name is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Casing {
    /// `order_lines`
    Snake,
    /// `OrderLine`
    Pascal,
}

/// PostgreSQL cuts identifiers at 63 bytes; tables and indexes join names of two levels and a suffix.
const NAME_LENGTH_MAX: usize = 48;

/// What every row, record or request has without being declared.
const BUILT_IN_FIELDS: [&str; 7] =
    ["id", "version", "created_at", "updated_at", "tenant", "tenant_id", "deleted_at"];

/// Words that start something else in an expression.
const RESERVED: [&str; 22] = [
    "this", "old", "input", "caller", "now", "event", "each", "response", "body", "headers",
    "true", "false", "null", "for", "in", "if", "system", "identity", "limits", "env", "secret",
    "args",
];

/// Judges the spelling and the length of a declared name.
pub(crate) fn check(name: &Name, casing: Casing, what: &str) -> Option<Finding> {
    if name.text.is_empty() {
        return None;
    }
    let right = match casing {
        Casing::Snake => snake(&name.text),
        Casing::Pascal => pascal(&name.text),
    };
    if right != name.text {
        let style = match casing {
            Casing::Snake => "snake_case",
            Casing::Pascal => "PascalCase",
        };
        let finding = error(
            codes::WRONG_CASING,
            name.span,
            format!("the name of {what} is written in {style}"),
            "",
        );
        return Some(finding.fix(replace(format!("write `{right}`"), name.span, right)));
    }
    (name.text.len() > NAME_LENGTH_MAX).then(|| {
        error(
            codes::NAME_TOO_LONG,
            name.span,
            format!("the name of {what} has {} characters", name.text.len()),
            format!("at most {NAME_LENGTH_MAX} fit into the names of tables and indexes"),
        )
        .help("choose a shorter name")
    })
}

/// Refuses names of contexts and steps that start something else in an expression.
pub(crate) fn check_reserved(name: &Name, what: &str) -> Option<Finding> {
    RESERVED.contains(&name.text.as_str()).then(|| {
        error(
            codes::RESERVED_NAME,
            name.span,
            format!("`{}` already means something else in expressions", name.text),
            "",
        )
        .help(format!("choose another name for {what}"))
    })
}

/// Refuses fields that every row has anyway.
pub(crate) fn check_field(name: &Name) -> Option<Finding> {
    BUILT_IN_FIELDS.contains(&name.text.as_str()).then(|| {
        error(codes::RESERVED_NAME, name.span, format!("`{}` is built in", name.text), "")
            .help("every row has it: leave the field out, or give it another name")
    })
}

/// `OrderLine` → `order_line`; also the name of a part's way back to its parent.
pub(crate) fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut before: Option<char> = None;
    let mut rest = name.chars().peekable();
    while let Some(letter) = rest.next() {
        if letter == '_' {
            if !out.is_empty() && !out.ends_with('_') && rest.peek().is_some() {
                out.push('_');
            }
        } else if letter.is_uppercase() {
            let starts_word = before.is_some_and(|it| it.is_lowercase() || it.is_ascii_digit())
                || (before.is_some_and(char::is_uppercase)
                    && rest.peek().is_some_and(|it| it.is_lowercase()));
            if starts_word && !out.ends_with('_') {
                out.push('_');
            }
            out.extend(letter.to_lowercase());
        } else {
            out.push(letter);
        }
        before = Some(letter);
    }
    out
}

fn pascal(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut is_start = true;
    for letter in name.chars() {
        if letter == '_' {
            is_start = true;
        } else if is_start {
            out.extend(letter.to_uppercase());
            is_start = false;
        } else {
            out.push(letter);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{pascal, snake};

    #[test]
    fn names_are_respelled_and_right_ones_stay() {
        for (name, snake_case, pascal_case) in [
            ("OrderLine", "order_line", "OrderLine"),
            ("order_line", "order_line", "OrderLine"),
            ("orderLine2Go", "order_line2_go", "OrderLine2Go"),
            ("HTTPLog", "http_log", "HTTPLog"),
            ("line1", "line1", "Line1"),
        ] {
            assert_eq!(snake(name), snake_case);
            assert_eq!(pascal(name), pascal_case);
        }
    }
}
