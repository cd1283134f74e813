//! How a table is read: by the lists that its indexes allow, by rules that tie rows to callers, by schedules
//! that look for rows, and by deletions that look for what refers to a row.

use architrave_model::{
    Base, EntityId, Expr, ExprKind, Member, Operator, Quantifier, Root, Schedule, Value, Variable,
    graph::{AccessPattern, Known, Origin},
};
use architrave_plan::{ColumnId, Condition, FilterOperator, ListQuery, Plan, Table, TableIndex};

use super::{indexes, tables};

pub(super) fn of(plan: &Plan, table: &Table) -> Vec<AccessPattern> {
    let declared = table.indexes.iter().filter(|it| it.reason == "declared");
    let lists = declared.map(|it| list(plan, table, it));
    let schedules = plan.system.schedules.iter();
    lists
        .chain(references(plan, table))
        .chain(own_rows(plan, table))
        .chain(schedules.filter_map(|it| scheduled(plan, table, it)))
        .collect()
}

/// A declared index is there because somebody lists that way.
fn list(plan: &Plan, table: &Table, index: &TableIndex) -> AccessPattern {
    let keys: Vec<(String, bool)> = index
        .columns
        .iter()
        .filter(|it| Some(it.column) != table.tenant)
        .map(|it| (path(table, it.column), it.is_descending))
        .collect();
    let equalities: Vec<String> =
        keys.first().filter(|_| keys.len() > 2).map(|it| it.0.clone()).into_iter().collect();
    let sort: Vec<(String, bool)> = keys.into_iter().skip(equalities.len()).take(1).collect();
    let by = equalities.iter().map(|it| format!(" by {it}")).collect::<String>();
    let order = sort.iter().map(|it| format!(", in the order of {}", it.0)).collect::<String>();
    AccessPattern {
        origin: indexes::origin(plan, table, index),
        name: format!("list{by}{order}"),
        equalities,
        range: None,
        sort,
        is_served: Known::built_in(true),
    }
}

/// A deletion looks for what refers to the row.
fn references(plan: &Plan, table: &Table) -> Vec<AccessPattern> {
    let keys = table.foreign_keys.iter();
    keys.map(|key| {
        let column = path(table, key.column);
        AccessPattern {
            origin: tables::origin_of(&plan.system, table, table.column(key.column)),
            name: format!("rows that refer by {column}"),
            is_served: served(plan, table.entity, &[(key.column, FilterOperator::Eq, Value::Null)]),
            equalities: vec![column],
            ..AccessPattern::default()
        }
    })
    .collect()
}

/// `this.customer == caller.user`: whoever lists sees their own rows, found by that column.
fn own_rows(plan: &Plan, table: &Table) -> Vec<AccessPattern> {
    let Some(rule) = &plan.system[table.entity].access.read else { return Vec::new() };
    let mut found = Vec::new();
    rule.expr.walk(&mut |expr| {
        if let ExprKind::Binary { operator: Operator::Equal, left, right } = &expr.kind {
            for (row, caller) in [(left, right), (right, left)] {
                if is_caller(caller) {
                    found.extend(own_column(table, row, |it| {
                        matches!(it, ExprKind::Root(Root::This))
                    }));
                }
            }
        }
    });
    found.sort_unstable();
    found.dedup();
    found
        .into_iter()
        .filter(|it| Some(*it) != table.tenant)
        .map(|column| AccessPattern {
            origin: Origin::declared(rule.span),
            name: format!("rows of the caller by {}", path(table, column)),
            equalities: vec![path(table, column)],
            is_served: served(plan, table.entity, &[(column, FilterOperator::Eq, Value::Null)]),
            ..AccessPattern::default()
        })
        .collect()
}

fn is_caller(expr: &Expr) -> bool {
    let ExprKind::Member { of, .. } = &expr.kind else { return false };
    matches!(of.kind, ExprKind::Root(Root::Caller))
}

/// What a schedule looks for, again and again.
fn scheduled(plan: &Plan, table: &Table, schedule: &Schedule) -> Option<AccessPattern> {
    let rows = schedule.for_each.as_ref()?;
    let ExprKind::Quantified { quantifier: Quantifier::Rows, source, variable, condition, .. } =
        &rows.kind
    else {
        return None;
    };
    if source.ty.base != Base::Set(table.entity) {
        return None;
    }
    let mut wanted = Vec::new();
    if let Some(condition) = condition {
        conjuncts(condition, &mut |it| wanted.extend(comparison(table, it, *variable)));
    }
    let is_equality = |it: &&(ColumnId, FilterOperator, Value)| it.1 == FilterOperator::Eq;
    let range = wanted.iter().find(|it| !is_equality(it));
    Some(AccessPattern {
        origin: Origin::declared(schedule.span),
        name: format!("rows of the schedule {}", schedule.name.text),
        equalities: wanted.iter().filter(is_equality).map(|it| path(table, it.0)).collect(),
        range: range.map(|it| path(table, it.0)),
        sort: Vec::new(),
        is_served: served(plan, table.entity, &wanted),
    })
}

fn conjuncts<'e>(expr: &'e Expr, visit: &mut dyn FnMut(&'e Expr)) {
    match &expr.kind {
        ExprKind::And(all) => all.iter().for_each(|it| conjuncts(it, visit)),
        _ => visit(expr),
    }
}

fn comparison(
    table: &Table,
    expr: &Expr,
    variable: Variable,
) -> Option<(ColumnId, FilterOperator, Value)> {
    let is_row = |it: &ExprKind| *it == ExprKind::Variable(variable);
    match &expr.kind {
        ExprKind::Binary { operator, left, right } => {
            let operator = match operator {
                Operator::Equal => FilterOperator::Eq,
                Operator::Less => FilterOperator::Lt,
                Operator::LessOrEqual => FilterOperator::Lte,
                Operator::Greater => FilterOperator::Gt,
                Operator::GreaterOrEqual => FilterOperator::Gte,
                _ => return None,
            };
            let (column, other) = match own_column(table, left, is_row) {
                Some(column) => (column, right),
                None => (own_column(table, right, is_row)?, left),
            };
            Some((column, operator, literal(other)))
        }
        ExprKind::IsNull(of) => {
            Some((own_column(table, of, is_row)?, FilterOperator::Null, Value::Bool(true)))
        }
        _ => {
            let column = own_column(table, expr, is_row)?;
            Some((column, FilterOperator::Eq, Value::Bool(true)))
        }
    }
}

fn literal(expr: &Expr) -> Value {
    match &expr.kind {
        ExprKind::Literal(value) => value.clone(),
        _ => Value::Null,
    }
}

/// The column of `row.field`, `row.value.member`, `row.created_at` and the like.
fn own_column(table: &Table, expr: &Expr, is_row: impl Fn(&ExprKind) -> bool) -> Option<ColumnId> {
    let ExprKind::Member { of, member } = &expr.kind else {
        return is_row(&expr.kind).then_some(ColumnId(0));
    };
    if let (Member::ValueField { field: inner, .. }, ExprKind::Member { of, member }) =
        (member, &of.kind)
    {
        let Member::Field { field, .. } = member else { return None };
        return is_row(&of.kind).then(|| table.column_of(*field, Some(*inner))).flatten();
    }
    if !is_row(&of.kind) {
        return None;
    }
    match member {
        Member::Id => Some(ColumnId(0)),
        Member::Version => table.version,
        Member::CreatedAt => table.created_at,
        Member::UpdatedAt => table.updated_at,
        Member::Field { field, .. } => table.column_of(*field, None),
        Member::Parent(_) => table.parent.map(|it| it.0),
        _ => None,
    }
}

fn served(
    plan: &Plan,
    entity: EntityId,
    wanted: &[(ColumnId, FilterOperator, Value)],
) -> Known<bool> {
    let conditions: Vec<Condition<'_>> = wanted
        .iter()
        .map(|(column, operator, value)| Condition { column: *column, operator: *operator, value })
        .collect();
    let query = ListQuery { entity, conditions: &conditions, sort: &[], has_search: false };
    Known::built_in(plan.serve(&query).is_ok())
}

fn path(table: &Table, column: ColumnId) -> String {
    table.column(column).map_or_else(String::new, |it| it.path.clone())
}
