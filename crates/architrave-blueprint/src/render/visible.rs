//! Makes text harmless for a terminal.

use std::borrow::Cow;

/// Text for a title, a label or a patch: line ends and tabs stay, every other character that is not
/// seen or that steers a terminal is replaced by one that is seen.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    replaced(text, |it| match it {
        // The pictures of control characters.
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(it)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        _ => '\u{fffd}',
    })
}

/// Source text: the same, but every replacement is as long as what it replaces, so that places stay
/// where they are. Control characters of one byte are left to the renderer, which shows their
/// pictures; a return before a line end is part of the line end.
pub(super) fn visible_source(text: &str) -> Cow<'_, str> {
    replaced(text, |it| match it.len_utf8() {
        1 => it,
        2 => '·',
        _ => '\u{fffd}',
    })
}

fn replaced(text: &str, replacement: impl Fn(char) -> char) -> Cow<'_, str> {
    if !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    let replace = |it| if is_harmful(it) { replacement(it) } else { it };
    Cow::Owned(text.chars().map(replace).collect())
}

fn is_harmful(character: char) -> bool {
    // The return of `\r\n` is invisible too, and steers a terminal when it stands alone.
    crate::syntax::is_invisible(character)
}
