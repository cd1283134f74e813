//! Interprets expressions over rows in memory. Total and bounded: no exception, no loop without end.
//!
//! Two-valued logic: no comparison yields null. What a rule reaches that has not been loaded is noted
//! as a need, and the evaluation goes on as far as it can, so that one round asks for everything.

mod call;
mod compare;
mod judge;
mod number;
mod path;
#[cfg(test)]
mod tests;
mod world;

use architrave_model::{
    Base, CallerMember, Expr, ExprKind, Member, Operator, Quantifier, Root, Value, Variable,
};

pub use judge::Judge;
pub(crate) use number::coerce;
pub(crate) use path::column;
pub(crate) use world::{Overlay, View, World, is_deleted, row_id};

use crate::{Caller, prepared::Prepared};

/// Why there is no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Rows have to be loaded first; the world has noted which.
    Pending,
    /// A number left its range: rules deny, writes are refused.
    Overflow,
}

/// What an expression can see.
pub(crate) struct Scope<'a> {
    pub(crate) prepared: &'a Prepared,
    pub(crate) caller: &'a Caller,
    pub(crate) now_us: i64,
    /// Where `this` and everything it refers to is looked up.
    pub(crate) world: &'a World<'a>,
    pub(crate) this: Option<View>,
    /// The row before the change and the world before it.
    pub(crate) old: Option<(View, &'a World<'a>)>,
    /// Members of a command's input, by position.
    pub(crate) input: &'a [Value],
}

/// Loop variables in force, innermost last.
type Bindings = Vec<(Variable, Bound)>;

/// What a loop variable stands for.
#[derive(Clone)]
enum Bound {
    Row(View),
    Value(Value),
}

impl Scope<'_> {
    /// Whether a rule holds. Overflow denies.
    ///
    /// # Errors
    /// Only [`Stop::Pending`].
    pub(crate) fn holds(&self, rule: &Expr) -> Result<bool, Stop> {
        match self.value(rule) {
            Ok(value) => Ok(value == Value::Bool(true)),
            Err(Stop::Overflow) => Ok(false),
            Err(Stop::Pending) => Err(Stop::Pending),
        }
    }

    /// The value of an expression.
    pub(crate) fn value(&self, expr: &Expr) -> Result<Value, Stop> {
        self.eval(expr, &mut Vec::new())
    }

    fn truth(&self, expr: &Expr, bound: &mut Bindings) -> Result<bool, Stop> {
        Ok(self.eval(expr, bound)? == Value::Bool(true))
    }

    fn eval(&self, expr: &Expr, bound: &mut Bindings) -> Result<Value, Stop> {
        match &expr.kind {
            ExprKind::Literal(value) => Ok(value.clone()),
            ExprKind::Root(root) => Ok(self.root(*root)),
            ExprKind::Variable(variable) => Ok(match find(bound, *variable) {
                Some(Bound::Row(view)) => view.id(self.prepared),
                Some(Bound::Value(value)) => value,
                None => Value::Null,
            }),
            ExprKind::Member { of, member } => self.member(of, member, bound),
            ExprKind::Not(it) => Ok(Value::Bool(!self.truth(it, bound)?)),
            ExprKind::Negate(it) => number::negate(self.eval(it, bound)?),
            ExprKind::And(all) => self.connect(all, false, bound),
            ExprKind::Or(all) => self.connect(all, true, bound),
            ExprKind::IsNull(it) => Ok(Value::Bool(self.is_null(it, bound)?)),
            ExprKind::IsNotNull(it) => Ok(Value::Bool(!self.is_null(it, bound)?)),
            ExprKind::Binary { operator, left, right } => {
                let left = self.eval(left, bound);
                let right = self.eval(right, bound);
                self.binary(*operator, left?, right?, &expr.ty.base)
            }
            ExprKind::Conditional { condition, then, otherwise } => {
                let chosen = if self.truth(condition, bound)? { then } else { otherwise };
                self.eval(chosen, bound)
            }
            ExprKind::HasRole(roles) => Ok(Value::Bool(self.has_role(roles))),
            ExprKind::Contains { list, item } => {
                let item = self.eval(item, bound);
                let list = self.eval(list, bound)?;
                Ok(Value::Bool(compare::contains(&list, &item?)))
            }
            ExprKind::List(all) => {
                let items: Result<Vec<_>, _> = all.iter().map(|it| self.eval(it, bound)).collect();
                Ok(Value::List(items?))
            }
            ExprKind::Record(all) => {
                let items: Result<Vec<_>, _> =
                    all.iter().map(|(_, it)| self.eval(it, bound)).collect();
                Ok(Value::Object(items?))
            }
            ExprKind::Template(parts) => {
                let parts: Result<Vec<_>, _> =
                    parts.iter().map(|it| self.eval(it, bound)).collect();
                Ok(Value::Text(call::template(&parts?, self.prepared.currency())))
            }
            ExprKind::Quantified { quantifier, source, variable, body, condition } => {
                let loops = Loop {
                    quantifier: *quantifier,
                    source,
                    variable: *variable,
                    body: body.as_deref(),
                    condition: condition.as_deref(),
                    base: &expr.ty.base,
                };
                self.quantified(&loops, bound)
            }
            ExprKind::Call { function, arguments } => {
                let values: Vec<_> = arguments.iter().map(|it| self.eval(it, bound)).collect();
                call::call(self.prepared, *function, values, &expr.ty.base)
            }
        }
    }

    fn root(&self, root: Root) -> Value {
        match root {
            Root::This => self.this.as_ref().map_or(Value::Null, |it| it.id(self.prepared)),
            Root::Old => self.old.as_ref().map_or(Value::Null, |(it, _)| it.id(self.prepared)),
            Root::Now => Value::Timestamp(self.now_us),
            Root::Input => Value::Object(self.input.to_vec()),
            // What only runs with delivery has no value here.
            _ => Value::Null,
        }
    }

    /// `&&` (`decisive` false) and `||` (`decisive` true). A decisive operand wins whatever is not loaded
    /// yet; the others are evaluated all the same, so that their needs are known.
    fn connect(&self, all: &[Expr], decisive: bool, bound: &mut Bindings) -> Result<Value, Stop> {
        let mut stop = None;
        for operand in all {
            match self.truth(operand, bound) {
                Ok(truth) if truth == decisive => return Ok(Value::Bool(decisive)),
                Ok(_) => {}
                // What is not loaded outranks an overflow: loading may still decide otherwise.
                Err(it) => stop = Some(if it == Stop::Pending { it } else { stop.unwrap_or(it) }),
            }
        }
        stop.map_or(Ok(Value::Bool(!decisive)), Err)
    }

    fn is_null(&self, expr: &Expr, bound: &mut Bindings) -> Result<bool, Stop> {
        Ok(self.eval(expr, bound)?.is_null())
    }

    fn binary(
        &self,
        operator: Operator,
        left: Value,
        right: Value,
        base: &Base,
    ) -> Result<Value, Stop> {
        match operator {
            Operator::Equal => Ok(Value::Bool(compare::equal(&left, &right))),
            Operator::NotEqual => Ok(Value::Bool(!compare::equal(&left, &right))),
            Operator::Less
            | Operator::LessOrEqual
            | Operator::Greater
            | Operator::GreaterOrEqual => {
                Ok(Value::Bool(compare::ordered(operator, &left, &right)))
            }
            Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Remainder => {
                number::arithmetic(operator, &left, &right, base, self.prepared.currency().digits)
            }
        }
    }

    fn has_role(&self, roles: &[String]) -> bool {
        let declared = &self.prepared.plan.system.identity.roles;
        roles.iter().any(|role| {
            declared
                .iter()
                .position(|it| it == role)
                .and_then(|it| u32::try_from(it).ok())
                .and_then(|it| 1_u64.checked_shl(it))
                .is_some_and(|bit| self.caller.class.roles & bit != 0)
        })
    }

    fn caller_member(&self, member: CallerMember) -> Value {
        let id = |it: Option<uuid::Uuid>| it.map_or(Value::Null, Value::Uuid);
        match member {
            CallerMember::Id => id(self.caller.id),
            CallerMember::User => id(self.caller.user),
            CallerMember::Tenant => id(self.caller.tenant),
            CallerMember::IsAuthenticated => Value::Bool(self.caller.class.is_authenticated),
            CallerMember::IsSystem => Value::Bool(self.caller.class.is_system),
            CallerMember::Ip => {
                self.caller.ip.map_or(Value::Null, |it| Value::Text(it.to_string()))
            }
            CallerMember::Scopes => {
                Value::List(self.caller.scopes.iter().cloned().map(Value::Text).collect())
            }
        }
    }

    fn quantified(&self, it: &Loop<'_>, bound: &mut Bindings) -> Result<Value, Stop> {
        let elements = self.elements(it.source, bound)?;
        let mut kept = Vec::with_capacity(elements.len());
        let mut stop = None;
        for element in elements {
            bound.push((it.variable, element));
            let outcome = self.element(it, bound);
            bound.pop();
            match (it.quantifier, outcome) {
                (Quantifier::Any, Ok(Some(Value::Bool(true)))) => return Ok(Value::Bool(true)),
                (Quantifier::All, Ok(Some(Value::Bool(false)))) => return Ok(Value::Bool(false)),
                (_, Ok(Some(value))) => kept.push(value),
                (_, Ok(None)) => {}
                (_, Err(why)) => {
                    stop = Some(if why == Stop::Pending { why } else { stop.unwrap_or(why) });
                }
            }
        }
        if let Some(stop) = stop {
            return Err(stop);
        }
        let digits = self.prepared.currency().digits;
        match it.quantifier {
            Quantifier::Any => Ok(Value::Bool(false)),
            Quantifier::All => Ok(Value::Bool(true)),
            Quantifier::Length => Ok(Value::Int(i64::try_from(kept.len()).unwrap_or(i64::MAX))),
            Quantifier::Sum => number::sum(&kept, it.base, digits),
            Quantifier::Min => Ok(compare::extreme(kept, Operator::Less)),
            Quantifier::Max => Ok(compare::extreme(kept, Operator::Greater)),
            Quantifier::Rows => Ok(Value::List(kept)),
        }
    }

    /// The body's value for one element; none where the condition leaves it out.
    fn element(&self, it: &Loop<'_>, bound: &mut Bindings) -> Result<Option<Value>, Stop> {
        if let Some(condition) = it.condition
            && !self.truth(condition, bound)?
        {
            return Ok(None);
        }
        match it.body {
            Some(body) => self.eval(body, bound).map(Some),
            None => Ok(Some(Value::Bool(true))),
        }
    }

    fn elements(&self, source: &Expr, bound: &mut Bindings) -> Result<Vec<Bound>, Stop> {
        if let (Base::Parts(part), ExprKind::Member { of, member: Member::Field { .. } }) =
            (&source.ty.base, &source.kind)
        {
            let Some(view) = self.view(of, bound)? else { return Ok(Vec::new()) };
            return self.parts(&view, *part);
        }
        match self.eval(source, bound)? {
            Value::List(items) => Ok(items.into_iter().map(Bound::Value).collect()),
            _ => Ok(Vec::new()),
        }
    }
}

/// The pieces of a quantified expression.
struct Loop<'a> {
    quantifier: Quantifier,
    source: &'a Expr,
    variable: Variable,
    body: Option<&'a Expr>,
    condition: Option<&'a Expr>,
    base: &'a Base,
}

fn find(bound: &Bindings, variable: Variable) -> Option<Bound> {
    bound.iter().rev().find(|(it, _)| *it == variable).map(|(_, it)| it.clone())
}
