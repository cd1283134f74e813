//! Lines of a blueprint in the standard layout: two spaces a level, `=` of adjacent settings and comments
//! behind adjacent lines in one column.

/// One line.
#[derive(Debug)]
enum Line {
    Setting { level: usize, name: String, value: String, comment: Option<String> },
    Other { level: usize, text: String, comment: Option<String> },
}

/// The text while it is written.
#[derive(Debug, Default)]
pub(super) struct Layout {
    lines: Vec<Line>,
    level: usize,
}

impl Layout {
    /// `name = value`, with what was guessed about it.
    pub(super) fn setting(&mut self, name: &str, value: &str, guesses: &[String]) {
        self.lines.push(Line::Setting {
            level: self.level,
            name: name.to_owned(),
            value: value.to_owned(),
            comment: comment(guesses),
        });
    }

    /// A line as it is, with what was guessed about it.
    pub(super) fn line(&mut self, text: &str, guesses: &[String]) {
        self.lines.push(Line::Other {
            level: self.level,
            text: text.to_owned(),
            comment: comment(guesses),
        });
    }

    /// An empty line; none at the beginning of a block, and never two.
    pub(super) fn space(&mut self) {
        let is_wanted = match self.lines.last() {
            Some(Line::Other { text, .. }) => !text.is_empty() && !text.ends_with(['{', '[']),
            Some(Line::Setting { .. }) => true,
            None => false,
        };
        if is_wanted {
            self.line("", &[]);
        }
    }

    /// Begins a block: `entity Order {`.
    pub(super) fn open(&mut self, head: &str, guesses: &[String]) {
        self.line(&format!("{head} {{"), guesses);
        self.level += 1;
    }

    /// Ends it.
    pub(super) fn close(&mut self) {
        self.level = self.level.saturating_sub(1);
        if matches!(self.lines.last(), Some(Line::Other { text, .. }) if text.is_empty()) {
            self.lines.pop();
        }
        self.line("}", &[]);
    }

    /// The text.
    pub(super) fn finish(self) -> String {
        let mut rows: Vec<(usize, String, Option<String>)> = Vec::new();
        for group in self.lines.chunk_by(|one, other| match (one, other) {
            (Line::Setting { level, .. }, Line::Setting { level: other, .. }) => level == other,
            _ => false,
        }) {
            let widest = group.iter().map(Line::name_width).max().unwrap_or_default();
            rows.extend(group.iter().map(|it| it.row(widest)));
        }
        let mut text = String::new();
        for group in
            rows.chunk_by(|one, other| one.2.is_some() && other.2.is_some() && one.0 == other.0)
        {
            let widest = group.iter().map(|it| it.1.chars().count()).max().unwrap_or_default();
            for (level, row, comment) in group {
                if row.is_empty() && comment.is_none() {
                    text.push('\n');
                    continue;
                }
                text.extend(std::iter::repeat_n("  ", *level));
                text.push_str(row);
                if let Some(comment) = comment {
                    let width = row.chars().count();
                    text.extend(std::iter::repeat_n(' ', widest - width + 1));
                    text.push_str(comment);
                }
                text.push('\n');
            }
        }
        text
    }
}

impl Line {
    fn name_width(&self) -> usize {
        match self {
            Self::Setting { name, .. } => name.chars().count(),
            Self::Other { .. } => 0,
        }
    }

    fn row(&self, widest: usize) -> (usize, String, Option<String>) {
        match self {
            Self::Setting { level, name, value, comment } => {
                let padding = " ".repeat(widest - name.chars().count());
                (*level, format!("{name}{padding} = {value}"), comment.clone())
            }
            Self::Other { level, text, comment } => (*level, text.clone(), comment.clone()),
        }
    }
}

/// Guesses as one comment on one line.
fn comment(guesses: &[String]) -> Option<String> {
    (!guesses.is_empty()).then(|| format!("# guessed: {}", one_line(&guesses.join("; "))))
}

/// The text without what would end a comment: it may come from a hostile file.
pub(super) fn one_line(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|it| if it.is_control() || it == '\u{2028}' || it == '\u{2029}' { ' ' } else { it })
        .collect();
    plain.trim_end().to_owned()
}
