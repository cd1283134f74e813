//! Regular expressions of the I-Regexp kind (RFC 9485), which every engine understands alike.
//!
//! `^` at the start and `$` at the end are allowed and change nothing: a pattern always matches the
//! whole text. Look-around, back references and `\w`-like classes are not part of it.

/// Groups inside groups.
const DEPTH_MAX: u32 = 32;
/// Largest repetition; engines unroll it.
const REPEAT_MAX: u32 = 1_000;

/// Whether a pattern can be read; if not, why.
pub(crate) fn check(pattern: &str) -> Result<(), String> {
    let body = pattern.strip_prefix('^').unwrap_or(pattern);
    let body = match body.strip_suffix('$') {
        Some(rest) if !rest.ends_with('\\') => rest,
        _ => body,
    };
    let mut reader = Reader { rest: body.chars().collect(), at: 0 };
    reader.branches(0)?;
    match reader.peek() {
        None => Ok(()),
        Some(letter) => Err(format!("`{letter}` has no opening")),
    }
}

struct Reader {
    rest: Vec<char>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.rest.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.at += 1;
        Some(letter)
    }

    fn takes(&mut self, letter: char) -> bool {
        let is_there = self.peek() == Some(letter);
        self.at += usize::from(is_there);
        is_there
    }

    fn branches(&mut self, depth: u32) -> Result<(), String> {
        if depth > DEPTH_MAX {
            return Err("too many groups inside one another".to_owned());
        }
        loop {
            while self.peek().is_some_and(|it| it != '|' && it != ')') {
                self.atom(depth)?;
                self.quantifier()?;
            }
            if !self.takes('|') {
                return Ok(());
            }
        }
    }

    fn atom(&mut self, depth: u32) -> Result<(), String> {
        match self.next() {
            Some('(') => {
                if self.peek() == Some('?') {
                    return Err("`(?` is not part of these patterns".to_owned());
                }
                self.branches(depth + 1)?;
                if self.takes(')') { Ok(()) } else { Err("a group is not closed".to_owned()) }
            }
            Some('[') => self.class(),
            Some('\\') => self.escape(),
            Some(letter @ ('*' | '+' | '?' | '{')) => Err(format!("`{letter}` repeats nothing")),
            Some(letter @ (']' | '}')) => {
                Err(format!("`{letter}` has no opening; write `\\{letter}`"))
            }
            Some(letter @ ('^' | '$')) => {
                Err(format!("`{letter}` stands only at an end; a pattern matches the whole text"))
            }
            _ => Ok(()),
        }
    }

    fn quantifier(&mut self) -> Result<(), String> {
        if self.takes('*') || self.takes('+') || self.takes('?') {
            return Ok(());
        }
        if !self.takes('{') {
            return Ok(());
        }
        let least = self.number().ok_or("a repetition needs a number")?;
        let most = if self.takes(',') { self.number() } else { Some(least) };
        if !self.takes('}') {
            return Err("a repetition is not closed".to_owned());
        }
        match most {
            _ if least > REPEAT_MAX => Err(format!("at most {REPEAT_MAX} repetitions")),
            Some(most) if most > REPEAT_MAX => Err(format!("at most {REPEAT_MAX} repetitions")),
            Some(most) if most < least => Err("a repetition ends before it begins".to_owned()),
            _ => Ok(()),
        }
    }

    fn number(&mut self) -> Option<u32> {
        let mut digits = String::new();
        while let Some(digit) = self.peek().filter(char::is_ascii_digit) {
            digits.push(digit);
            self.at += 1;
        }
        digits.parse().ok()
    }

    fn class(&mut self) -> Result<(), String> {
        self.takes('^');
        let mut is_empty = true;
        let mut before: Option<char> = None;
        loop {
            match self.next() {
                None => return Err("a class is not closed".to_owned()),
                Some(']') if !is_empty => return Ok(()),
                Some(']') => return Err("a class is empty".to_owned()),
                Some('[') => return Err("write `\\[` inside a class".to_owned()),
                Some('\\') => {
                    before = self.peek();
                    self.escape()?;
                }
                Some('-') if before.is_some() && self.peek().is_some_and(|it| it != ']') => {
                    let last = self.next();
                    if last == Some('\\') {
                        self.escape()?;
                    } else if before > last {
                        return Err("a range runs backwards".to_owned());
                    }
                    before = None;
                }
                letter => before = letter,
            }
            is_empty = false;
        }
    }

    fn escape(&mut self) -> Result<(), String> {
        match self.next() {
            Some('p' | 'P') => {
                let is_written_well = self.takes('{')
                    && std::iter::from_fn(|| self.next()).take(4).any(|it| it == '}');
                if is_written_well { Ok(()) } else { Err("write `\\p{L}` or the like".to_owned()) }
            }
            Some('n' | 'r' | 't') => Ok(()),
            Some(letter) if "()*+-.?[\\]^${|}/".contains(letter) => Ok(()),
            Some(letter) => Err(format!("`\\{letter}` is not part of these patterns")),
            None => Err("a `\\` escapes nothing".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn reads_what_every_engine_understands() {
        for right in
            ["^[A-Z0-9-]+$", "a|b", "(ab){2,3}", "[^a-z]?", r"\p{Lu}\.", "", "x{2}", "[-a]"]
        {
            assert_eq!(check(right), Ok(()), "{right}");
        }
        for wrong in
            ["(", "[", "[z-a]", "*a", "a{3,2}", r"\d", "(?:a)", "a^b", ")", "a{9999}", r"a\"]
        {
            assert!(check(wrong).is_err(), "{wrong}");
        }
    }
}
