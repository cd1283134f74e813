//! What all statements share: numbering of placeholders, names of tables and columns, the tenant's and
//! soft deletion's conditions.

use architrave_model::{EntityId, Expr, Variable};

use super::{Dialect, Parameter, Statement, Uncompilable, postgres::schema_of, quoted};
use crate::{ColumnId, ColumnType, FieldVisibility, Plan, RowFilter, Shape, Table};

/// How many rows a condition will be asked of: decides between `EXISTS` and decorrelated `IN`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// One row, found by its id.
    Single,
    /// Many rows of a list.
    Many,
}

/// What a loop variable stands for.
#[derive(Debug, Clone)]
pub(super) enum Bound {
    /// A row: the alias of its table.
    Row(String),
    /// An item of a list: its SQL.
    Item(String),
}

/// Collects parameters while texts are put together.
pub(super) struct Builder<'a> {
    pub(super) plan: &'a Plan,
    pub(super) dialect: Dialect,
    pub(super) reach: Reach,
    /// Alias of the row that a rule calls `this`; empty where SQL allows none (index conditions).
    pub(super) this: String,
    pub(super) scope: Vec<(Variable, Bound)>,
    parameters: Vec<Parameter>,
    aliases: u32,
}

impl<'a> Builder<'a> {
    pub(super) fn new(plan: &'a Plan, dialect: Dialect, reach: Reach) -> Self {
        Self {
            plan,
            dialect,
            reach,
            this: "t".to_owned(),
            scope: Vec::new(),
            parameters: Vec::new(),
            aliases: 0,
        }
    }

    pub(super) fn finish(self, text: String) -> Statement {
        Statement { text, parameters: self.parameters }
    }

    /// The placeholder for a parameter; the same one each time.
    pub(super) fn parameter(&mut self, parameter: Parameter) -> String {
        let position =
            self.parameters.iter().position(|it| *it == parameter).unwrap_or_else(|| {
                self.parameters.push(parameter);
                self.parameters.len() - 1
            });
        match self.dialect {
            Dialect::Sqlite => format!("?{}", position + 1),
            Dialect::Postgres => format!("${}", position + 1),
        }
    }

    pub(super) fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("s{}", self.aliases)
    }

    /// A column by position: `t."price"`.
    pub(super) fn column(&self, alias: &str, table: &Table, column: ColumnId) -> String {
        match table.columns.get(usize::from(column.0)) {
            Some(it) => named(alias, &it.physical),
            None => "NULL".to_owned(),
        }
    }

    /// The column that is compared: the lookup hash where the value itself is unreadable.
    pub(super) fn comparable(&self, alias: &str, table: &Table, column: ColumnId) -> String {
        match table.columns.get(usize::from(column.0)).and_then(|it| it.lookup.as_ref()) {
            Some(lookup) => named(alias, lookup),
            None => self.column(alias, table, column),
        }
    }

    /// `"table" alias`, or `"schema"."table" alias`
    pub(super) fn from(&self, entity: EntityId, alias: &str) -> String {
        format!("{} {alias}", table_name(self.plan, self.dialect, entity))
    }

    /// The tenant's condition and, unless deleted rows are wanted, soft deletion's.
    pub(super) fn walls(
        &mut self,
        entity: EntityId,
        alias: &str,
        with_deleted: bool,
    ) -> Vec<String> {
        let table = &self.plan[entity];
        let mut all = Vec::new();
        if let Some(tenant) = table.tenant {
            let parameter = self.parameter(Parameter::Tenant);
            all.push(format!("{} = {parameter}", self.column(alias, table, tenant)));
        }
        if let (false, Some(deleted)) = (with_deleted, table.deleted_at) {
            all.push(format!("{} IS NULL", self.column(alias, table, deleted)));
        }
        all
    }

    /// The shape's rule over `this`, added to `all`.
    pub(super) fn rows(
        &mut self,
        shape: &Shape,
        all: &mut Vec<String>,
    ) -> Result<(), Uncompilable> {
        match &shape.rows {
            RowFilter::Everything => {}
            RowFilter::Nothing => all.push("FALSE".to_owned()),
            RowFilter::Where(rule) => all.push(self.rule(rule)?),
        }
        Ok(())
    }

    /// A rule over `this` as a condition.
    pub(super) fn rule(&mut self, rule: &Expr) -> Result<String, Uncompilable> {
        self.predicate(rule, true)
    }

    /// The rule that a field has beside the row's; none where it is always seen.
    pub(super) fn field_rule(
        &mut self,
        shape: &Shape,
        field: usize,
    ) -> Result<Option<String>, Uncompilable> {
        match shape.fields.get(field) {
            None | Some(FieldVisibility::Visible) => Ok(None),
            Some(FieldVisibility::Hidden) => Ok(Some("FALSE".to_owned())),
            Some(FieldVisibility::Where(rule)) => self.rule(rule).map(Some),
        }
    }

    /// Whether a column is one of several ids: `x IN (…)` for any number of them in one text.
    pub(super) fn among_ids(&mut self, column: &str) -> String {
        let ids = self.parameter(Parameter::Ids);
        match self.dialect {
            Dialect::Sqlite => format!("{column} IN (SELECT unhex(value) FROM json_each({ids}))"),
            Dialect::Postgres => format!("{column} = ANY({ids})"),
        }
    }

    /// Whether a column has one of the values of a filter.
    pub(super) fn among_values(
        &mut self,
        column: &str,
        ty: &ColumnType,
        is_hash: bool,
        parameter: Parameter,
    ) -> String {
        let values = self.parameter(parameter);
        let is_bytes = is_hash || matches!(ty, ColumnType::Uuid | ColumnType::Ref(_));
        match self.dialect {
            Dialect::Sqlite if is_bytes => {
                format!("{column} IN (SELECT unhex(value) FROM json_each({values}))")
            }
            Dialect::Sqlite => format!("{column} IN (SELECT value FROM json_each({values}))"),
            Dialect::Postgres => format!("{column} = ANY({values})"),
        }
    }

    pub(super) fn is_true(&self, text: &str) -> String {
        // A condition may be unknown where SQL has three values; here it is false then.
        format!("(({text}) IS TRUE)")
    }
}

/// A table's name in quotes: in PostgreSQL behind its schema, whatever the session's search path is.
pub(super) fn table_name(plan: &Plan, dialect: Dialect, entity: EntityId) -> String {
    let name = quoted(&plan[entity].physical);
    match dialect {
        Dialect::Sqlite => name,
        Dialect::Postgres => format!("{}.{name}", quoted(&schema_of(plan, entity))),
    }
}

/// `alias."name"`, or the bare name without alias.
pub(super) fn named(alias: &str, physical: &str) -> String {
    if alias.is_empty() { quoted(physical) } else { format!("{alias}.{}", quoted(physical)) }
}

/// `a AND b`; TRUE when there is nothing to hold.
pub(super) fn all_of(conditions: &[String]) -> String {
    if conditions.is_empty() { "TRUE".to_owned() } else { conditions.join(" AND ") }
}
