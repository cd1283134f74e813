//! Characters counted by the scanner, turned into bytes.

/// A mark is kept every so many characters: memory stays small, and a look-up walks a few characters only.
const STEP: usize = 64;

/// Where characters stand in a text.
pub(super) struct Places<'t> {
    text: &'t str,
    /// Byte of every `STEP`th character; empty for ASCII, where both counts agree.
    marks: Vec<usize>,
}

impl<'t> Places<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let marks = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().step_by(STEP).map(|(byte, _)| byte).collect()
        };
        Self { text, marks }
    }

    /// Byte at which the character with this position begins; the end of the text for positions behind it.
    pub(super) fn byte(&self, character: usize) -> usize {
        if self.marks.is_empty() {
            return character.min(self.text.len());
        }
        let Some(mark) = self.marks.get(character / STEP) else { return self.text.len() };
        let rest = self.text.get(*mark..).unwrap_or("");
        rest.char_indices().nth(character % STEP).map_or(self.text.len(), |(byte, _)| mark + byte)
    }
}
