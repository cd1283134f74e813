//! Invariants over what a request holds: put in order by construction where two members are compared, judged
//! otherwise. What a request cannot show (parts, other rows, the time) is left to the backend.

use architrave_model::{
    Default as Given, EntityId, Expr, ExprKind, Invariant, Member, Operator, Root, Value as Bound,
};
use architrave_plan::{Bounds, InputKind, InputMember, InputShape, Plan};
use serde_json::{Map, Value};

/// One entity's requests.
pub(super) struct Rules<'a> {
    pub(super) plan: &'a Plan,
    pub(super) entity: EntityId,
    pub(super) shape: &'a InputShape,
}

/// A value that can be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Known {
    Null,
    Bool(bool),
    /// Numbers, amounts, days and instants, in units of 10^-12: exact for all of them.
    Number(i128),
    Text(String),
}

/// Digits behind the point that numbers are compared with; a decimal has at most 10.
pub(super) const SCALE: u32 = 12;

impl<'a> Rules<'a> {
    /// Swaps members of the same kind that an invariant wants the other way round.
    pub(super) fn put_in_order(&self, object: &mut Map<String, Value>) {
        let mut pairs = Vec::new();
        for invariant in self.invariants() {
            self.pairs(&invariant.check, &mut pairs);
        }
        // A chain of n members is in order after n rounds at the latest.
        for _ in 0..=pairs.len() {
            for (operator, left, right) in &pairs {
                let (Some(one), Some(other)) = (object.get(&left.name), object.get(&right.name))
                else {
                    continue;
                };
                let values = (self.given(left, one), self.given(right, other));
                let (Some(before), Some(after)) = values else { continue };
                if compare(*operator, &before, &after) == Some(false) {
                    let (one, other) = (one.clone(), other.clone());
                    object.insert(left.name.clone(), other);
                    object.insert(right.name.clone(), one);
                }
            }
        }
    }

    /// The title of an invariant that the object breaks for certain.
    pub(super) fn broken(&self, object: &Map<String, Value>) -> Option<&'a str> {
        let broken = |it: &&Invariant| self.value(&it.check, object) == Some(Known::Bool(false));
        self.invariants().find(broken).map(|it| it.title.as_str())
    }

    fn invariants(&self) -> impl Iterator<Item = &'a Invariant> + use<'a> {
        self.plan.system[self.entity].invariants.iter()
    }

    /// Comparisons of two members that help an invariant to hold.
    fn pairs<'s>(
        &'s self,
        expr: &Expr,
        into: &mut Vec<(Operator, &'s InputMember, &'s InputMember)>,
    ) {
        match &expr.kind {
            ExprKind::And(all) | ExprKind::Or(all) => {
                all.iter().for_each(|it| self.pairs(it, into));
            }
            ExprKind::Conditional { then, otherwise, .. } => {
                [then, otherwise].into_iter().for_each(|it| self.pairs(it, into));
            }
            ExprKind::Binary { operator, left, right } => {
                let members = self.member(left).zip(self.member(right));
                // With other bounds the other's value may not be allowed.
                let same = members.filter(|(a, b)| is_same_kind(a, b) && a.bounds == b.bounds);
                into.extend(same.map(|(left, right)| (*operator, left, right)));
            }
            _ => {}
        }
    }

    /// The member of the request that an expression names.
    pub(super) fn member(&self, expr: &Expr) -> Option<&InputMember> {
        let ExprKind::Member { of, member: Member::Field { entity, field } } = &expr.kind else {
            return None;
        };
        let is_this = matches!(of.kind, ExprKind::Root(Root::This)) && *entity == self.entity;
        self.shape.members.iter().find(|it| is_this && it.field == *field)
    }

    /// What an expression comes to; none where the request does not tell.
    fn value(&self, expr: &Expr, object: &Map<String, Value>) -> Option<Known> {
        let truth = |it: &Expr| match self.value(it, object) {
            Some(Known::Bool(it)) => Some(it),
            _ => None,
        };
        let found = match &expr.kind {
            ExprKind::Literal(it) => return self.literal(it),
            ExprKind::Member { .. } => {
                return self.held(self.member(expr)?, object);
            }
            ExprKind::Not(of) => !truth(of)?,
            ExprKind::IsNull(of) => self.value(of, object)? == Known::Null,
            ExprKind::IsNotNull(of) => self.value(of, object)? != Known::Null,
            ExprKind::And(all) => joined(all.iter().map(truth), false)?,
            ExprKind::Or(all) => joined(all.iter().map(truth), true)?,
            ExprKind::Conditional { condition, then, otherwise } => {
                let chosen = if truth(condition)? { then } else { otherwise };
                return self.value(chosen, object);
            }
            ExprKind::Binary { operator, left, right } => {
                let (left, right) = (self.value(left, object)?, self.value(right, object)?);
                return binary(*operator, &left, &right);
            }
            _ => return None,
        };
        Some(Known::Bool(found))
    }

    /// What a member comes to, left out or not.
    pub(super) fn held(&self, member: &InputMember, object: &Map<String, Value>) -> Option<Known> {
        match (object.get(&member.name), &member.default) {
            (Some(value), _) => self.given(member, value),
            (None, None) => Some(Known::Null),
            (None, Some(Given::Value(value))) => self.literal(value),
            (None, Some(_)) => None,
        }
    }

    pub(super) fn literal(&self, value: &Bound) -> Option<Known> {
        Some(match value {
            Bound::Null => Known::Null,
            Bound::Bool(it) => Known::Bool(*it),
            Bound::Text(it) => Known::Text(it.clone()),
            Bound::Int(it) => number((*it).into(), 0)?,
            Bound::Decimal { unscaled, scale } => number((*unscaled).into(), (*scale).into())?,
            Bound::Money(it) => number((*it).into(), self.plan.system.currency_digits.into())?,
            Bound::Timestamp(it) => number((*it).into(), 0)?,
            Bound::Date(it) => number((*it).into(), 0)?,
            _ => return None,
        })
    }

    /// A member's value as it was given.
    pub(super) fn given(&self, member: &InputMember, value: &Value) -> Option<Known> {
        let is_text = matches!(member.bounds, Bounds::Length { .. });
        Some(match value {
            Value::Null => Known::Null,
            Value::Bool(it) => Known::Bool(*it),
            Value::Number(it) => number(it.as_i64()?.into(), 0)?,
            Value::String(it) if is_text => Known::Text(it.clone()),
            Value::String(it) => text(it),
            Value::Object(it) => text(it.get("amount")?.as_str()?),
            Value::Array(_) => return None,
        })
    }
}

fn is_same_kind(one: &InputMember, other: &InputMember) -> bool {
    matches!((&one.kind, &other.kind), (InputKind::Scalar(a), InputKind::Scalar(b)) if a == b)
}

/// `true` decides an `or`, `false` an `and`; what is not known decides only where nothing else does.
fn joined(all: impl Iterator<Item = Option<bool>>, deciding: bool) -> Option<bool> {
    let all: Vec<Option<bool>> = all.collect();
    if all.contains(&Some(deciding)) {
        return Some(deciding);
    }
    (!all.contains(&None)).then_some(!deciding)
}

fn binary(operator: Operator, left: &Known, right: &Known) -> Option<Known> {
    let (Known::Number(a), Known::Number(b)) = (left, right) else {
        return compare(operator, left, right).map(Known::Bool);
    };
    Some(Known::Number(match operator {
        Operator::Add => a.checked_add(*b)?,
        Operator::Subtract => a.checked_sub(*b)?,
        // Products have other scales, and remainders other rules: the backend knows.
        Operator::Multiply | Operator::Remainder => return None,
        _ => return compare(operator, left, right).map(Known::Bool),
    }))
}

/// Two-valued, as in blueprints: nothing is less or greater than null.
pub(super) fn compare(operator: Operator, left: &Known, right: &Known) -> Option<bool> {
    let order = match (left, right) {
        (Known::Number(a), Known::Number(b)) => Some(a.cmp(b)),
        (Known::Text(a), Known::Text(b)) => Some(a.cmp(b)),
        _ => None,
    };
    Some(match operator {
        Operator::Equal => left == right && *left != Known::Null,
        Operator::NotEqual => left != right,
        Operator::Less => order?.is_lt(),
        Operator::LessOrEqual => order?.is_le(),
        Operator::Greater => order?.is_gt(),
        Operator::GreaterOrEqual => order?.is_ge(),
        _ => return None,
    })
}

fn number(unscaled: i128, scale: u32) -> Option<Known> {
    let factor = 10_i128.checked_pow(SCALE.checked_sub(scale)?)?;
    unscaled.checked_mul(factor).map(Known::Number)
}

/// Numbers, instants and days are written as text too.
fn text(text: &str) -> Known {
    let instant = || number(text.parse::<jiff::Timestamp>().ok()?.as_microsecond().into(), 0);
    let day = || {
        let day: jiff::civil::Date = text.parse().ok()?;
        let days = day.since((jiff::Unit::Day, jiff::civil::date(1970, 1, 1))).ok()?.get_days();
        number(days.into(), 0)
    };
    let decimal = || {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
        number(digits, u32::try_from(fraction.len()).ok()?)
    };
    let known = decimal().or_else(instant).or_else(day);
    known.unwrap_or_else(|| Known::Text(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compared_is_read_as_it_is_written() {
        let less = |a, b| compare(Operator::Less, &text(a), &text(b));
        for (a, b) in [
            ("2.50", "10"),
            ("-3", "2"),
            ("2026-01-09", "2026-01-10"),
            ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000001Z"),
            ("a", "b"),
        ] {
            assert_eq!((less(a, b), less(b, a)), (Some(true), Some(false)), "{a} {b}");
        }
        assert_eq!(less("1", "a"), None);
        assert_eq!(compare(Operator::Equal, &Known::Null, &Known::Null), Some(false));
        assert_eq!(joined([None, Some(true)].into_iter(), true), Some(true));
        assert_eq!(joined([None, Some(true)].into_iter(), false), None);
    }
}
