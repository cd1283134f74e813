//! Folding: what is known of a caller is worked into a rule, so that what is left asks about rows only.

mod constant;
#[cfg(test)]
mod tests;

use architrave_model::{
    Base, CallerMember, Expr, ExprKind, Function, Member, Quantifier, Root, Ty, Value,
};

use crate::CallerClass;

/// What is left of a rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Folded {
    /// It holds on every row.
    True,
    /// It holds on no row.
    False,
    /// It depends on the row, or on the caller's very values.
    Residual(Expr),
}

/// Works what a class of callers has in common into a rule. `roles` are the system's, in order.
///
/// Exact in two-valued logic: for every caller of the class and every row, the result is what the rule is.
#[must_use]
pub fn fold(expr: &Expr, class: &CallerClass, roles: &[String]) -> Folded {
    let folded = Folder { class, roles }.expr(expr);
    match folded.kind {
        ExprKind::Literal(Value::Bool(true)) => Folded::True,
        // A rule is never null; where a faulty model makes it so, nothing is allowed.
        ExprKind::Literal(_) => Folded::False,
        _ => Folded::Residual(folded),
    }
}

struct Folder<'a> {
    class: &'a CallerClass,
    roles: &'a [String],
}

impl Folder<'_> {
    fn expr(&self, expr: &Expr) -> Expr {
        let with = |kind: ExprKind| Expr { kind, ..expr.clone_without_kind() };
        match &expr.kind {
            ExprKind::Literal(_) | ExprKind::Root(_) | ExprKind::Variable(_) => expr.clone(),
            ExprKind::HasRole(wanted) => Expr::bool(self.has_any_role(wanted), expr.span),
            ExprKind::Member { of, member } => self.member(expr, of, member),
            ExprKind::Not(of) => negated(self.expr(of), expr),
            ExprKind::Negate(of) => with(ExprKind::Negate(Box::new(self.expr(of)))),
            ExprKind::And(all) => self.joined(expr, all, false),
            ExprKind::Or(all) => self.joined(expr, all, true),
            ExprKind::IsNull(of) => null_test(self.expr(of), expr, true),
            ExprKind::IsNotNull(of) => null_test(self.expr(of), expr, false),
            ExprKind::Binary { operator, left, right } => {
                let (left, right) = (self.expr(left), self.expr(right));
                constant::binary(*operator, &left, &right).map_or_else(
                    || {
                        with(ExprKind::Binary {
                            operator: *operator,
                            left: Box::new(left),
                            right: Box::new(right),
                        })
                    },
                    |it| Expr::bool(it, expr.span),
                )
            }
            ExprKind::Conditional { condition, then, otherwise } => {
                self.conditional(expr, condition, then, otherwise)
            }
            ExprKind::Contains { list, item } => {
                let (list, item) = (self.expr(list), self.expr(item));
                constant::contains(&list, &item).map_or_else(
                    || with(ExprKind::Contains { list: Box::new(list), item: Box::new(item) }),
                    |it| Expr::bool(it, expr.span),
                )
            }
            ExprKind::List(all) => with(ExprKind::List(self.all(all))),
            ExprKind::Template(all) => with(ExprKind::Template(self.all(all))),
            ExprKind::Record(all) => with(ExprKind::Record(
                all.iter().map(|(name, it)| (name.clone(), self.expr(it))).collect(),
            )),
            ExprKind::Quantified { .. } => self.quantified(expr),
            ExprKind::Call { function: Function::Coalesce, arguments } => {
                self.coalesce(expr, arguments)
            }
            ExprKind::Call { function, arguments } => {
                with(ExprKind::Call { function: *function, arguments: self.all(arguments) })
            }
        }
    }

    fn all(&self, all: &[Expr]) -> Vec<Expr> {
        all.iter().map(|it| self.expr(it)).collect()
    }

    fn has_any_role(&self, wanted: &[String]) -> bool {
        let held = |bit: usize| {
            u32::try_from(bit)
                .ok()
                .and_then(|it| self.class.roles.checked_shr(it))
                .is_some_and(|it| it & 1 == 1)
        };
        wanted.iter().any(|role| self.roles.iter().position(|it| it == role).is_some_and(held))
    }

    fn member(&self, expr: &Expr, of: &Expr, member: &Member) -> Expr {
        if let (ExprKind::Root(Root::Caller), Member::Caller(member)) = (&of.kind, member) {
            return self.caller(expr, *member);
        }
        let of = self.expr(of);
        if is_null(&of) {
            return null(expr);
        }
        let kind = ExprKind::Member { of: Box::new(of), member: member.clone() };
        Expr { kind, ..expr.clone_without_kind() }
    }

    fn caller(&self, expr: &Expr, member: CallerMember) -> Expr {
        let is_there = match member {
            CallerMember::IsAuthenticated => {
                return Expr::bool(self.class.is_authenticated, expr.span);
            }
            CallerMember::IsSystem => return Expr::bool(self.class.is_system, expr.span),
            CallerMember::Ip | CallerMember::Scopes => return expr.clone(),
            CallerMember::Id => self.class.has_id,
            CallerMember::User => self.class.has_user,
            CallerMember::Tenant => self.class.has_tenant,
        };
        if !is_there {
            return null(expr);
        }
        Expr { ty: Ty::of(expr.ty.base.clone()), ..expr.clone() }
    }

    /// `&&` (or `||` where `absorbing` is true): one absorbing operand decides, neutral ones go.
    fn joined(&self, expr: &Expr, all: &[Expr], absorbing: bool) -> Expr {
        let mut kept = Vec::new();
        for operand in all.iter().map(|it| self.expr(it)) {
            match (as_bool(&operand), operand.kind) {
                (Some(it), _) if it == absorbing => return Expr::bool(absorbing, expr.span),
                (Some(_), _) => {}
                (None, ExprKind::And(inner)) if !absorbing => kept.extend(inner),
                (None, ExprKind::Or(inner)) if absorbing => kept.extend(inner),
                (None, kind) => kept.push(Expr { kind, ty: operand.ty, span: operand.span }),
            }
        }
        match kept.len() {
            0 => Expr::bool(!absorbing, expr.span),
            1 => kept.swap_remove(0),
            _ => {
                let kind = if absorbing { ExprKind::Or(kept) } else { ExprKind::And(kept) };
                Expr { kind, ..expr.clone_without_kind() }
            }
        }
    }

    fn conditional(&self, expr: &Expr, condition: &Expr, then: &Expr, otherwise: &Expr) -> Expr {
        let condition = self.expr(condition);
        match as_bool(&condition) {
            Some(true) => self.expr(then),
            Some(false) => self.expr(otherwise),
            None => Expr {
                kind: ExprKind::Conditional {
                    condition: Box::new(condition),
                    then: Box::new(self.expr(then)),
                    otherwise: Box::new(self.expr(otherwise)),
                },
                ..expr.clone_without_kind()
            },
        }
    }

    fn coalesce(&self, expr: &Expr, arguments: &[Expr]) -> Expr {
        let mut kept: Vec<Expr> = Vec::new();
        for argument in self.all(arguments) {
            let is_last = !argument.ty.is_optional && !is_null(&argument);
            if !is_null(&argument) {
                kept.push(argument);
            }
            if is_last {
                break;
            }
        }
        match kept.len() {
            0 => null(expr),
            1 => kept.swap_remove(0),
            _ => {
                let kind = ExprKind::Call { function: Function::Coalesce, arguments: kept };
                Expr { kind, ..expr.clone_without_kind() }
            }
        }
    }

    fn quantified(&self, expr: &Expr) -> Expr {
        let ExprKind::Quantified { quantifier, source, variable, body, condition } = &expr.kind
        else {
            return expr.clone();
        };
        let source = self.expr(source);
        let body = body.as_ref().map(|it| self.expr(it));
        let condition = condition.as_ref().map(|it| self.expr(it));
        let judged = body.as_ref().and_then(as_bool);
        let counts = condition.as_ref().and_then(as_bool);
        match quantifier {
            Quantifier::Any
                if judged == Some(false) || counts == Some(false) || is_null(&source) =>
            {
                return Expr::bool(false, expr.span);
            }
            Quantifier::All
                if judged == Some(true) || counts == Some(false) || is_null(&source) =>
            {
                return Expr::bool(true, expr.span);
            }
            _ => {}
        }
        let kind = ExprKind::Quantified {
            quantifier: *quantifier,
            source: Box::new(source),
            variable: *variable,
            body: body.map(Box::new),
            condition: condition.filter(|_| counts != Some(true)).map(Box::new),
        };
        Expr { kind, ..expr.clone_without_kind() }
    }
}

/// Everything but the kind, whose copy would be thrown away.
trait CloneWithoutKind {
    fn clone_without_kind(&self) -> Expr;
}

impl CloneWithoutKind for Expr {
    fn clone_without_kind(&self) -> Expr {
        Expr { kind: ExprKind::Literal(Value::Null), ty: self.ty.clone(), span: self.span }
    }
}

fn negated(of: Expr, expr: &Expr) -> Expr {
    match (as_bool(&of), of.kind) {
        (Some(it), _) => Expr::bool(!it, expr.span),
        (None, ExprKind::Not(inner)) => *inner,
        (None, kind) => {
            let of = Expr { kind, ty: of.ty, span: of.span };
            Expr { kind: ExprKind::Not(Box::new(of)), ..expr.clone_without_kind() }
        }
    }
}

fn null_test(of: Expr, expr: &Expr, asks_for_null: bool) -> Expr {
    if is_null(&of) {
        return Expr::bool(asks_for_null, expr.span);
    }
    if matches!(of.kind, ExprKind::Literal(_)) || !of.ty.is_optional {
        return Expr::bool(!asks_for_null, expr.span);
    }
    let of = Box::new(of);
    let kind = if asks_for_null { ExprKind::IsNull(of) } else { ExprKind::IsNotNull(of) };
    Expr { kind, ..expr.clone_without_kind() }
}

fn as_bool(expr: &Expr) -> Option<bool> {
    match expr.kind {
        ExprKind::Literal(Value::Bool(it)) => Some(it),
        _ => None,
    }
}

fn is_null(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Literal(Value::Null))
}

fn null(expr: &Expr) -> Expr {
    Expr { kind: ExprKind::Literal(Value::Null), ty: Ty::optional(Base::Null), span: expr.span }
}
