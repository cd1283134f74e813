//! Cuts a file into statements, without understanding them: quotes, comments, function bodies, data of a dump,
//! commands of the shell that runs it, and the way down of migrations that keep both ways in one file.

/// One statement: where it begins in the file, and its text without the delimiter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Statement<'t> {
    pub(super) start: usize,
    pub(super) text: &'t str,
}

/// Cuts the text. Linear in its length.
///
/// `has_backslashes`: whether `\'` within quotes is an escaped quote (MySQL) rather than the end (standard SQL).
pub(super) fn split(text: &str, has_backslashes: bool) -> Vec<Statement<'_>> {
    let mut splitter = Splitter {
        text,
        bytes: text.as_bytes(),
        at: 0,
        has_backslashes,
        delimiter: ";",
        statements: Vec::new(),
        reads_bodies: true,
    };
    while splitter.at < text.len() {
        splitter.step();
    }
    splitter.statements
}

struct Splitter<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    has_backslashes: bool,
    delimiter: &'t str,
    statements: Vec<Statement<'t>>,
    /// Off once a body was not closed: searching to the end of the file for each would take too long.
    reads_bodies: bool,
}

impl<'t> Splitter<'t> {
    /// Takes the next statement, or what stands between statements.
    fn step(&mut self) {
        self.skip_space_and_comments();
        if self.at >= self.bytes.len() || self.takes_shell_line() {
            return;
        }
        let start = self.at;
        let is_routine = self.reads_bodies && self.begins_routine();
        let mut end = self.end_of_statement(is_routine);
        if end.is_none() && is_routine {
            self.reads_bodies = false;
            self.at = start;
            end = self.end_of_statement(false);
        }
        let end = end.unwrap_or(self.bytes.len());
        let text = self.text.get(start..end).unwrap_or_default().trim_end();
        if !text.is_empty() {
            self.statements.push(Statement { start, text });
            self.skip_copied_data(text);
        }
    }

    /// Goes behind the delimiter and answers where it began; none where the text ends first.
    fn end_of_statement(&mut self, is_routine: bool) -> Option<usize> {
        let mut open_bodies = 0usize;
        let mut has_body = false;
        while let Some(&byte) = self.bytes.get(self.at) {
            if self.text.get(self.at..).is_some_and(|it| it.starts_with(self.delimiter))
                && open_bodies == 0
            {
                let end = self.at;
                self.at += self.delimiter.len();
                return Some(end);
            }
            match byte {
                b'\'' | b'"' | b'`' => self.skip_quoted(byte),
                b'$' => self.skip_dollar_quoted(),
                b'-' | b'/' if self.skip_comment() => {}
                b'\n' => {
                    self.at += 1;
                    if self.line().trim().eq_ignore_ascii_case("go") {
                        let end = self.at;
                        self.skip_line();
                        return Some(end);
                    }
                }
                b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                    let word = self.word();
                    if is_routine {
                        let follows = self.following_word();
                        if word.eq_ignore_ascii_case("begin")
                            || has_body && word.eq_ignore_ascii_case("case")
                        {
                            has_body = true;
                            open_bodies += 1;
                        } else if word.eq_ignore_ascii_case("end") && !closes_block(follows) {
                            open_bodies = open_bodies.saturating_sub(1);
                            if follows.eq_ignore_ascii_case("case") {
                                self.skip_space_and_comments();
                                self.word();
                            }
                        }
                    }
                }
                _ => self.at += 1,
            }
        }
        (open_bodies == 0).then_some(self.bytes.len())
    }

    /// A word from here on; the position moves behind it.
    fn word(&mut self) -> &'t str {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(|it| it.is_ascii_alphanumeric() || *it == b'_') {
            self.at += 1;
        }
        if self.at == start {
            self.at += 1;
        }
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// The next word on the same line, without moving.
    fn following_word(&self) -> &'t str {
        let rest = self.head(32).trim_start();
        rest.split(|it: char| !it.is_ascii_alphanumeric()).next().unwrap_or_default()
    }

    /// Whether a trigger or routine begins here, whose body holds delimiters of its own.
    fn begins_routine(&self) -> bool {
        let mut words =
            self.head(256).split_ascii_whitespace().take(8).map(str::to_ascii_lowercase);
        words.next().is_some_and(|it| it == "create")
            && words.any(|it| matches!(&*it, "trigger" | "procedure" | "function" | "event"))
    }

    /// The text from here on, cut off after about so many bytes: looking ahead must not take long.
    fn head(&self, bytes_max: usize) -> &'t str {
        let end = (self.at + bytes_max).min(self.text.len());
        (end..end + 4).find_map(|it| self.text.get(self.at..it)).unwrap_or_default()
    }

    /// The beginning of the line from here on.
    fn line(&self) -> &'t str {
        self.head(256).split('\n').next().unwrap_or_default()
    }

    fn skip_line(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += rest.iter().position(|it| *it == b'\n').map_or(rest.len(), |it| it + 1);
    }

    fn skip_space_and_comments(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'-' | b'/' if self.skip_comment() => {}
                // MySQL; nothing else can begin a statement with it.
                b'#' => self.skip_line(),
                it if it.is_ascii_whitespace() => self.at += 1,
                _ => return,
            }
        }
    }

    /// Goes behind a comment, if one begins here. A marker of the way down takes everything up to the next
    /// marker of the way up with it.
    fn skip_comment(&mut self) -> bool {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if rest.starts_with(b"--") {
            let is_way_down = direction(self.line()) == Some(Direction::Down);
            self.skip_line();
            while is_way_down
                && self.at < self.bytes.len()
                && direction(self.line()) != Some(Direction::Up)
            {
                self.skip_line();
            }
            return true;
        }
        if !rest.starts_with(b"/*") {
            return false;
        }
        let mut depth = 0usize;
        while self.at < self.bytes.len() {
            match self.bytes.get(self.at..self.at + 2) {
                Some(b"/*") => {
                    depth += 1;
                    self.at += 2;
                }
                Some(b"*/") => {
                    depth -= 1;
                    self.at += 2;
                    // MySQL and SQLite do not nest: there the first end is the end.
                    if depth == 0 || self.has_backslashes {
                        break;
                    }
                }
                _ => self.at += 1,
            }
        }
        true
    }

    fn skip_quoted(&mut self, quote: u8) {
        let is_escaping = quote == b'\''
            && (self.has_backslashes
                || self.at > 0 && matches!(self.bytes.get(self.at - 1), Some(b'e' | b'E')));
        self.at += 1;
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            if byte == b'\\' && is_escaping {
                self.at += 1;
            } else if byte == quote {
                if self.bytes.get(self.at) != Some(&quote) {
                    return;
                }
                self.at += 1;
            }
        }
    }

    /// `$$ … $$`, `$body$ … $body$`; anything else that begins with `$` is one character.
    fn skip_dollar_quoted(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let tag_length = rest.bytes().skip(1).take(64).position(|it| it == b'$').map(|it| it + 2);
        let tag = tag_length.and_then(|length| rest.get(..length)).filter(|tag| {
            tag.bytes().all(|it| it == b'$' || it == b'_' || it.is_ascii_alphanumeric())
        });
        let Some(tag) = tag else {
            self.at += 1;
            return;
        };
        let body = self.at + tag.len();
        let end = self.text.get(body..).and_then(|it| it.find(tag));
        self.at = end.map_or(self.bytes.len(), |it| body + it + tag.len());
    }

    /// Lines that the shell takes for itself: `\connect`, `DELIMITER ;;`, `.mode`, `GO`.
    fn takes_shell_line(&mut self) -> bool {
        let line = self.line().trim_end();
        if line.starts_with('\\') || line.starts_with('.') || line.eq_ignore_ascii_case("go") {
            self.skip_line();
            return true;
        }
        let mut words = line.split_ascii_whitespace();
        if words.next().is_some_and(|it| it.eq_ignore_ascii_case("delimiter")) {
            if let Some(delimiter) = words.next() {
                self.delimiter = delimiter;
            }
            self.skip_line();
            return true;
        }
        if line.starts_with(';') || line.starts_with(self.delimiter) {
            self.at += 1;
            return true;
        }
        false
    }

    /// The rows behind `COPY … FROM stdin;`, up to `\.`.
    fn skip_copied_data(&mut self, statement: &str) {
        let is_copy = statement.get(..4).is_some_and(|it| it.eq_ignore_ascii_case("copy"));
        let tail = statement.get(statement.len().saturating_sub(200)..).unwrap_or(statement);
        if !is_copy || !tail.to_ascii_lowercase().contains("from stdin") {
            return;
        }
        self.skip_line();
        while self.at < self.bytes.len() {
            let is_end = self.line().trim_end() == "\\.";
            self.skip_line();
            if is_end {
                return;
            }
        }
    }
}

/// `END IF`, `END LOOP` and their like close what was never counted.
fn closes_block(follows: &str) -> bool {
    ["if", "loop", "while", "repeat", "for"].iter().any(|it| follows.eq_ignore_ascii_case(it))
}

#[derive(Debug, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
}

/// Markers of goose, sql-migrate, dbmate and golang-migrate's ancestors.
fn direction(line: &str) -> Option<Direction> {
    let words = line.trim().strip_prefix("--")?.trim().to_ascii_lowercase();
    let mut words = words.split_ascii_whitespace();
    match (words.next()?, words.next()) {
        ("migrate:up", _) | ("+goose" | "+migrate", Some("up")) => Some(Direction::Up),
        ("migrate:down", _) | ("+goose" | "+migrate", Some("down")) => Some(Direction::Down),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<&str> = split(text, false).iter().map(|it| it.text).collect();
        assert_eq!(found, expected, "{text}");
        for statement in split(text, false) {
            assert!(text[statement.start..].starts_with(statement.text));
        }
    }

    #[test]
    fn statements_end_at_their_delimiter_and_nowhere_else() {
        check("a; b ;\n\nc", &["a", "b", "c"]);
        check("insert 'x;y'; b", &["insert 'x;y'", "b"]);
        check("insert 'it''s;'; b", &["insert 'it''s;'", "b"]);
        check("insert 'a\\'; b", &["insert 'a\\'", "b"]);
        check("insert E'a\\';'; b", &["insert E'a\\';'", "b"]);
        check("select \"a;b\"; b", &["select \"a;b\"", "b"]);
        check("select `a;b`; b", &["select `a;b`", "b"]);
        check("a -- not; here\n; b", &["a -- not; here", "b"]);
        check("a /* not; /* here; */ ; */; b", &["a /* not; /* here; */ ; */", "b"]);
        check("-- only\n/* comments */", &[]);
        check(";;;", &[]);
        check("a 'never closed; b", &["a 'never closed; b"]);
    }

    #[test]
    fn bodies_hold_delimiters_of_their_own() {
        check(
            "create function f() as $$ a; b; $$; c",
            &["create function f() as $$ a; b; $$", "c"],
        );
        check("do $x$ a; $$ b; $x$; c", &["do $x$ a; $$ b; $x$", "c"]);
        check(
            "create trigger t after insert on x begin update y; delete z; end; b",
            &["create trigger t after insert on x begin update y; delete z; end", "b"],
        );
        check(
            "create procedure p() begin if a then b; end if; case x when 1 then c; end case; end; d",
            &[
                "create procedure p() begin if a then b; end if; case x when 1 then c; end case; end",
                "d",
            ],
        );
        check("create trigger t begin a; b", &["create trigger t begin a", "b"]);
        check(
            "create trigger t before update on x execute function f(); b",
            &["create trigger t before update on x execute function f()", "b"],
        );
        check("select $1; b", &["select $1", "b"]);
    }

    #[test]
    fn data_and_shell_commands_are_left_out() {
        check("copy t (a) from stdin;\n1;2\n\\.\n\nb;", &["copy t (a) from stdin", "b"]);
        check("\\connect shop\n\\restrict x;\na;", &["a"]);
        check("DELIMITER ;;\na; b ;;\nDELIMITER ;\nc;", &["a; b", "c"]);
        check("a\nGO\nb\ngo\n", &["a", "b"]);
    }

    #[test]
    fn the_way_down_is_left_out() {
        check("-- +goose Up\na;\n-- +goose Down\nb;\n", &["a"]);
        check("-- migrate:up\na;\n-- migrate:down\nb;", &["a"]);
        check("-- +migrate Down\nb;\n-- +migrate Up\na;", &["a"]);
    }

    #[test]
    fn backslashes_escape_where_the_dialect_says_so() {
        let found = split("insert 'it\\'s;'; b", true);
        assert_eq!(found.iter().map(|it| it.text).collect::<Vec<_>>(), ["insert 'it\\'s;'", "b"]);
    }
}
