//! What callers see: one row, a page of rows, parts, expanded references, counts. Every statement names
//! its columns, the tenant, soft deletion and the rule of who asks.

use std::sync::Arc;

use super::{
    Dialect, Parameter, Statement, Uncompilable,
    builder::{Builder, Reach, all_of},
    postgres,
};
use crate::{
    ColumnId, ColumnRole, Direction, FieldVisibility, FilterOperator, Plan, RowFilter, Shape,
    SortKey,
};

/// What a statement answers for each row: first `columns`, then one truth value for each of `guards`, then the rows
/// within it.
#[derive(Debug, Clone, Copy)]
pub struct Show<'a> {
    /// Who may see what.
    pub shape: &'a Shape,
    /// Columns in the order of the answer.
    pub columns: &'a [ColumnId],
    /// Fields whose rule looks at the row: the answer says whether it holds.
    pub guards: &'a [usize],
    /// Rows of other tables that are shown within the row, as records: one statement then sees one state of all of
    /// them. For PostgreSQL; SQLite has no records, and is asked for them by further statements.
    pub inner: &'a [Inner],
}

/// Rows that are shown within a row. The answer has what it has of a row of the statement itself, in that order.
#[derive(Debug, Clone)]
pub struct Inner {
    /// How they are found.
    pub through: Through,
    /// Who may see what.
    pub shape: Arc<Shape>,
    /// Their columns in order.
    pub columns: Vec<ColumnId>,
    /// Fields whose rule looks at the row.
    pub guards: Vec<usize>,
    /// Rows within these.
    pub inner: Vec<Inner>,
}

impl Inner {
    fn show(&self) -> Show<'_> {
        Show {
            shape: &self.shape,
            columns: &self.columns,
            guards: &self.guards,
            inner: &self.inner,
        }
    }
}

/// How rows within a row are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Through {
    /// They are its parts: an array of records, in order.
    Parts,
    /// This column refers to it: a record, or null where it is gone or may not be seen.
    Reference(ColumnId),
}

/// One condition of a list, without its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilterText {
    /// Which column.
    pub column: ColumnId,
    /// What is asked.
    pub operator: FilterOperator,
    /// For [`FilterOperator::Null`]: whether null is asked for.
    pub wants_null: bool,
    /// Whether the field's own rule is added.
    pub is_guarded: bool,
}

/// What a page of rows is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct ListText<'a> {
    /// Conditions, all of which hold.
    pub filters: &'a [FilterText],
    /// The order, `id` last.
    pub sort: &'a [SortKey],
    /// The row to go on from: for each sort key whether its value is null.
    pub cursor: Option<&'a [bool]>,
    /// Whether the rows before the cursor are asked for, nearest first.
    pub is_backward: bool,
    /// Condition of the partial index that serves the query. It follows from the bound values, which the
    /// database cannot see when it chooses an index: it is stated again.
    pub covered_by: Option<&'a architrave_model::Expr>,
    /// Most rows, written into the text; a parameter where absent. PostgreSQL prepares a statement once for all values,
    /// and takes an unknown number for a tenth of the table.
    pub limit: Option<u32>,
}

/// One row by id.
///
/// # Errors
/// A rule without SQL.
pub fn one(plan: &Plan, dialect: Dialect, show: Show<'_>) -> Result<Statement, Uncompilable> {
    let mut b = Builder::new(plan, dialect, Reach::Single);
    let entity = show.shape.entity;
    let select = selected(&mut b, show)?;
    let mut conditions = b.walls(entity, "t", false);
    let id = b.parameter(Parameter::Id);
    conditions.push(format!("{} = {id}", b.id_column(entity, "t")));
    b.rows(show.shape, &mut conditions)?;
    let text =
        format!("SELECT {select} FROM {} WHERE {}", b.from(entity, "t"), all_of(&conditions));
    Ok(b.finish(text))
}

/// A page of rows; `LIMIT` is a parameter.
///
/// # Errors
/// A rule without SQL.
pub fn list(
    plan: &Plan,
    dialect: Dialect,
    show: Show<'_>,
    list: ListText<'_>,
) -> Result<Statement, Uncompilable> {
    let mut b = Builder::new(plan, dialect, Reach::Many);
    let entity = show.shape.entity;
    let select = selected(&mut b, show)?;
    let mut conditions = matching(&mut b, show.shape, list.filters)?;
    for key in list.sort {
        conditions.extend(guard_of(&mut b, show.shape, key.column)?);
    }
    if let Some(condition) = list.covered_by {
        conditions.push(b.rule(condition)?);
    }
    if let Some(nulls) = list.cursor {
        conditions.extend(beyond(&mut b, entity, list.sort, nulls, list.is_backward));
    }
    let order = order(&b, entity, list.sort, list.is_backward);
    let limit = match list.limit {
        Some(limit) => limit.to_string(),
        None => b.parameter(Parameter::Limit),
    };
    let text = format!(
        "SELECT {select} FROM {} WHERE {} ORDER BY {order} LIMIT {limit}",
        b.from(entity, "t"),
        all_of(&conditions)
    );
    Ok(b.finish(text))
}

/// Number of rows that match, at most `LIMIT`: those that a walk in this order sees.
///
/// # Errors
/// A rule without SQL.
pub fn count(
    plan: &Plan,
    dialect: Dialect,
    shape: &Shape,
    filters: &[FilterText],
    sort: &[SortKey],
) -> Result<Statement, Uncompilable> {
    let mut b = Builder::new(plan, dialect, Reach::Many);
    let mut conditions = matching(&mut b, shape, filters)?;
    for key in sort {
        conditions.extend(guard_of(&mut b, shape, key.column)?);
    }
    let limit = b.parameter(Parameter::Limit);
    let text = format!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM {} WHERE {} LIMIT {limit}) counted",
        b.from(shape.entity, "t"),
        all_of(&conditions)
    );
    Ok(b.finish(text))
}

/// Parts of one row ([`Parameter::Id`]) or of many ([`Parameter::Ids`]), in their order.
///
/// # Errors
/// A rule without SQL.
pub fn parts(
    plan: &Plan,
    dialect: Dialect,
    show: Show<'_>,
    is_of_many: bool,
) -> Result<Statement, Uncompilable> {
    let mut b = Builder::new(plan, dialect, Reach::Many);
    let entity = show.shape.entity;
    let table = &plan[entity];
    let select = selected(&mut b, show)?;
    let mut conditions = b.walls(entity, "t", false);
    let mut order = Vec::new();
    if let Some((parent, _)) = table.parent {
        let parent = b.column("t", table, parent);
        if is_of_many {
            conditions.push(b.among_ids(&parent));
            order.push(parent);
        } else {
            let id = b.parameter(Parameter::Id);
            conditions.push(format!("{parent} = {id}"));
        }
    }
    // Parts are seen with their aggregate; a rule of their own would narrow it.
    b.rows(show.shape, &mut conditions)?;
    order.extend(table.position.map(|it| b.column("t", table, it)));
    order.push(b.id_column(entity, "t"));
    let text = format!(
        "SELECT {select} FROM {} WHERE {} ORDER BY {}",
        b.from(entity, "t"),
        all_of(&conditions),
        order.join(", ")
    );
    Ok(b.finish(text))
}

/// Rows by their ids ([`Parameter::Ids`]), as far as they may be seen.
///
/// # Errors
/// A rule without SQL.
pub fn expand(plan: &Plan, dialect: Dialect, show: Show<'_>) -> Result<Statement, Uncompilable> {
    // Few rows found by their ids: a rule that looks beyond is asked per row.
    let mut b = Builder::new(plan, dialect, Reach::Single);
    let entity = show.shape.entity;
    let select = selected(&mut b, show)?;
    let mut conditions = b.walls(entity, "t", false);
    let id = b.id_column(entity, "t");
    conditions.push(b.among_ids(&id));
    b.rows(show.shape, &mut conditions)?;
    let text =
        format!("SELECT {select} FROM {} WHERE {}", b.from(entity, "t"), all_of(&conditions));
    Ok(b.finish(text))
}

/// Columns, guards and inner rows of the answer.
pub(super) fn selected(b: &mut Builder<'_>, show: Show<'_>) -> Result<String, Uncompilable> {
    let table = &b.plan[show.shape.entity];
    let this = b.this.clone();
    let mut all: Vec<String> = show.columns.iter().map(|it| b.column(&this, table, *it)).collect();
    for field in show.guards {
        let rule = b.field_rule(show.shape, *field)?.unwrap_or_else(|| "TRUE".to_owned());
        all.push(b.is_true(&rule));
    }
    for inner in show.inner {
        all.push(within(b, show.shape.entity, inner)?);
    }
    if all.is_empty() {
        all.push("1".to_owned());
    }
    Ok(all.join(", "))
}

/// Rows within a row as records.
fn within(
    b: &mut Builder<'_>,
    above: architrave_model::EntityId,
    inner: &Inner,
) -> Result<String, Uncompilable> {
    let plan = b.plan;
    let alias = b.alias();
    let entity = inner.shape.entity;
    let table = &plan[entity];
    let from = b.from(entity, &alias);
    let mut conditions = b.walls(entity, &alias, false);
    let own = b.id_column(entity, &alias);
    let mut order: Vec<String> =
        table.position.into_iter().map(|it| b.column(&alias, table, it)).collect();
    order.push(own.clone());
    conditions.push(match (inner.through, table.parent) {
        (Through::Parts, Some((parent, _))) => {
            format!("{} = {}", b.column(&alias, table, parent), b.id_column(above, &b.this))
        }
        (Through::Parts, None) => "FALSE".to_owned(),
        (Through::Reference(column), _) => {
            format!("{own} = {}", b.column(&b.this, &plan[above], column))
        }
    });
    // Few rows for each row of the page: rules that look beyond are asked row by row.
    let (this, reach) =
        (std::mem::replace(&mut b.this, alias), std::mem::replace(&mut b.reach, Reach::Single));
    let select = selected(b, inner.show()).and_then(|it| {
        b.rows(&inner.shape, &mut conditions)?;
        Ok(it)
    });
    (b.this, b.reach) = (this, reach);
    let text = format!("SELECT ROW({}) FROM {from} WHERE {}", select?, all_of(&conditions));
    Ok(match inner.through {
        Through::Parts => format!("ARRAY({text} ORDER BY {})", order.join(", ")),
        Through::Reference(_) => format!("({text})"),
    })
}

/// Tenant, soft deletion, rule and filters.
pub(super) fn matching(
    b: &mut Builder<'_>,
    shape: &Shape,
    filters: &[FilterText],
) -> Result<Vec<String>, Uncompilable> {
    let mut conditions = b.walls(shape.entity, "t", false);
    for (position, filter) in filters.iter().enumerate() {
        conditions.push(filtered(b, shape, position, *filter));
        if filter.is_guarded {
            conditions.extend(guard_of(b, shape, filter.column)?);
        }
    }
    b.rows(shape, &mut conditions)?;
    Ok(conditions)
}

/// The rule of a column's field, where it looks at the row: a filter or a sort must not tell what the
/// row itself would not.
fn guard_of(
    b: &mut Builder<'_>,
    shape: &Shape,
    column: ColumnId,
) -> Result<Option<String>, Uncompilable> {
    let role = b.plan[shape.entity].columns.get(usize::from(column.0)).map(|it| it.role);
    match role {
        Some(ColumnRole::Field { field, .. }) => b.field_rule(shape, field),
        _ => Ok(None),
    }
}

fn filtered(b: &mut Builder<'_>, shape: &Shape, position: usize, filter: FilterText) -> String {
    let table = &b.plan[shape.entity];
    let Some(column) = table.columns.get(usize::from(filter.column.0)) else {
        return "FALSE".to_owned();
    };
    let name = match filter.operator {
        FilterOperator::Null => b.column("t", table, filter.column),
        _ => b.comparable("t", table, filter.column),
    };
    let value = Parameter::Filter(position);
    let sign = match filter.operator {
        FilterOperator::Eq => "=",
        FilterOperator::Lt => "<",
        FilterOperator::Lte => "<=",
        FilterOperator::Gt => ">",
        FilterOperator::Gte => ">=",
        FilterOperator::Ne if !column.is_nullable => "<>",
        // null is different from every value.
        FilterOperator::Ne => match b.dialect {
            Dialect::Sqlite => "IS NOT",
            Dialect::Postgres => "IS DISTINCT FROM",
        },
        FilterOperator::In => {
            return b.among_values(&name, &column.ty, column.lookup.is_some(), value);
        }
        FilterOperator::Prefix => {
            let (start, end) = (b.parameter(value), b.parameter(Parameter::FilterEnd(position)));
            return format!("{name} >= {start} AND {name} < {end}");
        }
        FilterOperator::Null if filter.wants_null => return format!("{name} IS NULL"),
        FilterOperator::Null => return format!("{name} IS NOT NULL"),
    };
    format!("{name} {sign} {}", b.parameter(value))
}

fn order(
    b: &Builder<'_>,
    entity: architrave_model::EntityId,
    sort: &[SortKey],
    is_backward: bool,
) -> String {
    let table = &b.plan[entity];
    let keys = sort.iter().map(|key| {
        let column = b.column("t", table, key.column);
        match (is_ascending(*key, is_backward), b.dialect) {
            (true, Dialect::Sqlite) => column,
            (false, Dialect::Sqlite) => format!("{column} DESC"),
            (is_ascending, Dialect::Postgres) => {
                let is_nullable = table.column(key.column).is_none_or(|it| it.is_nullable);
                format!("{column}{}", postgres::direction(is_ascending, is_nullable))
            }
        }
    });
    keys.collect::<Vec<_>>().join(", ")
}

fn is_ascending(key: SortKey, is_backward: bool) -> bool {
    (key.direction == Direction::Ascending) != is_backward
}

/// Rows beyond the cursor in the order of the read.
fn beyond(
    b: &mut Builder<'_>,
    entity: architrave_model::EntityId,
    sort: &[SortKey],
    nulls: &[bool],
    is_backward: bool,
) -> Vec<String> {
    let table = &b.plan[entity];
    let mut keys = Vec::with_capacity(sort.len());
    for (position, key) in sort.iter().enumerate() {
        keys.push(Key {
            column: b.column("t", table, key.column),
            value: Parameter::Cursor(position),
            is_ascending: is_ascending(*key, is_backward),
            is_nullable: table
                .columns
                .get(usize::from(key.column.0))
                .is_none_or(|it| it.is_nullable),
            is_at_null: nulls.get(position).copied().unwrap_or(false),
        });
    }
    let Some(first) = keys.first() else { return Vec::new() };
    // One direction and no nulls: a row value, which an index serves as one range.
    if keys.iter().all(|it| !it.is_nullable && it.is_ascending == first.is_ascending) {
        let sign = if first.is_ascending { ">" } else { "<" };
        let columns = keys.iter().map(|it| it.column.clone()).collect::<Vec<_>>().join(", ");
        let values = keys.iter().map(|it| b.parameter(it.value)).collect::<Vec<_>>().join(", ");
        return vec![if keys.len() == 1 {
            format!("{columns} {sign} {values}")
        } else {
            format!("({columns}) {sign} ({values})")
        }];
    }
    // The first key once more as a plain range, so that an index can start at the cursor.
    let mut conditions: Vec<String> = first.range(b).into_iter().collect();
    let nested = keys.iter().rev().fold(None, |rest: Option<String>, key| {
        let after = key.after(b);
        Some(match rest {
            None => after,
            Some(rest) => {
                let same = key.same(b);
                format!("({after} OR ({same} AND {rest}))")
            }
        })
    });
    conditions.extend(nested);
    conditions
}

struct Key {
    column: String,
    value: Parameter,
    is_ascending: bool,
    is_nullable: bool,
    is_at_null: bool,
}

impl Key {
    fn after(&self, b: &mut Builder<'_>) -> String {
        let column = &self.column;
        match (self.is_ascending, self.is_at_null) {
            (true, true) => format!("{column} IS NOT NULL"),
            (true, false) => format!("{column} > {}", b.parameter(self.value)),
            (false, true) => "FALSE".to_owned(),
            (false, false) if self.is_nullable => {
                format!("({column} < {} OR {column} IS NULL)", b.parameter(self.value))
            }
            (false, false) => format!("{column} < {}", b.parameter(self.value)),
        }
    }

    fn same(&self, b: &mut Builder<'_>) -> String {
        match self.is_at_null {
            true => format!("{} IS NULL", self.column),
            false => format!("{} = {}", self.column, b.parameter(self.value)),
        }
    }

    fn range(&self, b: &mut Builder<'_>) -> Option<String> {
        match (self.is_ascending, self.is_at_null, self.is_nullable) {
            (true, false, _) => Some(format!("{} >= {}", self.column, b.parameter(self.value))),
            (false, false, false) => {
                Some(format!("{} <= {}", self.column, b.parameter(self.value)))
            }
            (false, true, _) => Some(format!("{} IS NULL", self.column)),
            _ => None,
        }
    }
}

/// Fields of a shape whose rule looks at the row.
#[must_use]
pub fn guarded_fields(shape: &Shape) -> Vec<usize> {
    shape
        .fields
        .iter()
        .enumerate()
        .filter(|(_, it)| matches!(it, FieldVisibility::Where(_)))
        .map(|(position, _)| position)
        .collect()
}

/// Whether any row can be seen at all.
#[must_use]
pub fn sees_nothing(shape: &Shape) -> bool {
    matches!(shape.rows, RowFilter::Nothing)
}
