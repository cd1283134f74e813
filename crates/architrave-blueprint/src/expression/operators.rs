//! `&&`, `||` and arithmetic.

use architrave_model::{Base, Expr, ExprKind, Operator, Span, Ty, Value};

use super::comparison::order_operator;
use super::members::BecauseOf;
use super::{Typer, typed};
use crate::codes;
use crate::fields::poison_expr;
use crate::report::error;
use crate::syntax::ast::{BinaryOperator, Expression, ExpressionKind};

/// Most digits of an exact number: what 64 bits hold.
const DIGITS_MAX: u8 = 18;

impl Typer<'_> {
    /// Any operator with two sides.
    pub(super) fn binary(
        &mut self,
        operator: BinaryOperator,
        operator_span: Span,
        left: &Expression,
        right: &Expression,
        span: Span,
    ) -> Expr {
        let is_rounding = std::mem::take(&mut self.is_rounding);
        if let Some(operator) = order_operator(operator) {
            return self.order(operator, operator_span, left, right, span);
        }
        match operator {
            BinaryOperator::And | BinaryOperator::Or => self.logic(operator, left, right, span),
            BinaryOperator::Equal => self.equality(true, operator_span, left, right, span),
            BinaryOperator::NotEqual => self.equality(false, operator_span, left, right, span),
            BinaryOperator::Add => {
                self.arithmetic(Operator::Add, operator_span, left, right, span, is_rounding)
            }
            BinaryOperator::Subtract => {
                self.arithmetic(Operator::Subtract, operator_span, left, right, span, is_rounding)
            }
            BinaryOperator::Multiply => {
                self.arithmetic(Operator::Multiply, operator_span, left, right, span, is_rounding)
            }
            _ => {
                self.arithmetic(Operator::Remainder, operator_span, left, right, span, is_rounding)
            }
        }
    }

    /// A chain of the same operator becomes one list; each operand sees what those before it tell.
    fn logic(
        &mut self,
        operator: BinaryOperator,
        left: &Expression,
        right: &Expression,
        span: Span,
    ) -> Expr {
        let mut operands = Vec::new();
        flatten(operator, left, &mut operands);
        flatten(operator, right, &mut operands);
        let known = self.fact_count();
        let is_and = operator == BinaryOperator::And;
        let mut typed_operands = Vec::with_capacity(operands.len());
        for operand in operands {
            let operand = self.condition(operand);
            self.assume(&operand, is_and);
            typed_operands.push(operand);
        }
        self.forget(known);
        let kind =
            if is_and { ExprKind::And(typed_operands) } else { ExprKind::Or(typed_operands) };
        typed(kind, Ty::of(Base::Bool), span)
    }

    fn arithmetic(
        &mut self,
        operator: Operator,
        operator_span: Span,
        left: &Expression,
        right: &Expression,
        span: Span,
        is_rounding: bool,
    ) -> Expr {
        let is_sum = matches!(operator, Operator::Add | Operator::Subtract);
        let (left, right) = if is_sum {
            self.both(left, right)
        } else {
            (self.infer(left, None), self.infer(right, None))
        };
        let left = self.present(left, "a number");
        let right = self.present(right, "a number");
        if left.ty.base == Base::Poison || right.ty.base == Base::Poison {
            return poison_expr(span);
        }
        let base = match operator {
            Operator::Multiply => {
                product(&left.ty.base, &right.ty.base, self.system.currency_digits, is_rounding)
            }
            Operator::Remainder => remainder(&left, &right),
            _ => sum(operator, &left.ty.base, &right.ty.base),
        };
        match base {
            Some(base) => {
                let (left, right) = (Box::new(left), Box::new(right));
                typed(ExprKind::Binary { operator, left, right }, Ty::of(base), span)
            }
            None => {
                let finding = self.wrong_operands(operator, operator_span, &left, &right);
                self.report(finding)
            }
        }
    }

    fn wrong_operands(
        &self,
        operator: Operator,
        operator_span: Span,
        left: &Expr,
        right: &Expr,
    ) -> architrave_model::Finding {
        let (left_is, right_is) = (self.describe(&left.ty), self.describe(&right.ty));
        let sign = match operator {
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply => "*",
            _ => "%",
        };
        let title = format!("`{sign}` does not apply to {left_is} and {right_is}");
        let is_money_times_decimal = operator == Operator::Multiply
            && (left.ty.base == Base::Money || right.ty.base == Base::Money);
        let help = if is_money_times_decimal {
            "say how to round: `round(amount * factor, digits)`"
        } else if left.ty.base == Base::Text && operator == Operator::Add {
            r#"join texts in a template: "${this.a} ${this.b}""#
        } else if operator == Operator::Remainder {
            "`%` takes an `int` and a whole number that is not 0"
        } else {
            "both sides need the same kind of number; a `duration` can be added to a `timestamp` or a `date`"
        };
        error(codes::WRONG_OPERANDS, operator_span, title, "")
            .because_of(left, &left_is)
            .because_of(right, &right_is)
            .help(help)
    }
}

fn flatten<'a>(operator: BinaryOperator, ast: &'a Expression, out: &mut Vec<&'a Expression>) {
    match &ast.bare().kind {
        ExpressionKind::Binary { operator: inner, left, right, .. } if *inner == operator => {
            flatten(operator, left, out);
            flatten(operator, right, out);
        }
        _ => out.push(ast),
    }
}

fn sum(operator: Operator, left: &Base, right: &Base) -> Option<Base> {
    match (left, right) {
        (Base::Int, Base::Int) => Some(Base::Int),
        (Base::Money, Base::Money) => Some(Base::Money),
        (Base::Duration, Base::Duration) => Some(Base::Duration),
        (Base::Decimal { scale }, Base::Int) | (Base::Int, Base::Decimal { scale }) => {
            Some(Base::Decimal { scale: *scale })
        }
        (Base::Decimal { scale: left }, Base::Decimal { scale: right }) => {
            Some(Base::Decimal { scale: *left.max(right) })
        }
        (Base::Timestamp, Base::Duration) => Some(Base::Timestamp),
        (Base::Date, Base::Duration) => Some(Base::Date),
        (Base::Duration, Base::Date) if operator == Operator::Add => Some(Base::Date),
        (Base::Date, Base::Date) if operator == Operator::Subtract => Some(Base::Duration),
        (Base::Duration, Base::Timestamp) if operator == Operator::Add => Some(Base::Timestamp),
        (Base::Timestamp, Base::Timestamp) if operator == Operator::Subtract => {
            Some(Base::Duration)
        }
        _ => None,
    }
}

fn product(left: &Base, right: &Base, currency_digits: u8, is_rounding: bool) -> Option<Base> {
    match (left, right) {
        (Base::Int, Base::Int) => Some(Base::Int),
        (Base::Money, Base::Int) | (Base::Int, Base::Money) => Some(Base::Money),
        (Base::Duration, Base::Int) | (Base::Int, Base::Duration) => Some(Base::Duration),
        (Base::Decimal { scale }, Base::Int) | (Base::Int, Base::Decimal { scale }) => {
            Some(Base::Decimal { scale: *scale })
        }
        (Base::Decimal { scale: left }, Base::Decimal { scale: right }) => {
            let scale = left.saturating_add(*right);
            (scale <= DIGITS_MAX).then_some(Base::Decimal { scale })
        }
        (Base::Money, Base::Decimal { scale }) | (Base::Decimal { scale }, Base::Money)
            if is_rounding =>
        {
            let scale = scale.saturating_add(currency_digits);
            (scale <= DIGITS_MAX).then_some(Base::Decimal { scale })
        }
        _ => None,
    }
}

/// Total: the divisor is a number that is written down and not 0.
fn remainder(left: &Expr, right: &Expr) -> Option<Base> {
    let is_safe = matches!(right.kind, ExprKind::Literal(Value::Int(number)) if number != 0);
    (is_safe && left.ty.base == Base::Int).then_some(Base::Int)
}
