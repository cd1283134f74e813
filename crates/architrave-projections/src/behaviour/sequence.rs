//! Sequence diagrams, line by line: names that no blueprint can break, texts without markup.

use std::fmt::Write as _;

use crate::page::mermaid;

/// A sequence diagram that is being written.
#[derive(Debug)]
pub(crate) struct Sequence {
    text: String,
    depth: usize,
}

impl Sequence {
    /// An empty diagram with numbered messages.
    pub(crate) fn new() -> Self {
        Self { text: "sequenceDiagram\n    autonumber\n".to_owned(), depth: 1 }
    }

    /// A column; `is_person` draws a figure.
    pub(crate) fn participant(&mut self, id: &str, title: &str, is_person: bool) {
        let kind = if is_person { "actor" } else { "participant" };
        self.line(&format!("{kind} {} as {}", mermaid::identifier(id), plain(title)));
    }

    /// A call.
    pub(crate) fn call(&mut self, from: &str, to: &str, text: &str) {
        self.arrow(from, "->>", to, text);
    }

    /// An answer.
    pub(crate) fn answer(&mut self, from: &str, to: &str, text: &str) {
        self.arrow(from, "-->>", to, text);
    }

    /// Something that nobody waits for.
    pub(crate) fn tell(&mut self, from: &str, to: &str, text: &str) {
        self.arrow(from, "-)", to, text);
    }

    /// A remark over a column.
    pub(crate) fn note(&mut self, over: &str, text: &str) {
        self.line(&format!("note over {}: {}", mermaid::identifier(over), plain(text)));
    }

    /// A frame: `break`, `loop`, `alt`, `opt`, `critical`. Closed by [`Self::end`].
    pub(crate) fn begin(&mut self, kind: &str, text: &str) {
        self.line(&format!("{kind} {}", plain(text)));
        self.depth += 1;
    }

    /// Closes the innermost frame.
    pub(crate) fn end(&mut self) {
        self.depth = self.depth.saturating_sub(1).max(1);
        self.line("end");
    }

    /// The text.
    pub(crate) fn finish(self) -> String {
        self.text
    }

    fn arrow(&mut self, from: &str, arrow: &str, to: &str, text: &str) {
        let (from, to) = (mermaid::identifier(from), mermaid::identifier(to));
        self.line(&format!("{from}{arrow}{to}: {}", plain(text)));
    }

    fn line(&mut self, line: &str) {
        let indent = "    ".repeat(self.depth);
        let _infallible = writeln!(self.text, "{indent}{line}");
    }
}

/// Words of a page without its markup, safe in a message; long ones are cut. Notes do not understand the escapes of
/// labels, hence what sequences read as syntax becomes what looks like it.
pub(crate) fn plain(markdown: &str) -> String {
    const CHARS_MAX: usize = 160;
    let mut out = String::new();
    for (at, char) in markdown.chars().filter(|it| *it != '`').enumerate() {
        if at == CHARS_MAX {
            out.push('…');
            break;
        }
        out.push(match char {
            ';' => ',',
            '#' => '＃',
            '"' => '\u{2033}',
            '<' => '‹',
            '>' => '›',
            '\\' => '∖',
            char if char.is_control() => ' ',
            char => char,
        });
    }
    if out.trim().is_empty() { "–".to_owned() } else { out.trim().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn nothing_in_a_text_ends_a_message_or_begins_an_escape() {
        for (text, expected) in [
            ("`a` is set", "a is set"),
            ("one; two #3 \"x\" %% <b>\nend", "one, two ＃3 ″x″ %% ‹b› end"),
            ("", "–"),
            ("``", "–"),
        ] {
            assert_eq!(plain(text), expected);
        }
        assert_eq!(plain(&"ä".repeat(500)).chars().count(), 161);
    }
}
