//! `==`, `!=` and the order comparisons, with the law of null.

use architrave_model::{
    Base, CallerMember, Edit, Expr, ExprKind, Finding, Fix, Member, Operator, Root, Span, Ty,
};

use super::convert::comparable;
use super::members::BecauseOf;
use super::{Typer, root_of, typed};
use crate::codes;
use crate::fields::poison_expr;
use crate::report::{error, replace};
use crate::syntax::ast::{BinaryOperator, Expression, ExpressionKind};

impl Typer<'_> {
    /// `a == b`, `a != b`
    pub(super) fn equality(
        &mut self,
        is_equal: bool,
        operator_span: Span,
        left: &Expression,
        right: &Expression,
        span: Span,
    ) -> Expr {
        let is_null = |it: &Expression| matches!(it.bare().kind, ExpressionKind::Null);
        match (is_null(left), is_null(right)) {
            (true, true) => {
                let finding = error(codes::NEVER_NULL, span, "`null` is always `null`", "");
                return self.report(finding.help("name the value that may be null"));
            }
            (true, false) => return self.null_test(is_equal, right, span),
            (false, true) => return self.null_test(is_equal, left, span),
            (false, false) => {}
        }
        let (left, right) = self.both(left, right);
        if left.ty.base == Base::Poison || right.ty.base == Base::Poison {
            return poison_expr(span);
        }
        if let Some(finding) = self.never_equal(&left, &right) {
            return self.report(finding);
        }
        if let Some(finding) = self.row_against_id(&left, &right, operator_span) {
            return self.report(finding);
        }
        if !comparable(&left.ty.base, &right.ty.base) {
            let finding = self.incomparable(&left, &right, operator_span);
            return self.report(finding);
        }
        if matches!(left.ty.base, Base::Parts(_) | Base::Set(_) | Base::Record(_) | Base::File) {
            let title = format!("{} cannot be compared as a whole", self.describe(&left.ty));
            let finding = error(codes::WRONG_OPERANDS, operator_span, title, "");
            return self.report(finding.help("compare its members"));
        }
        if left.ty.is_optional && right.ty.is_optional {
            let finding = self.both_optional(is_equal, &left, &right, operator_span);
            return self.report(finding);
        }
        let operator = if is_equal { Operator::Equal } else { Operator::NotEqual };
        let (left, right) = (Box::new(left), Box::new(right));
        typed(ExprKind::Binary { operator, left, right }, Ty::of(Base::Bool), span)
    }

    /// Types both sides; a literal takes the type of the other side.
    pub(super) fn both(&mut self, left: &Expression, right: &Expression) -> (Expr, Expr) {
        let is_literal = |it: &Expression| {
            matches!(it.bare().kind, ExpressionKind::Text(_) | ExpressionKind::Number(_))
                || it.number().is_some()
        };
        if is_literal(left) && !is_literal(right) {
            let right = self.infer(right, None);
            let left = self.infer_beside(left, &right);
            return (left, right);
        }
        let left = self.infer(left, None);
        let right = self.infer_beside(right, &left);
        (left, right)
    }

    /// A literal beside a typed value; nothing more is said beside something that was reported.
    fn infer_beside(&mut self, ast: &Expression, beside: &Expr) -> Expr {
        // A number beside a decimal keeps its own digits: 0.5 may be compared with a price of 2 digits.
        let expected = match beside.ty.base {
            Base::Decimal { .. } => None,
            _ => Some(&beside.ty),
        };
        self.infer(ast, expected)
    }

    fn null_test(&mut self, is_equal: bool, operand: &Expression, span: Span) -> Expr {
        let operand = self.infer(operand, None);
        match &operand.ty {
            Ty { base: Base::Poison, .. } => return poison_expr(span),
            Ty { base: Base::Json, .. } | Ty { is_optional: true, .. } => {}
            _ => {
                let title = "this is never null, so the test says nothing";
                let mut finding = error(codes::NEVER_NULL, span, title, "");
                if let Some(declared) = self.field_span(&operand) {
                    finding = finding.because(declared, "not optional");
                }
                return self.report(finding.help(if is_equal {
                    "leave the test out: it is always false"
                } else {
                    "leave the test out: it is always true"
                }));
            }
        }
        let operand = Box::new(operand);
        let kind = if is_equal { ExprKind::IsNull(operand) } else { ExprKind::IsNotNull(operand) };
        typed(kind, Ty::of(Base::Bool), span)
    }

    fn field_span(&self, expr: &Expr) -> Option<Span> {
        match &expr.kind {
            ExprKind::Member { member: Member::Field { entity, field }, .. } => {
                let field = self.system[*entity].fields.get(*field)?;
                (!field.is_optional).then_some(field.name.span)
            }
            _ => None,
        }
    }

    /// `a < b` and the like.
    pub(super) fn order(
        &mut self,
        operator: Operator,
        operator_span: Span,
        left: &Expression,
        right: &Expression,
        span: Span,
    ) -> Expr {
        let (left, right) = self.both(left, right);
        if left.ty.base == Base::Poison || right.ty.base == Base::Poison {
            return poison_expr(span);
        }
        let left = self.present(left, "a value to compare");
        let right = self.present(right, "a value to compare");
        if left.ty.base == Base::Poison || right.ty.base == Base::Poison {
            return poison_expr(span);
        }
        if !comparable(&left.ty.base, &right.ty.base) {
            let finding = self.incomparable(&left, &right, operator_span);
            return self.report(finding);
        }
        let is_ordered = matches!(
            left.ty.base,
            Base::Int
                | Base::Decimal { .. }
                | Base::Money
                | Base::Text
                | Base::Timestamp
                | Base::Date
                | Base::Duration
                | Base::Json
        );
        if !is_ordered {
            let title = format!("there is no smaller or larger among {}", self.describe(&left.ty));
            let finding = error(codes::WRONG_OPERANDS, operator_span, title, "");
            return self.report(finding.help("compare with `==` or `contains([…], …)`"));
        }
        let (left, right) = (Box::new(left), Box::new(right));
        typed(ExprKind::Binary { operator, left, right }, Ty::of(Base::Bool), span)
    }

    fn incomparable(&self, left: &Expr, right: &Expr, operator_span: Span) -> Finding {
        let (left_is, right_is) = (self.describe(&left.ty), self.describe(&right.ty));
        let title = format!("{left_is} cannot be compared with {right_is}");
        let finding = error(codes::TYPE_MISMATCH, operator_span, title, "")
            .because_of(left, &left_is)
            .because_of(right, &right_is);
        let money = [left, right].into_iter().find_map(|it| match (&it.kind, &it.ty.base) {
            (ExprKind::Literal(architrave_model::Value::Int(number)), Base::Int) => {
                Some((it, number))
            }
            _ => None,
        });
        match money {
            Some((it, number)) if left.ty.base == Base::Money || right.ty.base == Base::Money => {
                finding.fix(replace(
                    "write an amount of money in quotes",
                    it.span,
                    format!("\"{number}\""),
                ))
            }
            _ => finding.help("both sides need the same type"),
        }
    }

    /// `this.customer == caller.id`: the id of an API key or a user against a row.
    fn row_against_id(&self, left: &Expr, right: &Expr, operator_span: Span) -> Option<Finding> {
        let (row, id) = match (&left.ty.base, &right.ty.base) {
            (Base::Row(_), Base::Uuid) => (left, right),
            (Base::Uuid, Base::Row(_)) => (right, left),
            _ => return None,
        };
        let Base::Row(entity) = row.ty.base else { return None };
        let title = format!("{} is compared with an id", self.describe(&row.ty));
        let finding = error(codes::ROW_AGAINST_ID, operator_span, title, "")
            .because_of(row, "a reference")
            .because_of(id, "an id of anything");
        Some(match &id.kind {
            ExprKind::Member { member: Member::Caller(CallerMember::Id), .. }
                if self.system.identity.user == Some(entity) =>
            {
                finding.fix(replace("compare with the caller's user", id.span, "caller.user"))
            }
            ExprKind::Member { of, member: Member::Id } => {
                let cut = Span { start: of.span.end, ..id.span };
                finding.fix(replace("compare the references themselves", cut, ""))
            }
            _ => finding.help("compare references with references of the same entity"),
        })
    }

    fn both_optional(
        &self,
        is_equal: bool,
        left: &Expr,
        right: &Expr,
        operator_span: Span,
    ) -> Finding {
        let is_caller = |it: &Expr| root_of(it) == Some(Root::Caller);
        let (stored, other) = if is_caller(left) { (right, left) } else { (left, right) };
        let title = if is_caller(other) {
            "both sides may be null: an anonymous caller would own every row without an owner"
        } else {
            "both sides may be null, and null is not equal to null"
        };
        let mut finding = error(codes::BOTH_OPTIONAL, operator_span, title, "");
        for side in [stored, other] {
            finding = if is_caller(side) {
                finding.because_of(side, "null when nobody is signed in")
            } else {
                let declared = self.declared_at(side);
                let text = if declared.is_some() { "" } else { "may be null" };
                finding = finding.because_of(side, text);
                match declared {
                    Some((span, text)) if !finding.labels.iter().any(|it| it.span == span) => {
                        finding.because(span, text)
                    }
                    _ => finding,
                }
            };
        }
        let Some(path) = path_text(self, stored).filter(|_| is_equal) else {
            return finding.help("say what null means: test one side with `!= null` before");
        };
        let start = Span { start: left.span.start.min(right.span.start), ..left.span };
        finding.fix(Fix {
            title: "say what null means".to_owned(),
            edits: vec![Edit { span: start.before(), text: format!("{path} != null && ") }],
            is_unambiguous: true,
        })
    }
}

/// A path as the author would write it.
fn path_text(typer: &Typer<'_>, expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Root(root) => match root {
            Root::This => Some("this".to_owned()),
            Root::Old => Some("old".to_owned()),
            Root::Input => Some("input".to_owned()),
            Root::Caller => Some("caller".to_owned()),
            Root::Event => Some("event".to_owned()),
            Root::Each => Some("each".to_owned()),
            _ => None,
        },
        ExprKind::Variable(variable) => {
            let found = typer.variables.iter().find(|(_, it, _)| it == variable);
            found.map(|(name, ..)| name.clone())
        }
        ExprKind::Member { of, member } => {
            let of = path_text(typer, of)?;
            let name = match member {
                Member::Id => "id".to_owned(),
                Member::Version => "version".to_owned(),
                Member::CreatedAt => "created_at".to_owned(),
                Member::UpdatedAt => "updated_at".to_owned(),
                Member::Field { entity, field } => {
                    typer.system[*entity].fields.get(*field)?.name.text.clone()
                }
                Member::ValueField { value, field } => {
                    typer.system[*value].fields.get(*field)?.name.text.clone()
                }
                Member::Input { command, field } => {
                    typer.system[*command].input.get(*field)?.name.text.clone()
                }
                Member::Event { event, field } => {
                    typer.system[*event].fields.get(*field)?.name.clone()
                }
                Member::Parent(entity) => {
                    crate::resolve::casing::snake(&typer.system[*entity].name.text)
                }
                Member::Named(name) => name.clone(),
                Member::Caller(CallerMember::User) => "user".to_owned(),
                Member::Caller(CallerMember::Tenant) => "tenant".to_owned(),
                Member::Caller(CallerMember::Id) => "id".to_owned(),
                Member::Caller(_) => return None,
                Member::EventTime => "time".to_owned(),
                Member::EventActor => "actor".to_owned(),
            };
            Some(format!("{of}.{name}"))
        }
        _ => None,
    }
}

/// The typed operator of a written one, where it compares order.
pub(super) fn order_operator(operator: BinaryOperator) -> Option<Operator> {
    match operator {
        BinaryOperator::Less => Some(Operator::Less),
        BinaryOperator::LessOrEqual => Some(Operator::LessOrEqual),
        BinaryOperator::Greater => Some(Operator::Greater),
        BinaryOperator::GreaterOrEqual => Some(Operator::GreaterOrEqual),
        _ => None,
    }
}
