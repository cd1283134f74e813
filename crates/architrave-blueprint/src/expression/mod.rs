//! Expressions: from the syntax tree to the typed tree.
//!
//! A [`Typer`] types one expression at one place. Whatever was reported becomes [`Base::Poison`],
//! which fits everywhere, so that one mistake is one finding.

mod bounds;
mod collections;
mod comparison;
mod convert;
pub(crate) mod exclusion;
mod functions;
mod members;
mod narrow;
mod operators;
pub(crate) mod place;
pub(crate) mod rules;

use architrave_model::{
    Base, Default, Expr, ExprKind, Finding, Name, Root, Span, System, Ty, Value, ValueId, Variable,
};

use crate::codes;
use crate::fields::poison_expr;
use crate::literal::INT_MAX;
use crate::report::{error, listed, propose, unknown};
use crate::resolve::names::Names;
use crate::syntax::ast::{Entry, Expression, ExpressionKind, UnaryOperator};
use crate::units;

pub(crate) use convert::fits;
pub(crate) use functions::undeclared_role;
pub(crate) use members::field_ty;
pub(crate) use place::Place;

/// Types one expression.
pub(crate) struct Typer<'r> {
    pub(crate) system: &'r System,
    pub(crate) names: &'r Names,
    pub(crate) place: &'r Place<'r>,
    pub(crate) findings: Vec<Finding>,
    /// Met a computed field whose own type is still to be found.
    pub(crate) is_pending: bool,
    /// Variables of the enclosing `for`s.
    variables: Vec<(String, Variable, Ty)>,
    /// Paths that are known not to be null where we are.
    facts: Vec<String>,
    next_variable: u32,
    /// Directly inside `round`, where money times decimal is allowed.
    is_rounding: bool,
}

impl<'r> Typer<'r> {
    /// A typer for one place.
    pub(crate) fn new(system: &'r System, names: &'r Names, place: &'r Place<'r>) -> Self {
        Self {
            system,
            names,
            place,
            findings: Vec::new(),
            is_pending: false,
            variables: Vec::new(),
            facts: Vec::new(),
            next_variable: 0,
            is_rounding: false,
        }
    }

    /// Types an expression whose value must fit `expected`.
    pub(crate) fn expect(&mut self, ast: &Expression, expected: &Ty) -> Expr {
        if let (Some(entries), Base::Object(value)) = (ast.entries(), &expected.base) {
            return self.object(entries, *value, ast.span);
        }
        let found = self.infer(ast, Some(expected));
        self.fit(found, expected)
    }

    /// Types a condition: a `bool` that is never null.
    pub(crate) fn condition(&mut self, ast: &Expression) -> Expr {
        let found = self.infer(ast, Some(&Ty::of(Base::Bool)));
        match (&found.ty.base, found.ty.is_optional) {
            (Base::Poison | Base::Json, _) | (Base::Bool, false) => found,
            (Base::Bool, true) => {
                let finding = error(
                    codes::NOT_A_CONDITION,
                    found.span,
                    "a condition that may be null is neither true nor false",
                    "",
                );
                let fix = propose("ask whether it is true", found.span.after(), " == true");
                self.report(finding.fix(fix))
            }
            _ => {
                let title =
                    format!("a condition is true or false, not {}", self.describe(&found.ty));
                let finding = error(codes::NOT_A_CONDITION, found.span, title, "");
                self.report(finding.help("compare it with something"))
            }
        }
    }

    /// Reports, and stands in for what was reported.
    pub(crate) fn report(&mut self, finding: Finding) -> Expr {
        let span = finding.span();
        self.findings.push(finding);
        poison_expr(span)
    }

    /// Types an expression; `expected` only guides literals.
    pub(crate) fn infer(&mut self, ast: &Expression, expected: Option<&Ty>) -> Expr {
        let is_rounding = std::mem::take(&mut self.is_rounding);
        let span = ast.span;
        match &ast.kind {
            ExpressionKind::Error => poison_expr(span),
            ExpressionKind::Parenthesis(inner) => {
                self.is_rounding = is_rounding;
                self.infer(inner, expected)
            }
            ExpressionKind::Null => literal(Value::Null, Ty::optional(Base::Null), span),
            ExpressionKind::Bool(it) => literal(Value::Bool(*it), Ty::of(Base::Bool), span),
            ExpressionKind::Number(digits) => self.number(digits, span, expected),
            ExpressionKind::Text(text) => self.text(text, span, expected),
            ExpressionKind::Template(parts) => self.template(parts, span),
            ExpressionKind::Name(name) => self.root(name, span),
            ExpressionKind::Member { of, name } => self.member(of, name, span),
            ExpressionKind::Index { of, index } => self.index(of, index, span),
            ExpressionKind::List(items) => self.list(items, span, expected),
            ExpressionKind::Object(entries) => self.record(entries, span),
            ExpressionKind::For { .. } => self.bare_for(ast),
            ExpressionKind::Call { name, arguments } => self.call(name, arguments, ast, expected),
            ExpressionKind::Unary { operator: UnaryOperator::Not, operand } => {
                let operand = self.condition(operand);
                typed(ExprKind::Not(Box::new(operand)), Ty::of(Base::Bool), span)
            }
            ExpressionKind::Unary { operator: UnaryOperator::Negate, operand } => {
                self.negate(operand, span, expected)
            }
            ExpressionKind::Binary { operator, operator_span, left, right } => {
                self.is_rounding = is_rounding;
                self.binary(*operator, *operator_span, left, right, span)
            }
            ExpressionKind::Conditional { condition, then, otherwise } => {
                self.conditional(condition, then, otherwise, span, expected)
            }
        }
    }

    fn number(&mut self, digits: &str, span: Span, expected: Option<&Ty>) -> Expr {
        if let Some(Ty { base: Base::Decimal { scale }, .. }) = expected {
            let scale = *scale;
            if let Some(unscaled) = units::decimal(digits, scale) {
                return literal(
                    Value::Decimal { unscaled, scale },
                    Ty::of(Base::Decimal { scale }),
                    span,
                );
            }
            let title = "this number does not fit the type";
            let help = format!("at most {scale} decimals and 18 digits in all");
            return self.report(error(codes::WRONG_LITERAL, span, title, "").help(help));
        }
        match digits.split_once('.') {
            None => match digits.parse::<i64>().ok().filter(|it| it.abs() <= INT_MAX) {
                Some(number) => literal(Value::Int(number), Ty::of(Base::Int), span),
                None => self.report(
                    error(codes::WRONG_LITERAL, span, "this number is too large", "").help(
                        format!("whole numbers reach to {INT_MAX}, so that JSON keeps them exact"),
                    ),
                ),
            },
            Some((_, fraction)) => {
                let scale = u8::try_from(fraction.len()).unwrap_or(u8::MAX);
                match units::decimal(digits, scale.min(18)) {
                    Some(unscaled) => literal(
                        Value::Decimal { unscaled, scale },
                        Ty::of(Base::Decimal { scale }),
                        span,
                    ),
                    None => self.report(
                        error(codes::WRONG_LITERAL, span, "this number has too many digits", "")
                            .help("at most 18 digits in all"),
                    ),
                }
            }
        }
    }

    fn negate(&mut self, operand: &Expression, span: Span, expected: Option<&Ty>) -> Expr {
        if let Some(digits) = operand.number() {
            return self.number(&format!("-{digits}"), span, expected);
        }
        let operand = self.infer(operand, expected);
        let operand = self.present(operand, "arithmetic");
        match operand.ty.base {
            Base::Poison => operand,
            Base::Int | Base::Decimal { .. } | Base::Money | Base::Duration => {
                let ty = operand.ty.clone();
                typed(ExprKind::Negate(Box::new(operand)), ty, span)
            }
            _ => {
                let title = format!("`-` does not apply to {}", self.describe(&operand.ty));
                self.report(error(codes::WRONG_OPERANDS, span, title, "").help("negate a number"))
            }
        }
    }

    fn template(&mut self, parts: &[Expression], span: Span) -> Expr {
        let mut typed_parts = Vec::with_capacity(parts.len());
        for part in parts {
            let part = self.infer(part, None);
            let is_plain = matches!(
                part.ty.base,
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
                    | Base::Json
            );
            if is_plain {
                typed_parts.push(part);
                continue;
            }
            let title = format!("{} cannot be written into a text", self.describe(&part.ty));
            let finding = error(codes::TYPE_MISMATCH, part.span, title, "");
            typed_parts.push(self.report(finding.help("name one of its members")));
        }
        typed(ExprKind::Template(typed_parts), Ty::of(Base::Text), span)
    }

    fn list(&mut self, items: &[Expression], span: Span, expected: Option<&Ty>) -> Expr {
        let wanted = match expected {
            Some(Ty { base: Base::List(item), .. }) => Some((**item).clone()),
            _ => None,
        };
        let mut item_ty = wanted;
        let mut typed_items = Vec::with_capacity(items.len());
        for item in items {
            let item = match &item_ty {
                Some(ty) => self.expect(item, ty),
                None => self.infer(item, None),
            };
            if item_ty.is_none() && item.ty.base != Base::Poison {
                item_ty = Some(item.ty.clone());
            }
            typed_items.push(item);
        }
        let item_ty = item_ty.unwrap_or(Ty::of(Base::Poison));
        typed(ExprKind::List(typed_items), Ty::of(Base::List(Box::new(item_ty))), span)
    }

    fn record(&mut self, entries: &[Entry], span: Span) -> Expr {
        let members: Vec<(String, Expr)> =
            entries.iter().map(|it| (it.key.text.clone(), self.infer(&it.value, None))).collect();
        let types = members.iter().map(|(name, it)| (name.clone(), it.ty.clone())).collect();
        typed(ExprKind::Record(members), Ty::of(Base::Record(types)), span)
    }

    /// `{ line1 = …, city = … }` where a value object is expected: its members in the declared order, those that are
    /// left out null or with their default.
    fn object(&mut self, entries: &[Entry], value: ValueId, span: Span) -> Expr {
        let declared = &self.system[value];
        let known: Vec<&str> = declared.fields.iter().map(|it| it.name.text.as_str()).collect();
        for entry in entries.iter().filter(|it| !known.contains(&it.key.text.as_str())) {
            let title = format!("`{}` has no member `{}`", declared.name.text, entry.key.text);
            let finding = unknown(codes::UNKNOWN_NAME, &entry.key, title, known.iter().copied());
            self.findings.push(finding);
        }
        let mut members = Vec::with_capacity(declared.fields.len());
        let mut missing: Vec<&str> = Vec::new();
        for field in &declared.fields {
            let name = &field.name.text;
            let expr = match entries.iter().find(|it| it.key.text == *name) {
                Some(entry) => self.expect(&entry.value, &field_ty(field)),
                None => match (&field.default, field.is_optional) {
                    (Some(Default::Value(it)), _) => literal(it.clone(), field_ty(field), span),
                    (None, true) => literal(Value::Null, Ty::optional(Base::Null), span),
                    _ => {
                        missing.push(name);
                        continue;
                    }
                },
            };
            members.push((name.clone(), expr));
        }
        if !missing.is_empty() {
            let title =
                format!("{} of `{}` would be missing", listed(&missing), declared.name.text);
            let finding = error(codes::MISSING_INPUT, span, title, "")
                .because(declared.name.span, "declared here");
            return self.report(finding.help("write every member that is not `optional(…)`"));
        }
        typed(ExprKind::Record(members), Ty::of(Base::Object(value)), span)
    }

    fn conditional(
        &mut self,
        condition: &Expression,
        then: &Expression,
        otherwise: &Expression,
        span: Span,
        expected: Option<&Ty>,
    ) -> Expr {
        let condition = self.condition(condition);
        let then = self.assuming(&condition, true, |typer| typer.infer(then, expected));
        let wanted = expected.cloned().unwrap_or_else(|| Ty::optional(then.ty.base.clone()));
        let otherwise =
            self.assuming(&condition, false, |typer| typer.infer(otherwise, Some(&wanted)));
        let then_base = if then.ty.base == Base::Null { &otherwise.ty.base } else { &then.ty.base };
        let ty = Ty {
            base: then_base.clone(),
            is_optional: then.ty.is_optional || otherwise.ty.is_optional,
        };
        let then = self.fit(then, &ty);
        let otherwise = self.fit(otherwise, &ty);
        let (condition, then, otherwise) =
            (Box::new(condition), Box::new(then), Box::new(otherwise));
        typed(ExprKind::Conditional { condition, then, otherwise }, ty, span)
    }

    fn index(&mut self, of: &Expression, index: &Expression, span: Span) -> Expr {
        let of = self.infer(of, None);
        if of.ty.base == Base::Poison {
            return of;
        }
        let key = index.text().map(str::to_owned).or_else(|| index.number());
        match (&of.ty.base, key) {
            (Base::Json, Some(key)) => self.named(of, &Name { text: key, span: index.span }, span),
            _ => {
                let title = format!("{} is not read by position", self.describe(&of.ty));
                self.report(
                    error(codes::WRONG_OPERANDS, span, title, "")
                        .help("walk over it with `for`, or name a member with `.`"),
                )
            }
        }
    }

    /// A new variable of a `for`; forgotten by [`Self::leave`].
    fn enter(&mut self, name: &Name, ty: Ty) -> Variable {
        let variable = Variable(self.next_variable);
        self.next_variable += 1;
        self.variables.push((name.text.clone(), variable, ty));
        variable
    }

    fn leave(&mut self) {
        self.variables.pop();
    }

    fn root(&mut self, name: &str, span: Span) -> Expr {
        let variable = self.variables.iter().rev().find(|(known, ..)| known == name);
        if let Some((_, variable, ty)) = variable {
            return typed(ExprKind::Variable(*variable), ty.clone(), span);
        }
        self.place_root(name, span)
    }
}

/// A constant.
pub(crate) fn literal(value: Value, ty: Ty, span: Span) -> Expr {
    Expr { kind: ExprKind::Literal(value), ty, span }
}

/// An expression of a known type.
pub(crate) fn typed(kind: ExprKind, ty: Ty, span: Span) -> Expr {
    Expr { kind, ty, span }
}

/// Whether an expression can be followed back to a name that is always there.
pub(crate) fn root_of(expr: &Expr) -> Option<Root> {
    match &expr.kind {
        ExprKind::Root(root) => Some(*root),
        ExprKind::Member { of, .. } => root_of(of),
        _ => None,
    }
}
