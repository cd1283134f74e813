//! The shortest text that a pattern matches, for examples of fields with a pattern.
//!
//! Patterns are I-Regexps (RFC 9485): literals, classes, groups, choices, quantifiers. Enough of them is
//! understood for examples; where a pattern is not understood there is no example rather than a wrong one.

use std::{iter::Peekable, str::Chars};

/// Most characters of a sample.
const LENGTH_MAX: usize = 200;
/// How deep groups may nest.
const DEPTH_MAX: usize = 16;

/// The shortest text that the pattern matches, as far as it is understood.
pub(super) fn sample(pattern: &str) -> Option<String> {
    let inner = pattern.strip_prefix('^').unwrap_or(pattern);
    let inner = inner.strip_suffix('$').unwrap_or(inner);
    let mut chars = inner.chars().peekable();
    let text = choice(&mut chars, 0)?;
    (chars.next().is_none() && text.chars().count() <= LENGTH_MAX).then_some(text)
}

/// Whether a text fits a pattern of the simplest kind, one class repeated (`^[A-Z0-9-]+$`).
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let inner = pattern.strip_prefix('^').unwrap_or(pattern);
    let inner = inner.strip_suffix("+$").or_else(|| inner.strip_suffix('+')).unwrap_or("");
    let mut chars = inner.chars().peekable();
    if chars.next() != Some('[') {
        return false;
    }
    match class(&mut chars) {
        Some(class) if chars.next().is_none() => {
            !text.is_empty() && text.chars().all(|it| class.contains(it))
        }
        _ => false,
    }
}

/// The first branch stands for all.
fn choice(chars: &mut Peekable<Chars<'_>>, depth: usize) -> Option<String> {
    let first = sequence(chars, depth)?;
    while chars.next_if_eq(&'|').is_some() {
        sequence(chars, depth)?;
    }
    Some(first)
}

fn sequence(chars: &mut Peekable<Chars<'_>>, depth: usize) -> Option<String> {
    let mut text = String::new();
    while let Some(&next) = chars.peek() {
        if next == '|' || next == ')' {
            break;
        }
        let atom = atom(chars, depth)?;
        let count = quantifier(chars)?;
        if text.len() + atom.len() * count > LENGTH_MAX * 4 {
            return None;
        }
        text.push_str(&atom.repeat(count));
    }
    Some(text)
}

fn atom(chars: &mut Peekable<Chars<'_>>, depth: usize) -> Option<String> {
    match chars.next()? {
        '(' if depth < DEPTH_MAX => {
            if chars.next_if_eq(&'?').is_some() {
                chars.next_if_eq(&':')?;
            }
            let text = choice(chars, depth + 1)?;
            chars.next_if_eq(&')')?;
            Some(text)
        }
        '[' => class(chars)?.first().map(String::from),
        '.' => Some("a".to_owned()),
        '\\' => match chars.next()? {
            'd' => Some("0".to_owned()),
            'w' => Some("a".to_owned()),
            's' => Some(" ".to_owned()),
            'p' | 'P' => None,
            it => Some(it.to_string()),
        },
        '(' | ')' | '*' | '+' | '?' | '{' | '}' | '^' | '$' => None,
        it => Some(it.to_string()),
    }
}

/// How often at least.
fn quantifier(chars: &mut Peekable<Chars<'_>>) -> Option<usize> {
    match chars.peek() {
        Some('*' | '?') => {
            chars.next();
            Some(0)
        }
        Some('+') => {
            chars.next();
            Some(1)
        }
        Some('{') => {
            chars.next();
            let mut text = String::new();
            loop {
                match chars.next()? {
                    '}' => break,
                    it => text.push(it),
                }
            }
            text.split(',').next()?.parse().ok().filter(|it| *it <= LENGTH_MAX)
        }
        _ => Some(1),
    }
}

struct Class {
    ranges: Vec<(char, char)>,
    is_negated: bool,
}

impl Class {
    fn contains(&self, char: char) -> bool {
        self.ranges.iter().any(|it| (it.0..=it.1).contains(&char)) != self.is_negated
    }

    fn first(&self) -> Option<char> {
        if self.is_negated {
            return ('a'..='z').chain('0'..='9').find(|it| self.contains(*it));
        }
        self.ranges.first().map(|it| it.0)
    }
}

/// Behind the opening bracket.
fn class(chars: &mut Peekable<Chars<'_>>) -> Option<Class> {
    let is_negated = chars.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        let from = match chars.next()? {
            ']' if !ranges.is_empty() => return Some(Class { ranges, is_negated }),
            '\\' => match chars.next()? {
                'd' => {
                    ranges.push(('0', '9'));
                    continue;
                }
                'w' => {
                    ranges.extend([('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')]);
                    continue;
                }
                's' => ' ',
                'p' | 'P' => return None,
                it => it,
            },
            it => it,
        };
        let mut rest = chars.clone();
        let is_range = rest.next() == Some('-') && rest.next().is_some_and(|it| it != ']');
        let to = if is_range {
            chars.next();
            match chars.next()? {
                '\\' => chars.next()?,
                it => it,
            }
        } else {
            from
        };
        ranges.push((from, to));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_short() {
        for (pattern, expected) in [
            ("^[A-Z0-9-]+$", Some("A")),
            ("[a-z]{2,4}", Some("aa")),
            ("(?:ab|c)*x", Some("x")),
            ("(ab|c){2}", Some("abab")),
            (r"\d{3}\.[^a]", Some("000.b")),
            (r"\p{L}", None),
            ("(unclosed", None),
        ] {
            assert_eq!(sample(pattern).as_deref(), expected, "{pattern}");
        }
    }
}
