//! Rules that keep somebody out and thereby let in whoever has not signed in: `!has_role("blocked")`.

use architrave_model::{
    CallerMember, Expr, ExprKind, Finding, Member, Operator, Span, System, TenantSource, Value,
};

use crate::codes;
use crate::report::{propose, warning};

/// Judges a rule that opens something to callers.
///
/// Nobody who has not signed in has a role, a scope or an id, so that "all but these" holds for them. It is reported
/// where nothing beside it asks for more; who wants everybody else in says so with `caller.is_authenticated`.
pub(crate) fn check_exclusion(system: &System, rule: &Expr, findings: &mut Vec<Finding>) {
    if !serves_anonymous(system) {
        return;
    }
    let mut found = Vec::new();
    look(rule, None, &mut found);
    for (span, whom) in found {
        let is_known = |it: &Finding| it.code == codes::EXCLUSION && it.span() == span;
        // `write` stands for three rules of the same text.
        if findings.iter().any(is_known) {
            continue;
        }
        let ask = propose(
            "ask for a sign-in",
            Span { end: span.start, ..span },
            "caller.is_authenticated && ",
        );
        findings.push(
            warning(
                codes::EXCLUSION,
                span,
                "whoever has not signed in is let in, too",
                format!("holds for everybody who {whom}"),
            )
            .help("say who may, rather than who may not; or ask for a sign-in as well")
            .fix(ask),
        );
    }
}

/// Whether requests without credentials get anywhere: where tenants are told by claims alone, they have none.
fn serves_anonymous(system: &System) -> bool {
    let from = &system.identity.tenant_from;
    system.identity.tenant.is_none()
        || from.is_empty()
        || from.iter().any(|it| matches!(it, TenantSource::Host(_)))
}

/// Collects what excludes. `negation` is the outermost `!` around the expression while an odd number of them applies.
fn look(expr: &Expr, negation: Option<Span>, found: &mut Vec<(Span, &'static str)>) {
    let is_negated = negation.is_some();
    match &expr.kind {
        ExprKind::Not(of) => look(of, if is_negated { None } else { Some(expr.span) }, found),
        ExprKind::And(all) | ExprKind::Or(all) => {
            // `!(a || b)` is `!a && !b`: each of both has to hold.
            let is_all = matches!(expr.kind, ExprKind::And(_)) != is_negated;
            let refuses = |it: &Expr| anonymous(it) == Some(is_negated);
            if is_all && all.iter().any(refuses) {
                return;
            }
            all.iter().for_each(|it| look(it, negation, found));
        }
        ExprKind::Conditional { condition, then, otherwise } => {
            if anonymous(condition) != Some(false) {
                look(then, negation, found);
            }
            if anonymous(condition) != Some(true) {
                look(otherwise, negation, found);
            }
        }
        ExprKind::HasRole(_) => found.extend(negation.map(|it| (it, "has none of these roles"))),
        ExprKind::Contains { list, .. } if caller(list) == Some(CallerMember::Scopes) => {
            found.extend(negation.map(|it| (it, "has not this scope")));
        }
        ExprKind::Binary { operator, left, right } => {
            let excludes = match operator {
                Operator::Equal => negation,
                Operator::NotEqual if !is_negated => Some(expr.span),
                _ => None,
            };
            let is_caller = |it: &Expr| caller(it).is_some_and(is_identity);
            if is_caller(left) || is_caller(right) {
                found.extend(excludes.map(|it| (it, "is somebody else")));
            }
        }
        _ => {}
    }
}

/// What is certain for a caller without credentials: true or false whatever the row, or not certain.
fn anonymous(expr: &Expr) -> Option<bool> {
    match &expr.kind {
        ExprKind::Literal(Value::Bool(value)) => Some(*value),
        ExprKind::HasRole(_) => Some(false),
        ExprKind::Not(of) => anonymous(of).map(|it| !it),
        ExprKind::And(all) => joined(all, false),
        ExprKind::Or(all) => joined(all, true),
        ExprKind::Contains { list, .. } if caller(list) == Some(CallerMember::Scopes) => {
            Some(false)
        }
        ExprKind::IsNull(of) => caller(of).is_some_and(is_identity).then_some(true),
        ExprKind::IsNotNull(of) => caller(of).is_some_and(is_identity).then_some(false),
        ExprKind::Member { .. } => match caller(expr) {
            Some(CallerMember::IsAuthenticated | CallerMember::IsSystem) => Some(false),
            _ => None,
        },
        ExprKind::Binary { operator, left, right } => {
            let is_caller = |it: &Expr| caller(it).is_some_and(is_identity);
            // Null equals no value. Two that may both be null are refused elsewhere.
            match operator {
                Operator::Equal if is_caller(left) || is_caller(right) => Some(false),
                Operator::NotEqual if is_caller(left) || is_caller(right) => Some(true),
                _ => None,
            }
        }
        _ => None,
    }
}

/// `&&` of all, or `||` where `or`: one that is certain and decides is enough.
fn joined(all: &[Expr], or: bool) -> Option<bool> {
    let known: Vec<Option<bool>> = all.iter().map(anonymous).collect();
    if known.contains(&Some(or)) {
        return Some(or);
    }
    known.iter().all(Option::is_some).then_some(!or)
}

fn caller(expr: &Expr) -> Option<CallerMember> {
    match &expr.kind {
        ExprKind::Member { member: Member::Caller(member), .. } => Some(*member),
        _ => None,
    }
}

/// What is null for a caller without credentials. The tenant is not: the host's name may tell it.
fn is_identity(member: CallerMember) -> bool {
    matches!(member, CallerMember::Id | CallerMember::User)
}
