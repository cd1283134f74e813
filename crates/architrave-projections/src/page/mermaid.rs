//! What all diagrams share: names and labels that no blueprint can break.

/// Text within a label in double quotes: quotes and what Mermaid reads as markup become entities.
pub(crate) fn label(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for char in text.chars() {
        match char {
            '"' => out.push_str("#quot;"),
            '#' => out.push_str("#35;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            ';' => out.push_str("#59;"),
            '`' => out.push_str("#96;"),
            '\\' => out.push_str("#92;"),
            '\n' | '\r' => out.push(' '),
            char => out.push(char),
        }
    }
    out
}

/// An identifier for an element: letters, digits and lines, never a word of the language (they are all without
/// this ending).
pub(crate) fn identifier(name: &str) -> String {
    let safe = |it: char| if it.is_ascii_alphanumeric() { it } else { '_' };
    format!("{}_", name.chars().map(safe).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_a_label() {
        assert_eq!(label("a \"b\" <c>; #d"), "a #quot;b#quot; #lt;c#gt;#59; #35;d");
        assert_eq!(identifier("sales.Order"), "sales_Order_");
        assert_eq!(identifier("end"), "end_");
    }
}
