//! Statements that are read word by word: they are simple, or the grammar of the parser does not know them.

use architrave_model::graph::ChangeKind;

use super::parse::Tokens;

/// First words of statements that change or tell something.
const OF_INTEREST: &[&str] =
    &["create", "alter", "drop", "rename", "truncate", "update", "delete", "set", "grant"];

/// Things that statements make or change without any column: skipped before they are cut into words.
const NOT_OF_INTEREST: &[&str] = &[
    "function",
    "procedure",
    "trigger",
    "view",
    "materialized",
    "extension",
    "event",
    "aggregate",
    "operator",
    "rule",
    "sequence",
    "schema",
    "database",
    "cast",
    "collation",
    "server",
    "publication",
    "subscription",
    "default",
    "language",
    "text",
    "large",
    "statistics",
];

/// Whether a statement may matter, by its first words.
pub(super) fn is_of_interest(text: &str) -> bool {
    let end = (0..=text.len().min(120)).rev().find(|it| text.is_char_boundary(*it)).unwrap_or(0);
    let head = text.get(..end).unwrap_or_default().to_ascii_lowercase();
    let mut words =
        head.split(|it: char| !(it.is_alphanumeric() || it == '_')).filter(|it| !it.is_empty());
    let Some(first) = words.next() else { return false };
    if !OF_INTEREST.contains(&first) {
        return false;
    }
    let is_about_thing = matches!(first, "create" | "alter" | "drop");
    !(is_about_thing
        && words
            .find(|it| !matches!(*it, "or" | "replace"))
            .is_some_and(|it| NOT_OF_INTEREST.contains(&it)))
}

/// A statement as words in lower case; texts begin with `'`.
pub(super) struct Words {
    words: Vec<String>,
}

/// `SET name = value`.
pub(super) struct Setting {
    pub(super) name: String,
    value: Vec<String>,
}

/// Rows that `UPDATE`, `DELETE` or `TRUNCATE` changes.
pub(super) struct ChangedRows {
    pub(super) table: Vec<String>,
    pub(super) columns: Vec<String>,
    pub(super) kind: ChangeKind,
}

impl Setting {
    /// Whether it is something other than "none".
    pub(super) fn is_set(&self) -> bool {
        self.value.first().is_some_and(|it| {
            !matches!(it.trim_start_matches('\''), "0" | "0s" | "0ms" | "default" | "")
        })
    }

    /// The first of a list of names.
    pub(super) fn first_name(&self) -> Option<String> {
        let names = self.value.iter().map(|it| it.trim_start_matches('\''));
        names
            .filter(|it| it.starts_with(|it: char| it.is_alphabetic() || it == '_'))
            .map(str::to_owned)
            .next()
    }
}

impl Words {
    pub(super) fn new(tokens: &Tokens) -> Self {
        Self { words: tokens.words().map(|it| it.0).collect() }
    }

    fn at(&self, position: usize) -> &str {
        self.words.get(position).map_or("", String::as_str)
    }

    /// Position behind these words, if the statement begins with them; words in `[…]` may be missing.
    fn begins(&self, pattern: &[&str]) -> Option<usize> {
        let mut at = 0;
        for word in pattern {
            match word.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
                Some(optional) if self.at(at) == optional => at += 1,
                Some(_) => {}
                None if self.at(at) == *word => at += 1,
                None => return None,
            }
        }
        Some(at)
    }

    /// A name such as `public.orders` from here on, and the position behind it.
    fn name(&self, mut at: usize) -> (Vec<String>, usize) {
        let mut parts = vec![self.at(at).to_owned()];
        at += 1;
        while self.at(at) == "." {
            parts.push(self.at(at + 1).to_owned());
            at += 2;
        }
        (parts, at)
    }

    /// Whether the statement is one that the parser reads.
    pub(super) fn needs_grammar(&self) -> bool {
        match self.at(0) {
            "create" => {
                let of_table = self.words.iter().take(6).position(|it| it == "table");
                let of_index = self.words.iter().take(4).any(|it| it == "index");
                of_index || of_table.is_some()
            }
            "alter" => {
                self.at(1) == "table"
                    && self.attached_partition().is_none()
                    && self.numbered_column().is_none()
                    && !self.is_without_consequence()
            }
            _ => false,
        }
    }

    /// `ALTER TABLE` that changes nothing that anybody asks for, often in words that the grammar lacks.
    fn is_without_consequence(&self) -> bool {
        let at = self.begins(&["alter", "table", "[if]", "[exists]", "[only]"]).unwrap_or(2);
        let (_, at) = self.name(at);
        match self.at(at) {
            "owner" | "enable" | "disable" | "force" | "replica" | "cluster" | "inherit" | "no"
            | "detach" => true,
            "set" => matches!(
                self.at(at + 1),
                "(" | "schema" | "tablespace" | "logged" | "unlogged" | "without"
            ),
            // Storage and statistics of a column, and the sequence behind one.
            "alter" => {
                let at = if self.at(at + 1) == "column" { at + 2 } else { at + 1 };
                let (_, at) = self.name(at);
                self.at(at) == "set"
                    && matches!(self.at(at + 1), "statistics" | "storage" | "compression" | "(")
            }
            _ => false,
        }
    }

    /// `SET [LOCAL] name = value`.
    pub(super) fn setting(&self) -> Option<Setting> {
        let at = self.begins(&["set", "[local]", "[session]"])?;
        let name = self.at(at).to_owned();
        let value = self.words.get(at + 2..)?.to_vec();
        matches!(self.at(at + 1), "=" | "to").then_some(Setting { name, value })
    }

    /// `CREATE TYPE name AS ENUM ('a', …)`.
    pub(super) fn enumeration(&self) -> Option<(String, Vec<String>)> {
        let at = self.begins(&["create", "type"])?;
        let (name, at) = self.name(at);
        (self.at(at) == "as" && self.at(at + 1) == "enum").then_some(())?;
        let values = self.words.get(at..)?.iter().filter_map(|it| it.strip_prefix('\''));
        Some((name.last()?.to_lowercase(), values.map(str::to_owned).collect()))
    }

    /// `ALTER TYPE name ADD VALUE 'a'`.
    pub(super) fn added_value(&self) -> Option<(String, String)> {
        let at = self.begins(&["alter", "type"])?;
        let (name, at) = self.name(at);
        (self.at(at) == "add" && self.at(at + 1) == "value").then_some(())?;
        let value = self.words.get(at..)?.iter().find_map(|it| it.strip_prefix('\''))?;
        Some((name.last()?.to_lowercase(), value.to_owned()))
    }

    /// `CREATE DOMAIN name AS type …`.
    pub(super) fn domain(&self) -> Option<(String, String)> {
        let at = self.begins(&["create", "domain"])?;
        let (name, at) = self.name(at);
        let at = if self.at(at) == "as" { at + 1 } else { at };
        let is_end = |it: &&String| {
            !matches!(it.as_str(), "check" | "not" | "null" | "default" | "constraint" | "collate")
        };
        let base: Vec<&str> =
            self.words.get(at..)?.iter().take_while(is_end).map(String::as_str).collect();
        Some((name.last()?.to_lowercase(), base.join(" ").replace(" (", "(").replace(" )", ")")))
    }

    /// `ALTER TABLE parent ATTACH PARTITION part …`.
    pub(super) fn attached_partition(&self) -> Option<(Vec<String>, Vec<String>)> {
        let at = self.begins(&["alter", "table", "[if]", "[exists]", "[only]"])?;
        let (parent, at) = self.name(at);
        (self.at(at) == "attach" && self.at(at + 1) == "partition").then_some(())?;
        Some((parent, self.name(at + 2).0))
    }

    /// `ALTER TABLE t ALTER COLUMN c ADD GENERATED … AS IDENTITY (SEQUENCE NAME …)`, as `pg_dump` writes it.
    pub(super) fn numbered_column(&self) -> Option<(Vec<String>, String)> {
        let at = self.begins(&["alter", "table", "[if]", "[exists]", "[only]"])?;
        let (table, at) = self.name(at);
        (self.at(at) == "alter" && self.at(at + 1) == "column").then_some(())?;
        let is_numbered = self.at(at + 3) == "add" && self.at(at + 4) == "generated";
        is_numbered.then(|| (table, self.at(at + 2).to_owned()))
    }

    /// Grants, roles and row rules, as (key, value).
    pub(super) fn facts(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        if self.begins(&["grant"]).is_some() {
            let text = self.words.iter().skip(1).take(40).map(String::as_str).collect::<Vec<_>>();
            found.push(("grant".to_owned(), text.join(" ").replace(" . ", ".").replace(" ,", ",")));
        }
        let role = self.begins(&["create", "role"]).or_else(|| self.begins(&["create", "user"]));
        if let Some(at) = role {
            found.push(("role".to_owned(), self.at(at).to_owned()));
        }
        if let Some(at) = self.begins(&["alter", "table", "[if]", "[exists]", "[only]"]) {
            let (name, at) = self.name(at);
            if self.at(at) == "enable" && self.at(at + 1) == "row" {
                found.push(("row_level_security".to_owned(), name.join(".")));
            }
        }
        if let Some(at) = self.begins(&["create", "policy"])
            && let Some(on) = self.words.iter().position(|it| it == "on")
        {
            let value = format!("{} on {}", self.at(at), self.name(on + 1).0.join("."));
            found.push(("row_policy".to_owned(), value));
        }
        found
    }

    /// `DROP TABLE a, b`.
    pub(super) fn dropped_tables(&self) -> Vec<Vec<String>> {
        let at = self.begins(&["drop", "[temporary]", "[foreign]", "table", "[if]", "[exists]"]);
        at.map(|it| self.names(it)).unwrap_or_default()
    }

    /// `DROP INDEX a, b`.
    pub(super) fn dropped_indexes(&self) -> Vec<Vec<String>> {
        let at = self.begins(&["drop", "index", "[concurrently]", "[if]", "[exists]"]);
        at.map(|it| self.names(it)).unwrap_or_default()
    }

    fn names(&self, mut at: usize) -> Vec<Vec<String>> {
        let mut names = Vec::new();
        while at < self.words.len() {
            let (name, next) = self.name(at);
            names.push(name);
            if self.at(next) != "," {
                break;
            }
            at = next + 1;
        }
        names
    }

    /// `ALTER INDEX a RENAME TO b`.
    pub(super) fn renamed_index(&self) -> Option<(String, String)> {
        let at = self.begins(&["alter", "index", "[if]", "[exists]"])?;
        let (from, at) = self.name(at);
        (self.at(at) == "rename" && self.at(at + 1) == "to").then_some(())?;
        Some((from.last()?.clone(), self.at(at + 2).to_owned()))
    }

    /// `RENAME TABLE a TO b, c TO d`.
    pub(super) fn renamed_tables(&self) -> Vec<(Vec<String>, Vec<String>)> {
        let mut pairs = Vec::new();
        let Some(mut at) = self.begins(&["rename", "table"]) else { return pairs };
        loop {
            let (from, next) = self.name(at);
            if self.at(next) != "to" {
                return pairs;
            }
            let (to, next) = self.name(next + 1);
            pairs.push((from, to));
            if self.at(next) != "," {
                return pairs;
            }
            at = next + 1;
        }
    }

    /// What `UPDATE`, `DELETE` and `TRUNCATE` change.
    pub(super) fn changed_rows(&self) -> Option<ChangedRows> {
        if let Some(at) = self.begins(&["truncate", "[table]", "[only]"]) {
            let (table, _) = self.name(at);
            return Some(ChangedRows { table, columns: Vec::new(), kind: ChangeKind::Truncate });
        }
        let at = self
            .begins(&["update", "[only]"])
            .or_else(|| self.begins(&["delete", "from", "[only]"]))?;
        let (table, at) = self.name(at);
        let end = self.words.iter().position(|it| it == "where").unwrap_or(self.words.len());
        let columns = self.words.get(at..end)?.windows(2).filter_map(|it| match it {
            [name, equals] if equals == "=" => Some(name.clone()),
            _ => None,
        });
        let kind = match self.is_bounded(end) {
            true => ChangeKind::UpdateBatch,
            false => ChangeKind::UpdateAll,
        };
        Some(ChangedRows { table, columns: columns.collect(), kind })
    }

    /// Whether the condition picks few rows: by a value, a range or a number of rows. "Where it is still null"
    /// is every row on the first run.
    fn is_bounded(&self, condition: usize) -> bool {
        let words = self.words.get(condition..).unwrap_or_default();
        let is_value = |it: &str| it.starts_with('\'') || it.bytes().all(|it| it.is_ascii_digit());
        words.iter().any(|it| matches!(it.as_str(), "limit" | "between" | "ctid"))
            || words.windows(2).any(|it| match it {
                [operator, value] => {
                    matches!(operator.as_str(), "=" | "<" | "<=")
                        && !value.is_empty()
                        && is_value(value)
                }
                _ => false,
            })
    }
}
