//! `index`, `unique`, `search`: which fields, in which order, over which rows.

use architrave_model::{
    EntityId, Expr, Field, FieldType, Index, IndexKey, IndexPath, Name, Scalar, Search,
    SearchField, Span, Unique, UniqueScope,
};

use super::entity::row_place;
use crate::codes;
use crate::expression::place::Language;
use crate::expression::rules;
use crate::reader::{Reader, is_poisoned};
use crate::report::{error, unknown};
use crate::syntax::ast::{Block, Expression};

/// SQLite and PostgreSQL take more, but no query is served better by more.
const KEYS_MAX: usize = 8;
/// Largest weight of a searched field.
const WEIGHT_MAX: u64 = 100;

/// Reads the blocks of one entity.
pub(super) fn read(reader: &mut Reader<'_>, id: EntityId, block: &Block) {
    for child in block.blocks("index") {
        let on = keys(reader, id, child);
        let condition = condition(reader, id, child);
        if on.is_empty() {
            continue;
        }
        let duplicate =
            reader.system[id].indexes.iter().any(|it| it.on == on && it.condition == condition);
        if duplicate {
            let finding =
                error(codes::DECLARED_TWICE, child.kind.span, "this index exists already", "");
            reader.findings.push(finding.help("leave one out"));
            continue;
        }
        reader.system[id].indexes.push(Index { on, condition, span: child.span });
    }
    for child in block.blocks("unique") {
        unique(reader, id, child);
    }
    if let Some(child) = block.block("search") {
        search(reader, id, child);
    }
}

fn items<'a>(reader: &mut Reader<'_>, block: &'a Block) -> &'a [Expression] {
    let Some(on) = block.setting("on") else { return &[] };
    let items = on.items();
    if items.is_none() && !on.is_poisoned() {
        reader.findings.push(
            error(codes::WRONG_VALUE_KIND, on.span, "`on` takes a list of fields", "")
                .help("write `on = [field, other]`"),
        );
    }
    let items = items.unwrap_or_default();
    if items.is_empty() && on.items().is_some() {
        let finding = error(codes::EMPTY, on.span, "no field is named here", "");
        reader.findings.push(finding.help("name at least one field"));
    }
    if let Some(surplus) = items.get(KEYS_MAX) {
        let title = format!("there are more than {KEYS_MAX} keys");
        reader.findings.push(
            error(codes::TOO_MANY, surplus.span, title, "").help("later keys serve no query"),
        );
    }
    items
}

fn keys(reader: &mut Reader<'_>, id: EntityId, block: &Block) -> Vec<IndexKey> {
    let mut keys: Vec<IndexKey> = Vec::new();
    for item in items(reader, block) {
        let (target, is_descending) = match item.call() {
            Some((function, [argument])) if ["asc", "desc"].contains(&function.text.as_str()) => {
                (argument, function.text == "desc")
            }
            Some((function, _)) => {
                let title = format!("`{}` is no order of a key", function.text);
                let finding = unknown(codes::UNKNOWN_FUNCTION, function, title, ["asc", "desc"]);
                reader.findings.push(finding);
                continue;
            }
            None => (item, false),
        };
        let Some(path) = path(reader, id, target) else { continue };
        if keys.iter().any(|it| it.path == path) {
            let finding = error(codes::DECLARED_TWICE, item.span, "this key stands here twice", "");
            reader.findings.push(finding.help("leave one out"));
            continue;
        }
        keys.push(IndexKey { path, is_descending });
    }
    keys
}

/// A field, a built-in field, or a member of a value object, that can be ordered by a database.
fn path(reader: &mut Reader<'_>, id: EntityId, ast: &Expression) -> Option<IndexPath> {
    if ast.is_poisoned() {
        return None;
    }
    let Some(names) = ast.path() else {
        let finding = error(codes::WRONG_VALUE_KIND, ast.span, "a field's name belongs here", "");
        reader.findings.push(match ast.text() {
            Some(text) => finding.fix(crate::report::replace("remove the quotes", ast.span, text)),
            None => finding.help("write the name of a field"),
        });
        return None;
    };
    let mut names = names.as_slice();
    if let [this, rest @ ..] = names
        && this.text == "this"
        && !rest.is_empty()
    {
        names = rest;
    }
    let (path, field) = match names {
        [one] => match one.text.as_str() {
            "id" => return Some(IndexPath::Id),
            "created_at" => return Some(IndexPath::CreatedAt),
            "updated_at" => return Some(IndexPath::UpdatedAt),
            _ => single(reader, id, one)?,
        },
        [field, member] => of_value(reader, id, field, member)?,
        _ => {
            let finding =
                error(codes::NOT_INDEXABLE, ast.span, "an index holds fields of its own rows", "");
            reader.findings.push(finding.help("name a field, or a member of a value object"));
            return None;
        }
    };
    judge(reader, &field, ast.span).then_some(path)
}

fn single(reader: &mut Reader<'_>, id: EntityId, name: &Name) -> Option<(IndexPath, Field)> {
    let position = reader.field(id, name)?;
    let field = reader.system[id].fields.get(position)?.clone();
    Some((IndexPath::Field(position, None), field))
}

fn of_value(
    reader: &mut Reader<'_>,
    id: EntityId,
    name: &Name,
    member: &Name,
) -> Option<(IndexPath, Field)> {
    let position = reader.field(id, name)?;
    let field = reader.system[id].fields.get(position)?;
    let FieldType::Value(value) = field.ty else {
        if !is_poisoned(&field.ty) {
            let title = format!("`{}` holds no members that an index could use", name.text);
            let finding = error(codes::NOT_INDEXABLE, member.span, title, "");
            reader.findings.push(finding.help(format!("write `{}`", name.text)));
        }
        return None;
    };
    let declared = &reader.system[value];
    let found = declared.fields.iter().position(|it| it.name.text == member.text);
    match found.and_then(|at| declared.fields.get(at).map(|field| (at, field.clone()))) {
        Some((at, field)) => Some((IndexPath::Field(position, Some(at)), field)),
        None => {
            let title = format!("`{}` has no member `{}`", declared.name.text, member.text);
            let known = declared.fields.iter().map(|it| it.name.text.as_str());
            reader.findings.push(unknown(codes::UNKNOWN_NAME, member, title, known));
            None
        }
    }
}

fn judge(reader: &mut Reader<'_>, field: &Field, span: Span) -> bool {
    if is_poisoned(&field.ty) {
        return false;
    }
    let why = match &field.ty {
        FieldType::Many { .. } => "holds rows of another table",
        FieldType::List { .. } => "holds several values",
        FieldType::Value(_) => "holds several columns: name one of its members",
        FieldType::Scalar(Scalar::Json) => "has no order",
        FieldType::Scalar(Scalar::File { .. }) => "has no order",
        _ if field.encryption.is_some() => {
            reader.findings.push(
                error(codes::ENCRYPTED_IN_RULE, span, "an encrypted field has no order", "")
                    .because(field.name.span, "declared encrypted here")
                    .help("leave it out; `encrypted(lookup)` brings an index for `==` of its own"),
            );
            return false;
        }
        _ => return true,
    };
    let title = format!("`{}` cannot be a key", field.name.text);
    reader.findings.push(
        error(codes::NOT_INDEXABLE, span, title, why).help("name a field with one plain value"),
    );
    false
}

/// `where = this.status == "placed"`
fn condition(reader: &mut Reader<'_>, id: EntityId, block: &Block) -> Option<Expr> {
    let ast = block.setting("where")?;
    let place = row_place(reader, id, "the condition of an index", Language::Condition);
    let rule = reader.rule(ast, &place);
    rules::check_condition(&rule.expr, &mut reader.findings);
    Some(rule.expr)
}

fn unique(reader: &mut Reader<'_>, id: EntityId, block: &Block) {
    let on: Vec<IndexPath> = keys(reader, id, block).into_iter().map(|it| it.path).collect();
    let condition = condition(reader, id, block);
    if on.is_empty() {
        return;
    }
    let is_tenant = reader.system.identity.tenant == Some(id);
    let is_global = block.setting("scope").and_then(Expression::text) == Some("global");
    let scope = if is_tenant || is_global { UniqueScope::Global } else { UniqueScope::Tenant };
    reader.system[id].uniques.push(Unique { on, scope, condition, span: block.span });
}

fn search(reader: &mut Reader<'_>, id: EntityId, block: &Block) {
    let mut on: Vec<SearchField> = Vec::new();
    for item in items(reader, block) {
        let (target, weight) = match item.call() {
            Some((function, [target, weight])) if function.text == "weight" => {
                let weight = weight.count().filter(|it| (1..=WEIGHT_MAX).contains(it));
                if weight.is_none() {
                    let title = format!("a weight is a number from 1 to {WEIGHT_MAX}");
                    let finding = error(codes::WRONG_ARGUMENTS, item.span, title, "");
                    reader.findings.push(finding.help("write `weight(field, 4)`"));
                }
                (target, weight.and_then(|it| u32::try_from(it).ok()).unwrap_or(1))
            }
            Some((function, _)) => {
                let title = "a searched field is a name, or `weight(name, number)`";
                let finding = unknown(codes::UNKNOWN_FUNCTION, function, title, ["weight"]);
                reader.findings.push(finding);
                continue;
            }
            None => (item, 1),
        };
        let Some(path) = path(reader, id, target) else { continue };
        if is_text(reader, id, &path) {
            on.push(SearchField { path, weight });
        } else {
            let finding = error(codes::NOT_INDEXABLE, target.span, "only text can be searched", "");
            reader.findings.push(finding.help("name a field of type `string` or `text`"));
        }
    }
    if !on.is_empty() {
        reader.system[id].search = Some(Search { on, span: block.span });
    }
}

fn is_text(reader: &Reader<'_>, id: EntityId, path: &IndexPath) -> bool {
    let IndexPath::Field(position, member) = path else { return false };
    let Some(field) = reader.system[id].fields.get(*position) else { return false };
    let ty = match (&field.ty, member) {
        (FieldType::Value(value), Some(member)) => {
            reader.system[*value].fields.get(*member).map(|it| &it.ty)
        }
        (ty, _) => Some(ty),
    };
    let is_searchable = matches!(
        ty,
        Some(
            FieldType::Scalar(
                Scalar::String { .. }
                    | Scalar::Text
                    | Scalar::Email
                    | Scalar::Slug
                    | Scalar::Url
                    | Scalar::Phone
            ) | FieldType::Sequence { .. }
        )
    );
    is_searchable && !field.is_secret
}
