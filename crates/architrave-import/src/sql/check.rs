//! What a check says about single columns: the texts, the smallest number, the longest text they may have.

use sqlparser::ast::{BinaryOperator, Expr, Value, ValueWithSpan};

/// Something that a check says about a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fact {
    OneOf(Vec<String>),
    AtLeast(String),
    LengthMax(u64),
    NotNull,
}

/// The facts of a check, each with its column. What is not understood says nothing.
pub(super) fn facts(expr: &Expr) -> Vec<(String, Fact)> {
    let mut found = Vec::new();
    // A loop in place of recursion: the list of conjuncts is flat.
    let mut open = vec![expr];
    while let Some(expr) = open.pop() {
        match peeled(expr) {
            Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
                open.push(right);
                open.push(left);
            }
            other => found.extend(fact(other)),
        }
    }
    found
}

fn fact(expr: &Expr) -> Option<(String, Fact)> {
    match expr {
        Expr::IsNotNull(inner) => Some((column(inner)?, Fact::NotNull)),
        Expr::InList { expr, list, negated: false } => {
            let values: Option<Vec<String>> = list.iter().map(text).collect();
            Some((column(expr)?, Fact::OneOf(values?)))
        }
        Expr::AnyOp { left, compare_op: BinaryOperator::Eq, right, .. } => {
            let Expr::Array(array) = peeled(right) else { return None };
            let values: Option<Vec<String>> = array.elem.iter().map(text).collect();
            Some((column(left)?, Fact::OneOf(values?)))
        }
        Expr::Between { expr, negated: false, low, .. } => {
            Some((column(expr)?, Fact::AtLeast(number(low)?)))
        }
        Expr::BinaryOp { left, op: BinaryOperator::Or, right } => either(left, right),
        Expr::BinaryOp { left, op: BinaryOperator::GtEq, right } => {
            Some((column(left)?, Fact::AtLeast(number(right)?)))
        }
        Expr::BinaryOp { left, op: BinaryOperator::Gt, right } => {
            let limit: i64 = number(right)?.parse().ok()?;
            Some((column(left)?, Fact::AtLeast(limit.checked_add(1)?.to_string())))
        }
        Expr::BinaryOp { left, op: BinaryOperator::LtEq, right } => {
            Some((measured(left)?, Fact::LengthMax(number(right)?.parse().ok()?)))
        }
        Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => {
            Some((column(left)?, Fact::OneOf(vec![text(right)?])))
        }
        _ => None,
    }
}

/// `x = 'a' OR x = 'b' OR …`, and `x IS NULL OR …`, which says nothing new about a value.
fn either(left: &Expr, right: &Expr) -> Option<(String, Fact)> {
    let mut values = Vec::new();
    let mut name = None;
    let mut open = vec![right, left];
    while let Some(expr) = open.pop() {
        match peeled(expr) {
            Expr::BinaryOp { left, op: BinaryOperator::Or, right } => {
                open.push(right);
                open.push(left);
            }
            Expr::IsNull(_) => {}
            // Neither is nested in an "or" of its own here, so this goes no deeper.
            other => match fact(other)? {
                (column, Fact::OneOf(some)) if name.as_ref().is_none_or(|it| *it == column) => {
                    name = Some(column);
                    values.extend(some);
                }
                only if name.is_none()
                    && open.iter().all(|it| matches!(peeled(it), Expr::IsNull(_))) =>
                {
                    return Some(only);
                }
                _ => return None,
            },
        }
    }
    Some((name?, Fact::OneOf(values)))
}

/// Without parentheses and casts.
fn peeled(mut expr: &Expr) -> &Expr {
    while let Expr::Nested(inner) | Expr::Cast { expr: inner, .. } = expr {
        expr = inner;
    }
    expr
}

fn column(expr: &Expr) -> Option<String> {
    match peeled(expr) {
        Expr::Identifier(name) => Some(name.value.clone()),
        Expr::CompoundIdentifier(path) => path.last().map(|it| it.value.clone()),
        _ => None,
    }
}

/// The column whose length is taken.
fn measured(expr: &Expr) -> Option<String> {
    let Expr::Function(function) = peeled(expr) else { return None };
    let text = function.to_string();
    let (name, rest) = text.split_once('(')?;
    let is_length =
        matches!(name.to_ascii_lowercase().as_str(), "length" | "char_length" | "character_length");
    let column: String =
        rest.chars().take_while(|it| it.is_alphanumeric() || matches!(it, '_' | '"')).collect();
    let column = column.trim_matches('"').to_owned();
    (is_length && !column.is_empty()).then_some(column)
}

fn text(expr: &Expr) -> Option<String> {
    match peeled(expr) {
        Expr::Value(ValueWithSpan { value: Value::SingleQuotedString(text), .. }) => {
            Some(text.clone())
        }
        _ => None,
    }
}

fn number(expr: &Expr) -> Option<String> {
    match peeled(expr) {
        Expr::Value(ValueWithSpan { value: Value::Number(number, _), .. }) => Some(number.clone()),
        Expr::Value(ValueWithSpan { value: Value::SingleQuotedString(text), .. }) => {
            text.parse::<i64>().ok().map(|it| it.to_string())
        }
        Expr::UnaryOp { op: sqlparser::ast::UnaryOperator::Minus, expr } => {
            number(expr).map(|it| format!("-{it}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use sqlparser::{dialect::PostgreSqlDialect, parser::Parser};

    use super::*;

    #[test]
    fn checks_say_what_columns_may_hold() {
        let check = |sql: &str, expected: &[(&str, Fact)]| {
            let dialect = PostgreSqlDialect {};
            let expr = Parser::new(&dialect).try_with_sql(sql).unwrap().parse_expr().unwrap();
            let found = facts(&expr);
            let expected: Vec<_> =
                expected.iter().map(|it| (it.0.to_owned(), it.1.clone())).collect();
            assert_eq!(found, expected, "{sql}");
        };
        let one_of =
            |values: &[&str]| Fact::OneOf(values.iter().map(|it| (*it).to_owned()).collect());
        let at_least = |number: &str| Fact::AtLeast(number.to_owned());
        check("status IN ('a', 'b')", &[("status", one_of(&["a", "b"]))]);
        check(
            "((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
            &[("status", one_of(&["a", "b"]))],
        );
        check("status = 'a' OR (status = 'b')", &[("status", one_of(&["a", "b"]))]);
        check("status IS NULL OR status IN ('a')", &[("status", one_of(&["a"]))]);
        check(
            "price >= 0 AND quantity > 0",
            &[("price", at_least("0")), ("quantity", at_least("1"))],
        );
        check("price >= (0)::numeric", &[("price", at_least("0"))]);
        check("x BETWEEN 1 AND 5", &[("x", at_least("1"))]);
        check("char_length(name) <= 40", &[("name", Fact::LengthMax(40))]);
        check("name IS NOT NULL", &[("name", Fact::NotNull)]);
        check("a < b", &[]);
        check("status = 'a' OR kind = 'b'", &[]);
        check("status NOT IN ('a')", &[]);
    }
}
