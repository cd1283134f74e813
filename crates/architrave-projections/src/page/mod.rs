//! Writes Markdown pages (CommonMark with tables, as code hosts show it) piece by piece; what comes from a blueprint
//! is escaped here, so that no name or comment can break a page.

mod links;
pub(crate) mod mermaid;

pub(crate) use links::without_dead_links;

use std::fmt::Write as _;

/// A page that is being written.
#[derive(Debug, Default)]
pub(crate) struct Page {
    text: String,
}

impl Page {
    /// A page with its title.
    pub(crate) fn new(title: &str) -> Self {
        let mut page = Self::default();
        page.heading(1, title);
        page
    }

    /// A heading; level 2 is a section of the page. The text is escaped.
    pub(crate) fn heading(&mut self, level: usize, text: &str) {
        self.block(&format!("{} {}", "#".repeat(level.clamp(1, 6)), escape(text)));
    }

    /// A paragraph of Markdown: escape what comes from a blueprint.
    pub(crate) fn paragraph(&mut self, markdown: &str) {
        self.block(markdown.trim());
    }

    /// A list of items in Markdown; nothing where there are none.
    pub(crate) fn list<T: AsRef<str>>(&mut self, items: impl IntoIterator<Item = T>) {
        self.lines(items.into_iter().map(|it| format!("- {}", it.as_ref())));
    }

    /// A numbered list of items in Markdown; nothing where there are none.
    pub(crate) fn steps<T: AsRef<str>>(&mut self, items: impl IntoIterator<Item = T>) {
        let numbered = items.into_iter().enumerate();
        self.lines(numbered.map(|(index, it)| format!("{}. {}", index + 1, it.as_ref())));
    }

    /// A table of cells in Markdown; nothing where there are no rows. Bars and line ends in cells are escaped.
    pub(crate) fn table(&mut self, head: &[&str], rows: &[Vec<String>]) {
        if rows.is_empty() {
            return;
        }
        let line = |cells: &[String]| format!("| {} |", cells.join(" | "));
        let head: Vec<String> = head.iter().map(|it| (*it).to_owned()).collect();
        let rule: Vec<String> = head.iter().map(|_| "---".to_owned()).collect();
        let rows = rows.iter().map(|row| line(&row.iter().map(|it| cell(it)).collect::<Vec<_>>()));
        self.lines([line(&head), line(&rule)].into_iter().chain(rows));
    }

    /// A table without the columns that say nothing in any row.
    pub(crate) fn lean_table(&mut self, head: &[&str], rows: &[Vec<String>]) {
        let says = |at: usize| rows.iter().any(|row| row.get(at).is_some_and(|it| !it.is_empty()));
        let kept: Vec<usize> = (0..head.len()).filter(|at| says(*at)).collect();
        let head: Vec<&str> = kept.iter().filter_map(|at| head.get(*at).copied()).collect();
        let rows: Vec<Vec<String>> = rows
            .iter()
            .map(|row| kept.iter().filter_map(|at| row.get(*at).cloned()).collect())
            .collect();
        self.table(&head, &rows);
    }

    /// A diagram in Mermaid, with a sentence that says what it shows to those who cannot see it.
    pub(crate) fn diagram(&mut self, shows: &str, mermaid: &str) {
        self.paragraph(&format!("*{}*", shows.trim()));
        self.code("mermaid", mermaid);
    }

    /// A block of code.
    pub(crate) fn code(&mut self, language: &str, text: &str) {
        let longest = text.lines().map(|it| it.chars().take_while(|it| *it == '`').count()).max();
        let fence = "`".repeat(longest.unwrap_or(0).max(2) + 1);
        self.block(&format!("{fence}{language}\n{}\n{fence}", text.trim_end()));
    }

    /// The page, with a line end.
    pub(crate) fn finish(self) -> String {
        self.text
    }

    fn lines(&mut self, lines: impl Iterator<Item = String>) {
        let lines: Vec<String> = lines.collect();
        if !lines.is_empty() {
            self.block(&lines.join("\n"));
        }
    }

    fn block(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let _infallible = writeln!(self.text, "{text}");
    }
}

/// Text that shows exactly these characters, on one line: paragraphs follow each other.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for char in text.chars() {
        match char {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' => {
                out.push('\\');
                out.push(char);
            }
            '\n' | '\r' if out.ends_with(' ') => {}
            '\n' | '\r' => out.push(' '),
            '&' => out.push_str("&amp;"),
            char => out.push(char),
        }
    }
    out
}

/// A sentence with `code` in it: code stays code, the rest is escaped.
pub(crate) fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return escape(text);
    }
    let part = |(position, part): (usize, &&str)| {
        if position.is_multiple_of(2) { escape(part) } else { code(part) }
    };
    parts.iter().enumerate().map(part).collect()
}

/// The same with a capital at its begin and a full stop at its end.
pub(crate) fn sentence(text: &str) -> String {
    let text = capital(&prose(text));
    let end = if text.ends_with(['.', ':', '!', '?']) { "" } else { "." };
    format!("{text}{end}")
}

/// The same text with a capital at its begin.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|it| it.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

/// Text as code on one line, whatever ticks it has.
pub(crate) fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// A link to another document; `from` and `to` are paths below the output folder, `to` may end in `#section`.
pub(crate) fn link(title: &str, from: &str, to: &str) -> String {
    let folder = |path: &str| path.rsplit_once('/').map_or("", |it| it.0).to_owned();
    let (file, section) = to.split_once('#').unwrap_or((to, ""));
    let near = match (folder(from), folder(file)) {
        (here, there) if here == there => file.rsplit_once('/').map_or(file, |it| it.1).to_owned(),
        (here, _) if !here.is_empty() && file.starts_with(&format!("{here}/")) => {
            file.get(here.len() + 1..).unwrap_or(file).to_owned()
        }
        _ => format!("{}{file}", "../".repeat(from.matches('/').count())),
    };
    let section = if section.is_empty() { String::new() } else { format!("#{section}") };
    format!("[{}]({near}{section})", escape(title))
}

/// The first sentence of a comment, without its full stop; for places with little room.
pub(crate) fn first_sentence(text: &str) -> String {
    let line = text.split(['\n', '\r']).map(str::trim).collect::<Vec<_>>().join(" ");
    let is_end = |at: &usize| {
        let before = line.get(..*at).unwrap_or_default();
        !before.ends_with("e.g") && !before.ends_with("i.e")
    };
    let end = line.match_indices(". ").map(|it| it.0).find(is_end).unwrap_or(line.len());
    line.get(..end).unwrap_or(&line).trim_end_matches('.').to_owned()
}

/// `1 entity`, `6 entities`.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn cell(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    let mut is_escaped = false;
    for char in markdown.chars() {
        match char {
            '\n' | '\r' => out.push(' '),
            '|' if !is_escaped => out.push_str("\\|"),
            char => out.push(char),
        }
        is_escaped = char == '\\' && !is_escaped;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_stand_apart_by_empty_lines() {
        let mut page = Page::new("Data & *dictionary*");
        page.paragraph("What is kept.");
        page.list(["one", "two"]);
        page.table(&["a", "b"], &[vec!["x | y".to_owned(), "z".to_owned()]]);
        page.table(&["nothing"], &[]);
        page.code("sql", "select 1;\n");
        let expected = "# Data &amp; \\*dictionary\\*\n\nWhat is kept.\n\n- one\n- two\n\n\
            | a | b |\n| --- | --- |\n| x \\| y | z |\n\n```sql\nselect 1;\n```\n";
        assert_eq!(page.finish(), expected);
    }

    #[test]
    fn code_in_a_sentence_stays_code() {
        assert_eq!(prose("set `a_b` to *"), "set `a_b` to \\*");
        assert_eq!(prose("one ` alone"), "one \\` alone");
    }

    #[test]
    fn names_in_ticks_become_code() {
        assert_eq!(sentence("calls of `a_b` at_once"), "Calls of `a_b` at\\_once.");
        assert_eq!(sentence("`a`: done."), "`a`: done.");
        assert_eq!(sentence(""), ".");
    }

    #[test]
    fn links_lead_from_folder_to_folder() {
        assert_eq!(link("ERD", "data/dictionary.md", "data/erd.md"), "[ERD](erd.md)");
        assert_eq!(link("ERD", "quality/risks.md", "data/erd.md"), "[ERD](../data/erd.md)");
        assert_eq!(link("ERD", "README.md", "data/erd.md"), "[ERD](data/erd.md)");
        assert_eq!(
            link("A", "operation/runbooks.md", "operation/runbooks/a.md"),
            "[A](runbooks/a.md)"
        );
        assert_eq!(
            link("B", "operation/runbooks/a.md", "operation/runbooks/b.md#c"),
            "[B](b.md#c)"
        );
        assert_eq!(
            link("C", "operation/runbooks/a.md", "operation/c.md"),
            "[C](../../operation/c.md)"
        );
    }
}
