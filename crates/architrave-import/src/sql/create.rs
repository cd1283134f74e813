//! `CREATE TABLE` and `CREATE INDEX`: columns, keys, references, indexes.

use architrave_model::Span;
use architrave_model::graph::{
    Column, ColumnKind, ForeignKey, IndexSpec, Known, Node, Origin, Table,
};
use sqlparser::ast::{
    self, ColumnOption, CreateIndex, CreateTable, DataType, Expr, IndexColumn, IndexType,
    OrderBySort, ReferentialAction, TableConstraint,
};

use super::{
    check::{self, Fact},
    dialect::Dialect,
    kind,
    parse::Tokens,
    schema::{Made, Schema},
};
use crate::shared::limits;

/// Adds the table that a statement makes. False where it is none that lasts.
pub(super) fn table(
    create: &CreateTable,
    tokens: &Tokens,
    schema: &mut Schema,
    file: (u32, &str),
) -> bool {
    let name = tokens.parts(&create.name);
    if create.temporary || name.is_empty() {
        return false;
    }
    if let Some(parent) = &create.partition_of {
        let key = schema.key(&tokens.parts(parent));
        if let Some(made) = schema.tables.get_mut(&key) {
            made.table.is_partitioned = Known::observed(true, tokens.head());
        }
        return false;
    }
    let is_there = schema.tables.get(&schema.key(&name)).is_some_and(|it| it.file == file.0);
    if is_there && create.if_not_exists {
        return false;
    }
    let span = tokens.place_of(&create.name);
    let mut table = Table {
        node: Node::observed("table", schema.qualified(&name), span),
        is_partitioned: Known::observed(create.partition_by.is_some(), span),
        ..Table::default()
    };
    table.columns = inherited(create, tokens, schema);
    if create.query.is_none() {
        table.primary_key = Known::Absent(Origin::observed(span));
    }
    let names = create.columns.iter().map(|it| tokens.folded(&it.name)).collect();
    schema.add(table, names, file);
    for definition in &create.columns {
        column(definition, tokens, schema, &name);
    }
    for item in &create.constraints {
        constraint(item, tokens, schema, &name, true);
    }
    if let Some(made) = schema.table(&name) {
        soft_delete(&mut made.table);
    }
    true
}

/// Columns of the tables that it is made like or inherits from.
fn inherited(create: &CreateTable, tokens: &Tokens, schema: &Schema) -> Vec<Column> {
    let like = match &create.like {
        Some(ast::CreateTableLikeKind::Parenthesized(it) | ast::CreateTableLikeKind::Plain(it)) => {
            Some(&it.name)
        }
        None => None,
    };
    like.into_iter()
        .chain(create.inherits.iter().flatten())
        .filter_map(|it| schema.tables.get(&schema.key(&tokens.parts(it))))
        .flat_map(|it| it.table.columns.clone())
        .collect()
}

/// Adds a column with what its options say about it and the table.
pub(super) fn column(
    definition: &ast::ColumnDef,
    tokens: &Tokens,
    schema: &mut Schema,
    table: &[String],
) {
    let span = tokens.place(&definition.name);
    let name = tokens.folded(&definition.name);
    let mut column = typed(&definition.data_type, schema);
    column.name.clone_from(&name);
    column.origin = Origin::observed(span);
    column.is_nullable = Known::observed(true, span);
    column.default_text = Known::Absent(Origin::observed(span));
    refine_kind(&mut column, span);
    if column.type_text.to_ascii_lowercase().contains("serial") {
        column.is_nullable = Known::observed(false, span);
        column.default_text = Known::observed("nextval()".to_owned(), span);
    }
    for option in &definition.options {
        apply(&option.option, &mut column, span);
    }
    let dialect = schema.dialect;
    let Some(made) = schema.table(table) else { return };
    if made.table.columns.len() >= limits::COLUMNS_MAX {
        return;
    }
    made.table.columns.retain(|it| !it.name.eq_ignore_ascii_case(&name));
    made.table.columns.push(column);
    for option in &definition.options {
        let given = option.name.as_ref().map(|it| tokens.folded(it));
        inline_constraint(&option.option, given, &name, span, made, dialect);
    }
    for option in &definition.options {
        if let ColumnOption::ForeignKey(reference) = &option.option {
            let mut reference = reference.clone();
            reference.columns = vec![definition.name.clone()];
            reference.name = option.name.clone();
            foreign_key(&reference, tokens, schema, table);
        }
    }
}

/// A column with its type alone.
pub(super) fn typed(data_type: &DataType, schema: &Schema) -> Column {
    let written = match data_type {
        DataType::Unspecified => String::new(),
        other => other.to_string(),
    };
    let bare = written.trim_end_matches("[]").rsplit('.').next().unwrap_or_default();
    let bare = bare.trim_matches('"').to_lowercase();
    let mut column = Column { type_text: lower_outside_quotes(&written), ..Column::default() };
    let effective = schema.domains.get(&bare).cloned().unwrap_or_else(|| column.type_text.clone());
    if let Some(values) = schema.enumerations.get(&bare).filter(|_| !written.ends_with("[]")) {
        column.values.clone_from(values);
        column.kind = Known::Is(ColumnKind::Enumeration, Origin::default());
    } else if let Some(kind) =
        kind::kind(&effective, schema.dialect).or_else(|| kind::kind(&bare, schema.dialect))
    {
        column.kind = Known::Is(kind, Origin::default());
    }
    match column.kind.value() {
        Some(ColumnKind::Enumeration) if column.values.is_empty() => {
            column.values = quoted(&written);
        }
        Some(ColumnKind::Text) => {
            column.length_max = match kind::length_max(&effective) {
                Some(length) => Known::Is(length, Origin::default()),
                None if schema.dialect == Dialect::MySql => Known::Unknown,
                None => Known::Absent(Origin::default()),
            };
        }
        _ => {}
    }
    column
}

/// Gives facts that follow from the type the column's own place.
pub(super) fn refine_kind(column: &mut Column, span: Span) {
    let origin = Origin::observed(span);
    if let Known::Is(_, place) = &mut column.kind {
        *place = origin;
    }
    if let Known::Is(_, place) | Known::Absent(place) = &mut column.length_max {
        *place = origin;
    }
}

fn lower_outside_quotes(text: &str) -> String {
    let mut is_quoted = false;
    text.chars()
        .map(|it| {
            is_quoted ^= matches!(it, '\'' | '"');
            if is_quoted { it } else { it.to_ascii_lowercase() }
        })
        .collect()
}

/// The texts in `ENUM('a','b')`.
fn quoted(text: &str) -> Vec<String> {
    text.split('\'').skip(1).step_by(2).map(str::to_owned).collect()
}

/// What an option says about the column itself.
pub(super) fn apply(option: &ColumnOption, column: &mut Column, span: Span) {
    match option {
        ColumnOption::NotNull | ColumnOption::PrimaryKey(_) | ColumnOption::Identity(_) => {
            column.is_nullable = Known::observed(false, span);
        }
        ColumnOption::Null => column.is_nullable = Known::observed(true, span),
        ColumnOption::Default(value) => {
            column.default_text = Known::observed(value.to_string(), span);
        }
        ColumnOption::Generated { generation_expr, .. } => {
            column.is_computed = generation_expr.is_some();
            if generation_expr.is_none() {
                column.is_nullable = Known::observed(false, span);
                column.default_text = Known::observed("identity".to_owned(), span);
            }
        }
        ColumnOption::DialectSpecific(words) => {
            let text: String = words.iter().map(ToString::to_string).collect();
            if text.to_ascii_lowercase().contains("increment") {
                column.default_text = Known::observed("identity".to_owned(), span);
            }
        }
        _ => {}
    }
}

/// What an option of a column says about the table.
fn inline_constraint(
    option: &ColumnOption,
    name: Option<String>,
    column: &str,
    span: Span,
    made: &mut Made,
    dialect: Dialect,
) {
    match option {
        ColumnOption::PrimaryKey(_) => {
            made.table.primary_key = Known::observed(vec![column.to_owned()], span);
            // The number of the row itself, which nothing exhausts.
            if dialect == Dialect::Sqlite
                && let Some(it) = made.table.columns.last_mut()
                && it.type_text == "integer"
                && it.default_text.is_absent()
            {
                it.default_text = Known::observed("identity".to_owned(), span);
            }
        }
        ColumnOption::Unique(_) => {
            let index = IndexSpec {
                origin: Origin::observed(span),
                name: name.unwrap_or_default(),
                columns: vec![(column.to_owned(), false)],
                is_unique: true,
                is_declared: true,
                ..IndexSpec::default()
            };
            made.add_index(index, "key");
        }
        ColumnOption::Check(check) => checked(&check.expr, made),
        _ => {}
    }
}

/// Works what a check says into the columns.
pub(super) fn checked(expr: &Expr, made: &mut Made) {
    for (name, fact) in check::facts(expr) {
        let columns = &mut made.table.columns;
        let Some(column) = columns.iter_mut().find(|it| it.name.eq_ignore_ascii_case(&name)) else {
            continue;
        };
        match fact {
            Fact::OneOf(values) => {
                column.values = values;
                column.kind = Known::Is(ColumnKind::Enumeration, column.origin);
            }
            Fact::AtLeast(number) => column.at_least = Some(number),
            Fact::LengthMax(length) => column.length_max = Known::Is(length, column.origin),
            Fact::NotNull => {}
        }
    }
}

/// Adds a constraint of a table. `is_checked`: whether existing rows obey it.
pub(super) fn constraint(
    item: &TableConstraint,
    tokens: &Tokens,
    schema: &mut Schema,
    table: &[String],
    is_checked: bool,
) {
    let is_mysql = schema.dialect == Dialect::MySql;
    if let TableConstraint::ForeignKey(reference) = item {
        foreign_key(reference, tokens, schema, table);
        return;
    }
    let Some(made) = schema.table(table) else { return };
    match item {
        TableConstraint::PrimaryKey(key) => {
            let columns = columns_of(&key.columns, tokens).into_iter().map(|it| it.0).collect();
            primary_key(made, columns, place_of_columns(&key.columns, tokens));
        }
        TableConstraint::Unique(unique) => {
            let name =
                unique.name.as_ref().or(unique.index_name.as_ref()).map(|it| tokens.folded(it));
            let index = IndexSpec { is_unique: true, ..index(name, &unique.columns, tokens) };
            made.add_index(index, if is_mysql { "unique" } else { "key" });
        }
        TableConstraint::Index(plain) => {
            let name = plain.name.as_ref().map(|it| tokens.folded(it));
            made.add_index(index(name, &plain.columns, tokens), "idx");
        }
        TableConstraint::FulltextOrSpatial(text) => {
            let name = text.opt_index_name.as_ref().map(|it| tokens.folded(it));
            let index =
                IndexSpec { is_full_text: text.fulltext, ..index(name, &text.columns, tokens) };
            made.add_index(index, "idx");
        }
        TableConstraint::PrimaryKeyUsingIndex(using) => {
            let name = tokens.folded(&using.index_name);
            let found =
                made.table.indexes.iter().position(|it| it.name.eq_ignore_ascii_case(&name));
            if let Some(found) = found {
                let index = made.table.indexes.remove(found);
                let columns = index.columns.into_iter().map(|it| it.0).collect();
                primary_key(made, columns, tokens.place(&using.index_name));
            }
        }
        TableConstraint::Check(check) => {
            let found = check::facts(&check.expr);
            let name = check.name.as_ref().map(|it| it.value.to_lowercase());
            for (column, fact) in found {
                if let (Fact::NotNull, Some(name)) = (&fact, &name) {
                    made.not_null_checks.insert(name.clone(), column.to_lowercase());
                }
            }
            if is_checked {
                checked(&check.expr, made);
            }
        }
        _ => {}
    }
}

fn primary_key(made: &mut Made, columns: Vec<String>, span: Span) {
    for column in &mut made.table.columns {
        if columns.iter().any(|it| it.eq_ignore_ascii_case(&column.name)) {
            column.is_nullable = Known::observed(false, span);
        }
    }
    made.table.primary_key = Known::observed(columns, span);
}

fn foreign_key(
    reference: &ast::ForeignKeyConstraint,
    tokens: &Tokens,
    schema: &mut Schema,
    table: &[String],
) {
    let span = reference.columns.first().map_or(tokens.head(), |it| tokens.place(it));
    let key = ForeignKey {
        origin: Origin::observed(span),
        columns: reference.columns.iter().map(|it| tokens.folded(it)).collect(),
        to: schema.id(&tokens.parts(&reference.foreign_table)),
        to_columns: reference.referred_columns.iter().map(|it| tokens.folded(it)).collect(),
        is_enforced: true,
        cascades: reference.on_delete == Some(ReferentialAction::Cascade),
    };
    let name = reference.name.as_ref().map(|it| tokens.folded(it));
    if let Some(made) = schema.table(table) {
        made.add_foreign_key(name, key);
    }
}

/// Adds the index that a statement makes.
pub(super) fn create_index(create: &CreateIndex, tokens: &Tokens, schema: &mut Schema) {
    let Some(made) = schema.table(&tokens.parts(&create.table_name)) else { return };
    let name = create.name.as_ref().and_then(|it| tokens.parts(it).pop());
    let span = create.name.as_ref().map_or(tokens.head(), |it| tokens.place_of(it));
    let using = create.using.as_ref().map(|it| it.to_string().to_ascii_lowercase());
    let text: String =
        create.columns.iter().map(|it| it.to_string().to_ascii_lowercase()).collect();
    let is_inverted = matches!(using.as_deref(), Some("gin" | "gist" | "rum" | "bloom"));
    let is_over_text = text.contains("to_tsvector") || text.contains("trgm") || {
        let columns = columns_of(&create.columns, tokens);
        made.table.columns.iter().any(|it| {
            it.type_text == "tsvector" && columns.iter().any(|(name, _)| *name == it.name)
        })
    };
    let index = IndexSpec {
        is_unique: create.unique,
        condition: create.predicate.as_ref().map(ToString::to_string),
        is_full_text: is_inverted && is_over_text
            || matches!(&create.using, Some(IndexType::Custom(it)) if it.value.eq_ignore_ascii_case("fulltext")),
        has_own_comparison: create.columns.iter().any(|it| it.operator_class.is_some()),
        origin: Origin::observed(span),
        ..index(name, &create.columns, tokens)
    };
    made.add_index(index, "idx");
}

fn index(name: Option<String>, columns: &[IndexColumn], tokens: &Tokens) -> IndexSpec {
    IndexSpec {
        origin: Origin::observed(place_of_columns(columns, tokens)),
        name: name.unwrap_or_default(),
        columns: columns_of(columns, tokens),
        is_declared: true,
        ..IndexSpec::default()
    }
}

/// Columns or expressions of an index, each with whether it descends.
pub(super) fn columns_of(columns: &[IndexColumn], tokens: &Tokens) -> Vec<(String, bool)> {
    columns
        .iter()
        .map(|it| {
            let is_descending = it.column.options.sort == Some(OrderBySort::Desc);
            let name = match &it.column.expr {
                Expr::Identifier(name) => tokens.folded(name),
                // MySQL: the first characters of a column.
                Expr::Function(function) if is_prefix(&function.to_string()) => {
                    function.name.to_string().trim_matches('`').to_owned()
                }
                other => other.to_string(),
            };
            (name, is_descending)
        })
        .collect()
}

fn is_prefix(text: &str) -> bool {
    let inner = text.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    inner.is_some_and(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()))
}

fn place_of_columns(columns: &[IndexColumn], tokens: &Tokens) -> Span {
    match columns.first().map(|it| &it.column.expr) {
        Some(Expr::Identifier(name)) => tokens.place(name),
        _ => tokens.head(),
    }
}

/// The column that marks rows as deleted, by the names that everybody uses; a table that was read whole and
/// has none does not have it.
pub(super) fn soft_delete(table: &mut Table) {
    const NAMES: &[&str] =
        &["deleted_at", "deletedat", "is_deleted", "isdeleted", "discarded_at", "removed_at"];
    let found = table.columns.iter().find(|it| NAMES.contains(&it.name.to_lowercase().as_str()));
    table.soft_delete_column = match found {
        Some(column) => Known::Is(column.name.clone(), column.origin),
        None => Known::Absent(table.node.origin),
    };
}
