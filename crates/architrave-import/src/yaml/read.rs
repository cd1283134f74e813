//! YAML, by the events of `saphyr-parser`.

use architrave_model::FileId;
use saphyr_parser::{Event, Parser, ScalarStyle};

use super::{
    build::{Builder, GivenUp},
    place::Places,
    tree::Tree,
};
use crate::codes;

/// Reads all documents; behind one that is broken, reading goes on at the next `---`.
pub(super) fn read(file: FileId, text: &str) -> Tree<'_> {
    let mut builder = Builder::new(file);
    let mut start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    while let Some(rest) = text.get(start..).filter(|it| !it.is_empty()) {
        let Some(stopped) = documents(rest, start, &mut builder) else { break };
        builder.give_up_document();
        // Bounds the number of times that the rest of a hostile text is looked at.
        if builder.is_silenced() {
            break;
        }
        let Some(next) = text.get(stopped..).and_then(|it| it.find("\n---")) else { break };
        start = stopped + next + 1;
    }
    builder.finish()
}

/// Reads documents until the end or a mistake; answers where the last thing before the mistake is. The scanner
/// often notices a mistake only at the next `---`, which must not be passed over.
fn documents<'t>(text: &'t str, offset: usize, builder: &mut Builder<'t>) -> Option<usize> {
    let places = Places::of(text);
    let mut parser = Parser::new_from_str(text);
    let mut last = offset;
    loop {
        let (event, span) = match parser.next_event()? {
            Ok(found) => found,
            Err(error) => {
                let at = offset + places.byte(error.marker().index());
                let title = format!("not YAML: {}", error.info());
                builder.report(codes::SYNTAX, (at as u32, at as u32), &title);
                return Some(last);
            }
        };
        let start = offset + places.byte(span.start.index());
        let end = offset + places.byte(span.end.index());
        last = last.max(start);
        let at = trimmed(text, offset, start, end);
        if take(event, at, builder).is_err() {
            return Some(last);
        }
    }
}

/// Block scalars end before the next token: what is between is no part of them.
fn trimmed(text: &str, offset: usize, start: usize, end: usize) -> (u32, u32) {
    let inner = text.get(start - offset..end.max(start) - offset).unwrap_or("").trim_end();
    (start as u32, (start + inner.len()) as u32)
}

fn take<'t>(event: Event<'t>, at: (u32, u32), builder: &mut Builder<'t>) -> Result<(), GivenUp> {
    match event {
        Event::Scalar(text, style, anchor, _) => {
            builder.scalar(text, style != ScalarStyle::Plain, at, anchor)
        }
        Event::SequenceStart(anchor, _) => builder.open(at.0, false, anchor),
        Event::MappingStart(anchor, _) => builder.open(at.0, true, anchor),
        Event::SequenceEnd | Event::MappingEnd => builder.close(0),
        Event::Alias(anchor) => builder.alias(anchor, at),
        Event::DocumentEnd => {
            builder.end_document();
            Ok(())
        }
        Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) => Ok(()),
    }
}
