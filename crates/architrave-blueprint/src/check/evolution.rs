//! `moved` and `removed`: renames and removals in progress.

use std::collections::BTreeMap;

use architrave_model::{EntityId, Moved, MovedPath, Name, Removed, Span};

use crate::codes;
use crate::reader::Reader;
use crate::report::{error, unknown};
use crate::resolve::names::{Symbol, wrong_kind};
use crate::syntax::ast::{Block, Expression};
use crate::units;

/// Reads all blocks of both kinds.
pub(crate) fn read(reader: &mut Reader<'_>) {
    let mut seen: BTreeMap<String, Span> = BTreeMap::new();
    for block in reader.tops("moved") {
        moved(reader, block, &mut seen);
    }
    for block in reader.tops("removed") {
        removed(reader, block, &mut seen);
    }
}

fn sunset(block: &Block) -> Option<i32> {
    block.setting("sunset").and_then(Expression::text).and_then(units::date)
}

/// `context.Entity` or `context.Entity.field`.
fn path_of(reader: &mut Reader<'_>, block: &Block, setting: &str) -> Option<Vec<Name>> {
    let value = block.setting(setting)?;
    let path = value.path()?;
    if (2..=3).contains(&path.len()) {
        return Some(path);
    }
    reader.findings.push(
        error(codes::MOVED, value.span, "this is not the whole path of an entity or a field", "")
            .help("write `context.Entity` or `context.Entity.field`"),
    );
    None
}

/// What a path means today, if anything.
fn today(reader: &Reader<'_>, path: &[Name]) -> Option<MovedPath> {
    let (owner, field) = match path {
        [context, entity] => {
            return match reader.names.resolve(&[context.clone(), entity.clone()], None) {
                Ok(Symbol::Entity(entity)) => Some(MovedPath::Entity(entity)),
                _ => None,
            };
        }
        [owner @ .., field] => (owner, field),
        [] => return None,
    };
    let Ok(Symbol::Entity(entity)) = reader.names.resolve(owner, None) else { return None };
    let position = reader.system[entity].fields.iter().position(|it| it.name.text == field.text)?;
    Some(MovedPath::Field(entity, position))
}

fn moved(reader: &mut Reader<'_>, block: &Block, seen: &mut BTreeMap<String, Span>) {
    let (Some(from), Some(to)) = (path_of(reader, block, "from"), path_of(reader, block, "to"))
    else {
        return;
    };
    let from_name = crate::view::joined(&from);
    check_gone(reader, &from, seen);
    let target = today(reader, &to);
    if target.is_none() {
        let finding = unknown_target(reader, &to);
        reader.findings.push(finding);
    }
    if from.len() != to.len() {
        let title = "an entity becomes an entity, a field becomes a field";
        let finding = error(codes::MOVED, from_name.span, title, "");
        reader.findings.push(
            finding
                .because(crate::view::joined(&to).span, "")
                .help("write two paths of the same kind"),
        );
    } else if let Some(MovedPath::Field(entity, _)) = target
        && !is_same_entity(reader, &from, entity)
    {
        let name = reader.system.entity_path(entity);
        reader.findings.push(
            error(codes::MOVED, from_name.span, "a field is renamed within its entity", "").help(
                format!("write `{name}.old_name`; between entities, copy the data by a command"),
            ),
        );
    }
    reader.system.moved.push(Moved {
        from: from_name,
        to: target.unwrap_or(MovedPath::Unknown),
        sunset: sunset(block),
        span: block.span,
    });
}

fn is_same_entity(reader: &Reader<'_>, from: &[Name], entity: EntityId) -> bool {
    let Some((_, owner)) = from.split_last() else { return false };
    match reader.names.resolve(owner, None) {
        Ok(Symbol::Entity(found)) => found == entity,
        // The entity itself may have been renamed too.
        _ => true,
    }
}

fn unknown_target(reader: &Reader<'_>, to: &[Name]) -> architrave_model::Finding {
    let Some((last, owner)) = to.split_last() else {
        return error(codes::UNKNOWN_NAME, Span::default(), "a name is missing", "");
    };
    if let (3, Ok(Symbol::Entity(entity))) = (to.len(), reader.names.resolve(owner, None)) {
        let entity = &reader.system[entity];
        let title = format!("`{}` has no field `{}`", entity.name.text, last.text);
        let known = entity.fields.iter().map(|it| it.name.text.as_str());
        return unknown(codes::UNKNOWN_NAME, last, title, known);
    }
    match reader.names.resolve(to, None) {
        Ok(symbol) => wrong_kind(to, symbol, "an entity or a field"),
        Err(finding) => finding,
    }
}

/// What was moved or removed does not exist any more, and is named once.
fn check_gone(reader: &mut Reader<'_>, from: &[Name], seen: &mut BTreeMap<String, Span>) {
    let name = crate::view::joined(from);
    let is_there = today(reader, from).is_some() || reader.names.resolve(from, None).is_ok();
    if is_there {
        let title = format!("`{}` is still declared", name.text);
        reader.findings.push(
            error(codes::STILL_DECLARED, name.span, title, "")
                .help("remove its declaration, or this block"),
        );
    }
    if let Some(first) = seen.insert(name.text.clone(), name.span) {
        let title = format!("`{}` has gone already", name.text);
        reader.findings.push(
            error(codes::DECLARED_TWICE, name.span, title, "")
                .because(first, "first named here")
                .help("keep one of the two"),
        );
    }
}

fn removed(reader: &mut Reader<'_>, block: &Block, seen: &mut BTreeMap<String, Span>) {
    let Some(from) = path_of(reader, block, "from") else { return };
    check_gone(reader, &from, seen);
    let reason = block.setting("reason").and_then(Expression::text).unwrap_or_default();
    reader.system.removed.push(Removed {
        from: crate::view::joined(&from),
        reason: reason.to_owned(),
        sunset: sunset(block),
        span: block.span,
    });
}
