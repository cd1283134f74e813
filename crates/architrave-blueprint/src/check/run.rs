//! `run`, `target`, `input`: what sagas and schedules set going, and with what.

use architrave_model::{Base, ContextId, Expr, Field, RunTarget, Span, Ty};

use crate::codes;
use crate::expression::{Place, field_ty};
use crate::reader::Reader;
use crate::report::{error, listed, unknown};
use crate::resolve::names::Symbol;
use crate::syntax::ast::Expression;

/// Resolves `run`, `compensate`, `probe`.
pub(super) fn target(
    reader: &mut Reader<'_>,
    ast: &Expression,
    context: ContextId,
) -> Option<RunTarget> {
    reader.resolve(ast, Some(context), "a command or an operation", |symbol| match symbol {
        Symbol::Command(command) => Some(RunTarget::Command(command)),
        Symbol::Operation(integration, position) => {
            Some(RunTarget::Operation(integration, position))
        }
        _ => None,
    })
}

/// The members of what is run.
pub(super) fn input_of<'r>(reader: &'r Reader<'_>, run: RunTarget) -> &'r [Field] {
    match run {
        RunTarget::Command(command) => &reader.system[command].input,
        RunTarget::Operation(integration, position) => reader.system[integration]
            .operations
            .get(position)
            .map(|it| it.input.as_slice())
            .unwrap_or_default(),
    }
}

/// Types `input` against what is run: nothing unknown, nothing missing.
pub(super) fn input(
    reader: &mut Reader<'_>,
    run: RunTarget,
    record: Option<&Expression>,
    place: &Place<'_>,
    at: Span,
) -> Vec<(String, Expr)> {
    let members: Vec<(String, Ty, bool)> = input_of(reader, run)
        .iter()
        .map(|it| (it.name.text.clone(), field_ty(it), it.is_optional || it.default.is_some()))
        .collect();
    let mut given = Vec::new();
    let mut is_misspelt = false;
    for entry in record.and_then(Expression::entries).unwrap_or_default() {
        match members.iter().find(|(name, ..)| *name == entry.key.text) {
            Some((name, ty, _)) => {
                given.push((name.clone(), reader.expect(&entry.value, ty, place)));
            }
            None => {
                let title = format!("what is run takes no `{}`", entry.key.text);
                let known = members.iter().map(|(name, ..)| name.as_str());
                reader.findings.push(unknown(codes::UNKNOWN_NAME, &entry.key, title, known));
                reader.infer(&entry.value, place);
                is_misspelt = true;
            }
        }
    }
    let missing: Vec<&str> = members
        .iter()
        .filter(|(name, _, may_lack)| !may_lack && !given.iter().any(|(it, _)| it == name))
        .map(|(name, ..)| name.as_str())
        .collect();
    // What seems to be missing is most likely what was misspelt.
    if !missing.is_empty() && !is_misspelt {
        let title = format!("what is run also needs {}", listed(&missing));
        let span = record.map_or(at, |it| it.span);
        reader.findings.push(
            error(codes::MISSING_INPUT, span, title, "")
                .help(format!("add `{} = …` to `input`", missing.join(" = …` and `"))),
        );
    }
    given
}

/// Types the collection of a `for_each`: the expression and the type of `each`.
pub(super) fn for_each(reader: &mut Reader<'_>, ast: &Expression, place: &Place<'_>) -> (Expr, Ty) {
    let (expr, element, what) = reader.typed(place, |typer| {
        let expr = typer.infer(ast, None);
        let element = typer.element(&expr);
        let what = typer.describe(&expr.ty);
        (expr, element, what)
    });
    let element = element.unwrap_or_else(|| {
        if expr.ty.base != Base::Poison {
            let title = format!("`for_each` walks over rows or a list, not over {what}");
            reader
                .findings
                .push(error(codes::TYPE_MISMATCH, ast.span, title, "").help("name a collection"));
        }
        Ty::of(Base::Poison)
    });
    (expr, element)
}
