//! Goes through statements in order, keeps the schema and notes what each statement does.

use std::{cell::Cell, collections::BTreeSet};

use architrave_model::{
    Finding, Severity, Span,
    graph::{ChangeKind, Known, MigrationStep, Node, Origin},
};
use sqlparser::ast::Statement as Parsed;

use super::{
    alter::{self, Change},
    create,
    parse::{Failure, Tokens},
    rows,
    schema::Schema,
    split::{self, Statement},
    words::{self, Words},
};
use crate::{codes, input::Input, shared::limits};

/// Most findings about one file.
const FINDINGS_MAX: usize = 20;

/// Reads the files of one database.
pub(super) struct Reader {
    pub(super) schema: Schema,
    pub(super) steps: Vec<MigrationStep>,
    pub(super) findings: Vec<Finding>,
    /// Grants, roles and row rules: (key, value, place).
    pub(super) facts: Vec<(String, String, Origin)>,
    /// Columns whose rows have been filled: (table's key, column in lower case).
    filled: BTreeSet<(String, String)>,
}

/// A file while it is read.
struct File<'a, 't> {
    input: &'a Input<'t>,
    folder: &'a str,
    /// Position in the series; none where the file only says how things are.
    sequence: Option<u32>,
    /// Keys of tables made in this file.
    made: BTreeSet<String>,
    has_lock_timeout: bool,
    findings_left: usize,
    /// Where the file's own steps begin.
    first_step: usize,
    /// A byte of the text and the line it is in, from which lines are counted on.
    counted: Cell<(usize, usize)>,
}

impl File<'_, '_> {
    /// Line of a place, from 1. Statements come in order, so that the whole text is counted once.
    fn line(&self, span: Span) -> usize {
        let (from, lines) = self.counted.get();
        let wanted = span.start as usize;
        let (from, lines) = if wanted < from { (0, 1) } else { (from, lines) };
        let between = self.input.text().as_bytes().get(from..wanted).unwrap_or_default();
        let line = lines + between.iter().filter(|it| **it == b'\n').count();
        self.counted.set((wanted, line));
        line
    }
}

impl Reader {
    pub(super) fn new(schema: Schema) -> Self {
        Self {
            schema,
            steps: Vec::new(),
            findings: Vec::new(),
            facts: Vec::new(),
            filled: BTreeSet::new(),
        }
    }

    /// Reads one file. `sequence`: its position in a series of migrations.
    pub(super) fn file(&mut self, input: &Input<'_>, sequence: Option<u32>) {
        self.schema.begin_file();
        let folder = input.name().rsplit_once('/').map_or("", |it| it.0);
        let mut file = File {
            input,
            folder,
            sequence,
            made: BTreeSet::new(),
            has_lock_timeout: false,
            findings_left: FINDINGS_MAX,
            first_step: self.steps.len(),
            counted: Cell::new((0, 1)),
        };
        for statement in split::split(input.text(), self.schema.dialect.has_backslashes()) {
            self.statement(statement, &mut file);
        }
        self.forgive_rebuilds(&file);
    }

    fn statement(&mut self, statement: Statement<'_>, file: &mut File<'_, '_>) {
        if !words::is_of_interest(statement.text) {
            return;
        }
        let tokens = match Tokens::new(file.input.id(), statement, self.schema.dialect) {
            Ok(tokens) => tokens,
            Err(failure) => return self.refuse(&failure, statement, file),
        };
        let words = Words::new(&tokens);
        if words.needs_grammar() {
            match tokens.parse() {
                Ok(parsed) => {
                    self.parsed(&parsed, &tokens, file);
                    self.counted(&parsed, statement, &tokens, file);
                }
                Err(failure) => self.refuse(&failure, statement, file),
            }
        } else {
            self.worded(&words, &tokens, file);
        }
    }

    fn parsed(&mut self, parsed: &Parsed, tokens: &Tokens, file: &mut File<'_, '_>) {
        match parsed {
            Parsed::CreateTable(table) => {
                let name = tokens.parts(&table.name);
                let about = (file.input.position(), file.folder);
                if create::table(table, tokens, &mut self.schema, about) {
                    file.made.insert(self.schema.key(&name));
                    let span = tokens.place_of(&table.name);
                    self.step(&name, Change::plain(ChangeKind::CreateTable, span), file);
                }
            }
            Parsed::AlterTable(alter) => {
                let name = tokens.parts(&alter.name);
                let (key, id) = (self.schema.key(&name), self.schema.id(&name));
                let changes = alter::apply(alter, tokens, &mut self.schema);
                for change in changes {
                    let fills = change.fills.iter().map(|it| (key.clone(), it.clone()));
                    let was_filled = self.filled.len();
                    self.filled.extend(fills);
                    // What a column's own default fills counts for the column itself.
                    let fills_itself = self.filled.len() > was_filled;
                    self.step_of(&key, id.clone(), change, file, fills_itself);
                }
            }
            Parsed::CreateIndex(index) => {
                let name = tokens.parts(&index.table_name);
                create::create_index(index, tokens, &mut self.schema);
                let span = index.name.as_ref().map_or(tokens.head(), |it| tokens.place_of(it));
                let column =
                    create::columns_of(&index.columns, tokens).into_iter().next().map(|it| it.0);
                let kind = match index.concurrently {
                    true => ChangeKind::CreateIndexConcurrently,
                    false => ChangeKind::CreateIndex,
                };
                let change = Change { column: column.clone(), ..Change::plain(kind, span) };
                self.step(&name, change, file);
                if index.unique {
                    let change = Change { column, ..Change::plain(ChangeKind::AddUnique, span) };
                    self.step(&name, change, file);
                }
            }
            _ => {}
        }
    }

    /// What the line above says of a table's rows.
    fn counted(
        &mut self,
        parsed: &Parsed,
        statement: Statement<'_>,
        tokens: &Tokens,
        file: &File<'_, '_>,
    ) {
        let Parsed::CreateTable(table) = parsed else { return };
        let Some(rows) = rows::before(file.input, statement.start) else { return };
        if let Some(made) = self.schema.table(&tokens.parts(&table.name)) {
            made.table.rows = rows;
        }
    }

    fn worded(&mut self, words: &Words, tokens: &Tokens, file: &mut File<'_, '_>) {
        if let Some(setting) = words.setting() {
            match setting.name.as_str() {
                "lock_timeout" | "statement_timeout" => file.has_lock_timeout = setting.is_set(),
                "search_path" => self.schema.default_schema = setting.first_name(),
                _ => {}
            }
        }
        if let Some((name, values)) = words.enumeration() {
            self.schema.enumerations.insert(name, values);
        }
        if let Some((name, value)) = words.added_value()
            && let Some(values) = self.schema.enumerations.get_mut(&name)
        {
            if !values.contains(&value) {
                values.push(value.clone());
            }
            self.schema.extend_enumeration(&name, &value);
        }
        if let Some((name, base)) = words.domain() {
            self.schema.domains.insert(name, base);
        }
        if let Some((parent, part)) = words.attached_partition() {
            let key = self.schema.key(&part);
            self.schema.partitions.push(key);
            if let Some(made) = self.schema.table(&parent) {
                made.table.is_partitioned = Known::observed(true, tokens.head());
            }
        }
        if let Some((table, column)) = words.numbered_column()
            && let Some(made) = self.schema.table(&table)
        {
            let mut columns = made.table.columns.iter_mut();
            if let Some(found) = columns.find(|it| it.name.eq_ignore_ascii_case(&column)) {
                found.default_text = Known::observed("identity".to_owned(), tokens.head());
            }
        }
        for (key, value) in words.facts() {
            self.facts.push((key, value, Origin::observed(tokens.head())));
        }
        for name in words.dropped_tables() {
            self.step(&name, Change::plain(ChangeKind::DropTable, tokens.head()), file);
            let key = self.schema.key(&name);
            self.schema.tables.remove(&key);
        }
        for name in words.dropped_indexes() {
            let name = name.last().cloned().unwrap_or_default();
            let table = self.schema.drop_index(&name);
            let change = Change::plain(ChangeKind::DropIndex, tokens.head());
            let table: Vec<String> =
                table.map(|it| it.split('.').map(str::to_owned).collect()).unwrap_or_default();
            self.step(&table, change, file);
        }
        if let Some((from, to)) = words.renamed_index() {
            self.schema.rename_index(&from, &to);
        }
        for (from, to) in words.renamed_tables() {
            self.step(&from, Change::plain(ChangeKind::RenameTable, tokens.head()), file);
            self.schema.rename(&from, &to);
        }
        if let Some(changed) = words.changed_rows() {
            let key = self.schema.key(&changed.table);
            self.filled.extend(changed.columns.iter().map(|it| (key.clone(), it.to_lowercase())));
            let change = Change::plain(changed.kind, tokens.head());
            self.step(&changed.table, change, file);
        }
    }

    fn step(&mut self, table: &[String], change: Change, file: &File<'_, '_>) {
        let (key, id) = (self.schema.key(table), self.schema.id(table));
        self.step_of(&key, if table.is_empty() { String::new() } else { id }, change, file, false);
    }

    fn step_of(
        &mut self,
        key: &str,
        table: String,
        change: Change,
        file: &File<'_, '_>,
        fills_itself: bool,
    ) {
        let Some(sequence) = file.sequence.filter(|_| limits::has_room(&self.steps)) else {
            return;
        };
        let column = change.column.as_ref().map(|it| (key.to_owned(), it.to_lowercase()));
        let product = self.schema.dialect.product();
        let origin = Origin::observed(change.span);
        self.steps.push(MigrationStep {
            node: Node {
                id: String::new(),
                name: format!("{}:{}", file.input.name(), file.line(change.span)),
                origin,
            },
            file: file.input.name().to_owned(),
            sequence,
            is_newest: false,
            table: (!table.is_empty()).then_some(table),
            column: change.column,
            kind: change.kind,
            product: product.map_or(Known::Unknown, |it| Known::Is(it.to_owned(), origin)),
            table_is_new: file.made.contains(key),
            has_lock_timeout: file.has_lock_timeout,
            has_backfill: fills_itself || column.is_some_and(|it| self.filled.contains(&it)),
        });
    }

    /// A table that is dropped only for another to take its name is rebuilt, as SQLite demands of most changes:
    /// nothing is lost and nothing renamed.
    fn forgive_rebuilds(&mut self, file: &File<'_, '_>) {
        let Some(mine) = self.steps.get_mut(file.first_step..) else { return };
        let last = mine.iter().rposition(|it| it.kind == ChangeKind::RenameTable);
        let dropped: Vec<String> = mine
            .iter()
            .take(last.unwrap_or(0))
            .filter(|it| it.kind == ChangeKind::DropTable)
            .filter_map(|it| it.table.clone())
            .filter(|it| self.schema.tables.values().any(|made| made.table.node.id == *it))
            .collect();
        if dropped.is_empty() {
            return;
        }
        for step in mine {
            let is_drop = step.kind == ChangeKind::DropTable
                && step.table.as_ref().is_some_and(|it| dropped.contains(it));
            let is_rename = step.kind == ChangeKind::RenameTable && step.table_is_new;
            if is_drop || is_rename {
                step.kind = ChangeKind::Other;
            }
        }
    }

    fn refuse(&mut self, failure: &Failure, statement: Statement<'_>, file: &mut File<'_, '_>) {
        // SQLite: the arguments of a module have a grammar of its own. What they make is an index or the like, no table
        // that anybody refers to.
        if is_virtual_table(statement.text) {
            return;
        }
        let Some(left) = file.findings_left.checked_sub(1) else { return };
        file.findings_left = left;
        let place = match failure {
            Failure::Unknown(Some(place)) => *place,
            _ => head(statement, file.input),
        };
        let finding = match failure {
            Failure::TooLarge => Finding::new(
                codes::TOO_LARGE,
                Severity::Warning,
                place,
                "this statement is too large or too deeply nested to be read",
                "read as if it were not there",
            ),
            Failure::Unknown(_) => Finding::new(
                codes::STATEMENT,
                Severity::Warning,
                place,
                "this statement could not be read",
                "read as if it were not there",
            ),
        };
        self.findings.push(finding);
    }
}

impl Change {
    /// A change with nothing more to say.
    pub(super) fn plain(kind: ChangeKind, span: Span) -> Self {
        Self { kind, column: None, span, fills: Vec::new() }
    }
}

fn is_virtual_table(text: &str) -> bool {
    let mut words = text.split_ascii_whitespace();
    let mut is_next = |it: &str| words.next().is_some_and(|word| word.eq_ignore_ascii_case(it));
    is_next("create") && is_next("virtual") && is_next("table")
}

/// The first words of a statement as a place.
fn head(statement: Statement<'_>, input: &Input<'_>) -> Span {
    let line = statement.text.lines().next().unwrap_or_default();
    let length = line.char_indices().nth(60).map_or(line.len(), |it| it.0);
    let byte = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
    Span { file: input.id(), start: byte(statement.start), end: byte(statement.start + length) }
}
