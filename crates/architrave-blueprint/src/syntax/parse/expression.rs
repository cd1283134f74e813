//! Operators, by precedence climbing.

use super::say::{edit, error, quoted};
use super::{Parse, Parser};
use crate::syntax::ast::{BinaryOperator, Expression, ExpressionKind, UnaryOperator};
use crate::syntax::token::{Kind, Token};
use crate::syntax::{NESTING_MAX, code};

/// The highest tree an expression may make: a chain of operators is as high as it is long, and
/// whoever walks the tree must not run out of stack.
const HEIGHT_MAX: u32 = 4 * NESTING_MAX;

/// How tightly an operator binds; only `==`-like and `<`-like ones cannot be chained.
const EQUALITY: u8 = 3;
const COMPARISON: u8 = 4;
const FACTOR: u8 = 6;

fn binary_operator(kind: Kind) -> Option<(u8, BinaryOperator)> {
    Some(match kind {
        Kind::Or => (1, BinaryOperator::Or),
        Kind::And => (2, BinaryOperator::And),
        Kind::Equal => (EQUALITY, BinaryOperator::Equal),
        Kind::NotEqual => (EQUALITY, BinaryOperator::NotEqual),
        Kind::Less => (COMPARISON, BinaryOperator::Less),
        Kind::LessOrEqual => (COMPARISON, BinaryOperator::LessOrEqual),
        Kind::Greater => (COMPARISON, BinaryOperator::Greater),
        Kind::GreaterOrEqual => (COMPARISON, BinaryOperator::GreaterOrEqual),
        Kind::Plus => (5, BinaryOperator::Add),
        Kind::Minus => (5, BinaryOperator::Subtract),
        Kind::Star => (FACTOR, BinaryOperator::Multiply),
        Kind::Percent => (FACTOR, BinaryOperator::Remainder),
        _ => return None,
    })
}

impl Parser<'_> {
    /// An expression, `condition ? then : otherwise` included.
    pub(super) fn expression(&mut self) -> Parse<Expression> {
        let first = self.peek();
        if self.depth >= NESTING_MAX {
            return Err(self.too_deep(self.span(first)));
        }
        self.depth += 1;
        let result = self.conditional();
        self.depth -= 1;
        result
    }

    fn conditional(&mut self) -> Parse<Expression> {
        let condition = self.binary(1)?;
        if !self.eat(Kind::Question) {
            return Ok(condition);
        }
        let mut height = self.height;
        let then = self.expression()?;
        height = height.max(self.height);
        let token = self.peek();
        if token.kind != Kind::Colon {
            let place = self.previous.after();
            let title = "`?` has no `:`";
            let finding = error(code::VALUE_MISSING, place, title, "`:` and a value are expected");
            return Err(self.report(finding.help("write `condition ? one : other`")));
        }
        self.bump();
        let otherwise = self.expression()?;
        let span = condition.span.to(otherwise.span);
        self.grow(height.max(self.height), condition.span.after())?;
        let (condition, then) = (Box::new(condition), Box::new(then));
        let otherwise = Box::new(otherwise);
        Ok(Expression { kind: ExpressionKind::Conditional { condition, then, otherwise }, span })
    }

    /// Operators that bind at least as tightly as `level`.
    fn binary(&mut self, level: u8) -> Parse<Expression> {
        let mut left = self.unary()?;
        loop {
            let token = self.peek();
            if token.kind == Kind::Slash && level <= FACTOR {
                return Err(self.division(&left, token));
            }
            let Some((found, operator)) = binary_operator(token.kind) else { return Ok(left) };
            if found < level {
                return Ok(left);
            }
            let height = self.height;
            self.bump();
            let right = self.binary(found + 1)?;
            let operator_span = self.span(token);
            self.grow(height.max(self.height), operator_span)?;
            let span = left.span.to(right.span);
            self.no_chain(found, &right, token)?;
            let (boxed, right) = (Box::new(left), Box::new(right));
            let kind = ExpressionKind::Binary { operator, operator_span, left: boxed, right };
            left = Expression { kind, span };
        }
    }

    /// `a < b < c` reads well and means something else in every language.
    fn no_chain(&mut self, level: u8, middle: &Expression, first: Token) -> Parse<()> {
        let token = self.peek();
        let is_chain = (level == EQUALITY || level == COMPARISON)
            && binary_operator(token.kind).is_some_and(|it| it.0 == level);
        if !is_chain {
            return Ok(());
        }
        let middle_text = self.source(middle.span).to_owned();
        let finding = error(
            code::CHAINED_COMPARISON,
            self.span(token),
            "comparisons cannot be chained",
            "compares the result of the first comparison",
        )
        .because(self.span(first), "first comparison");
        let text = format!("&& {middle_text} ");
        let is_one_line = !middle_text.contains('\n');
        let fix = edit("compare twice", self.span(token).before(), &text, level == COMPARISON);
        let finding = finding.help(format!(
            "join two comparisons: `… {} {} && {} {} …`",
            first.text(self.text),
            crate::syntax::parse::say::quoted(&middle_text).trim_matches('`'),
            crate::syntax::parse::say::quoted(&middle_text).trim_matches('`'),
            token.text(self.text),
        ));
        Err(self.report(if is_one_line { finding.fix(fix) } else { finding }))
    }

    fn division(&mut self, left: &Expression, token: Token) -> super::Poisoned {
        let span = self.span(token);
        let finding = error(
            code::DIVISION,
            span,
            "division has no sign: what a division by zero gives has to be said",
            "`/` is not an operator",
        )
        .help("write `divide(a, b, if_zero)`");
        self.bump();
        let findings = self.findings.len();
        let right = self.unary();
        self.findings.truncate(findings);
        let Ok(right) = right else { return self.report(finding) };
        let whole = left.span.to(right.span);
        let (a, b) = (self.source(left.span), self.source(right.span));
        let text = format!("divide({a}, {b}, 0)");
        self.report(finding.fix(edit("divide, and give 0 for nothing", whole, &text, false)))
    }

    fn unary(&mut self) -> Parse<Expression> {
        let token = self.peek();
        let operator = match token.kind {
            Kind::Not => UnaryOperator::Not,
            Kind::Minus => UnaryOperator::Negate,
            _ => return self.postfix(),
        };
        self.bump();
        let next = self.peek();
        if matches!(next.kind, Kind::Not | Kind::Minus) {
            let text = quoted(next.text(self.text));
            let title = format!("{text} cannot follow {} directly", quoted(token.text(self.text)));
            let finding = error(code::UNEXPECTED, self.span(next), title, "a second sign");
            return Err(self.report(finding.help("one sign is enough; use parentheses otherwise")));
        }
        let operand = self.postfix()?;
        self.grow(self.height, self.span(token))?;
        let span = self.span(token).to(operand.span);
        Ok(Expression {
            kind: ExpressionKind::Unary { operator, operand: Box::new(operand) },
            span,
        })
    }

    /// Notes that a node stands on a tree of a height; refuses what grows too high.
    pub(super) fn grow(&mut self, height: u32, place: architrave_model::Span) -> Parse<()> {
        self.height = height + 1;
        if self.height > HEIGHT_MAX { Err(self.too_deep(place)) } else { Ok(()) }
    }
}
