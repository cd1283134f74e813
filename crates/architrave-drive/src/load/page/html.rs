//! Bits of HTML: escaped text, tables.

use std::fmt::Write as _;

/// Longest figure, with its unit.
const FIGURE_BYTES_MAX: usize = 16;

/// Text that cannot be taken for markup, in elements and in quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // What no parser of HTML accepts as it is.
            it if it.is_control() && it != '\n' && it != '\t' => out.push('\u{fffd}'),
            it => out.push(it),
        }
    }
    out
}

/// A table that scrolls by itself where it is wider than the page; cells are HTML.
pub(super) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut out = String::from("<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>");
    for cell in head {
        let _ = write!(out, "<th scope=\"col\">{}</th>", escape(cell));
    }
    out.push_str("</tr></thead><tbody>");
    for row in rows {
        out.push_str("<tr>");
        for cell in row {
            // Figures stand below each other.
            let is_figure =
                cell.len() <= FIGURE_BYTES_MAX && cell.starts_with(|it: char| it.is_ascii_digit());
            let class = if is_figure { " class=\"figure\"" } else { "" };
            let _ = write!(out, "<td{class}>{cell}</td>");
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div>\n");
    out
}

/// A list; items are text.
pub(super) fn list<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let items = items.into_iter().map(|it| format!("<li>{}</li>", escape(it)));
    format!("<ul>{}</ul>\n", items.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::{escape, list, table};

    #[test]
    fn nothing_becomes_markup() {
        assert_eq!(
            escape("<a b=\"c\" d='e'>&\u{0}"),
            "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;\u{fffd}"
        );
        assert_eq!(list(["<x>"]), "<ul><li>&lt;x&gt;</li></ul>\n");
        assert!(table(&["<h>"], &[vec!["12".to_owned()]]).contains("<td class=\"figure\">12</td>"));
    }
}
