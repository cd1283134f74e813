//! `computed(expression)`: typed once all plain fields are known, in the order they need each other.

use architrave_model::{Base, EntityId, Expr, FieldType};

use super::entity::row_place;
use crate::codes;
use crate::expression::place::Language;
use crate::expression::{Typer, rules};
use crate::fields::poison;
use crate::reader::Reader;
use crate::report::error;
use crate::syntax::ast::Expression;

/// A computed field whose expression is not typed yet.
struct Pending<'a> {
    entity: EntityId,
    field: usize,
    ast: &'a Expression,
}

/// Types all of them: round by round, those that only need what is known.
pub(crate) fn read(reader: &mut Reader<'_>) {
    let mut pending = collect(reader);
    while !pending.is_empty() {
        let before = pending.len();
        pending.retain(|it| !try_one(reader, it));
        if pending.len() == before {
            break;
        }
    }
    for it in pending {
        let Some(field) = reader.system[it.entity].fields.get_mut(it.field) else { continue };
        field.ty = poison(it.ast.span);
        let title = format!("`{}` is computed from itself", field.name.text);
        let finding = error(codes::COMPUTED_CIRCLE, it.ast.span, title, "");
        reader.findings.push(finding.help("break the circle: store one of the fields"));
    }
}

fn collect<'a>(reader: &Reader<'a>) -> Vec<Pending<'a>> {
    let mut pending = Vec::new();
    for (position, block) in reader.blocks.entities.iter().enumerate() {
        let entity = EntityId(u32::try_from(position).unwrap_or(u32::MAX));
        for attribute in block.attributes() {
            let Some((function, [ast, ..])) = attribute.value.call() else { continue };
            let fields = &reader.system[entity].fields;
            let field = fields.iter().position(|it| it.name.span == attribute.name.span);
            if let (Some(field), "computed") = (field, function.text.as_str()) {
                pending.push(Pending { entity, field, ast });
            }
        }
    }
    pending
}

/// Types one expression, unless it needs another that is not typed yet.
fn try_one(reader: &mut Reader<'_>, it: &Pending<'_>) -> bool {
    let mut place = row_place(reader, it.entity, "a computed field", Language::Memory);
    place.is_own_rows_only = true;
    let mut typer = Typer::new(&reader.system, &reader.names, &place);
    let expr = typer.infer(it.ast, None);
    if typer.is_pending {
        return false;
    }
    let findings = typer.findings;
    let has_errors = !findings.is_empty();
    reader.findings.extend(findings);
    let expr = if has_errors { expr } else { judged(reader, expr) };
    let ty = expr.ty.clone();
    if let Some(field) = reader.system[it.entity].fields.get_mut(it.field) {
        field.is_optional = ty.is_optional;
        field.ty = FieldType::Computed { expr, ty };
    }
    true
}

fn judged(reader: &mut Reader<'_>, expr: Expr) -> Expr {
    let is_storable = matches!(
        expr.ty.base,
        Base::Poison
            | Base::Bool
            | Base::Int
            | Base::Decimal { .. }
            | Base::Money
            | Base::Text
            | Base::Enum(_)
            | Base::Uuid
            | Base::Timestamp
            | Base::Date
            | Base::Duration
    );
    if !is_storable {
        let place = crate::expression::Place::new("a computed field", Language::Memory, &[]);
        let what = reader.typed(&place, |typer| typer.describe(&expr.ty));
        let finding =
            error(codes::TYPE_MISMATCH, expr.span, format!("{what} cannot be stored"), "");
        reader.findings.push(finding.help("compute a plain value"));
    }
    hides_nothing(reader, &expr);
    expr
}

/// What is computed from a hidden or encrypted field would show it in the clear.
fn hides_nothing(reader: &mut Reader<'_>, expr: &Expr) {
    let mut found = None;
    expr.walk(&mut |it| {
        if let Some(field) = rules::stored_field(&reader.system, it)
            && (field.is_secret || field.encryption.is_some())
        {
            found.get_or_insert((it.span, field.name.span, field.is_secret));
        }
    });
    let Some((span, declared, is_secret)) = found else { return };
    let word = if is_secret { "secret" } else { "encrypted" };
    reader.findings.push(
        error(codes::SECRET_SHOWN, span, format!("a computed field would show what is {word}"), "")
            .because(declared, format!("declared {word} here"))
            .help("leave the field out of the expression"),
    );
}
