//! Rules as SQL conditions. A text is true exactly where the rule is true; where the rule is false the
//! text is false or unknown, which `WHERE` treats alike. Negations are pushed to the leaves, so that
//! positive leaves stay plain and an index can serve them; only negative leaves on operands that may be
//! null pay for it.

use std::collections::BTreeSet;

use architrave_model::{
    Base, CallerMember, EntityId, Expr, ExprKind, Function, Member, Operator, Quantifier, Root,
    Value, Variable,
};

use super::{
    Dialect, Parameter, Uncompilable,
    builder::{Bound, Builder, Reach, all_of},
};
use crate::Plan;

/// A condition without parameters over the columns of one table, for partial indexes.
///
/// # Errors
/// Where it needs the caller, the time or another table.
pub fn condition(plan: &Plan, dialect: Dialect, expr: &Expr) -> Result<String, Uncompilable> {
    let mut builder = Builder::new(plan, dialect, Reach::Single);
    builder.this = String::new();
    let text = builder.predicate(expr, true)?;
    if text.contains("SELECT") || !builder.finish(String::new()).parameters.is_empty() {
        return Err(Uncompilable {
            what: "a condition that looks beyond its own row".to_owned(),
            span: expr.span,
        });
    }
    Ok(text)
}

impl Builder<'_> {
    /// The condition for `expr` (or for its negation, where `is_positive` is false).
    pub(super) fn predicate(
        &mut self,
        expr: &Expr,
        is_positive: bool,
    ) -> Result<String, Uncompilable> {
        match &expr.kind {
            ExprKind::Literal(Value::Bool(value)) => {
                Ok(if *value == is_positive { "TRUE" } else { "FALSE" }.to_owned())
            }
            ExprKind::Not(it) => self.predicate(it, !is_positive),
            ExprKind::And(all) => self.junction(all, is_positive, is_positive),
            ExprKind::Or(all) => self.junction(all, !is_positive, is_positive),
            ExprKind::IsNull(it) => self.null_test(it, is_positive),
            ExprKind::IsNotNull(it) => self.null_test(it, !is_positive),
            ExprKind::Binary { operator, left, right } if is_comparison(*operator) => {
                self.comparison(*operator, left, right, is_positive)
            }
            ExprKind::Conditional { condition, then, otherwise } => {
                let yes = self.predicate(condition, true)?;
                let no = self.predicate(condition, false)?;
                let then = self.predicate(then, is_positive)?;
                let otherwise = self.predicate(otherwise, is_positive)?;
                Ok(format!("(({yes} AND {then}) OR ({no} AND {otherwise}))"))
            }
            ExprKind::HasRole(_) => Err(uncompilable(expr, "a role that was not folded")),
            ExprKind::Contains { list, item } => self.contains(list, item, is_positive),
            ExprKind::Quantified { quantifier, source, variable, body, condition } => {
                let parts = [body.as_deref(), condition.as_deref()];
                match quantifier {
                    Quantifier::Any => self.exists(source, *variable, parts, true, is_positive),
                    Quantifier::All => self.exists(source, *variable, parts, false, !is_positive),
                    _ => Err(uncompilable(expr, "a number in place of a condition")),
                }
            }
            ExprKind::Call { function: Function::StartsWith, arguments } => {
                self.starts_with(expr, arguments, is_positive)
            }
            _ => self.truth(expr, is_positive),
        }
    }

    fn junction(
        &mut self,
        all: &[Expr],
        is_and: bool,
        is_positive: bool,
    ) -> Result<String, Uncompilable> {
        let texts =
            all.iter().map(|it| self.predicate(it, is_positive)).collect::<Result<Vec<_>, _>>()?;
        Ok(format!("({})", texts.join(if is_and { " AND " } else { " OR " })))
    }

    fn null_test(&mut self, expr: &Expr, is_null: bool) -> Result<String, Uncompilable> {
        let test = if is_null { "IS NULL" } else { "IS NOT NULL" };
        if let Base::Object(_) = expr.ty.base {
            let columns = self.object_presence(expr)?;
            let tests = columns.iter().map(|it| format!("{it} {test}")).collect::<Vec<_>>();
            return Ok(format!("({})", tests.join(if is_null { " AND " } else { " OR " })));
        }
        let operand = self.scalar(expr)?;
        Ok(format!("{operand} {test}"))
    }

    fn comparison(
        &mut self,
        operator: Operator,
        left: &Expr,
        right: &Expr,
        is_positive: bool,
    ) -> Result<String, Uncompilable> {
        // A literal null on one side is decided, whatever the other side is.
        if is_null_literal(left) || is_null_literal(right) {
            let is_true = (operator == Operator::NotEqual) == is_positive;
            return Ok(if is_true { "TRUE" } else { "FALSE" }.to_owned());
        }
        // `a != b` is the negation of `a == b`: null != v is true.
        if operator == Operator::NotEqual {
            return self.comparison(Operator::Equal, left, right, !is_positive);
        }
        if is_positive {
            let sign = sign(operator, true);
            if self.is_path(left) && is_constant(right) {
                let right_text = self.aligned(right, left)?;
                return self.through(left, |b, column| {
                    Ok(format!("{} {sign} {right_text}", b.scaled(column, left, right)))
                });
            }
            if self.is_path(right) && is_constant(left) {
                let left_text = self.aligned(left, right)?;
                return self.through(right, |b, column| {
                    Ok(format!("{left_text} {sign} {}", b.scaled(column, right, left)))
                });
            }
            let (a, b) = (self.aligned(left, right)?, self.aligned(right, left)?);
            return Ok(format!("{a} {sign} {b}"));
        }
        let (a, b) = (self.aligned(left, right)?, self.aligned(right, left)?);
        Ok(self.negative(operator, (left, &a), (right, &b)))
    }

    /// The negation of `a operator b`, true where either side is null.
    fn negative(&self, operator: Operator, left: (&Expr, &str), right: (&Expr, &str)) -> String {
        let ((left, a), (right, b)) = (left, right);
        let nullable =
            [(left, a), (right, b)].map(|(it, text)| self.is_nullable(it).then_some(text));
        match (operator, nullable) {
            (Operator::Equal, [Some(_), Some(_)]) => format!("({a} = {b}) IS NOT TRUE"),
            (Operator::Equal, [None, None]) => format!("{a} <> {b}"),
            (Operator::Equal, _) => match self.dialect {
                Dialect::Sqlite => format!("{a} IS NOT {b}"),
                Dialect::Postgres => format!("{a} IS DISTINCT FROM {b}"),
            },
            (_, [None, None]) => format!("{a} {} {b}", sign(operator, false)),
            (_, nullable) => {
                let mut tests: Vec<String> =
                    nullable.iter().flatten().map(|it| format!("{it} IS NULL")).collect();
                tests.push(format!("{a} {} {b}", sign(operator, false)));
                format!("({})", tests.join(" OR "))
            }
        }
    }

    fn contains(
        &mut self,
        list: &Expr,
        item: &Expr,
        is_positive: bool,
    ) -> Result<String, Uncompilable> {
        match &list.kind {
            ExprKind::List(items) if items.is_empty() => {
                Ok(if is_positive { "FALSE" } else { "TRUE" }.to_owned())
            }
            ExprKind::List(items)
                if items.iter().all(|it| matches!(it.kind, ExprKind::Literal(_))) =>
            {
                let texts = items
                    .iter()
                    .filter(|it| !is_null_literal(it))
                    .map(|it| self.aligned(it, item))
                    .collect::<Result<Vec<_>, _>>()?;
                self.membership(item, &format!("({})", texts.join(", ")), is_positive)
            }
            ExprKind::List(items) => {
                let texts = items
                    .iter()
                    .map(|it| self.comparison(Operator::Equal, it, item, is_positive))
                    .collect::<Result<Vec<_>, _>>()?;
                Ok(format!("({})", texts.join(if is_positive { " OR " } else { " AND " })))
            }
            ExprKind::Literal(Value::List(values)) => {
                let texts = values
                    .iter()
                    .map(|it| self.literal(it, list))
                    .collect::<Result<Vec<_>, _>>()?;
                self.membership(item, &format!("({})", texts.join(", ")), is_positive)
            }
            ExprKind::Member { member: Member::Caller(CallerMember::Scopes), .. } => {
                let scopes = self.parameter(Parameter::CallerScopes);
                let set = match self.dialect {
                    Dialect::Sqlite => format!("(SELECT value FROM json_each({scopes}))"),
                    Dialect::Postgres => {
                        format!("(SELECT jsonb_array_elements_text({scopes}::jsonb))")
                    }
                };
                self.membership(item, &set, is_positive)
            }
            _ => {
                let (each, value) = self.items(list)?;
                let item_text = self.scalar(item)?;
                let not = if is_positive { "" } else { "NOT " };
                Ok(format!("{not}EXISTS (SELECT 1 FROM {each} WHERE {value} = {item_text})"))
            }
        }
    }

    fn membership(
        &mut self,
        item: &Expr,
        set: &str,
        is_positive: bool,
    ) -> Result<String, Uncompilable> {
        if is_positive && self.is_path(item) {
            return self.through(item, |_, column| Ok(format!("{column} IN {set}")));
        }
        let text = self.scalar(item)?;
        Ok(match (is_positive, self.is_nullable(item)) {
            (true, _) => format!("{text} IN {set}"),
            (false, false) => format!("{text} NOT IN {set}"),
            (false, true) => format!("({text} IS NULL OR {text} NOT IN {set})"),
        })
    }

    /// Whether some element makes `condition` and `body` true (`body_is`), or none does.
    fn exists(
        &mut self,
        source: &Expr,
        variable: Variable,
        [body, condition]: [Option<&Expr>; 2],
        body_is: bool,
        is_positive: bool,
    ) -> Result<String, Uncompilable> {
        let is_correlated = [body, condition]
            .iter()
            .flatten()
            .any(|it| mentions_outer(it, variable, &self.scope_variables()));
        let elements = self.elements(source, variable)?;
        let mut conditions = elements.conditions.clone();
        if let Some(it) = condition {
            conditions.push(self.predicate(it, true)?);
        }
        if let Some(it) = body {
            conditions.push(self.predicate(it, body_is)?);
        }
        self.scope.pop();
        if let (Some((parent, above)), true, Reach::Many, false) =
            (&elements.parent, is_positive, self.reach, is_correlated)
        {
            let select =
                format!("SELECT {parent} FROM {} WHERE {}", elements.from, all_of(&conditions));
            return Ok(match self.dialect {
                Dialect::Sqlite => format!("{above} IN ({select})"),
                Dialect::Postgres => format!("{above} = ANY(ARRAY({select}))"),
            });
        }
        if let Some((parent, above)) = &elements.parent {
            conditions.insert(0, format!("{parent} = {above}"));
        }
        let not = if is_positive { "" } else { "NOT " };
        Ok(format!("{not}EXISTS (SELECT 1 FROM {} WHERE {})", elements.from, all_of(&conditions)))
    }

    fn starts_with(
        &mut self,
        expr: &Expr,
        arguments: &[Expr],
        is_positive: bool,
    ) -> Result<String, Uncompilable> {
        let [text_expr, start_expr] = arguments else {
            return Err(uncompilable(expr, "starts_with with other than two arguments"));
        };
        let (text, start) = (self.scalar(text_expr)?, self.scalar(start_expr)?);
        let left = format!("substr({text}, 1, length({start}))");
        Ok(if is_positive {
            format!("{left} = {start}")
        } else {
            self.negative(Operator::Equal, (text_expr, &left), (start_expr, &start))
        })
    }

    /// A value that is true or false by itself.
    fn truth(&mut self, expr: &Expr, is_positive: bool) -> Result<String, Uncompilable> {
        if is_positive && self.is_path(expr) {
            return self.through(expr, |b, column| Ok(b.is(column, true)));
        }
        let text = self.scalar(expr)?;
        Ok(match (is_positive, self.is_nullable(expr)) {
            (false, true) => format!("{text} IS NOT TRUE"),
            _ => self.is(&text, is_positive),
        })
    }

    fn is(&self, text: &str, value: bool) -> String {
        match (self.dialect, value) {
            // An index on the column serves `= 1`, not the bare column.
            (Dialect::Sqlite, _) => format!("{text} = {}", u8::from(value)),
            (Dialect::Postgres, true) => text.to_owned(),
            (Dialect::Postgres, false) => format!("NOT {text}"),
        }
    }

    /// A condition on the last column of a path through references, decorrelated:
    /// `a IN (SELECT id FROM … WHERE b IN (SELECT id FROM … WHERE …))`.
    fn through(
        &mut self,
        path: &Expr,
        condition: impl FnOnce(&Self, &str) -> Result<String, Uncompilable>,
    ) -> Result<String, Uncompilable> {
        let ExprKind::Member { of, member } = &path.kind else {
            return Err(uncompilable(path, "this path"));
        };
        // A member of a value object is a column of the row that holds the object.
        let of = match (&of.kind, &of.ty.base) {
            (ExprKind::Member { of: holder, .. }, Base::Object(_)) => holder,
            _ => of,
        };
        let Base::Row(entity) = of.ty.base else {
            return Err(uncompilable(path, "a path that does not lead through rows"));
        };
        let alias = self.alias();
        let column = self.member_column(path, member, &alias, entity)?;
        let inner = condition(self, &column)?;
        self.hop(of, entity, &alias, inner)
    }

    fn hop(
        &mut self,
        of: &Expr,
        entity: EntityId,
        alias: &str,
        inner: String,
    ) -> Result<String, Uncompilable> {
        let id = self.id_column(entity, alias);
        let mut conditions = self.walls(entity, alias, false);
        conditions.push(inner);
        let select =
            format!("SELECT {id} FROM {} WHERE {}", self.from(entity, alias), all_of(&conditions));
        let set = |text: &str, dialect: Dialect| match dialect {
            Dialect::Sqlite => format!("{text} IN ({select})"),
            Dialect::Postgres => format!("{text} = ANY(ARRAY({select}))"),
        };
        if self.is_path(of) {
            let dialect = self.dialect;
            return self.through(of, |_, column| Ok(set(column, dialect)));
        }
        let text = self.scalar(of)?;
        Ok(set(&text, self.dialect))
    }

    /// Whether decorrelating pays: a column of a row that is reached through a reference, on a list.
    fn is_path(&self, expr: &Expr) -> bool {
        if self.reach == Reach::Single || self.this.is_empty() {
            return false;
        }
        let ExprKind::Member { of, member } = &expr.kind else { return false };
        if matches!(member, Member::Id | Member::Caller(_)) {
            return false;
        }
        let holder = match (&of.kind, &of.ty.base) {
            (ExprKind::Member { of: holder, .. }, Base::Object(_)) => holder,
            _ => of,
        };
        matches!(holder.ty.base, Base::Row(_)) && matches!(holder.kind, ExprKind::Member { .. })
    }

    fn scope_variables(&self) -> BTreeSet<Variable> {
        self.scope.iter().map(|(variable, _)| *variable).collect()
    }

    /// What a loop variable stands for.
    pub(super) fn bound(&self, variable: Variable) -> Option<&Bound> {
        self.scope.iter().rev().find(|(it, _)| *it == variable).map(|(_, bound)| bound)
    }
}

/// Whether a loop's body looks at rows outside of the loop.
fn mentions_outer(expr: &Expr, own: Variable, outer: &BTreeSet<Variable>) -> bool {
    let mut found = false;
    expr.walk(&mut |it| match &it.kind {
        ExprKind::Root(Root::This | Root::Old) => found = true,
        ExprKind::Variable(variable) if *variable != own && outer.contains(variable) => {
            found = true
        }
        _ => {}
    });
    found
}

/// Whether a value is the same for every row.
fn is_constant(expr: &Expr) -> bool {
    let mut found = true;
    expr.walk(&mut |it| {
        if matches!(it.kind, ExprKind::Root(Root::This | Root::Old) | ExprKind::Variable(_)) {
            found = false;
        }
    });
    found
}

fn is_null_literal(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Literal(Value::Null))
}

fn is_comparison(operator: Operator) -> bool {
    matches!(
        operator,
        Operator::Equal
            | Operator::NotEqual
            | Operator::Less
            | Operator::LessOrEqual
            | Operator::Greater
            | Operator::GreaterOrEqual
    )
}

fn sign(operator: Operator, is_positive: bool) -> &'static str {
    match (operator, is_positive) {
        (Operator::Less, true) | (Operator::GreaterOrEqual, false) => "<",
        (Operator::LessOrEqual, true) | (Operator::Greater, false) => "<=",
        (Operator::Greater, true) | (Operator::LessOrEqual, false) => ">",
        (Operator::GreaterOrEqual, true) | (Operator::Less, false) => ">=",
        (Operator::NotEqual, true) | (Operator::Equal, false) => "<>",
        _ => "=",
    }
}

pub(super) fn uncompilable(expr: &Expr, what: &str) -> Uncompilable {
    Uncompilable { what: what.to_owned(), span: expr.span }
}
