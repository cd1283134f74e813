//! Words of a text, as search sees them: for the index and for the question alike.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Most words of a question; more are ignored, they could only narrow the result further.
pub(super) const SEARCH_WORDS_MAX: usize = 16;
/// Longest word in bytes; longer ones are cut, in the index and in the question alike.
const WORD_BYTES_MAX: usize = 64;

/// Words of a text in order; see [`tokens`].
pub struct Tokens<'a> {
    rest: &'a str,
}

/// Splits a text into words: runs of letters and digits, in lower case, without diacritics
/// (`Crème-Brûlée 2` → `creme`, `brulee`, `2`). Unicode all the way, hence the same on every database.
#[must_use]
pub fn tokens(text: &str) -> Tokens<'_> {
    Tokens { rest: text }
}

impl Iterator for Tokens<'_> {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        // A word may fold to nothing (a lone combining mark): then the next one is taken.
        while !self.rest.is_empty() {
            let start = self.rest.find(is_word)?;
            let tail = self.rest.get(start..)?;
            let end = tail.find(|it| !is_word(it)).unwrap_or(tail.len());
            let (word, rest) = tail.split_at(end);
            self.rest = rest;
            let folded = fold(word);
            if !folded.is_empty() {
                return Some(folded);
            }
        }
        None
    }
}

/// Words of a question, each once, at most [`SEARCH_WORDS_MAX`]: (word, whether it is only the beginning of one).
/// A star behind the last word makes it a beginning.
#[must_use]
pub fn search_tokens(question: &str) -> Vec<(String, bool)> {
    let trimmed = question.trim_end();
    let is_prefix = trimmed.ends_with('*');
    let words: Vec<String> = tokens(trimmed).take(SEARCH_WORDS_MAX).collect();
    let last = words.len().saturating_sub(1);
    let mut found: Vec<(String, bool)> = Vec::with_capacity(words.len());
    for (index, word) in words.into_iter().enumerate() {
        let entry = (word, is_prefix && index == last);
        if !found.contains(&entry) {
            found.push(entry);
        }
    }
    found
}

fn is_word(it: char) -> bool {
    it.is_alphanumeric() || is_combining_mark(it)
}

fn fold(word: &str) -> String {
    if word.is_ascii() {
        let mut folded = word.to_ascii_lowercase();
        folded.truncate(WORD_BYTES_MAX);
        return folded;
    }
    let mut folded = String::with_capacity(word.len());
    for it in word.nfkd().filter(|it| !is_combining_mark(*it)).flat_map(char::to_lowercase) {
        // Lower case may bring a mark back (`İ`).
        if is_combining_mark(it) || !it.is_alphanumeric() {
            continue;
        }
        if folded.len() + it.len_utf8() > WORD_BYTES_MAX {
            break;
        }
        folded.push(it);
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded() {
        for (text, expected) in [
            ("Crème-Brûlée 2", "creme brulee 2"),
            ("  ", ""),
            ("İstanbul", "istanbul"),
            ("Straße ΑΒΓ", "straße αβγ"),
            ("e\u{301}te\u{301}", "ete"),
            ("\u{301}", ""),
            ("ﬁne x_y", "fine x y"),
        ] {
            let words: Vec<_> = tokens(text).collect();
            assert_eq!(words.join(" "), expected, "{text}");
        }
        assert_eq!(tokens(&"a".repeat(200)).next().map(|it| it.len()), Some(WORD_BYTES_MAX));
    }

    #[test]
    fn a_star_behind_the_last_word_makes_it_a_beginning() {
        let owned = |it: &[(&str, bool)]| -> Vec<(String, bool)> {
            it.iter().map(|(word, is_prefix)| ((*word).to_owned(), *is_prefix)).collect()
        };
        assert_eq!(search_tokens("red Sho* "), owned(&[("red", false), ("sho", true)]));
        assert_eq!(search_tokens("a* b"), owned(&[("a", false), ("b", false)]));
        assert_eq!(search_tokens("a a"), owned(&[("a", false)]));
        assert_eq!(search_tokens(&"x1 ".repeat(40)).len(), 1);
        let many: String = (0..40).map(|it| format!("w{it} ")).collect();
        assert_eq!(search_tokens(&many).len(), SEARCH_WORDS_MAX);
    }
}
