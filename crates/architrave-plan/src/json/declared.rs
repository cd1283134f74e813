//! Everything a blueprint declares as one hash, also what is checked and not run yet: where any of it
//! changes, the plan is another one.

use architrave_model::System;

use crate::lock::hash_hex;

/// 16 hex digits of the SHA-256 of what is declared, without the places in the text and without comments.
///
/// It is taken over the model's own `Debug` text and not over a list of members: a block that is added to the
/// model later cannot be forgotten here.
pub(super) fn declared(system: &System) -> String {
    hash_hex(&without_places(&format!("{system:?}")), 16)
}

/// Drops what stands in `Span { … }` and in `doc: "…"`. Within texts quotes are escaped, so that no text looks
/// like a comment; one that looks like a span loses a part, the same one every time.
fn without_places(text: &str) -> String {
    let spans = text.split("Span { ");
    let kept = spans.enumerate().map(|(at, piece)| {
        if at == 0 { piece } else { piece.split_once(" }").map_or("", |it| it.1) }
    });
    let text = kept.collect::<String>();
    let comments = text.split(" doc: \"");
    let kept =
        comments.enumerate().map(|(at, piece)| if at == 0 { piece } else { after_quote(piece) });
    kept.collect()
}

/// What follows the first quote that is not escaped.
fn after_quote(text: &str) -> &str {
    let mut is_escaped = false;
    let end = text.bytes().position(|byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    });
    end.and_then(|it| text.get(it + 1..)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::without_places;

    #[test]
    fn places_and_comments_are_left_out() {
        let text = "A { name: \"x\", doc: \"Says \\\"doc\\\", and \\\\\", span: Span { file: FileId(0), start: 1, \
                    end: 2 }, b: [B { doc: \"\", c: 1 }] }";
        assert_eq!(without_places(text), "A { name: \"x\",, span: , b: [B {, c: 1 }] }");
    }
}
