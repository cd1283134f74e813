//! `accept "AR0801" { reason … }`: a warning or an advice that the author has weighed.

use architrave_model::{Accept, Finding, Severity, Span, System};

use crate::codes;
use crate::reader::Reader;
use crate::report::error;
use crate::resolve::names::Symbol;
use crate::resolve::suggest;
use crate::syntax::ast::Expression;
use crate::units;

/// Codes of the architect's review have pages of their own.
const REVIEW: &str = "AR08";

/// Reads all blocks.
pub(crate) fn read(reader: &mut Reader<'_>) {
    for block in reader.tops("accept") {
        let code = block.name();
        if code.text.is_empty() {
            continue;
        }
        if !code.text.starts_with(REVIEW) && codes::page(&code.text).is_none() {
            let known = codes::CODES.iter().map(|it| it.code);
            let finding = error(
                codes::UNKNOWN_CODE,
                code.span,
                format!("there is no finding {}", code.text),
                "",
            );
            reader.findings.push(match suggest::nearest(&code.text, known) {
                Some(near) => finding.help(format!("did you mean {near}?")),
                None => finding.help("`architrave explain` lists all codes"),
            });
        }
        let on = block.setting("on").and_then(|it| it.path().map(|path| (it, path)));
        let on = on.and_then(|(value, path)| {
            reader.symbol(value, None).map(|_| crate::view::joined(&path))
        });
        let until = block.setting("until").and_then(Expression::text).and_then(units::date);
        let reason = block.setting("reason").and_then(Expression::text).unwrap_or_default();
        reader.system.accepts.push(Accept {
            code,
            reason: reason.to_owned(),
            until,
            on,
            span: block.span,
        });
    }
    apply(reader);
}

/// Takes accepted warnings and advice away; says so where an error was to be accepted.
fn apply(reader: &mut Reader<'_>) {
    let accepts: Vec<(String, Span, Option<Span>)> = reader
        .system
        .accepts
        .iter()
        .map(|it| {
            let on = it.on.as_ref().and_then(|path| span_of(reader, &path.text));
            (it.code.text.clone(), it.code.span, on)
        })
        .collect();
    let mut refused: Vec<Finding> = Vec::new();
    for (code, at, on) in accepts {
        let matches =
            |it: &Finding| it.code.0 == code && on.is_none_or(|on| contains(on, it.span()));
        let is_error = |it: &&Finding| it.severity == Severity::Error && matches(it);
        if let Some(found) = reader.findings.iter().find(is_error) {
            refused.push(
                error(
                    codes::UNKNOWN_CODE,
                    at,
                    format!("{code} is an error and cannot be accepted"),
                    "",
                )
                .because(found.span(), "found here")
                .help("correct what it names"),
            );
        }
        reader.findings.retain(|it| it.severity == Severity::Error || !matches(it));
    }
    reader.findings.extend(refused);
}

fn contains(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}

fn span_of(reader: &Reader<'_>, path: &str) -> Option<Span> {
    let names: Vec<_> = path
        .split('.')
        .map(|it| architrave_model::Name { text: it.to_owned(), span: Span::default() })
        .collect();
    let system: &System = &reader.system;
    Some(match reader.names.resolve(&names, None).ok()? {
        Symbol::Context(id) => system[id].span,
        Symbol::Entity(id) => system[id].span,
        Symbol::Value(id) => system[id].span,
        Symbol::Event(id) => system[id].span,
        Symbol::Command(id) => system[id].span,
        Symbol::Integration(id) => system[id].span,
        Symbol::Operation(id, position) => system[id].operations.get(position)?.span,
        Symbol::Channel(id) => system[id].span,
        Symbol::Other(_) => return None,
    })
}
