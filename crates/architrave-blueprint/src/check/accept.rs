//! `accept "CODE" { reason … }`: a warning, an advice or a finding of the review that somebody has weighed.

use architrave_model::{Accept, Finding, Severity, Span, System};

use crate::codes;
use crate::reader::Reader;
use crate::report::error;
use crate::resolve::names::Symbol;
use crate::resolve::suggest;
use crate::structure;
use crate::syntax::ast::{Block, Expression, File, Item};
use crate::units;

/// Reads all blocks.
pub(crate) fn read(reader: &mut Reader<'_>) {
    for block in reader.tops("accept") {
        let Some(mut accept) = accept_of(block, &mut reader.findings) else { continue };
        if !accept.is_of_rule()
            && let Some(on) = block.setting("on")
        {
            let path = on.path().filter(|_| reader.symbol(on, None).is_some());
            accept.on = path.map(|it| crate::view::joined(&it));
        }
        reader.system.accepts.push(accept);
    }
    apply(reader);
}

/// Reads files that hold nothing but waivers of rules.
pub(crate) fn read_waivers(files: &[File], findings: &mut Vec<Finding>) -> Vec<Accept> {
    structure::check_waivers(files, findings);
    let mut accepts = Vec::new();
    for item in files.iter().flat_map(|it| &it.items) {
        let Item::Block(block) = item else { continue };
        if block.kind.text != "accept" {
            continue;
        }
        let Some(accept) = accept_of(block, findings) else { continue };
        if accept.is_of_rule() {
            accepts.push(accept);
        } else {
            let title = format!("{} is no rule of the review", accept.code.text);
            let finding = error(codes::UNKNOWN_CODE, accept.code.span, title, "");
            findings.push(finding.help("`architrave rules` lists all rules"));
        }
    }
    accepts
}

/// What one block says, without the path that findings of the reader may name.
fn accept_of(block: &Block, findings: &mut Vec<Finding>) -> Option<Accept> {
    let code = block.name();
    if code.text.is_empty() {
        return None;
    }
    let text = |name: &str| block.setting(name).and_then(Expression::text);
    let accept = Accept {
        reason: text("reason").unwrap_or_default().to_owned(),
        owner: text("owner").unwrap_or_default().to_owned(),
        until: text("until").and_then(units::date),
        on: None,
        subjects: text("on").map(str::to_owned),
        span: block.span,
        code,
    };
    if accept.is_of_rule() {
        check_rule(block, findings);
    } else {
        check_code(block, &accept, findings);
    }
    Some(accept)
}

/// A waiver of a rule is somebody's, and ends.
fn check_rule(block: &Block, findings: &mut Vec<Finding>) {
    let wanted = [("owner", "team-checkout"), ("until", "2027-06-30")];
    let missing: Vec<_> = wanted.into_iter().filter(|it| block.setting(it.0).is_none()).collect();
    if !missing.is_empty() {
        let names: Vec<String> = missing.iter().map(|it| format!("`{}`", it.0)).collect();
        let verb = if names.len() == 1 { "is" } else { "are" };
        let title = format!(
            "a rule is accepted by somebody and for a time: {} {verb} missing",
            names.join(" and ")
        );
        let lines: Vec<String> =
            missing.iter().map(|it| format!("`{} = \"{}\"`", it.0, it.1)).collect();
        let finding = error(codes::MISSING_SETTING, block.kind.span, title, "");
        findings.push(finding.help(format!("add {}", lines.join(" and "))));
    }
    if let Some(on) = block.setting("on").filter(|it| it.text().is_none() && !it.is_poisoned()) {
        let title = "`on` of a rule is text: the id of what is judged, with `*` for any text";
        let finding = error(codes::WRONG_VALUE_KIND, on.span, title, "");
        findings.push(
            finding.help("write for instance `on = \"edge:sales.*\"`; findings show the ids"),
        );
    }
}

fn check_code(block: &Block, accept: &Accept, findings: &mut Vec<Finding>) {
    let code = &accept.code;
    if codes::page(&code.text).is_none() {
        let known = codes::CODES.iter().map(|it| it.code);
        let title = format!("there is no finding {}", code.text);
        let finding = error(codes::UNKNOWN_CODE, code.span, title, "");
        findings.push(match suggest::nearest(&code.text, known) {
            Some(near) => finding.help(format!("did you mean {near}?")),
            None => finding.help("`architrave explain` lists all codes"),
        });
    }
    if let Some(on) = block.setting("on").filter(|it| it.text().is_some()) {
        let title = "`on` of a finding is a name, without quotes";
        findings.push(error(codes::WRONG_VALUE_KIND, on.span, title, ""));
    }
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
