//! What a request must agree with beyond its own members: sums over its parts that have to be equal, such as debit and
//! credit of an entry, and bounds that a row it refers to has, such as the days of its period.
//!
//! Both are looked for in invariants and in what commands guard, since a row that no command takes any further is a poor
//! example. What is linear is solved; the rest is left to luck, and to the backend.

use architrave_model::{
    EntityId, Expr, ExprKind, FieldType, Member, Operator, Quantifier, Root, Scalar,
};
use architrave_plan::{Bounds, InputKind, InputMember};
use serde_json::{Map, Value, json};

use super::{
    fields::decimal,
    invariants::{Known, Rules, SCALE, compare},
};

/// Parts that are needed to balance anything: one for each side.
pub(super) const PARTS_MIN: i64 = 2;

/// Two sums over the same parts that have to be equal.
struct Balance<'a> {
    /// The parts' member of the request.
    parts: &'a InputMember,
    /// What the parts are.
    entity: EntityId,
    /// Position of the one side among the part's fields.
    left: usize,
    /// And of the other.
    right: usize,
}

impl Rules<'_> {
    /// Whether the parts that this member holds have to balance.
    pub(super) fn has_to_balance(&self, member: &InputMember) -> bool {
        self.balances().iter().any(|it| it.parts.name == member.name)
    }

    /// Lets the last part make up for what the others lack on one side; leaves it out where they lack nothing.
    pub(super) fn balance(&self, object: &mut Map<String, Value>) {
        for balance in self.balances() {
            let Some(shape) = self.plan.creates.get(balance.entity.0 as usize) else { continue };
            let of_parts = Rules { plan: self.plan, entity: balance.entity, shape };
            let side =
                |field: usize| shape.members.iter().find(|it| it.field == field && is_amount(it));
            if let (Some(left), Some(right)) = (side(balance.left), side(balance.right))
                && let Some(Value::Array(parts)) = object.get_mut(&balance.parts.name)
            {
                of_parts.settle(parts, left, right);
            }
        }
    }

    fn settle(&self, parts: &mut Vec<Value>, left: &InputMember, right: &InputMember) {
        let Some((last, others)) = parts.split_last_mut() else { return };
        let sum = |member: &InputMember| -> Option<i128> {
            let mut sum: i128 = 0;
            for part in others.iter() {
                sum = sum.checked_add(self.amount(member, part)?)?;
            }
            Some(sum)
        };
        let (Some(debit), Some(credit), Some(part)) = (sum(left), sum(right), last.as_object_mut())
        else {
            return;
        };
        let (lacking, full, missing) = match debit.cmp(&credit) {
            std::cmp::Ordering::Greater => (right, left, debit - credit),
            std::cmp::Ordering::Less => (left, right, credit - debit),
            std::cmp::Ordering::Equal => {
                if i64::try_from(others.len()).is_ok_and(|it| it >= PARTS_MIN) {
                    parts.pop();
                }
                return;
            }
        };
        let Some(value) = self.written(lacking, missing) else { return };
        part.insert(lacking.name.clone(), value);
        match self.written(full, 0).filter(|_| full.is_required) {
            Some(nothing) => drop(part.insert(full.name.clone(), nothing)),
            None => drop(part.remove(&full.name)),
        }
    }

    /// What a part has on a side; none where that cannot be told.
    fn amount(&self, member: &InputMember, part: &Value) -> Option<i128> {
        match self.held(member, part.as_object()?)? {
            Known::Number(it) => Some(it),
            Known::Null => Some(0),
            Known::Bool(_) | Known::Text(_) => None,
        }
    }

    /// An amount as a request has it; none where the member cannot hold it exactly.
    fn written(&self, member: &InputMember, amount: i128) -> Option<Value> {
        let InputKind::Scalar(scalar) = &member.kind else { return None };
        let system = &self.plan.system;
        let digits = match scalar {
            Scalar::Money => system.currency_digits,
            Scalar::Decimal { scale, .. } => *scale,
            _ => 0,
        };
        let unit = 10_i128.checked_pow(SCALE.checked_sub(digits.into())?)?;
        let minor = i64::try_from(amount / unit).ok().filter(|_| amount % unit == 0)?;
        let Bounds::Range { min, max } = &member.bounds else { return None };
        let (min, max) = (self.literal(min)?, self.literal(max)?);
        let amount = Known::Number(amount);
        let is_within = compare(Operator::GreaterOrEqual, &amount, &min) == Some(true)
            && compare(Operator::LessOrEqual, &amount, &max) == Some(true);
        is_within.then(|| match scalar {
            Scalar::Money => {
                json!({ "amount": decimal(minor, digits), "currency": system.currency })
            }
            Scalar::Decimal { .. } => json!(decimal(minor, digits)),
            _ => json!(minor),
        })
    }

    /// Takes the bound of a row that is referred to in the place of a value that lies beyond it.
    pub(super) fn keep_to_references(&self, object: &mut Map<String, Value>, rows: &[Value]) {
        let mut found = Vec::new();
        for check in self.checks() {
            comparisons(check, &mut found);
        }
        for (operator, left, right) in found {
            let mirrored = mirror(operator);
            for (operator, own, other) in [(operator, left, right), (mirrored, right, left)] {
                self.keep_to(object, rows, operator, own, other);
            }
        }
    }

    fn keep_to(
        &self,
        object: &mut Map<String, Value>,
        rows: &[Value],
        operator: Operator,
        own: &Expr,
        other: &Expr,
    ) {
        let Some(member) = self.member(own) else { return };
        let Some(bound) = self.referred(other, object, rows).cloned() else { return };
        let held = object.get(&member.name).and_then(|it| self.given(member, it));
        let (Some(held), Some(limit)) = (held, self.given(member, &bound)) else { return };
        if compare(operator, &held, &limit) == Some(false)
            && compare(operator, &limit, &limit) == Some(true)
        {
            object.insert(member.name.clone(), bound);
        }
    }

    /// `this.period.starts`: what the row that the request refers to shows.
    fn referred<'r>(
        &self,
        expr: &Expr,
        object: &Map<String, Value>,
        rows: &'r [Value],
    ) -> Option<&'r Value> {
        let ExprKind::Member { of, member: Member::Field { entity, field } } = &expr.kind else {
            return None;
        };
        let id = object.get(&self.member(of)?.name)?;
        let name = &self.plan.system[*entity].fields.get(*field)?.name.text;
        rows.iter().find(|it| it.get("id") == Some(id))?.get(name)
    }

    /// Everything that has to hold sooner or later.
    fn checks(&self) -> impl Iterator<Item = &Expr> {
        let entity = &self.plan.system[self.entity];
        let guards = entity.commands.iter().flat_map(|it| &self.plan.system[*it].guards);
        entity.invariants.iter().map(|it| &it.check).chain(guards.map(|it| &it.check))
    }

    fn balances(&self) -> Vec<Balance<'_>> {
        let mut found = Vec::new();
        for check in self.checks() {
            comparisons(check, &mut found);
        }
        let equal = found.into_iter().filter(|it| it.0 == Operator::Equal);
        let sums = equal.filter_map(|(_, left, right)| {
            let (parts, entity, left) = self.sum(left)?;
            let (of, _, right) = self.sum(right)?;
            (of == parts && left != right).then_some((parts, entity, left, right))
        });
        let balances = sums.filter_map(|(parts, entity, left, right)| {
            let parts = self.shape.members.iter().find(|it| it.field == parts)?;
            Some(Balance { parts, entity, left, right })
        });
        balances.collect()
    }

    /// `sum([for p in this.parts : p.amount])`, or a computed field that is one: the parts' field, what they are, and
    /// the field that is summed.
    fn sum(&self, expr: &Expr) -> Option<(usize, EntityId, usize)> {
        if let Some(field) = self.own_field(expr)
            && let FieldType::Computed { expr, .. } =
                &self.plan.system[self.entity].fields.get(field)?.ty
        {
            return self.sum(expr);
        }
        let ExprKind::Quantified { quantifier, source, variable, body, condition } = &expr.kind
        else {
            return None;
        };
        let ExprKind::Member { of, member: Member::Field { entity, field } } =
            &body.as_deref()?.kind
        else {
            return None;
        };
        let is_plain = *quantifier == Quantifier::Sum
            && condition.is_none()
            && matches!(of.kind, ExprKind::Variable(it) if it == *variable);
        is_plain.then_some((self.own_field(source)?, *entity, *field))
    }

    fn own_field(&self, expr: &Expr) -> Option<usize> {
        match &expr.kind {
            ExprKind::Member { of, member: Member::Field { entity, field } } => {
                let is_own = matches!(of.kind, ExprKind::Root(Root::This));
                (is_own && *entity == self.entity).then_some(*field)
            }
            _ => None,
        }
    }
}

fn is_amount(member: &InputMember) -> bool {
    matches!(&member.kind, InputKind::Scalar(Scalar::Money | Scalar::Decimal { .. } | Scalar::Int))
}

/// Comparisons that help a condition to hold.
fn comparisons<'e>(expr: &'e Expr, into: &mut Vec<(Operator, &'e Expr, &'e Expr)>) {
    match &expr.kind {
        ExprKind::And(all) | ExprKind::Or(all) => all.iter().for_each(|it| comparisons(it, into)),
        ExprKind::Conditional { then, otherwise, .. } => {
            [then, otherwise].into_iter().for_each(|it| comparisons(it, into));
        }
        ExprKind::Binary { operator, left, right } => into.push((*operator, left, right)),
        _ => {}
    }
}

/// The same comparison with its sides exchanged.
fn mirror(operator: Operator) -> Operator {
    match operator {
        Operator::Less => Operator::Greater,
        Operator::LessOrEqual => Operator::GreaterOrEqual,
        Operator::Greater => Operator::Less,
        Operator::GreaterOrEqual => Operator::LessOrEqual,
        other => other,
    }
}
