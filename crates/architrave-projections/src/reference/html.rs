//! HTML as text: escaping, and the few shapes that pages share.

use crate::json::Json;

/// Text that cannot become markup.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            it => out.push(it),
        }
    }
    out
}

/// A comment of an author: paragraphs at empty lines, code between backticks.
pub(super) fn prose(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(str::trim).filter(|it| !it.is_empty());
    paragraphs.map(|it| format!("<p>{}</p>\n", inline(it))).collect()
}

/// One line: code between backticks, a long expression may break at its spaces.
pub(super) fn inline(text: &str) -> String {
    let mut out = String::new();
    for (index, piece) in text.split('`').enumerate() {
        if index % 2 == 1 {
            out.push_str("<code>");
            out.push_str(&escaped(piece));
            out.push_str("</code>");
        } else {
            out.push_str(&escaped(piece));
        }
    }
    out
}

/// A name that can be part of an address: letters, digits, `-`.
pub(super) fn anchor(text: &str) -> String {
    let keep = |it: char| if it.is_ascii_alphanumeric() { it.to_ascii_lowercase() } else { '-' };
    text.chars().map(keep).collect()
}

/// A table; the first cell of each row heads it. Empty without rows.
pub(super) fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let head: String = headings.iter().map(|it| format!("<th scope=\"col\">{it}</th>")).collect();
    let mut body = String::new();
    for row in rows {
        body.push_str("<tr>");
        for (index, cell) in row.iter().enumerate() {
            let heading = headings.get(index).copied().unwrap_or_default();
            let tag = if index == 0 { "th scope=\"row\"" } else { "td" };
            let end = if index == 0 { "th" } else { "td" };
            body.push_str(&format!("<{tag} data-label=\"{heading}\">{cell}</{end}>"));
        }
        body.push_str("</tr>\n");
    }
    format!("<table><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table>\n")
}

/// A block of code with a heading that says what it is.
pub(super) fn code(title: &str, html: &str) -> String {
    format!(
        "<figure class=\"code\"><figcaption>{title}<button type=\"button\" class=\"copy\" hidden>Copy</button></figcaption><pre tabindex=\"0\"><code>{html}</code></pre></figure>\n"
    )
}

/// JSON with its members, texts and numbers told apart.
pub(super) fn json(value: &Json) -> String {
    let mut out = String::new();
    write_json(value, 0, &mut out);
    out
}

fn write_json(value: &Json, level: usize, out: &mut String) {
    match value {
        Json::Null => out.push_str("<i class=\"l\">null</i>"),
        Json::Bool(it) => out.push_str(&format!("<i class=\"l\">{it}</i>")),
        Json::Int(it) => out.push_str(&format!("<i class=\"n\">{it}</i>")),
        Json::Text(it) => out.push_str(&format!("<i class=\"s\">\"{}\"</i>", escaped(it))),
        Json::Array(items) if items.is_empty() => out.push_str("[]"),
        Json::Object(members) if members.is_empty() => out.push_str("{}"),
        Json::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index == 0 { "\n" } else { ",\n" });
                indent(level + 1, out);
                write_json(item, level + 1, out);
            }
            out.push('\n');
            indent(level, out);
            out.push(']');
        }
        Json::Object(members) => {
            out.push('{');
            for (index, (name, value)) in members.iter().enumerate() {
                out.push_str(if index == 0 { "\n" } else { ",\n" });
                indent(level + 1, out);
                out.push_str(&format!("<i class=\"k\">\"{}\"</i>: ", escaped(name)));
                write_json(value, level + 1, out);
            }
            out.push('\n');
            indent(level, out);
            out.push('}');
        }
    }
}

fn indent(level: usize, out: &mut String) {
    out.extend(std::iter::repeat_n("  ", level));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_an_author_writes_becomes_markup() {
        assert_eq!(
            inline("a <b> `x < 1` & \"c\""),
            "a &lt;b&gt; <code>x &lt; 1</code> &amp; &quot;c&quot;"
        );
        assert_eq!(prose("one\n\ntwo"), "<p>one</p>\n<p>two</p>\n");
        assert_eq!(anchor("sales.Order.place"), "sales-order-place");
    }
}
