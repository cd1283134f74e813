//! `ALTER TABLE`: what it changes, and what each change does to a running system.

use architrave_model::{
    Span,
    graph::{ChangeKind, Known},
};
use sqlparser::ast::{
    self, AlterColumnOperation, AlterTable, AlterTableOperation, ColumnOption, Expr,
    TableConstraint,
};

use super::{
    check::{self, Fact},
    create,
    parse::Tokens,
    schema::Schema,
};

/// One change of a statement.
pub(super) struct Change {
    pub(super) kind: ChangeKind,
    pub(super) column: Option<String>,
    pub(super) span: Span,
    /// Columns whose rows are known to be filled by this.
    pub(super) fills: Vec<String>,
}

impl Change {
    fn new(kind: ChangeKind, span: Span) -> Self {
        Self { kind, column: None, span, fills: Vec::new() }
    }

    fn of(kind: ChangeKind, column: String, span: Span) -> Self {
        Self { kind, column: Some(column), span, fills: Vec::new() }
    }
}

/// Applies a statement and says what its parts do.
pub(super) fn apply(alter: &AlterTable, tokens: &Tokens, schema: &mut Schema) -> Vec<Change> {
    let table = tokens.parts(&alter.name);
    alter.operations.iter().flat_map(|it| operation(it, tokens, schema, &table)).collect()
}

fn operation(
    operation: &AlterTableOperation,
    tokens: &Tokens,
    schema: &mut Schema,
    table: &[String],
) -> Vec<Change> {
    match operation {
        AlterTableOperation::AddColumn { column_def, .. } => {
            create::column(column_def, tokens, schema, table);
            if let Some(made) = schema.table(table) {
                create::soft_delete(&mut made.table);
            }
            added_column(column_def, tokens)
        }
        AlterTableOperation::AddConstraint { constraint, not_valid } => {
            create::constraint(constraint, tokens, schema, table, !not_valid);
            added_constraint(constraint, *not_valid, tokens)
        }
        AlterTableOperation::DropColumn { column_names, .. } => column_names
            .iter()
            .map(|it| {
                let name = tokens.folded(it);
                if let Some(made) = schema.table(table) {
                    made.drop_column(&name);
                }
                Change::of(ChangeKind::DropColumn, name, tokens.place(it))
            })
            .collect(),
        AlterTableOperation::RenameColumn { old_column_name, new_column_name } => {
            let (old, new) = (tokens.folded(old_column_name), tokens.folded(new_column_name));
            if let Some(made) = schema.table(table) {
                made.rename_column(&old, &new);
            }
            vec![Change::of(ChangeKind::RenameColumn, old, tokens.place(old_column_name))]
        }
        AlterTableOperation::RenameTable { table_name } => {
            let (ast::RenameTableNameKind::As(to) | ast::RenameTableNameKind::To(to)) = table_name;
            schema.rename(table, &tokens.parts(to));
            vec![Change::new(ChangeKind::RenameTable, tokens.place_of(to))]
        }
        AlterTableOperation::DropConstraint { name, .. }
        | AlterTableOperation::DropForeignKey { name, .. }
        | AlterTableOperation::DropIndex { name } => {
            if let Some(made) = schema.table(table) {
                made.drop_constraint(&tokens.folded(name));
            }
            vec![Change::new(ChangeKind::DropConstraint, tokens.place(name))]
        }
        AlterTableOperation::DropPrimaryKey { .. } => {
            if let Some(made) = schema.table(table) {
                made.table.primary_key = Known::Absent(made.table.node.origin);
            }
            vec![Change::new(ChangeKind::DropConstraint, tokens.head())]
        }
        AlterTableOperation::ValidateConstraint { name } => {
            let key = name.value.to_lowercase();
            let filled = schema.table(table).and_then(|it| it.not_null_checks.get(&key).cloned());
            let fills = filled.into_iter().collect();
            vec![Change { fills, ..Change::new(ChangeKind::Other, tokens.place(name)) }]
        }
        AlterTableOperation::AlterColumn { column_name, op } => {
            vec![altered_column(column_name, op, tokens, schema, table)]
        }
        AlterTableOperation::ModifyColumn { col_name, data_type, options, .. } => {
            retyped(col_name, None, data_type, options, tokens, schema, table)
        }
        AlterTableOperation::ChangeColumn { old_name, new_name, data_type, options, .. } => {
            retyped(old_name, Some(new_name), data_type, options, tokens, schema, table)
        }
        AlterTableOperation::RenameConstraint { old_name, new_name } => {
            if let Some(made) = schema.table(table) {
                let (old, new) = (tokens.folded(old_name), tokens.folded(new_name));
                let names = made.table.indexes.iter_mut().map(|it| &mut it.name);
                names.chain(&mut made.foreign_key_names).filter(|it| **it == old).for_each(|it| {
                    it.clone_from(&new);
                });
            }
            vec![Change::new(ChangeKind::Other, tokens.place(old_name))]
        }
        _ => vec![Change::new(ChangeKind::Other, tokens.head())],
    }
}

fn added_column(definition: &ast::ColumnDef, tokens: &Tokens) -> Vec<Change> {
    let (name, span) = (tokens.folded(&definition.name), tokens.place(&definition.name));
    let mut has_default = false;
    let mut is_volatile = definition.data_type.to_string().to_ascii_lowercase().contains("serial");
    let mut is_required = false;
    let mut further = Vec::new();
    for option in &definition.options {
        match &option.option {
            ColumnOption::Default(value) => {
                has_default = !is_null(value);
                is_volatile |= is_worked_out_for_each_row(value);
            }
            ColumnOption::Generated { .. } | ColumnOption::Identity(_) => is_volatile = true,
            ColumnOption::NotNull => is_required = true,
            ColumnOption::PrimaryKey(_) | ColumnOption::Unique(_) => {
                further.push(ChangeKind::AddUnique);
            }
            ColumnOption::ForeignKey(_) => further.push(ChangeKind::AddForeignKey),
            ColumnOption::Check(_) => further.push(ChangeKind::AddCheck),
            _ => {}
        }
    }
    let kind = match (is_volatile, is_required && !has_default) {
        (true, _) => ChangeKind::AddColumnVolatileDefault,
        (false, true) => ChangeKind::AddColumnNotNull,
        (false, false) => ChangeKind::AddColumn,
    };
    let is_filled = is_volatile || has_default;
    let fills = is_filled.then(|| name.to_lowercase()).into_iter().collect();
    let first = Change { fills, ..Change::of(kind, name.clone(), span) };
    let further = further.into_iter().map(|it| Change::of(it, name.clone(), span));
    std::iter::once(first).chain(further).collect()
}

fn is_null(value: &Expr) -> bool {
    value.to_string().eq_ignore_ascii_case("null")
}

/// Whether each row gets a value of its own, so that the whole table is written anew. `now()` is one value
/// for the whole statement.
fn is_worked_out_for_each_row(value: &Expr) -> bool {
    const ONCE: &[&str] = &["now", "current_timestamp", "current_date", "transaction_timestamp"];
    let Expr::Function(function) = value else { return false };
    let name = function.name.to_string().to_ascii_lowercase();
    !ONCE.contains(&name.as_str())
}

fn added_constraint(constraint: &TableConstraint, not_valid: bool, tokens: &Tokens) -> Vec<Change> {
    let column =
        |it: &[ast::IndexColumn]| create::columns_of(it, tokens).first().map(|it| it.0.clone());
    let (kind, column) = match constraint {
        TableConstraint::ForeignKey(it) => (
            if not_valid { ChangeKind::AddForeignKeyNotValid } else { ChangeKind::AddForeignKey },
            it.columns.first().map(|it| tokens.folded(it)),
        ),
        TableConstraint::Check(it) => {
            let facts = check::facts(&it.expr);
            let column = facts.into_iter().find(|it| it.1 == Fact::NotNull).map(|it| it.0);
            let kind = if not_valid { ChangeKind::AddCheckNotValid } else { ChangeKind::AddCheck };
            (kind, column)
        }
        TableConstraint::Unique(it) => (ChangeKind::AddUnique, column(&it.columns)),
        TableConstraint::PrimaryKey(it) => (ChangeKind::AddUnique, column(&it.columns)),
        TableConstraint::Exclude(_) => (ChangeKind::AddUnique, None),
        TableConstraint::Index(it) => (ChangeKind::CreateIndex, column(&it.columns)),
        TableConstraint::FulltextOrSpatial(it) => (ChangeKind::CreateIndex, column(&it.columns)),
        // The index is there and unique already.
        TableConstraint::PrimaryKeyUsingIndex(_) | TableConstraint::UniqueUsingIndex(_) => {
            (ChangeKind::Other, None)
        }
    };
    vec![Change { column, ..Change::new(kind, tokens.head()) }]
}

fn altered_column(
    column_name: &ast::Ident,
    operation: &AlterColumnOperation,
    tokens: &Tokens,
    schema: &mut Schema,
    table: &[String],
) -> Change {
    let (name, span) = (tokens.folded(column_name), tokens.place(column_name));
    let new_type = match operation {
        AlterColumnOperation::SetDataType { data_type, .. } => {
            Some(create::typed(data_type, schema))
        }
        _ => None,
    };
    let found = schema
        .table(table)
        .and_then(|it| it.table.columns.iter_mut().find(|it| it.name.eq_ignore_ascii_case(&name)));
    let kind = match operation {
        AlterColumnOperation::SetNotNull => ChangeKind::SetNotNull,
        AlterColumnOperation::SetDataType { .. } => ChangeKind::ChangeType,
        _ => ChangeKind::Other,
    };
    let Some(column) = found else { return Change::of(kind, name, span) };
    match operation {
        AlterColumnOperation::SetNotNull => column.is_nullable = Known::observed(false, span),
        AlterColumnOperation::DropNotNull => column.is_nullable = Known::observed(true, span),
        AlterColumnOperation::SetDefault { value } => {
            column.default_text = Known::observed(value.to_string(), span);
        }
        AlterColumnOperation::DropDefault => {
            column.default_text = Known::Absent(architrave_model::graph::Origin::observed(span));
        }
        AlterColumnOperation::AddGenerated { .. } => {
            column.default_text = Known::observed("identity".to_owned(), span);
        }
        AlterColumnOperation::SetDataType { .. } => {
            if let Some(new) = new_type {
                column.kind = new.kind;
                column.type_text = new.type_text;
                column.length_max = new.length_max;
                column.values = new.values;
                create::refine_kind(column, span);
            }
        }
    }
    Change::of(kind, name, span)
}

/// `MODIFY` and `CHANGE` of MySQL: the whole definition anew.
fn retyped(
    old_name: &ast::Ident,
    new_name: Option<&ast::Ident>,
    data_type: &ast::DataType,
    options: &[ColumnOption],
    tokens: &Tokens,
    schema: &mut Schema,
    table: &[String],
) -> Vec<Change> {
    let (old, span) = (tokens.folded(old_name), tokens.place(old_name));
    let new = new_name.map_or_else(|| old.clone(), |it| tokens.folded(it));
    let mut column = create::typed(data_type, schema);
    let Some(made) = schema.table(table) else {
        return vec![Change::of(ChangeKind::ChangeType, old, span)];
    };
    made.rename_column(&old, &new);
    column.name.clone_from(&new);
    column.origin = architrave_model::graph::Origin::observed(span);
    column.is_nullable = Known::observed(true, span);
    column.default_text = Known::Absent(column.origin);
    create::refine_kind(&mut column, span);
    options.iter().for_each(|it| create::apply(it, &mut column, span));
    let position = made.table.columns.iter().position(|it| it.name.eq_ignore_ascii_case(&new));
    let mut kinds = Vec::new();
    if let Some(before) = position.and_then(|it| made.table.columns.get_mut(it)) {
        if old != new {
            kinds.push(ChangeKind::RenameColumn);
        }
        if before.type_text != column.type_text {
            kinds.push(ChangeKind::ChangeType);
        }
        if before.is_nullable.value() == Some(&true) && column.is_nullable.value() == Some(&false) {
            kinds.push(ChangeKind::SetNotNull);
        }
        *before = column;
    }
    if kinds.is_empty() {
        kinds.push(ChangeKind::Other);
    }
    kinds.into_iter().map(|it| Change::of(it, old.clone(), span)).collect()
}
