//! JSON (RFC 8259), into the same tree. A reader of its own rather than YAML's, although JSON is nearly YAML:
//! tabs, surrogate pairs and keys of any length are JSON's alone, and contracts of 10 MB are read faster.

use std::borrow::Cow;

use architrave_model::FileId;

use super::{
    build::{Builder, GivenUp},
    tree::Tree,
};
use crate::codes;

pub(super) fn read(file: FileId, text: &str) -> Tree<'_> {
    let mut reader = Reader { text, at: 0, builder: Builder::new(file) };
    if text.starts_with('\u{feff}') {
        reader.at = '\u{feff}'.len_utf8();
    }
    reader.blanks();
    if reader.at < text.len() {
        match reader.document() {
            Ok(()) => reader.builder.end_document(),
            Err(GivenUp) => reader.builder.give_up_document(),
        }
    }
    reader.builder.finish()
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    builder: Builder<'t>,
}

/// What may come next.
#[derive(Clone, Copy, PartialEq)]
enum Next {
    Value,
    /// A value, or the end of the list that has just begun.
    ValueOrEnd,
    /// A key, or the end of the object that has just begun.
    KeyOrEnd,
    Key,
    CommaOrEnd,
}

impl<'t> Reader<'t> {
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn fail<T>(&mut self, title: &str) -> Result<T, GivenUp> {
        let at = self.at.min(self.text.len()) as u32;
        self.builder.report(codes::SYNTAX, (at, at), &format!("not JSON: {title}"));
        Err(GivenUp)
    }

    /// One value and nothing behind it. A loop with a stack, so that no input can exhaust ours.
    fn document(&mut self) -> Result<(), GivenUp> {
        let mut open: Vec<bool> = Vec::new();
        let mut next = Next::Value;
        loop {
            self.blanks();
            next = self.step(next, &mut open)?;
            if open.is_empty() && next == Next::CommaOrEnd {
                break;
            }
        }
        self.blanks();
        if self.at < self.text.len() {
            return self.fail("something stands behind the end of the document");
        }
        Ok(())
    }

    fn step(&mut self, next: Next, open: &mut Vec<bool>) -> Result<Next, GivenUp> {
        let at = self.at as u32;
        match (next, self.byte()) {
            (_, None) => self.fail("the text ends before the document does"),
            (Next::Value | Next::ValueOrEnd, Some(b'{')) => {
                self.at += 1;
                open.push(true);
                self.builder.open(at, true, 0).map(|()| Next::KeyOrEnd)
            }
            (Next::Value | Next::ValueOrEnd, Some(b'[')) => {
                self.at += 1;
                open.push(false);
                self.builder.open(at, false, 0).map(|()| Next::ValueOrEnd)
            }
            (Next::ValueOrEnd, Some(b']')) => self.end(open),
            (Next::Value | Next::ValueOrEnd, Some(b'"')) => {
                self.string().map(|()| Next::CommaOrEnd)
            }
            (Next::Value | Next::ValueOrEnd, Some(_)) => self.word().map(|()| Next::CommaOrEnd),
            (Next::KeyOrEnd, Some(b'}')) => self.end(open),
            (Next::KeyOrEnd | Next::Key, Some(b'"')) => {
                self.string()?;
                self.blanks();
                if self.byte() != Some(b':') {
                    return self.fail("a `:` is missing behind the key");
                }
                self.at += 1;
                Ok(Next::Value)
            }
            (Next::KeyOrEnd | Next::Key, Some(_)) => self.fail("a key in quotes is missing"),
            (Next::CommaOrEnd, Some(b',')) => {
                self.at += 1;
                Ok(if open.last() == Some(&true) { Next::Key } else { Next::Value })
            }
            (Next::CommaOrEnd, Some(b'}')) if open.last() == Some(&true) => self.end(open),
            (Next::CommaOrEnd, Some(b']')) if open.last() == Some(&false) => self.end(open),
            (Next::CommaOrEnd, Some(_)) => self.fail("a `,` or the end is missing"),
        }
    }

    fn end(&mut self, open: &mut Vec<bool>) -> Result<Next, GivenUp> {
        self.at += 1;
        open.pop();
        self.builder.close(self.at as u32).map(|()| Next::CommaOrEnd)
    }

    /// `true`, `null`, a number.
    fn word(&mut self) -> Result<(), GivenUp> {
        let rest = self.text.get(self.at..).unwrap_or("");
        let length = rest
            .bytes()
            .take_while(|it| it.is_ascii_alphanumeric() || matches!(it, b'+' | b'-' | b'.'))
            .count();
        let word = rest.get(..length).unwrap_or("");
        let is_number = word.starts_with(|it: char| it.is_ascii_digit() || it == '-')
            && word.parse::<f64>().is_ok();
        if !is_number && !matches!(word, "true" | "false" | "null") {
            return self.fail("a value is missing");
        }
        let at = (self.at as u32, (self.at + length) as u32);
        self.at += length;
        self.builder.scalar(Cow::Borrowed(word), false, at, 0)
    }

    fn string(&mut self) -> Result<(), GivenUp> {
        let start = self.at;
        self.at += 1;
        let mut owned: Option<String> = None;
        loop {
            let rest = self.text.as_bytes().get(self.at..).unwrap_or(&[]);
            let Some(plain) = rest.iter().position(|it| matches!(it, b'"' | b'\\' | 0..=0x1f))
            else {
                self.at = start;
                return self.fail("a text is never closed");
            };
            let piece = self.text.get(self.at..self.at + plain).unwrap_or("");
            let stop = rest.get(plain).copied();
            self.at += plain;
            match stop {
                Some(b'"') => {
                    self.at += 1;
                    let text = match owned {
                        Some(text) => Cow::Owned(text + piece),
                        None => Cow::Borrowed(piece),
                    };
                    return self.builder.scalar(text, true, (start as u32, self.at as u32), 0);
                }
                Some(b'\\') => {
                    let text = owned.get_or_insert_default();
                    text.push_str(piece);
                    let character = self.escape()?;
                    owned.get_or_insert_default().push(character);
                }
                _ => return self.fail("a text goes over the end of its line"),
            }
        }
    }

    /// The character that an escape stands for; the place is left behind it.
    fn escape(&mut self) -> Result<char, GivenUp> {
        let kind = self.text.as_bytes().get(self.at + 1).copied();
        self.at += 2;
        Ok(match kind {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let Some(first) = self.four_digits() else {
                    return self.fail("four hexadecimal digits belong behind `\\u`");
                };
                self.paired(first)
            }
            _ => {
                self.at -= 2;
                return self.fail("this escape has no meaning");
            }
        })
    }

    fn four_digits(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        let number = u32::from_str_radix(digits, 16).ok()?;
        self.at += 4;
        Some(number)
    }

    /// Two halves of a surrogate pair are one character; a half alone is replaced.
    fn paired(&mut self, first: u32) -> char {
        let before = self.at;
        if (0xd800..0xdc00).contains(&first) && self.text.get(self.at..self.at + 2) == Some("\\u") {
            self.at += 2;
            match self.four_digits() {
                Some(second) if (0xdc00..0xe000).contains(&second) => {
                    let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                    return char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                }
                _ => self.at = before,
            }
        }
        char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER)
    }
}
