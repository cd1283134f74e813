//! Works out computed fields of example rows, so that a total is the sum of what is shown.

use architrave_model::{
    Base, EntityId, Expr, ExprKind, FieldType, Member, Operator, Quantifier, Root, Ty, Value,
};
use architrave_plan::{Bounds, Plan};

use super::{base_value, money, number};
use crate::json::Json;

/// The value of a computed field in the example row; a typical value where the expression is more than
/// sums and products of whole numbers and money.
pub(super) fn value(plan: &Plan, entity: EntityId, expr: &Expr, ty: &Ty) -> Json {
    match (&ty.base, evaluate(plan, entity, None, expr)) {
        (Base::Money, Some(minor)) => money(&plan.system, minor),
        (Base::Int, Some(it)) => Json::Int(it),
        _ => base_value(&plan.system, &ty.base),
    }
}

/// `part`: the entity of the enclosing `for`, whose one example row stands for all.
fn evaluate(plan: &Plan, entity: EntityId, part: Option<EntityId>, expr: &Expr) -> Option<i64> {
    match &expr.kind {
        ExprKind::Literal(Value::Int(it) | Value::Money(it)) => Some(*it),
        ExprKind::Member { of, member: Member::Field { field, .. } } => {
            let owner = match of.kind {
                ExprKind::Root(Root::This) => entity,
                ExprKind::Variable(_) => part?,
                _ => return None,
            };
            field_number(plan, owner, *field)
        }
        ExprKind::Binary { operator, left, right } => {
            let left = evaluate(plan, entity, part, left)?;
            let right = evaluate(plan, entity, part, right)?;
            match operator {
                Operator::Add => left.checked_add(right),
                Operator::Subtract => left.checked_sub(right),
                Operator::Multiply => left.checked_mul(right),
                _ => None,
            }
        }
        ExprKind::Quantified { quantifier, source, body, condition: None, .. } => {
            let Base::Parts(part) = source.ty.base else { return None };
            match (quantifier, body) {
                (Quantifier::Length, _) => Some(1),
                (Quantifier::Sum | Quantifier::Min | Quantifier::Max, Some(body)) => {
                    evaluate(plan, entity, Some(part), body)
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn field_number(plan: &Plan, entity: EntityId, index: usize) -> Option<i64> {
    let field = plan.system[entity].fields.get(index)?;
    match &field.ty {
        FieldType::Scalar(scalar) => {
            let bounds = Bounds::of(&field.ty, field.min.as_ref(), field.max.as_ref());
            number(&field.name.text, scalar, &bounds)
        }
        // Computed fields may use computed fields above them; the checker refuses cycles.
        FieldType::Computed { expr, .. } => evaluate(plan, entity, None, expr),
        _ => None,
    }
}
