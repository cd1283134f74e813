//! `access`: who may do what with rows and fields.

use architrave_model::{Access, EntityId, Expr, ExprKind, FieldAccess, FieldType, Rule, Value};

use super::entity::is_required;
use crate::codes;
use crate::expression::Place;
use crate::expression::place::{Language, roots};
use crate::reader::Reader;
use crate::report::error;
use crate::syntax::ast::{Block, Expression};

/// Reads the blocks of all entities.
pub(crate) fn read(reader: &mut Reader<'_>) {
    for (position, block) in reader.blocks.entities.clone().into_iter().enumerate() {
        let id = EntityId(u32::try_from(position).unwrap_or(u32::MAX));
        if let Some(child) = block.block("access") {
            let access = entity_access(reader, id, child);
            reader.system[id].access = access;
            check_creatable(reader, id, child);
        }
    }
}

fn place(
    reader: &Reader<'_>,
    id: EntityId,
    what: &'static str,
    roots: &'static [&'static str],
) -> Place<'static> {
    let mut place = Place::new(what, Language::Rule, roots);
    place.this = Some(id);
    place.context = Some(reader.system[id].context);
    place
}

fn entity_access(reader: &mut Reader<'_>, id: EntityId, block: &Block) -> Access {
    if block.items.is_empty() {
        let finding = error(codes::EMPTY, block.kind.span, "this `access` allows nothing", "");
        reader
            .findings
            .push(finding.help("add a rule, as in `read = true`, or leave the block out"));
    }
    let write = block.setting("write");
    let mut rule = |ast: Option<&Expression>, what, roots| {
        let place = place(reader, id, what, roots);
        ast.map(|it| reader.access_rule(it, &place))
    };
    let specific = |name: &str| block.setting(name).or(write);
    Access {
        read: rule(block.setting("read"), "the rule for `read`", roots::ACCESS),
        create: rule(specific("create"), "the rule for `create`", roots::ACCESS),
        update: rule(specific("update"), "the rule for `update`", roots::UPDATE),
        delete: rule(specific("delete"), "the rule for `delete`", roots::ACCESS),
        fields: block.blocks("field").filter_map(|it| field_access(reader, id, it)).collect(),
    }
}

fn field_access(reader: &mut Reader<'_>, id: EntityId, block: &Block) -> Option<FieldAccess> {
    let field = reader.field(id, &block.name())?;
    let place = place(reader, id, "the rule of a field", roots::FIELD);
    let read = block.setting("read").map(|it| reader.access_rule(it, &place));
    let write = block.setting("write").map(|it| reader.access_rule(it, &place));
    if read.is_none() && write.is_none() {
        let finding = error(codes::EMPTY, block.kind.span, "this field rule says nothing", "");
        reader.findings.push(finding.help("add `read = …` or `write = …`"));
    }
    let declared = reader.system[id].fields.get(field)?;
    let is_own = matches!(declared.ty, FieldType::Computed { .. } | FieldType::Sequence { .. })
        || reader.system[id].lifecycle.as_ref().is_some_and(|it| it.field == field);
    if let (true, Some(write)) = (is_own, &write) {
        let title = format!("nobody writes `{}` anyway", declared.name.text);
        reader.findings.push(
            error(codes::NOT_SETTABLE, write.span, title, "")
                .because(declared.name.span, "worked out by the system")
                .help("leave `write` out"),
        );
    }
    Some(FieldAccess { field, read, write, span: block.span })
}

fn is_false(rule: &Rule) -> bool {
    matches!(&rule.expr, Expr { kind: ExprKind::Literal(Value::Bool(false)), .. })
}

/// A required field that no request may write makes `create` impossible.
fn check_creatable(reader: &mut Reader<'_>, id: EntityId, block: &Block) {
    let entity = &reader.system[id];
    let Some(create) = &entity.access.create else { return };
    if is_false(create) {
        return;
    }
    let mut findings = Vec::new();
    let mut seen: Vec<usize> = Vec::new();
    for (rule, child) in entity.access.fields.iter().zip(block.blocks("field")) {
        let Some(field) = entity.fields.get(rule.field) else { continue };
        if seen.contains(&rule.field) {
            let title = format!("the field `{}` has two rules", field.name.text);
            findings.push(
                error(codes::DECLARED_TWICE, child.name().span, title, "")
                    .help("join them in one block"),
            );
        }
        seen.push(rule.field);
        if rule.write.as_ref().is_some_and(is_false) && is_required(field) {
            let title = format!(
                "no row could be created: `{}` is required, but never written",
                field.name.text
            );
            findings.push(
                error(codes::UNWRITABLE, child.name().span, title, "")
                    .because(field.name.span, "required here")
                    .help("give it a default, or make it optional"),
            );
        }
    }
    reader.findings.extend(findings);
}
