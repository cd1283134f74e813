//! Writes the little YAML that rules and their tests need: text in single quotes, expressions as blocks.

/// A scalar that is exactly this text, on one line.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''").replace(['\n', '\r'], " "))
}

/// A block of lines below a key, indented by so many spaces, without the line end at the end.
pub(crate) fn block(text: &str, indent: usize) -> String {
    let lines: Vec<String> = text.lines().map(|it| format!("{}{it}", " ".repeat(indent))).collect();
    format!("|-\n{}", lines.join("\n"))
}
