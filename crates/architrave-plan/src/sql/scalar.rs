//! Values of rules as SQL expressions: columns, paths through references, arithmetic, sums over parts.
//! A value that is null in memory is NULL here.

use architrave_model::{
    Base, CallerMember, EntityId, Expr, ExprKind, Function, Member, Operator, Quantifier, Root, Ty,
    Value, Variable,
};

use super::{
    Dialect, Parameter, Uncompilable,
    builder::{Bound, Builder, Reach, all_of, named},
    literal::literal,
    policy::uncompilable,
    postgres::arithmetic,
};
use crate::{Column, ColumnRole, Plan};

/// Microseconds of a day.
const DAY_US: &str = "86400000000";

/// Where a loop's elements come from.
pub(super) struct Elements {
    pub(super) from: String,
    pub(super) conditions: Vec<String>,
    /// For parts: their column with the row above, and that row's id.
    pub(super) parent: Option<(String, String)>,
}

/// The value of a computed field over the columns of its own row, for filling a new column.
///
/// # Errors
/// Where it needs what SQL cannot say.
pub fn computed(
    plan: &Plan,
    dialect: Dialect,
    this: &str,
    expr: &Expr,
) -> Result<String, Uncompilable> {
    let mut builder = Builder::new(plan, dialect, Reach::Single);
    this.clone_into(&mut builder.this);
    let text = builder.scalar(expr)?;
    if builder.finish(String::new()).parameters.is_empty() {
        return Ok(text);
    }
    Err(uncompilable(expr, "a computed field that looks beyond its own row"))
}

impl Builder<'_> {
    /// The value of `expr`.
    pub(super) fn scalar(&mut self, expr: &Expr) -> Result<String, Uncompilable> {
        match &expr.kind {
            ExprKind::Literal(value) => self.literal(value, expr),
            ExprKind::Root(Root::Now) => Ok(self.parameter(Parameter::Now)),
            ExprKind::Root(Root::This) => match expr.ty.base {
                Base::Row(entity) => Ok(self.id_column(entity, &self.this)),
                _ => Err(uncompilable(expr, "this name")),
            },
            ExprKind::Variable(variable) => self.variable(expr, *variable),
            ExprKind::Member { of, member } => self.member(expr, of, member),
            ExprKind::Negate(it) => Ok(format!("(-{})", self.scalar(it)?)),
            ExprKind::Binary { operator, left, right } if is_arithmetic(*operator) => {
                self.arithmetic(expr, *operator, left, right)
            }
            ExprKind::Conditional { condition, then, otherwise } => {
                let test = self.predicate(condition, true)?;
                let (then, otherwise) =
                    (self.fitted(then, &expr.ty)?, self.fitted(otherwise, &expr.ty)?);
                Ok(format!("(CASE WHEN {test} THEN {then} ELSE {otherwise} END)"))
            }
            ExprKind::Quantified { quantifier, source, variable, body, condition }
                if !matches!(quantifier, Quantifier::Any | Quantifier::All) =>
            {
                let parts = [body.as_deref(), condition.as_deref()];
                self.aggregate(expr, *quantifier, source, *variable, parts)
            }
            ExprKind::Call { function, arguments } if *function != Function::StartsWith => {
                self.call(expr, *function, arguments)
            }
            _ if expr.ty.base == Base::Bool => {
                let test = self.predicate(expr, true)?;
                Ok(self.is_true(&test))
            }
            _ => Err(uncompilable(expr, "this expression")),
        }
    }

    fn variable(&mut self, expr: &Expr, variable: Variable) -> Result<String, Uncompilable> {
        match (self.bound(variable), &expr.ty.base) {
            (Some(Bound::Row(alias)), Base::Row(entity)) => Ok(self.id_column(*entity, alias)),
            (Some(Bound::Item(text)), _) => Ok(text.clone()),
            _ => Err(uncompilable(expr, "a variable without its loop")),
        }
    }

    fn member(&mut self, expr: &Expr, of: &Expr, member: &Member) -> Result<String, Uncompilable> {
        if let Member::Caller(which) = member {
            return match which {
                CallerMember::Id => Ok(self.parameter(Parameter::CallerId)),
                CallerMember::User => Ok(self.parameter(Parameter::CallerUser)),
                CallerMember::Tenant => Ok(self.parameter(Parameter::CallerTenant)),
                CallerMember::Ip => Ok(self.parameter(Parameter::CallerIp)),
                _ => Err(uncompilable(expr, "what was known of the caller and not folded")),
            };
        }
        if *member == Member::Id {
            return self.scalar(of);
        }
        let of = match (&of.kind, &of.ty.base) {
            (ExprKind::Member { of: holder, .. }, Base::Object(_)) => holder.as_ref(),
            _ => of,
        };
        let Base::Row(entity) = of.ty.base else {
            return Err(uncompilable(expr, "a member of something that is not a row"));
        };
        if let Some(alias) = self.alias_of(of) {
            return self.member_column(expr, member, &alias, entity);
        }
        let id = self.scalar(of)?;
        let alias = self.alias();
        let column = self.member_column(expr, member, &alias, entity)?;
        let conditions = self.found_by(entity, &alias, &id);
        Ok(format!("(SELECT {column} FROM {} WHERE {conditions})", self.from(entity, &alias)))
    }

    fn found_by(&mut self, entity: EntityId, alias: &str, id: &str) -> String {
        let mut conditions = self.walls(entity, alias, false);
        conditions.push(format!("{} = {id}", self.id_column(entity, alias)));
        all_of(&conditions)
    }

    /// The alias under which a row's columns are at hand; none where it has to be looked up.
    fn alias_of(&self, row: &Expr) -> Option<String> {
        match &row.kind {
            ExprKind::Root(Root::This) => Some(self.this.clone()),
            ExprKind::Variable(variable) => match self.bound(*variable) {
                Some(Bound::Row(alias)) => Some(alias.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn id_column(&self, entity: EntityId, alias: &str) -> String {
        let table = &self.plan[entity];
        let id = table.columns.iter().find(|it| it.role == ColumnRole::Id);
        id.map_or_else(|| "NULL".to_owned(), |it| named(alias, &it.physical))
    }

    /// The column of a row's member; `path` tells which object a member of a value object belongs to.
    pub(super) fn member_column(
        &self,
        path: &Expr,
        member: &Member,
        alias: &str,
        entity: EntityId,
    ) -> Result<String, Uncompilable> {
        let role = match member {
            Member::Id => ColumnRole::Id,
            Member::Version => ColumnRole::Version,
            Member::CreatedAt => ColumnRole::CreatedAt,
            Member::UpdatedAt => ColumnRole::UpdatedAt,
            Member::Parent(_) => ColumnRole::Parent,
            Member::Field { field, .. } => ColumnRole::Field { field: *field, member: None },
            Member::ValueField { field, .. } => match &path.kind {
                ExprKind::Member { of, .. } => match &of.kind {
                    ExprKind::Member { member: Member::Field { field: object, .. }, .. } => {
                        ColumnRole::Field { field: *object, member: Some(*field) }
                    }
                    _ => return Err(uncompilable(path, "a member of an object without a place")),
                },
                _ => return Err(uncompilable(path, "a member of an object without a place")),
            },
            _ => return Err(uncompilable(path, "this member")),
        };
        let column = self.plan[entity].columns.iter().find(|it| it.role == role);
        let column = column.ok_or_else(|| uncompilable(path, "a member that is not stored"))?;
        if column.encryption.is_some() {
            return Err(uncompilable(path, "an encrypted field"));
        }
        Ok(named(alias, &column.physical))
    }

    /// Columns of which at least one is not NULL where an optional value object is there.
    pub(super) fn object_presence(&mut self, expr: &Expr) -> Result<Vec<String>, Uncompilable> {
        let (ExprKind::Member { of, member: Member::Field { field, .. } }, Base::Object(value)) =
            (&expr.kind, &expr.ty.base)
        else {
            return Err(uncompilable(expr, "an object without a place"));
        };
        let (Base::Row(entity), Some(alias)) = (&of.ty.base, self.alias_of(of)) else {
            return Err(uncompilable(expr, "an object of another row"));
        };
        let object = &self.plan.system[*value];
        let members = self.plan[*entity].columns.iter().filter_map(|it| match it.role {
            ColumnRole::Field { field: of, member: Some(member) } if of == *field => {
                Some((member, it))
            }
            _ => None,
        });
        let members: Vec<(usize, &Column)> = members.collect();
        let required = members
            .iter()
            .find(|(member, _)| object.fields.get(*member).is_some_and(|it| !it.is_optional));
        let shown = required.map_or_else(|| members.clone(), |it| vec![*it]);
        Ok(shown.iter().map(|(_, it)| named(&alias, &it.physical)).collect())
    }

    fn arithmetic(
        &mut self,
        expr: &Expr,
        operator: Operator,
        left: &Expr,
        right: &Expr,
    ) -> Result<String, Uncompilable> {
        if self.dialect == Dialect::Postgres {
            let (a, b) = (self.scalar(left)?, self.scalar(right)?);
            return Ok(self.postgres_arithmetic(
                operator,
                &expr.ty,
                (&left.ty, &a),
                (&right.ty, &b),
            ));
        }
        if operator == Operator::Multiply {
            let (a, b) = (self.scalar(left)?, self.scalar(right)?);
            let scale = self.scale(&left.ty).zip(self.scale(&right.ty)).map(|(a, b)| a + b);
            let text = format!("({a} * {b})");
            return Ok(match (scale, self.scale(&expr.ty)) {
                (Some(from), Some(to)) => rescaled(&text, from, to),
                _ => text,
            });
        }
        if left.ty.base == Base::Date || right.ty.base == Base::Date {
            return self.days(expr, operator, left, right);
        }
        let (a, b) = (self.fitted(left, &expr.ty)?, self.fitted(right, &expr.ty)?);
        let sign = match operator {
            Operator::Add => "+",
            Operator::Subtract => "-",
            _ => "%",
        };
        Ok(format!("({a} {sign} {b})"))
    }

    /// A day and a length of time, or the length between two days.
    fn days(
        &mut self,
        expr: &Expr,
        operator: Operator,
        left: &Expr,
        right: &Expr,
    ) -> Result<String, Uncompilable> {
        let sign = match operator {
            Operator::Add => "",
            Operator::Subtract => "-",
            _ => return Err(uncompilable(expr, "this arithmetic of days")),
        };
        let (a, b) = (self.scalar(left)?, self.scalar(right)?);
        if left.ty.base == right.ty.base {
            return Ok(format!("((unixepoch({a}) - unixepoch({b})) * 1000000)"));
        }
        let (day, by) = if left.ty.base == Base::Date { (a, b) } else { (b, a) };
        // Parts of a day are cut towards the past, as in memory.
        let by = format!("{sign}{by}");
        let rest = format!("(({by} % {DAY_US}) + {DAY_US}) % {DAY_US}");
        Ok(format!("date({day}, (({by} - {rest}) / {DAY_US}) || ' days')"))
    }

    fn aggregate(
        &mut self,
        expr: &Expr,
        quantifier: Quantifier,
        source: &Expr,
        variable: Variable,
        [body, condition]: [Option<&Expr>; 2],
    ) -> Result<String, Uncompilable> {
        let elements = self.elements(source, variable)?;
        let mut conditions = elements.conditions;
        if let Some((parent, above)) = elements.parent {
            conditions.insert(0, format!("{parent} = {above}"));
        }
        if let Some(it) = condition {
            conditions.push(self.predicate(it, true)?);
        }
        let value = body.map(|it| self.fitted(it, &expr.ty)).transpose()?;
        self.scope.pop();
        let shown = match (quantifier, value) {
            (Quantifier::Length, _) => "COUNT(*)".to_owned(),
            (Quantifier::Sum, Some(it)) => format!("COALESCE(SUM({it}), 0)"),
            (Quantifier::Min, Some(it)) => format!("MIN({it})"),
            (Quantifier::Max, Some(it)) => format!("MAX({it})"),
            _ => return Err(uncompilable(expr, "a loop without a value")),
        };
        Ok(format!("(SELECT {shown} FROM {} WHERE {})", elements.from, all_of(&conditions)))
    }

    fn call(
        &mut self,
        expr: &Expr,
        function: Function,
        arguments: &[Expr],
    ) -> Result<String, Uncompilable> {
        let fitted = |b: &mut Self| {
            arguments.iter().map(|it| b.fitted(it, &expr.ty)).collect::<Result<Vec<_>, _>>()
        };
        match (function, arguments) {
            (Function::Coalesce, [_, _, ..]) => {
                Ok(format!("COALESCE({})", fitted(self)?.join(", ")))
            }
            (Function::Min | Function::Max, [_, _, ..]) => {
                let name = match (self.dialect, function) {
                    (Dialect::Sqlite, Function::Min) => "min",
                    (Dialect::Sqlite, _) => "max",
                    (Dialect::Postgres, Function::Min) => "LEAST",
                    (Dialect::Postgres, _) => "GREATEST",
                };
                Ok(format!("{name}({})", fitted(self)?.join(", ")))
            }
            (Function::Coalesce | Function::Min | Function::Max, [one]) => {
                self.fitted(one, &expr.ty)
            }
            (Function::Abs, [one]) => Ok(format!("abs({})", self.scalar(one)?)),
            (Function::Round, [one, ..]) => self.fitted(one, &expr.ty),
            (Function::Length, [one]) => self.length(one),
            (Function::Date, [one]) => self.day(one),
            _ => Err(uncompilable(expr, "this function")),
        }
    }

    fn length(&mut self, of: &Expr) -> Result<String, Uncompilable> {
        let text = self.scalar(of)?;
        Ok(match (self.dialect, &of.ty.base) {
            (Dialect::Sqlite, Base::List(_)) => format!("json_array_length({text})"),
            (Dialect::Postgres, Base::List(_)) => format!("jsonb_array_length({text})"),
            _ => format!("length({text})"),
        })
    }

    fn day(&mut self, of: &Expr) -> Result<String, Uncompilable> {
        let text = self.scalar(of)?;
        Ok(match self.dialect {
            // Integer division cuts towards zero; days before 1970 need the floor.
            Dialect::Sqlite => format!(
                "date(({text} - (({text} % 1000000) + 1000000) % 1000000) / 1000000, 'unixepoch')"
            ),
            Dialect::Postgres => format!("({text} AT TIME ZONE 'UTC')::date"),
        })
    }

    /// The elements of a loop; its variable is in scope until the caller pops it.
    pub(super) fn elements(
        &mut self,
        source: &Expr,
        variable: Variable,
    ) -> Result<Elements, Uncompilable> {
        let Base::Parts(part) = source.ty.base else {
            let (from, value) = self.items(source)?;
            self.scope.push((variable, Bound::Item(value)));
            return Ok(Elements { from, conditions: Vec::new(), parent: None });
        };
        let ExprKind::Member { of, .. } = &source.kind else {
            return Err(uncompilable(source, "parts of nothing"));
        };
        let above = self.scalar(of)?;
        let table = &self.plan[part];
        let Some((parent, _)) = table.parent else {
            return Err(uncompilable(source, "parts without a row above"));
        };
        let alias = self.alias();
        let parent = self.column(&alias, table, parent);
        let conditions = self.walls(part, &alias, false);
        let from = self.from(part, &alias);
        self.scope.push((variable, Bound::Row(alias)));
        Ok(Elements { from, conditions, parent: Some((parent, above)) })
    }

    /// The items of a list of plain values: (source, value of an item).
    pub(super) fn items(&mut self, list: &Expr) -> Result<(String, String), Uncompilable> {
        let Base::List(item) = &list.ty.base else {
            return Err(uncompilable(list, "a loop over this"));
        };
        let alias = self.alias();
        let text = match &list.kind {
            ExprKind::Member { member: Member::Caller(CallerMember::Scopes), .. } => {
                self.parameter(Parameter::CallerScopes)
            }
            _ => self.scalar(list)?,
        };
        let value = format!("{alias}.value");
        // Items are stored as they are shown: ids as text, decimals as text with a point.
        let value = match (self.dialect, &item.base) {
            (_, Base::Bool | Base::Int | Base::Text | Base::Enum(_) | Base::Date) => value,
            (Dialect::Sqlite, Base::Uuid | Base::Row(_)) => {
                format!("unhex(replace({value}, '-', ''))")
            }
            (Dialect::Sqlite, Base::Decimal { .. }) => {
                format!("CAST(replace({value}, '.', '') AS INTEGER)")
            }
            (Dialect::Postgres, Base::Uuid | Base::Row(_)) => format!("{value}::uuid"),
            (Dialect::Postgres, Base::Decimal { .. }) => format!("{value}::numeric"),
            _ => return Err(uncompilable(list, "a loop over items of this type")),
        };
        let from = match self.dialect {
            Dialect::Sqlite => format!("json_each({text}) {alias}"),
            Dialect::Postgres => format!("jsonb_array_elements_text({text}) {alias}(value)"),
        };
        Ok((from, value))
    }

    /// A value in the scale of what it is compared with.
    pub(super) fn aligned(&mut self, expr: &Expr, other: &Expr) -> Result<String, Uncompilable> {
        let text = self.scalar(expr)?;
        Ok(self.scaled(&text, expr, other))
    }

    /// A text for `expr` in the larger scale of both.
    pub(super) fn scaled(&self, text: &str, expr: &Expr, other: &Expr) -> String {
        match (self.scale(&expr.ty), self.scale(&other.ty)) {
            (Some(from), Some(to)) if from < to => rescaled(text, from, to),
            _ => text.to_owned(),
        }
    }

    /// A value in the scale of the type it becomes.
    fn fitted(&mut self, expr: &Expr, ty: &Ty) -> Result<String, Uncompilable> {
        let text = self.scalar(expr)?;
        if self.dialect == Dialect::Postgres {
            return Ok(arithmetic::fitted(text, &expr.ty, ty));
        }
        Ok(match (self.scale(&expr.ty), self.scale(ty)) {
            (Some(from), Some(to)) => rescaled(&text, from, to),
            _ => text,
        })
    }

    /// Digits behind the point of a number's stored form; PostgreSQL keeps decimals as they are.
    fn scale(&self, ty: &Ty) -> Option<u8> {
        match (&ty.base, self.dialect) {
            (Base::Int, _) => Some(0),
            (Base::Money, _) => Some(self.plan.system.currency_digits),
            (Base::Decimal { scale }, Dialect::Sqlite) => Some(*scale),
            _ => None,
        }
    }

    /// Whether the SQL may be NULL where the value is asked for.
    pub(super) fn is_nullable(&self, expr: &Expr) -> bool {
        let mut found = expr.ty.is_optional;
        expr.walk(&mut |it| match &it.kind {
            // A row that was softly deleted is not there for rules.
            ExprKind::Member { of, .. } => {
                if let (Base::Row(entity), ExprKind::Member { .. }) = (&of.ty.base, &of.kind) {
                    found |= self.plan[*entity].deleted_at.is_some();
                }
            }
            ExprKind::Binary { operator: Operator::Remainder, right, .. } => {
                found |= !matches!(right.kind, ExprKind::Literal(Value::Int(it)) if it != 0);
            }
            _ => {}
        });
        found
    }

    pub(super) fn literal(&self, value: &Value, expr: &Expr) -> Result<String, Uncompilable> {
        literal(self.dialect, value).ok_or_else(|| uncompilable(expr, "this constant"))
    }
}

fn is_arithmetic(operator: Operator) -> bool {
    matches!(
        operator,
        Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Remainder
    )
}

/// A scaled integer in another scale; half to even where digits are lost, as in memory.
fn rescaled(text: &str, from: u8, to: u8) -> String {
    if from <= to {
        return match to - from {
            0 => text.to_owned(),
            digits => format!("({text} * {})", 10_i64.saturating_pow(u32::from(digits))),
        };
    }
    let by = 10_i64.saturating_pow(u32::from(from - to));
    format!(
        "({text} / {by} + CASE WHEN abs({text} % {by}) * 2 > {by} OR (abs({text} % {by}) * 2 = {by} \
         AND ({text} / {by}) % 2 <> 0) THEN CASE WHEN {text} < 0 THEN -1 ELSE 1 END ELSE 0 END)"
    )
}
