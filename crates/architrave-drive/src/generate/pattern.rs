//! Text that matches a `pattern`: the part of regular expressions that blueprints use (RFC 9485).

use std::{iter::Peekable, str::Chars};

use crate::random::Random;

/// Most repetitions for `*`, `+` and `{n,}`.
const REPEAT_MAX: u32 = 8;
/// Deepest nesting of groups.
const DEPTH_MAX: u32 = 20;

/// How often an open repetition (`+`, `*`) runs at least where the text must be unique: 12 letters of
/// even a small alphabet keep 100,000 rows apart.
pub(super) const UNIQUE_REPEAT_MIN: u32 = 12;

/// Text that matches the pattern as a whole; none where the pattern uses what we do not know. Open
/// repetitions run at least `repeats_min` times.
pub(super) fn matching(pattern: &str, repeats_min: u32, random: &mut Random) -> Option<String> {
    let body = pattern.strip_prefix('^').unwrap_or(pattern);
    let body = body.strip_suffix('$').unwrap_or(body);
    let mut chars = body.chars().peekable();
    let node = Parser { repeats_min }.alternatives(&mut chars, 0)?;
    if chars.next().is_some() {
        return None;
    }
    let mut text = String::new();
    node.write(random, &mut text);
    Some(text)
}

/// A parsed pattern.
enum Node {
    /// One of these, in ranges of characters.
    Class(Vec<(char, char)>),
    /// One after the other.
    Sequence(Vec<(Self, u32, u32)>),
    /// One of several.
    Either(Vec<Self>),
}

impl Node {
    fn write(&self, random: &mut Random, text: &mut String) {
        match self {
            Self::Class(ranges) => {
                let Some((low, high)) = random.pick(ranges).copied() else { return };
                let code = random.between(i64::from(low as u32), i64::from(high as u32));
                text.push(u32::try_from(code).ok().and_then(char::from_u32).unwrap_or(low));
            }
            Self::Sequence(items) => {
                for (item, low, high) in items {
                    for _ in 0..random.between(i64::from(*low), i64::from(*high)) {
                        item.write(random, text);
                    }
                }
            }
            Self::Either(nodes) => {
                if let Some(node) = random.pick(nodes) {
                    node.write(random, text);
                }
            }
        }
    }
}

type Source<'a> = Peekable<Chars<'a>>;

/// Reads a pattern.
struct Parser {
    repeats_min: u32,
}

impl Parser {
    fn alternatives(&self, chars: &mut Source<'_>, depth: u32) -> Option<Node> {
        if depth > DEPTH_MAX {
            return None;
        }
        let mut nodes = vec![self.sequence(chars, depth)?];
        while chars.next_if_eq(&'|').is_some() {
            nodes.push(self.sequence(chars, depth)?);
        }
        Some(Node::Either(nodes))
    }

    fn sequence(&self, chars: &mut Source<'_>, depth: u32) -> Option<Node> {
        let mut items = Vec::new();
        while let Some(next) = chars.peek() {
            if matches!(next, '|' | ')') {
                break;
            }
            let item = self.atom(chars, depth)?;
            let (low, high) = self.repetition(chars)?;
            items.push((item, low, high));
        }
        Some(Node::Sequence(items))
    }

    fn atom(&self, chars: &mut Source<'_>, depth: u32) -> Option<Node> {
        match chars.next()? {
            '(' => {
                // `(?:` is a group like any other here; look-around is not known.
                if chars.next_if_eq(&'?').is_some() && chars.next() != Some(':') {
                    return None;
                }
                let node = self.alternatives(chars, depth + 1)?;
                chars.next_if_eq(&')')?;
                Some(node)
            }
            '[' => class(chars),
            '.' => Some(Node::Class(vec![('a', 'z')])),
            '\\' => escaped(chars.next()?).map(Node::Class),
            '*' | '+' | '?' | '{' | '}' | ']' | '^' | '$' => None,
            other => Some(Node::Class(vec![(other, other)])),
        }
    }

    fn repetition(&self, chars: &mut Source<'_>) -> Option<(u32, u32)> {
        match chars.peek() {
            Some('?') => chars.next().map(|_| (0, 1)),
            Some('*') => {
                chars.next().map(|_| (self.repeats_min - 1, REPEAT_MAX.max(self.repeats_min)))
            }
            Some('+') => chars.next().map(|_| (self.repeats_min, REPEAT_MAX.max(self.repeats_min))),
            Some('{') => {
                chars.next();
                let inside: String = chars.by_ref().take_while(|it| *it != '}').collect();
                let (low, high) = inside.split_once(',').unwrap_or((&inside, &inside));
                let low: u32 = low.parse().ok()?;
                let high = if high.is_empty() { low + REPEAT_MAX } else { high.parse().ok()? };
                (low <= high && high <= 10_000).then_some((low, high))
            }
            _ => Some((1, 1)),
        }
    }
}

fn class(chars: &mut Source<'_>) -> Option<Node> {
    let is_negated = chars.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        let low = match chars.next()? {
            ']' => break,
            '\\' => {
                let mut escaped = escaped(chars.next()?)?;
                if let [(one, other)] = escaped.as_slice()
                    && one == other
                {
                    *one
                } else {
                    ranges.append(&mut escaped);
                    continue;
                }
            }
            other => other,
        };
        ranges.push((low, upper_end(chars, low)?));
    }
    if is_negated {
        let is_free = |it: char| !ranges.iter().any(|(low, high)| (*low..=*high).contains(&it));
        ranges = (' '..='~').filter(|it| is_free(*it)).map(|it| (it, it)).collect();
    }
    (!ranges.is_empty()).then_some(Node::Class(ranges))
}

/// The end of a range that may follow `low`; `low` itself where none does (`[a-]`).
fn upper_end(chars: &mut Source<'_>, low: char) -> Option<char> {
    let mut ahead = chars.clone();
    if ahead.next() != Some('-') || ahead.peek().is_none_or(|it| *it == ']') {
        return Some(low);
    }
    chars.next();
    let high = match chars.next()? {
        '\\' => chars.next()?,
        other => other,
    };
    (high >= low).then_some(high)
}

fn escaped(letter: char) -> Option<Vec<(char, char)>> {
    Some(match letter {
        'd' => vec![('0', '9')],
        'w' => vec![('a', 'z'), ('A', 'Z'), ('0', '9')],
        's' => vec![(' ', ' ')],
        'n' => vec![('\n', '\n')],
        't' => vec![('\t', '\t')],
        other if other.is_ascii_alphanumeric() => return None,
        other => vec![(other, other)],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_follows_its_pattern() {
        type Check = fn(&str) -> bool;
        let cases: &[(&str, Check)] = &[
            ("^[A-Z0-9-]+$", |it| {
                !it.is_empty()
                    && it
                        .chars()
                        .all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '-')
            }),
            ("[A-Z]{5}", |it| it.len() == 5 && it.chars().all(|it| it.is_ascii_uppercase())),
            ("(ab|cd){2}", |it| ["abab", "abcd", "cdab", "cdcd"].contains(&it)),
            ("\\d{2,3}-(?:x|y)?", |it| {
                it.split_once('-').is_some_and(|(left, _)| (2..=3).contains(&left.len()))
            }),
            ("[^ -z]", |it| "{|}~".contains(it)),
            ("a\\.b", |it| it == "a.b"),
            ("", str::is_empty),
        ];
        for (pattern, fits) in cases {
            for index in 0..50 {
                let text = matching(pattern, 1, &mut Random::new(1, pattern, index)).unwrap();
                assert!(fits(&text), "{text:?} does not follow {pattern}");
            }
        }
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        for pattern in ["(?=a)b", "\\p{L}", "a{2,1}", "[", "(a", "*"] {
            assert_eq!(matching(pattern, 1, &mut Random::new(1, pattern, 0)), None, "{pattern}");
        }
    }
}
