//! `entity` and `value`: their fields, and the smaller blocks of an entity.

use architrave_model::{
    Base, Default, EntityId, Expr, Field, FieldType, Invariant, OnDelete, Privacy, SoftDelete, Ty,
    UniqueScope, ValueId, Writes,
};

use super::{index, lifecycle};
use crate::codes;
use crate::expression::Place;
use crate::expression::place::{Language, roots};
use crate::fields::{FieldReader, Home, of_block};
use crate::reader::Reader;
use crate::report::{error, warning};
use crate::syntax::ast::{Block, Expression};
use crate::units;

/// Most columns of an entity's table. PostgreSQL takes 1,600, SQLite 2,000; some are ours.
const COLUMNS_MAX: usize = 1000;

/// Reads the fields of values and entities; a lifecycle's field comes last.
pub(crate) fn read_fields(reader: &mut Reader<'_>) {
    for (position, block) in reader.blocks.values.clone().into_iter().enumerate() {
        let id = ValueId(u32::try_from(position).unwrap_or(u32::MAX));
        let context = reader.system[id].context;
        let fields = read_block(reader, context, Home::Value, block);
        if fields.is_empty() {
            reader.findings.push(
                error(codes::EMPTY, block.kind.span, "this value object holds nothing", "")
                    .help("give it a field"),
            );
        }
        reader.system[id].fields = fields;
    }
    for (position, block) in reader.blocks.entities.clone().into_iter().enumerate() {
        let id = EntityId(u32::try_from(position).unwrap_or(u32::MAX));
        let context = reader.system[id].context;
        let mut fields = read_block(reader, context, Home::Entity, block);
        if reader.system.identity.tenant == Some(id) {
            // The tenant's own rows have no tenant: what is unique among them is unique everywhere.
            for field in &mut fields {
                field.unique = field.unique.map(|_| UniqueScope::Global);
            }
        }
        reader.system[id].fields = fields;
        lifecycle::read(reader, id, block);
        check_width(reader, id);
    }
    check_optional_values(reader);
}

/// A field is a column, a value object one for each of its members, and a lookup hash is one more.
fn check_width(reader: &mut Reader<'_>, id: EntityId) {
    let system = &reader.system;
    let columns = |field: &Field| match &field.ty {
        FieldType::Many { .. } => 0,
        FieldType::Value(value) => 2 * system[*value].fields.len(),
        _ => 1 + usize::from(field.encryption.is_some()),
    };
    let mut width = 0;
    let surplus = system[id].fields.iter().find(|field| {
        width += columns(field);
        width > COLUMNS_MAX
    });
    if let Some(field) = surplus {
        let title = format!("`{}` needs more than {COLUMNS_MAX} columns", system[id].name.text);
        let finding = error(codes::TOO_MANY, field.name.span, title, "from here on");
        reader
            .findings
            .push(finding.help("split it: keep what belongs together in an entity of its own"));
    }
}

fn read_block(
    reader: &mut Reader<'_>,
    context: architrave_model::ContextId,
    home: Home,
    block: &Block,
) -> Vec<Field> {
    let mut fields = FieldReader {
        system: &reader.system,
        names: &reader.names,
        context,
        home,
        findings: Vec::new(),
    };
    let read = fields.read(&of_block(block));
    reader.findings.extend(fields.findings);
    read
}

/// An absent value object is one whose required members are null; without any it could not be told.
fn check_optional_values(reader: &mut Reader<'_>) {
    let mut found = Vec::new();
    for entity in &reader.system.entities {
        for field in entity.fields.iter().filter(|it| it.is_optional) {
            let FieldType::Value(value) = field.ty else { continue };
            let value = &reader.system[value];
            if !value.fields.is_empty() && value.fields.iter().all(|it| it.is_optional) {
                let title = format!(
                    "nobody could tell a missing `{0}` from one whose members are all missing",
                    value.name.text
                );
                found.push(
                    error(codes::WRONG_TYPE_USE, field.name.span, title, "")
                        .because(value.name.span, "has only optional members")
                        .help("leave out `optional` here, or require one of its members"),
                );
            }
        }
    }
    reader.findings.extend(found);
}

/// Whether a request that creates a row has to say this field.
pub(super) fn is_required(field: &Field) -> bool {
    let is_written =
        matches!(field.ty, FieldType::Scalar(_) | FieldType::Ref { .. } | FieldType::Value(_));
    is_written && !field.is_optional && field.default.is_none()
}

/// Reads the smaller blocks.
pub(crate) fn read(reader: &mut Reader<'_>) {
    for (position, block) in reader.blocks.entities.clone().into_iter().enumerate() {
        let id = EntityId(u32::try_from(position).unwrap_or(u32::MAX));
        index::read(reader, id, block);
        for child in block.blocks("invariant") {
            invariant(reader, id, child);
        }
        reader.system[id].volume_rows =
            block.block("volume").and_then(|it| it.setting("rows")).and_then(Expression::count);
        if let Some(child) = block.block("privacy") {
            privacy(reader, id, child);
        }
        if let Some(child) = block.block("soft_delete") {
            soft_delete(reader, id, child);
        }
        if let Some(child) = block.block("writes") {
            writes(reader, id, child);
        }
        check_defaults(reader, id);
    }
    check_cascades(reader);
}

/// A place that sees the row alone.
pub(super) fn row_place(
    reader: &Reader<'_>,
    id: EntityId,
    what: &'static str,
    language: Language,
) -> Place<'static> {
    let mut place = Place::new(what, language, roots::ROW);
    place.this = Some(id);
    place.context = Some(reader.system[id].context);
    place
}

fn invariant(reader: &mut Reader<'_>, id: EntityId, block: &Block) {
    let Some(check) = block.setting("check") else { return };
    let mut place = row_place(reader, id, "an invariant", Language::Memory);
    place.is_own_rows_only = true;
    let check = reader.condition(check, &place);
    let name = block.name();
    let entity = &mut reader.system[id];
    if entity.invariants.iter().any(|it| it.title == name.text) {
        let finding = error(codes::NAME_TAKEN, name.span, "this invariant is declared twice", "");
        reader.findings.push(finding.help("keep one of the two"));
        return;
    }
    entity.invariants.push(Invariant { title: name.text, check, span: block.span });
}

fn privacy(reader: &mut Reader<'_>, id: EntityId, block: &Block) {
    let place = row_place(reader, id, "`privacy`", Language::Memory);
    let Some(subject) = block.setting("subject") else { return };
    let subject = match reader.system.identity.user {
        Some(user) => {
            let subject = reader.infer(subject, &place);
            is_user(reader, &subject, user);
            subject
        }
        None => reader.infer(subject, &place),
    };
    let retain_for_us =
        block.setting("retain_for").and_then(Expression::text).and_then(units::duration);
    let retain_from = block
        .setting("retain_from")
        .map(|it| reader.expect(it, &Ty::optional(Base::Timestamp), &place));
    if let (Some(from), None) = (block.setting("retain_from"), block.setting("retain_for")) {
        reader.findings.push(
            error(codes::MISSING_SETTING, from.span, "kept from then on, but for how long?", "")
                .help(r#"add `retain_for = "3y"`"#),
        );
    }
    let span = block.span;
    reader.system[id].privacy = Some(Privacy { subject, retain_for_us, retain_from, span });
}

fn is_user(reader: &mut Reader<'_>, subject: &Expr, user: EntityId) {
    if matches!(&subject.ty.base, Base::Poison) || subject.ty.base == Base::Row(user) {
        return;
    }
    let name = reader.system.entity_path(user);
    let title = format!("the subject of personal data is a `{name}`");
    let finding = error(codes::TYPE_MISMATCH, subject.span, title, "");
    reader.findings.push(finding.help("name a reference to the person"));
}

fn soft_delete(reader: &mut Reader<'_>, id: EntityId, block: &Block) {
    let keep = block.setting("keep_for").and_then(Expression::text).and_then(units::duration);
    let Some(keep_for_us) = keep else { return };
    if is_in_part(reader, id, block, "a part is deleted with its aggregate") {
        return;
    }
    reader.system[id].soft_delete = Some(SoftDelete { keep_for_us, span: block.span });
}

/// Whether a block that belongs to whole aggregates stands in a part, which is then reported.
fn is_in_part(reader: &mut Reader<'_>, id: EntityId, block: &Block, title: &str) -> bool {
    let Some(owner) = reader.system[id].owner else { return false };
    let parent = reader.system[owner.entity].name.clone();
    reader.findings.push(
        error(codes::PART_OF_AGGREGATE, block.kind.span, title, "")
            .because(parent.span, "its aggregate")
            .help(format!("put `{}` into `{}`", block.kind.text, parent.text)),
    );
    true
}

fn writes(reader: &mut Reader<'_>, id: EntityId, block: &Block) {
    if is_in_part(reader, id, block, "a part is written with its aggregate") {
        return;
    }
    let is_required = |name| block.setting(name).and_then(Expression::text) == Some("required");
    reader.system[id].writes = Writes {
        needs_if_match: is_required("if_match"),
        needs_idempotency_key: is_required("idempotency_key"),
    };
}

/// `default(caller.user)` was accepted before the user entity was known for certain.
fn check_defaults(reader: &mut Reader<'_>, id: EntityId) {
    let user = reader.system.identity.user;
    if user.is_none() && reader.names.identity.has_user {
        return;
    }
    let wrong: Vec<_> = reader.system[id]
        .fields
        .iter()
        .filter(|it| matches!(it.default, Some(Default::CallerUser)))
        .filter(|it| !matches!(it.ty, FieldType::Ref { entity, .. } if Some(entity) == user))
        .map(|it| it.span)
        .collect();
    for span in wrong {
        reader.findings.push(
            error(codes::NO_SUCH_IDENTITY, span, "`identity` names no user entity", "")
                .help("add `user = context.Entity` to the `identity` block"),
        );
    }
}

/// Rows that follow a softly deleted one for good, so that restoring it would not bring them back.
fn check_cascades(reader: &mut Reader<'_>) {
    let system = &reader.system;
    let mut findings = Vec::new();
    for from in system.entity_ids() {
        // Parts have no soft deletion of their own; for them there would be nothing to add.
        if system[from].soft_delete.is_some() || system[from].owner.is_some() {
            continue;
        }
        for field in &system[from].fields {
            let FieldType::Ref { entity, on_delete: OnDelete::Cascade } = field.ty else {
                continue;
            };
            let Some(soft) = &system[entity].soft_delete else { continue };
            let (name, target) = (&system[from].name.text, &system[entity].name.text);
            let title = format!("a restored `{target}` would come back without its `{name}`");
            findings.push(
                warning(codes::LOST_BY_CASCADE, field.name.span, title, "deleted along, for good")
                    .because(soft.span, "hidden only")
                    .help(format!("give `{name}` a `soft_delete` too")),
            );
        }
    }
    reader.findings.extend(findings);
}
