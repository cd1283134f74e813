//! How large numbers in a rule can get. In memory an overflow denies; SQLite would go on with a
//! rounded number and PostgreSQL would fail, so a rule must be provably within 64 bits.

use architrave_model::{
    Base, Expr, ExprKind, Field, FieldType, Finding, Function, Member, Operator, Quantifier,
    Scalar, System, TIMESTAMP_MAX_US, TIMESTAMP_MIN_US, Value,
};

use crate::codes;
use crate::literal::INT_MAX;
use crate::report::error;

/// Smallest and largest value, in the units of the expression's type.
type Range = (i128, i128);

/// Longest text whose length may be asked for.
const LENGTH_MAX: i128 = 10_000_000;
/// Largest number of rows that a part's `many` may declare, for sums over something unbounded.
const COUNT_MAX: i128 = 10_000;

/// Reports the first arithmetic of a rule that may leave 64 bits.
pub(crate) fn check(system: &System, expr: &Expr, findings: &mut Vec<Finding>) {
    let mut first = None;
    expr.walk(&mut |it| {
        let is_arithmetic = matches!(
            &it.kind,
            ExprKind::Binary {
                operator: Operator::Add | Operator::Subtract | Operator::Multiply,
                ..
            } | ExprKind::Quantified { quantifier: Quantifier::Sum, .. }
        );
        if is_arithmetic && !fits(range(system, it)) {
            // The innermost one is the place to change.
            first = Some(it.span);
        }
    });
    if let Some(span) = first {
        findings.push(
            error(
                codes::MAY_OVERFLOW,
                span,
                "this may become larger than a database can count",
                "",
            )
            .help("give the fields bounds, as in `int(min(0), max(1000000))`"),
        );
    }
}

fn fits((least, most): Range) -> bool {
    least >= i128::from(i64::MIN) && most <= i128::from(i64::MAX)
}

fn range(system: &System, expr: &Expr) -> Range {
    match &expr.kind {
        ExprKind::Literal(value) => unscaled(value).map_or(of_type(&expr.ty.base), |it| (it, it)),
        ExprKind::Member { member, .. } => field_of(system, member)
            .map_or(of_type(&expr.ty.base), |it| of_field(it, &expr.ty.base)),
        ExprKind::Negate(of) => {
            let (least, most) = range(system, of);
            (-most, -least)
        }
        ExprKind::Binary { operator, left, right } => binary(system, expr, *operator, left, right),
        ExprKind::Conditional { then, otherwise, .. } => {
            union(range(system, then), range(system, otherwise))
        }
        ExprKind::Quantified { quantifier, source, body, .. } => {
            let body = body.as_ref().map_or((0, 1), |it| range(system, it));
            match quantifier {
                Quantifier::Sum => {
                    let count = count_max(system, source);
                    (body.0.saturating_mul(count).min(0), body.1.saturating_mul(count).max(0))
                }
                Quantifier::Length => (0, count_max(system, source)),
                _ => body,
            }
        }
        ExprKind::Call { function, arguments } => call(system, expr, *function, arguments),
        _ => of_type(&expr.ty.base),
    }
}

fn binary(system: &System, expr: &Expr, operator: Operator, left: &Expr, right: &Expr) -> Range {
    if operator == Operator::Multiply {
        let (a, b) = (range(system, left), range(system, right));
        let products =
            [(a.0, b.0), (a.0, b.1), (a.1, b.0), (a.1, b.1)].map(|(a, b)| a.saturating_mul(b));
        let least = products.into_iter().min().unwrap_or(i128::MIN);
        return (least, products.into_iter().max().unwrap_or(i128::MAX));
    }
    let scale = scale(&expr.ty.base);
    let (a, b) = (scaled(system, left, scale), scaled(system, right, scale));
    match operator {
        Operator::Add => (a.0.saturating_add(b.0), a.1.saturating_add(b.1)),
        Operator::Subtract => (a.0.saturating_sub(b.1), a.1.saturating_sub(b.0)),
        _ => a,
    }
}

/// The range of an operand in the digits of the result.
fn scaled(system: &System, expr: &Expr, scale_to: u8) -> Range {
    let (least, most) = range(system, expr);
    let digits = u32::from(scale_to.saturating_sub(scale(&expr.ty.base)));
    let factor = 10_i128.saturating_pow(digits);
    (least.saturating_mul(factor), most.saturating_mul(factor))
}

fn scale(base: &Base) -> u8 {
    if let Base::Decimal { scale } = base { *scale } else { 0 }
}

fn call(system: &System, expr: &Expr, function: Function, arguments: &[Expr]) -> Range {
    let all = arguments.iter().map(|it| scaled(system, it, scale(&expr.ty.base)));
    match function {
        Function::Length => (0, LENGTH_MAX),
        Function::Coalesce | Function::Min | Function::Max => {
            all.reduce(union).unwrap_or_else(|| of_type(&expr.ty.base))
        }
        Function::Abs => {
            let (least, most) = all.reduce(union).unwrap_or((0, 0));
            (0, least.saturating_abs().max(most.saturating_abs()))
        }
        _ => of_type(&expr.ty.base),
    }
}

fn union(a: Range, b: Range) -> Range {
    (a.0.min(b.0), a.1.max(b.1))
}

fn count_max(system: &System, source: &Expr) -> i128 {
    let field = match &source.kind {
        ExprKind::Member { member, .. } => field_of(system, member),
        _ => None,
    };
    match field.map(|it| &it.ty) {
        Some(FieldType::Many { count_max, .. } | FieldType::List { count_max, .. }) => {
            i128::from(*count_max)
        }
        _ => COUNT_MAX,
    }
}

fn field_of<'s>(system: &'s System, member: &Member) -> Option<&'s Field> {
    match member {
        Member::Field { entity, field } => system[*entity].fields.get(*field),
        Member::ValueField { value, field } => system[*value].fields.get(*field),
        Member::Input { command, field } => system[*command].input.get(*field),
        _ => None,
    }
}

fn of_field(field: &Field, base: &Base) -> Range {
    let whole = match &field.ty {
        FieldType::Scalar(Scalar::Decimal { precision, .. }) => {
            let most = 10_i128.saturating_pow(u32::from(*precision)) - 1;
            (-most, most)
        }
        // What is computed is stored within 64 bits, whatever it is computed from.
        FieldType::Computed { .. } => (i128::from(i64::MIN), i128::from(i64::MAX)),
        _ => of_type(base),
    };
    let bound = |value: &Option<Value>| value.as_ref().and_then(unscaled);
    (bound(&field.min).unwrap_or(whole.0), bound(&field.max).unwrap_or(whole.1))
}

/// What a type can hold.
fn of_type(base: &Base) -> Range {
    match base {
        Base::Int | Base::Money | Base::Duration => (-i128::from(INT_MAX), i128::from(INT_MAX)),
        Base::Decimal { .. } => (-999_999_999_999_999_999, 999_999_999_999_999_999),
        // A day counts as the microseconds between two of them.
        Base::Timestamp | Base::Date => {
            (i128::from(TIMESTAMP_MIN_US), i128::from(TIMESTAMP_MAX_US))
        }
        _ => (0, 0),
    }
}

fn unscaled(value: &Value) -> Option<i128> {
    match value {
        Value::Int(it) | Value::Money(it) | Value::Timestamp(it) | Value::Duration(it) => {
            Some(i128::from(*it))
        }
        Value::Decimal { unscaled, .. } => Some(i128::from(*unscaled)),
        _ => None,
    }
}
