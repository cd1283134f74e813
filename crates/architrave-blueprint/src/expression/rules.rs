//! What may not stand in rules: whatever memory and the databases would judge differently.

use architrave_model::{
    Base, Encryption, Expr, ExprKind, Field, Finding, Function, Member, Operator, Root, Span,
    System,
};

use super::bounds;
use crate::codes;
use crate::report::error;

/// Judges a rule that is compiled to SQL.
pub(crate) fn check_rule(system: &System, expr: &Expr, findings: &mut Vec<Finding>) {
    let known = findings.len();
    let lookups = lookups(system, expr);
    expr.walk(&mut |it| {
        if let Some(finding) = engine_dependent(it) {
            findings.push(finding);
        }
        if let Some(field) = stored_field(system, it)
            && let Some(finding) = unreadable(field, it.span, lookups.contains(&it.span))
        {
            findings.push(finding);
        }
    });
    // One remark per rule and cause is enough: the first place says it all.
    findings.truncate(known + 8);
    bounds::check(system, expr, findings);
}

/// The field behind a member of a row or of a value object in it.
pub(crate) fn stored_field<'s>(system: &'s System, expr: &Expr) -> Option<&'s Field> {
    let ExprKind::Member { member, .. } = &expr.kind else { return None };
    match member {
        Member::Field { entity, field } => system[*entity].fields.get(*field),
        Member::ValueField { value, field } => system[*value].fields.get(*field),
        _ => None,
    }
}

fn engine_dependent(expr: &Expr) -> Option<Finding> {
    let (what, why) = match (&expr.kind, &expr.ty.base) {
        (ExprKind::Call { function, .. }, _) => match function {
            Function::Lower => ("`lower`", "databases lower letters differently"),
            Function::Trim => ("`trim`", "databases disagree on what is white space"),
            Function::Matches => ("`matches`", "databases match patterns differently"),
            _ => return None,
        },
        (ExprKind::Member { .. }, Base::Json) => {
            ("`json`", "databases compare documents differently")
        }
        (ExprKind::Member { .. }, Base::File) => ("a `file`", "its key is of no meaning to a rule"),
        _ => return None,
    };
    Some(
        error(codes::ENGINE_DEPENDENT, expr.span, format!("{what} cannot stand in a rule"), why)
            .help("store what the rule needs in a field of its own, when the row is written"),
    )
}

/// Places where an encrypted field with `lookup` is compared for equality with something plain.
fn lookups(system: &System, expr: &Expr) -> Vec<Span> {
    let mut spans = Vec::new();
    let is_encrypted =
        |it: &Expr| stored_field(system, it).is_some_and(|field| field.encryption.is_some());
    expr.walk(&mut |it| match &it.kind {
        ExprKind::Binary { operator: Operator::Equal | Operator::NotEqual, left, right }
            if !(is_encrypted(left) && is_encrypted(right)) =>
        {
            spans.extend([left.span, right.span]);
        }
        ExprKind::IsNull(of) | ExprKind::IsNotNull(of) => spans.push(of.span),
        _ => {}
    });
    spans
}

fn unreadable(field: &Field, span: Span, is_lookup: bool) -> Option<Finding> {
    match field.encryption {
        None => None,
        Some(Encryption::Lookup) if is_lookup => None,
        Some(Encryption::Lookup) => Some(
            error(
                codes::ENCRYPTED_IN_RULE,
                span,
                format!(
                    "`{}` is encrypted: its hash only tells equal from different",
                    field.name.text
                ),
                "",
            )
            .because(field.name.span, "declared encrypted here")
            .help(
                "compare it with `==` or `!=` against a plain value, or leave it out of the rule",
            ),
        ),
        Some(Encryption::Opaque) => Some(
            error(
                codes::ENCRYPTED_IN_RULE,
                span,
                format!("`{}` is encrypted: no database can judge it", field.name.text),
                "",
            )
            .because(field.name.span, "declared encrypted here")
            .help("write `encrypted(lookup)` if equality is enough, or leave it out of the rule"),
        ),
    }
}

/// Judges the condition of a partial index: the row's own fields, literals and null tests.
pub(crate) fn check_condition(expr: &Expr, findings: &mut Vec<Finding>) {
    let mut first: Option<(Span, &str)> = None;
    expr.walk(&mut |it| {
        let why = match &it.kind {
            ExprKind::Call { .. } | ExprKind::Quantified { .. } | ExprKind::HasRole(_) => {
                "a function"
            }
            ExprKind::Member { of, member: Member::Field { .. } | Member::Parent(_) }
                if !matches!(of.kind, ExprKind::Root(Root::This)) =>
            {
                "another row"
            }
            ExprKind::Member { member: Member::Version | Member::UpdatedAt, .. } => {
                "changes with every write"
            }
            ExprKind::Binary { left, right, operator } => {
                let is_literal = |it: &Expr| matches!(it.kind, ExprKind::Literal(_));
                match operator {
                    Operator::Add
                    | Operator::Subtract
                    | Operator::Multiply
                    | Operator::Remainder => "arithmetic",
                    _ if !is_literal(left) && !is_literal(right) => "no side is a literal",
                    _ => return,
                }
            }
            _ => return,
        };
        first.get_or_insert((it.span, why));
    });
    if let Some((span, why)) = first {
        findings.push(
            error(codes::INDEX_CONDITION, span, "the condition of an index is too clever", why)
                .help("compare fields of the row with literals or null, joined by `&&` and `||`"),
        );
    }
}
