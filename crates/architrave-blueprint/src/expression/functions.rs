//! Functions: a table of names, arguments and places, and the typing of each.

use architrave_model::{
    Base, Expr, ExprKind, Finding, Function, Name, Quantifier, Span, Ty, Value,
};

use super::convert::comparable;
use super::place::Language;
use super::{Typer, literal, typed};
use crate::codes;
use crate::fields::poison_expr;
use crate::report::{error, listed, meant, replace, unknown};
use crate::syntax::ast::{Expression, ExpressionKind};

/// One function.
struct Row {
    name: &'static str,
    /// Fewest and most arguments.
    arguments: (usize, usize),
    /// How it is written.
    form: &'static str,
    /// Where it means something.
    places: Places,
}

/// Where a function means something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Places {
    Everywhere,
    Integration,
    Projection,
}

const MANY: usize = 64;

const fn row(
    name: &'static str,
    arguments: (usize, usize),
    form: &'static str,
    places: Places,
) -> Row {
    Row { name, arguments, form, places }
}

const FUNCTIONS: &[Row] = &[
    row("has_role", (1, MANY), r#"`has_role("role", …)`"#, Places::Everywhere),
    row("contains", (2, 2), "`contains(list, item)`", Places::Everywhere),
    row("anytrue", (1, 1), "`anytrue([for x in this.parts : condition])`", Places::Everywhere),
    row("alltrue", (1, 1), "`alltrue([for x in this.parts : condition])`", Places::Everywhere),
    row("length", (1, 1), "`length(this.parts)` or `length(text)`", Places::Everywhere),
    row("sum", (1, 1), "`sum([for x in this.parts : number])`", Places::Everywhere),
    row("count", (0, 0), "`count()`", Places::Projection),
    row("min", (1, MANY), "`min(a, b)` or `min([for …])`", Places::Everywhere),
    row("max", (1, MANY), "`max(a, b)` or `max([for …])`", Places::Everywhere),
    row("coalesce", (2, MANY), "`coalesce(a, b)`", Places::Everywhere),
    row("starts_with", (2, 2), "`starts_with(text, start)`", Places::Everywhere),
    row("round", (2, 2), "`round(number, digits)`", Places::Everywhere),
    row("abs", (1, 1), "`abs(number)`", Places::Everywhere),
    row("divide", (3, 3), "`divide(a, b, if_zero)`", Places::Everywhere),
    row("date", (1, 1), "`date(timestamp)`", Places::Everywhere),
    row("duration", (1, 1), r#"`duration("7d")`"#, Places::Everywhere),
    row("money", (1, 1), r#"`money("5.00")`"#, Places::Everywhere),
    row("lower", (1, 1), "`lower(text)`", Places::Everywhere),
    row("trim", (1, 1), "`trim(text)`", Places::Everywhere),
    row("matches", (2, 2), r#"`matches(text, "pattern")`"#, Places::Everywhere),
    row("env", (1, 1), r#"`env("NAME")`"#, Places::Integration),
    row("secret", (1, 1), r#"`secret("NAME")`"#, Places::Integration),
    row("header", (1, 1), r#"`header("Name")`"#, Places::Integration),
];

impl Typer<'_> {
    /// `name(arguments)`
    pub(super) fn call(
        &mut self,
        name: &Name,
        arguments: &[Expression],
        whole: &Expression,
        expected: Option<&Ty>,
    ) -> Expr {
        let Some(row) = FUNCTIONS.iter().find(|it| it.name == name.text) else {
            let known = FUNCTIONS.iter().map(|it| it.name);
            let title = format!("there is no function `{}`", name.text);
            let finding = unknown(codes::UNKNOWN_FUNCTION, name, title, known);
            return self.report(finding);
        };
        if let Some(finding) = self.misplaced(row, name) {
            return self.report(finding);
        }
        let (least, most) = row.arguments;
        if !(least..=most).contains(&arguments.len()) {
            let title = format!("`{}` takes other arguments", row.name);
            let finding = error(codes::WRONG_ARGUMENTS, whole.span, title, "");
            return self.report(finding.help(format!("write {}", row.form)));
        }
        self.known_call(row.name, arguments, whole, expected)
    }

    fn misplaced(&self, row: &Row, name: &Name) -> Option<Finding> {
        let language = self.place.language;
        let is_right = match row.places {
            Places::Everywhere => true,
            Places::Integration => language == Language::Integration,
            Places::Projection => language == Language::Projection,
        };
        (!is_right).then(|| {
            let title = format!("`{}` means nothing in {}", row.name, self.place.what);
            let finding = error(codes::WRONG_ARGUMENTS, name.span, title, "");
            finding.help(match row.name {
                "count" => "write `length(…)` for the size of a collection",
                _ => "it belongs to integrations and settings",
            })
        })
    }

    fn known_call(
        &mut self,
        name: &str,
        arguments: &[Expression],
        whole: &Expression,
        expected: Option<&Ty>,
    ) -> Expr {
        let span = whole.span;
        let Some(first) = arguments.first() else {
            return call(Function::Count, Vec::new(), Ty::of(Base::Int), span);
        };
        match name {
            "has_role" => self.has_role(arguments, span),
            "contains" => self.contains(arguments, span),
            "anytrue" => self.quantified(Quantifier::Any, first, span),
            "alltrue" => self.quantified(Quantifier::All, first, span),
            "length" => self.length(first, span),
            "sum" if self.place.language == Language::Projection => {
                self.aggregated(Function::Sum, Quantifier::Sum, first, span)
            }
            "sum" => self.quantified(Quantifier::Sum, first, span),
            "min" => self.least(Function::Min, Quantifier::Min, arguments, span),
            "max" => self.least(Function::Max, Quantifier::Max, arguments, span),
            "coalesce" => self.coalesce(arguments, span, expected),
            "starts_with" => self.texts(Function::StartsWith, arguments, Base::Bool, span),
            "lower" => self.texts(Function::Lower, arguments, Base::Text, span),
            "trim" => self.texts(Function::Trim, arguments, Base::Text, span),
            "matches" => self.matches(arguments, span),
            "round" => self.round(arguments, span),
            "abs" => self.absolute(first, span),
            "divide" => self.divide(arguments, span),
            "date" => {
                let at = self.expect(first, &Ty::of(Base::Timestamp));
                call(Function::Date, vec![at], Ty::of(Base::Date), span)
            }
            "duration" => self.constant(first, Base::Duration, span),
            "money" => self.constant(first, Base::Money, span),
            "env" => self.symbolic(Function::Env, first, span),
            "secret" => self.symbolic(Function::Secret, first, span),
            _ => self.symbolic(Function::Header, first, span),
        }
    }

    fn has_role(&mut self, arguments: &[Expression], span: Span) -> Expr {
        let mut roles = Vec::with_capacity(arguments.len());
        for argument in arguments {
            match argument.text() {
                Some(role) => {
                    if let Some(finding) =
                        undeclared_role(self.system, self.names, role, argument.span)
                    {
                        self.findings.push(finding);
                    }
                    roles.push(role.to_owned());
                }
                None if argument.is_poisoned() => {}
                None => {
                    let finding = error(
                        codes::WRONG_ARGUMENTS,
                        argument.span,
                        "a role is written in quotes",
                        "",
                    );
                    self.findings.push(finding.help(r#"write `has_role("role")`"#));
                }
            }
        }
        if !self.place.roots.contains(&"caller") {
            let title = format!("{} does not know who asks", self.place.what);
            let finding = error(codes::NAME_NOT_VISIBLE, span, title, "");
            return self.report(finding.help("test roles in `access` or `allow`"));
        }
        typed(ExprKind::HasRole(roles), Ty::of(Base::Bool), span)
    }

    fn contains(&mut self, arguments: &[Expression], span: Span) -> Expr {
        let [list, item] = arguments else { return poison_expr(span) };
        let is_written = list.items().is_some();
        let (list, item) = if is_written {
            let item = self.infer(item, None);
            let of_items = Ty::of(Base::List(Box::new(Ty::of(item.ty.base.clone()))));
            (self.infer(list, Some(&of_items)), item)
        } else {
            let list = self.infer(list, None);
            let list = self.present(list, "a list");
            let of_item = match &list.ty.base {
                Base::List(item) => Some((**item).clone()),
                _ => None,
            };
            let item = self.infer(item, of_item.as_ref());
            (list, item)
        };
        if list.ty.base == Base::Poison || item.ty.base == Base::Poison {
            return poison_expr(span);
        }
        let Base::List(of) = &list.ty.base else {
            let title =
                format!("`contains` looks into a list, not into {}", self.describe(&list.ty));
            let finding = error(codes::WRONG_OPERANDS, list.span, title, "");
            return self.report(finding.help("for rows write `anytrue([for x in … : x.… == …])`"));
        };
        if let ExprKind::List(items) = &list.kind
            && let Some(finding) = items.iter().find_map(|it| self.never_equal(it, &item))
        {
            return self.report(finding);
        }
        if !comparable(&of.base, &item.ty.base) {
            let title =
                format!("{} cannot be in a list of {}", self.describe(&item.ty), self.describe(of));
            let finding = error(codes::TYPE_MISMATCH, item.span, title, "");
            return self.report(finding.help("items and what is looked for need the same type"));
        }
        let (list, item) = (Box::new(list), Box::new(item));
        typed(ExprKind::Contains { list, item }, Ty::of(Base::Bool), span)
    }

    fn length(&mut self, argument: &Expression, span: Span) -> Expr {
        if matches!(argument.bare().kind, ExpressionKind::For { .. }) {
            return self.quantified(Quantifier::Length, argument, span);
        }
        let known = self.findings.len();
        let found = self.infer(argument, None);
        match &found.ty.base {
            Base::Poison => poison_expr(span),
            Base::Text | Base::List(_) => {
                let found = self.present(found, "a text or list");
                call(Function::Length, vec![found], Ty::of(Base::Int), span)
            }
            _ => {
                self.findings.truncate(known);
                self.quantified(Quantifier::Length, argument, span)
            }
        }
    }

    /// `sum(event.total)`, `min(event.total)` in a projection: over all events with the same key.
    fn aggregated(
        &mut self,
        function: Function,
        quantifier: Quantifier,
        argument: &Expression,
        span: Span,
    ) -> Expr {
        if matches!(argument.bare().kind, ExpressionKind::For { .. }) {
            return self.quantified(quantifier, argument, span);
        }
        let found = self.infer(argument, None);
        if matches!(found.ty.base, Base::Poison) {
            return poison_expr(span);
        }
        let found = self.present(found, "a number");
        let is_right = matches!(
            (&found.ty.base, function),
            (Base::Poison | Base::Int | Base::Decimal { .. } | Base::Money | Base::Duration, _)
                | (Base::Timestamp | Base::Date, Function::Min | Function::Max)
        );
        if !is_right {
            let title = format!("{} cannot be added up or ordered", self.describe(&found.ty));
            let finding = error(codes::WRONG_OPERANDS, found.span, title, "");
            return self.report(finding.help("name a number of the event"));
        }
        let ty = found.ty.clone();
        call(function, vec![found], ty, span)
    }

    fn least(
        &mut self,
        function: Function,
        quantifier: Quantifier,
        arguments: &[Expression],
        span: Span,
    ) -> Expr {
        if let [only] = arguments {
            return if self.place.language == Language::Projection {
                self.aggregated(function, quantifier, only, span)
            } else {
                self.quantified(quantifier, only, span)
            };
        }
        let mut found: Vec<Expr> = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let expected = found.first().map(|it| it.ty.clone());
            let one = self.infer(argument, expected.as_ref());
            let one = self.present(one, "a value to compare");
            let one = match expected {
                Some(expected) => self.fit(one, &expected),
                None => self.judge_ordered(one),
            };
            found.push(one);
        }
        let ty = found.first().map_or(Ty::of(Base::Poison), |it| it.ty.clone());
        call(function, found, ty, span)
    }

    fn judge_ordered(&mut self, found: Expr) -> Expr {
        let is_ordered = matches!(
            found.ty.base,
            Base::Poison
                | Base::Int
                | Base::Decimal { .. }
                | Base::Money
                | Base::Duration
                | Base::Timestamp
                | Base::Date
                | Base::Text
        );
        if is_ordered {
            return found;
        }
        let title = format!("there is no smaller or larger among {}", self.describe(&found.ty));
        let finding = error(codes::WRONG_OPERANDS, found.span, title, "");
        self.report(finding.help("name numbers, texts or times"))
    }

    fn coalesce(&mut self, arguments: &[Expression], span: Span, expected: Option<&Ty>) -> Expr {
        let mut found: Vec<Expr> = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let wanted = found.first().map(|it| Ty::optional(it.ty.base.clone()));
            let one = self.infer(argument, wanted.as_ref().or(expected));
            found.push(match wanted {
                Some(wanted) => self.fit(one, &wanted),
                None => one,
            });
        }
        if let Some((_, before)) = found.split_last()
            && let Some(never) =
                before.iter().find(|it| !it.ty.is_optional && it.ty.base != Base::Poison)
            && never.ty.base != Base::Json
        {
            let finding = error(
                codes::NEVER_NULL,
                never.span,
                "this is never null, so what follows is never used",
                "",
            );
            return self.report(finding.help("leave `coalesce` out"));
        }
        let base = found.first().map_or(Base::Poison, |it| it.ty.base.clone());
        let is_optional = found.iter().all(|it| it.ty.is_optional);
        call(Function::Coalesce, found, Ty { base, is_optional }, span)
    }

    fn texts(
        &mut self,
        function: Function,
        arguments: &[Expression],
        result: Base,
        span: Span,
    ) -> Expr {
        let found = arguments.iter().map(|it| self.expect(it, &Ty::of(Base::Text))).collect();
        call(function, found, Ty::of(result), span)
    }

    fn matches(&mut self, arguments: &[Expression], span: Span) -> Expr {
        if let Some(pattern) = arguments.get(1) {
            let why = match pattern.text() {
                Some(text) => crate::pattern::check(text).err(),
                None => Some("a pattern is written in quotes".to_owned()),
            };
            if let Some(why) = why {
                let finding =
                    error(codes::WRONG_PATTERN, pattern.span, "this pattern cannot be read", why);
                return self.report(finding.help("patterns follow RFC 9485"));
            }
        }
        self.texts(Function::Matches, arguments, Base::Bool, span)
    }

    fn round(&mut self, arguments: &[Expression], span: Span) -> Expr {
        let [number, digits] = arguments else { return poison_expr(span) };
        let Some(scale) =
            digits.count().and_then(|it| u8::try_from(it).ok()).filter(|it| *it <= 18)
        else {
            let finding = error(
                codes::WRONG_ARGUMENTS,
                digits.span,
                "the digits are a number from 0 to 18",
                "",
            );
            return self.report(finding.help("write `round(number, 2)`"));
        };
        self.is_rounding = true;
        let found = self.infer(number, None);
        self.is_rounding = false;
        let found = self.present(found, "a number");
        let is_money = matches!(&found.kind, ExprKind::Binary { left, right, .. }
            if left.ty.base == Base::Money || right.ty.base == Base::Money)
            && matches!(found.ty.base, Base::Decimal { .. });
        let base = match &found.ty.base {
            Base::Poison => return poison_expr(span),
            Base::Decimal { .. } if is_money => Base::Money,
            Base::Money => Base::Money,
            Base::Int | Base::Decimal { .. } => Base::Decimal { scale },
            _ => {
                let title = format!("{} cannot be rounded", self.describe(&found.ty));
                let finding = error(codes::WRONG_OPERANDS, found.span, title, "");
                return self.report(finding.help("name a number"));
            }
        };
        if base == Base::Money && scale > self.system.currency_digits {
            let title = format!("amounts have {} decimals", self.system.currency_digits);
            let finding = error(codes::WRONG_ARGUMENTS, digits.span, title, "");
            let fix = replace(
                "round to the currency's digits",
                digits.span,
                self.system.currency_digits.to_string(),
            );
            return self.report(finding.fix(fix));
        }
        let digits = literal(Value::Int(i64::from(scale)), Ty::of(Base::Int), digits.span);
        call(Function::Round, vec![found, digits], Ty::of(base), span)
    }

    fn absolute(&mut self, argument: &Expression, span: Span) -> Expr {
        let found = self.infer(argument, None);
        let found = self.present(found, "a number");
        match &found.ty.base {
            Base::Poison => poison_expr(span),
            Base::Int | Base::Decimal { .. } | Base::Money | Base::Duration => {
                let ty = found.ty.clone();
                call(Function::Abs, vec![found], ty, span)
            }
            _ => {
                let title = format!("{} has no sign", self.describe(&found.ty));
                let finding = error(codes::WRONG_OPERANDS, found.span, title, "");
                self.report(finding.help("name a number"))
            }
        }
    }

    fn divide(&mut self, arguments: &[Expression], span: Span) -> Expr {
        let [above, below, if_zero] = arguments else { return poison_expr(span) };
        let above = self.infer(above, None);
        let above = self.present(above, "a number");
        let below = self.infer(below, None);
        let below = self.present(below, "a number");
        let is_right = matches!(
            (&above.ty.base, &below.ty.base),
            (Base::Int | Base::Money | Base::Duration, Base::Int)
                | (Base::Decimal { .. }, Base::Int | Base::Decimal { .. })
        );
        if above.ty.base == Base::Poison || below.ty.base == Base::Poison {
            return poison_expr(span);
        }
        if !is_right {
            let title = format!(
                "{} cannot be divided by {}",
                self.describe(&above.ty),
                self.describe(&below.ty)
            );
            let finding = error(codes::WRONG_OPERANDS, span, title, "");
            return self.report(finding.help(
                "divide an `int`, `money` or `duration` by an `int`, or a `decimal` by a number",
            ));
        }
        let ty = above.ty.clone();
        let if_zero = self.expect(if_zero, &ty);
        call(Function::Divide, vec![above, below, if_zero], ty, span)
    }

    fn constant(&mut self, argument: &Expression, base: Base, span: Span) -> Expr {
        if argument.is_poisoned() {
            return poison_expr(span);
        }
        let Some(text) = argument.text() else {
            let finding =
                error(codes::WRONG_ARGUMENTS, argument.span, "this is written in quotes", "");
            return self.report(finding.help("write a literal text"));
        };
        let inner = self.text(text, argument.span, Some(&Ty::of(base)));
        Expr { span, ..inner }
    }

    fn symbolic(&mut self, function: Function, argument: &Expression, span: Span) -> Expr {
        match argument.text() {
            Some(_) => {
                let name = self.expect(argument, &Ty::of(Base::Text));
                call(function, vec![name], Ty::of(Base::Text), span)
            }
            None if argument.is_poisoned() => poison_expr(span),
            None => {
                let finding = error(
                    codes::WRONG_ARGUMENTS,
                    argument.span,
                    "a name in quotes belongs here",
                    "",
                );
                self.report(finding.help("write a literal text"))
            }
        }
    }
}

fn call(function: Function, arguments: Vec<Expr>, ty: Ty, span: Span) -> Expr {
    if arguments.iter().any(|it| it.ty.base == Base::Poison) {
        return poison_expr(span);
    }
    typed(ExprKind::Call { function, arguments }, ty, span)
}

/// A role that `identity` does not declare.
pub(crate) fn undeclared_role(
    system: &architrave_model::System,
    names: &crate::resolve::names::Names,
    role: &str,
    span: Span,
) -> Option<Finding> {
    let roles: Vec<&str> = system.identity.roles.iter().map(String::as_str).collect();
    if roles.contains(&role) || names.identity.has_poisoned_roles {
        return None;
    }
    let finding =
        error(codes::UNDECLARED_ROLE, span, format!("nobody can have the role \"{role}\""), "");
    Some(match crate::resolve::suggest::nearest(role, roles.iter().copied()) {
        Some(near) => finding.fix(meant(span, &format!("\"{near}\""))),
        None if roles.is_empty() => finding.help("`identity` declares no roles"),
        None => finding.help(format!("declared roles: {}", listed(&roles))),
    })
}
