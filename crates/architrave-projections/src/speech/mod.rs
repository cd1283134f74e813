//! Rules in plain English, for people who do not read the language of blueprints: "its `customer`, if `status` is
//! `draft`; or role `support`". Answers are Markdown.

mod condition;
mod value;

use architrave_model::{
    CallerMember, Expr, ExprKind, Member, Operator, Quantifier, Root, System, Value,
};

pub(crate) use value::{period, value};

/// Whom a rule refuses, for a line that tells of the refusal: "anybody but role `support`".
pub(crate) fn others(system: &System, rule: &Expr) -> String {
    let who = who(system, rule);
    match who.strip_prefix("everybody, if ") {
        Some(condition) if !who.contains("; or ") => format!("anybody, unless {condition}"),
        _ => format!("anybody but {who}"),
    }
}

/// Who passes a rule, as the subject of a sentence: "everybody", "role `support`", "its `customer`, if …".
pub(crate) fn who(system: &System, rule: &Expr) -> String {
    match &rule.kind {
        ExprKind::Literal(Value::Bool(true)) => "everybody".to_owned(),
        ExprKind::Literal(Value::Bool(false)) => "nobody".to_owned(),
        ExprKind::Or(all) => {
            let all: Vec<String> = all.iter().map(|it| alternative(system, it)).collect();
            match all.as_slice() {
                _ if all.iter().any(|it| it.contains(", if")) => all.join("; or "),
                [first @ .., last] if first.len() > 1 => {
                    format!("{}, or {last}", first.join(", "))
                }
                _ => all.join(" or "),
            }
        }
        _ => alternative(system, rule),
    }
}

/// A condition about a row: "`status` is `draft` or `placed`".
pub(crate) fn condition(system: &System, expr: &Expr) -> String {
    condition::Condition::new(system).of(expr)
}

/// One way to pass: who it must be, and what must hold of the row.
fn alternative(system: &System, expr: &Expr) -> String {
    let all = match &expr.kind {
        ExprKind::And(all) => all.as_slice(),
        _ => std::slice::from_ref(expr),
    };
    let mut people = Vec::new();
    let mut conditions = Vec::new();
    for it in all {
        match person(system, it) {
            Some(person) => people.push(person),
            None => conditions.push(condition(system, it)),
        }
    }
    let own: Vec<String> = all.iter().filter_map(|it| own_tenant(system, it)).collect();
    people.retain(|it| !own.contains(it));
    let mut text = match (people.is_empty(), own.is_empty()) {
        (true, true) => "everybody".to_owned(),
        (true, false) => own.join(" and "),
        (false, true) => people.join(" and "),
        (false, false) => format!("{} among {}", people.join(" and "), own.join(" and ")),
    };
    if !conditions.is_empty() {
        text.push_str(", if ");
        text.push_str(&conditions.join(" and "));
    }
    text
}

/// A caller that a condition picks out.
fn person(system: &System, expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::HasRole(roles) => {
            let roles: Vec<String> = roles.iter().map(|it| format!("`{it}`")).collect();
            Some(match roles.as_slice() {
                [first @ .., last] if first.len() > 1 => {
                    format!("role {} or {last}", first.join(", "))
                }
                roles => format!("role {}", roles.join(" or ")),
            })
        }
        ExprKind::Member { of, member: Member::Caller(member) } if is_root(of, Root::Caller) => {
            match member {
                CallerMember::IsSystem => Some("the system itself".to_owned()),
                CallerMember::IsAuthenticated => Some("everybody who is signed in".to_owned()),
                _ => None,
            }
        }
        ExprKind::IsNotNull(of) => match caller(of)? {
            CallerMember::User => Some("every user".to_owned()),
            CallerMember::Id => Some("everybody who is signed in".to_owned()),
            _ => None,
        },
        ExprKind::Binary { operator: Operator::Equal, left, right } => {
            let (row, member) = match (caller(left), caller(right)) {
                (Some(member), None) => (right, member),
                (None, Some(member)) => (left, member),
                _ => return None,
            };
            let is_self = is_root(row, Root::This);
            match member {
                CallerMember::User if is_self => Some("the user whose row it is".to_owned()),
                CallerMember::User => Some(format!("its {}", condition(system, row))),
                CallerMember::Tenant => own_tenant(system, expr),
                _ => None,
            }
        }
        ExprKind::Quantified {
            quantifier: Quantifier::Any, source, body, condition: only, ..
        } => {
            let (body, None) = (body.as_ref()?, only) else { return None };
            let ExprKind::Binary { operator: Operator::Equal, left, right } = &body.kind else {
                return None;
            };
            let row = match (caller(left), caller(right)) {
                (Some(CallerMember::User), None) => right,
                (None, Some(CallerMember::User)) => left,
                _ => return None,
            };
            let ExprKind::Member { of, member: Member::Field { entity, field } } = &row.kind else {
                return None;
            };
            let ExprKind::Variable(_) = of.kind else { return None };
            let name = &system[*entity].fields.get(*field)?.name.text;
            Some(format!("the `{name}` of one of its {}", condition(system, source)))
        }
        _ => None,
    }
}

/// `this == caller.tenant`: who belongs to it.
fn own_tenant(system: &System, expr: &Expr) -> Option<String> {
    let ExprKind::Binary { operator: Operator::Equal, left, right } = &expr.kind else {
        return None;
    };
    let row = match (caller(left), caller(right)) {
        (Some(CallerMember::Tenant), None) => right,
        (None, Some(CallerMember::Tenant)) => left,
        _ => return None,
    };
    Some(if is_root(row, Root::This) {
        "those who belong to it".to_owned()
    } else {
        format!("those who belong to its {}", condition(system, row))
    })
}

fn caller(expr: &Expr) -> Option<CallerMember> {
    match &expr.kind {
        ExprKind::Member { of, member: Member::Caller(member) } if is_root(of, Root::Caller) => {
            Some(*member)
        }
        _ => None,
    }
}

fn is_root(expr: &Expr, root: Root) -> bool {
    expr.kind == ExprKind::Root(root)
}

#[cfg(test)]
mod tests;
