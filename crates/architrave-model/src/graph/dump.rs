//! The graph as text that a person reads and a golden file keeps: one element after another, only what is
//! known, each fact with its line.
//!
//! Written from the `Debug` form rather than field by field, so that a new field shows up by itself.

use std::fmt::Write;

use super::Graph;
use crate::SourceFile;

/// The graph as text. `files` are those that spans point into; line numbers count from 1.
///
/// ```text
/// service:web @docker-compose.yml:2
///   image: image:nginx:1.27
///   replicas: 2 @9
///   ports:
///     - number 80 @5, is_exposed true @5
/// ```
#[must_use]
pub fn dump(graph: &Graph, files: &[SourceFile]) -> String {
    let debug = format!("{graph:?}");
    let whole = Reader { text: debug.as_bytes(), at: 0 }.value();
    let mut out = String::new();
    let mut fields = Vec::new();
    if let Value::Struct(_, all) = whole {
        fields = all;
    }
    for (name, value) in fields {
        match value {
            Value::List(elements) => {
                for element in elements {
                    Writer { files, out: &mut out, file: 0 }.element(&name, element);
                }
            }
            value @ Value::Struct(..) => {
                Writer { files, out: &mut out, file: 0 }.element(&name, value);
            }
            Value::Tuple(..) | Value::Atom(_) | Value::Text(_) => {}
        }
    }
    out
}

/// A value as `Debug` shows it.
#[derive(Debug)]
enum Value {
    Struct(String, Vec<(String, Value)>),
    Tuple(String, Vec<Value>),
    List(Vec<Value>),
    Text(String),
    Atom(String),
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn skip(&mut self, these: &[u8]) {
        while these.contains(&self.peek()) && self.at < self.text.len() {
            self.at += 1;
        }
    }

    fn word(&mut self) -> String {
        let start = self.at;
        while self.at < self.text.len() && !b" ,:(){}[]\"".contains(&self.peek()) {
            self.at += 1;
        }
        self.slice(start, self.at)
    }

    fn slice(&self, start: usize, end: usize) -> String {
        String::from_utf8_lossy(self.text.get(start..end).unwrap_or(&[])).into_owned()
    }

    fn value(mut self) -> Value {
        self.next()
    }

    fn next(&mut self) -> Value {
        self.skip(b" ,");
        match self.peek() {
            b'"' => Value::Text(self.string()),
            b'[' => Value::List(self.items(b']')),
            b'(' => Value::Tuple(String::new(), self.items(b')')),
            _ => {
                let word = self.word();
                match self.text.get(self.at..self.at + 2) {
                    Some([b'(', _]) => Value::Tuple(word, self.items(b')')),
                    Some([b' ', b'{']) => Value::Struct(word, self.fields()),
                    _ => Value::Atom(word),
                }
            }
        }
    }

    fn string(&mut self) -> String {
        self.at += 1;
        let start = self.at;
        while self.at < self.text.len() && self.peek() != b'"' {
            self.at += if self.peek() == b'\\' { 2 } else { 1 };
        }
        let text = self.slice(start, self.at);
        self.at += 1;
        text.replace("\\\"", "\"").replace("\\'", "'")
    }

    fn items(&mut self, end: u8) -> Vec<Value> {
        self.at += 1;
        let mut items = Vec::new();
        self.skip(b" ,");
        while self.at < self.text.len() && self.peek() != end {
            let before = self.at;
            items.push(self.next());
            self.skip(b" ,");
            self.at = self.at.max(before + 1);
        }
        self.at += 1;
        items
    }

    fn fields(&mut self) -> Vec<(String, Value)> {
        self.skip(b" {");
        let mut fields = Vec::new();
        while self.at < self.text.len() && self.peek() != b'}' {
            let before = self.at;
            let name = self.word();
            self.skip(b": ");
            fields.push((name, self.next()));
            self.skip(b" ,");
            self.at = self.at.max(before + 1);
        }
        self.at += 1;
        fields
    }
}

struct Writer<'a> {
    files: &'a [SourceFile],
    out: &'a mut String,
    /// File of the element; facts from there show their line alone.
    file: usize,
}

impl Writer<'_> {
    fn element(&mut self, kind: &str, element: Value) {
        let Value::Struct(_, fields) = element else { return };
        let mut head = kind.to_owned();
        let mut rest = Vec::new();
        for (name, value) in fields {
            match value {
                Value::Struct(_, node) if name == "node" => {
                    let origin = field(&node, "origin");
                    if let Some(Value::Struct(_, origin)) = origin {
                        self.file = span(origin).map_or(self.file, |it| it.0);
                    }
                    let place = origin.map_or_else(String::new, |it| self.place(it, true));
                    head = format!("{}{place}", field(&node, "id").map_or("", text));
                }
                value => rest.push((name, value)),
            }
        }
        let lines: Vec<String> =
            rest.iter().filter_map(|(name, value)| self.field_lines(name, value)).collect();
        if !lines.is_empty() || head != kind {
            let _ = writeln!(self.out, "{head}");
            let _ = write!(self.out, "{}", lines.concat());
        }
    }

    fn field_lines(&self, name: &str, value: &Value) -> Option<String> {
        match value {
            Value::List(items) if items.iter().any(|it| matches!(it, Value::Struct(..))) => {
                let items = items.iter().map(|it| self.inline(it).unwrap_or_default());
                let items: String = items.map(|it| format!("    - {it}\n")).collect();
                Some(format!("  {name}:\n{items}"))
            }
            value => {
                let shown = self.inline(value).filter(|it| !it.is_empty());
                shown.map(|it| format!("  {name}: {it}\n"))
            }
        }
    }

    /// The value on one line; nothing where nothing is known.
    fn inline(&self, value: &Value) -> Option<String> {
        match value {
            Value::Text(text) => (!text.is_empty()).then(|| text.clone()),
            Value::Atom(atom) => {
                (!matches!(atom.as_str(), "Unknown" | "None" | "false")).then(|| atom.clone())
            }
            Value::List(items) => {
                let items: Vec<String> = items.iter().filter_map(|it| self.inline(it)).collect();
                (!items.is_empty()).then(|| format!("[{}]", items.join(", ")))
            }
            Value::Tuple(name, items) => match (name.as_str(), items.as_slice()) {
                ("Absent", [origin]) => Some(format!("absent{}", self.place(origin, false))),
                ("Is", [value, origin]) => {
                    let shown = match value {
                        Value::Atom(atom) => atom.clone(),
                        value => self.inline(value).unwrap_or_else(|| "nothing".into()),
                    };
                    Some(format!("{shown}{}", self.place(origin, false)))
                }
                ("Some", [value]) => self.inline(value),
                _ => {
                    let items: Vec<String> =
                        items.iter().filter_map(|it| self.inline(it)).collect();
                    (!items.is_empty()).then(|| items.join(" "))
                }
            },
            Value::Struct(name, _) if name == "Origin" => {
                Some(self.place(value, false)).map(|it| it.trim_start().to_owned())
            }
            Value::Struct(_, fields) => {
                let is_origin = |it: &&(String, Value)| matches!(&it.1, Value::Struct(kind, _) if kind == "Origin");
                let place = fields.iter().find(is_origin).map(|it| self.place(&it.1, false));
                let shown =
                    fields.iter().filter(|it| !is_origin(it)).filter_map(|(name, value)| {
                        self.inline(value)
                            .filter(|it| !it.is_empty())
                            .map(|it| format!("{name} {it}"))
                    });
                let shown: Vec<String> = shown.collect();
                (!shown.is_empty()).then(|| shown.join(", ") + &place.unwrap_or_default())
            }
        }
    }

    /// ` @line`, ` @file:line` for other files than the element's, ` (assumed)`.
    fn place(&self, origin: &Value, with_file: bool) -> String {
        let Value::Struct(_, fields) = origin else { return String::new() };
        let assumed = match field(fields, "provenance") {
            Some(Value::Atom(it)) if it == "Assumed" => " (assumed)",
            _ => "",
        };
        let Some((position, start)) = span(fields) else { return assumed.to_owned() };
        let file = self.files.get(position);
        let before = file.and_then(|it| it.text.get(..start)).unwrap_or("");
        let line = before.matches('\n').count() + 1;
        match file {
            Some(file) if with_file || position != self.file => {
                format!(" @{}:{line}{assumed}", file.name)
            }
            _ => format!(" @{line}{assumed}"),
        }
    }
}

/// File and first byte of an origin's place.
fn span(origin: &[(String, Value)]) -> Option<(usize, usize)> {
    let Value::Tuple(_, span) = field(origin, "span")? else { return None };
    let Value::Struct(_, span) = span.first()? else { return None };
    let Value::Tuple(_, file) = field(span, "file")? else { return None };
    Some((text(file.first()?).parse().ok()?, text(field(span, "start")?).parse().ok()?))
}

fn field<'a>(fields: &'a [(String, Value)], name: &str) -> Option<&'a Value> {
    fields.iter().find(|it| it.0 == name).map(|it| &it.1)
}

fn text(value: &Value) -> &str {
    match value {
        Value::Text(text) | Value::Atom(text) => text,
        _ => "",
    }
}
