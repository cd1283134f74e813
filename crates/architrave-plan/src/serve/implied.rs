//! Partial indexes: whether a query asks only for rows that the index covers.

use architrave_model::{Expr, ExprKind, Member, Operator, Root, Value};

use super::Condition;
use crate::{ColumnId, FilterOperator, Table, TableIndex};

/// Whether the index's condition follows from the query's. Every part of it must be a plain test of one
/// field; anything else is taken as not implied. Softly deleted rows are in no list.
pub(super) fn is_implied(table: &Table, index: &TableIndex, conditions: &[Condition<'_>]) -> bool {
    index.condition.as_ref().is_none_or(|it| holds(table, it, conditions))
}

/// The columns that a condition says all about: a query whose condition implies it needs no key for them.
pub(crate) fn pinned(table: &Table, test: &Expr) -> Vec<ColumnId> {
    let only = |expr: &Expr| column(table, expr).into_iter().collect();
    match &test.kind {
        ExprKind::And(all) => all.iter().flat_map(|it| pinned(table, it)).collect(),
        ExprKind::Member { .. } => only(test),
        ExprKind::Not(of) | ExprKind::IsNull(of) | ExprKind::IsNotNull(of) => only(of),
        ExprKind::Binary { operator: Operator::Equal, left, right } => {
            match (&left.kind, &right.kind) {
                (ExprKind::Literal(_), _) => only(right),
                (_, ExprKind::Literal(_)) => only(left),
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

/// What of a query is left to the keys of a partial index: its condition has seen to the rest.
pub(super) fn left_over<'a>(
    table: &Table,
    index: &TableIndex,
    conditions: &[Condition<'a>],
) -> Vec<Condition<'a>> {
    let pinned = index.condition.as_ref().map(|it| pinned(table, it)).unwrap_or_default();
    let is_test =
        |it: &Condition<'_>| matches!(it.operator, FilterOperator::Eq | FilterOperator::Null);
    conditions.iter().filter(|it| !(is_test(it) && pinned.contains(&it.column))).copied().collect()
}

fn holds(table: &Table, test: &Expr, conditions: &[Condition<'_>]) -> bool {
    let on = |expr: &Expr| column(table, expr);
    let equals = |expr: &Expr, wanted: &Value| {
        let column = on(expr);
        conditions.iter().any(|it| {
            Some(it.column) == column && it.operator == FilterOperator::Eq && it.value == wanted
        })
    };
    match &test.kind {
        ExprKind::Literal(Value::Bool(true)) => true,
        ExprKind::And(all) => all.iter().all(|it| holds(table, it, conditions)),
        ExprKind::Or(all) => all.iter().any(|it| holds(table, it, conditions)),
        ExprKind::Member { .. } => equals(test, &Value::Bool(true)),
        ExprKind::Not(of) => equals(of, &Value::Bool(false)),
        ExprKind::Binary { operator: Operator::Equal, left, right } => {
            match (&left.kind, &right.kind) {
                (ExprKind::Literal(value), _) => equals(right, value),
                (_, ExprKind::Literal(value)) => equals(left, value),
                _ => false,
            }
        }
        ExprKind::IsNull(of) => {
            let column = on(of);
            conditions.iter().any(|it| {
                Some(it.column) == column
                    && it.operator == FilterOperator::Null
                    && *it.value == Value::Bool(true)
            })
        }
        ExprKind::IsNotNull(of) => {
            let column = on(of);
            conditions.iter().any(|it| Some(it.column) == column && excludes_null(it))
        }
        _ => false,
    }
}

fn excludes_null(condition: &Condition<'_>) -> bool {
    match condition.operator {
        // `ne` holds for null.
        FilterOperator::Ne => false,
        FilterOperator::Null => *condition.value == Value::Bool(false),
        _ => !condition.value.is_null(),
    }
}

fn column(table: &Table, expr: &Expr) -> Option<ColumnId> {
    let ExprKind::Member { of, member } = &expr.kind else { return None };
    match (&of.kind, member) {
        (ExprKind::Root(Root::This), Member::Field { field, .. }) => table.column_of(*field, None),
        (ExprKind::Root(Root::This), Member::CreatedAt) => table.created_at,
        (ExprKind::Root(Root::This), Member::UpdatedAt) => table.updated_at,
        (
            ExprKind::Member { of: root, member: Member::Field { field, .. } },
            Member::ValueField { field: member, .. },
        ) if matches!(root.kind, ExprKind::Root(Root::This)) => {
            table.column_of(*field, Some(*member))
        }
        _ => None,
    }
}
