//! Entities and their relations, drawn: the whole system by context, then each context with its fields.

use std::fmt::Write as _;

use architrave_model::{ContextId, Entity, EntityId, Field, FieldType, OnDelete, System, words};

use super::relation::{Relation, RelationKind};
use crate::{
    Document, Material, Projection, Room, field_type,
    page::{Page, code, escape, mermaid},
};

/// `data/erd.md`
pub(crate) const PROJECTION: Projection = Projection { name: "erd", room: Room::Data, write };

/// Fields of an entity that a diagram shows; longer boxes do not fit on a screen.
const FIELDS_DRAWN_MAX: usize = 24;

fn write(material: &Material<'_>) -> Vec<Document> {
    let system = &material.plan.system;
    if system.entities.is_empty() {
        return Vec::new();
    }
    let relations = Relation::all(system);
    let mut page = Page::new("Entities and their relations");
    introduction(&mut page, system, &relations);
    overall(&mut page, system, &relations);
    for context in contexts(system) {
        section(&mut page, system, context, &relations);
    }
    vec![Document {
        path: "data/erd.md".to_owned(),
        title: "Entities and their relations".to_owned(),
        summary: "What is stored, what belongs together, and which rows refer to which.".to_owned(),
        text: page.finish(),
    }]
}

/// Contexts that have entities, in the author's order.
fn contexts(system: &System) -> Vec<ContextId> {
    let ids = (0..u32::try_from(system.contexts.len()).unwrap_or(u32::MAX)).map(ContextId);
    ids.filter(|id| system.entities.iter().any(|it| it.context == *id)).collect()
}

fn introduction(page: &mut Page, system: &System, relations: &[Relation]) {
    let roots = system.entities.iter().filter(|it| it.owner.is_none()).count();
    let parts = system.entities.len() - roots;
    let mut text = format!(
        "{} stores {} in {}.",
        escape(&system.name.text),
        count(system.entities.len(), "entity", "entities"),
        count(contexts(system).len(), "context", "contexts"),
    );
    if parts > 0 {
        let are = if parts == 1 { "is a part" } else { "are parts" };
        let _infallible = write!(
            text,
            " {roots} stand on their own; {parts} {are} of an aggregate: read, changed and deleted with the row \
             above, in one transaction and under its version."
        );
    }
    page.paragraph(&text);
    if let Some(tenant) = system.identity.tenant {
        let name = code(&system.entity_path(tenant));
        page.paragraph(&format!(
            "{name} is the tenant. Every other row carries its tenant's id as the first column of its primary key, of \
             its unique keys and of its references, so that no reference can lead from one tenant to another. These \
             columns are left out of the diagrams."
        ));
    }
    let crossing = relations.iter().filter(|it| it.crosses(system)).count();
    if crossing > 0 {
        page.paragraph(&format!(
            "{} out of a context; they are listed below their context with ↗ and are allowed only along its \
             `depends_on`.",
            if crossing == 1 {
                "One reference leads".to_owned()
            } else {
                format!("{crossing} references lead")
            }
        ));
    }
}

fn overall(page: &mut Page, system: &System, relations: &[Relation]) {
    if contexts(system).len() < 2 {
        return;
    }
    page.heading(2, "All contexts");
    let mut out = String::from("erDiagram\n");
    for id in system.entity_ids() {
        let _infallible = writeln!(out, "    {}", name(system, id, None));
    }
    for relation in relations {
        line(&mut out, system, relation);
    }
    page.diagram(
        "Every entity with its context in front. Solid lines hold an aggregate together, dotted lines are references.",
        &out,
    );
}

fn section(page: &mut Page, system: &System, context: ContextId, relations: &[Relation]) {
    let own = &system[context];
    page.heading(2, &format!("Context {}", own.name.text));
    if !own.doc.is_empty() {
        page.paragraph(&escape(&own.doc));
    }
    let members: Vec<EntityId> =
        system.entity_ids().filter(|id| system[*id].context == context).collect();
    page.list(members.iter().map(|id| member(system, *id)));
    let relations: Vec<&Relation> =
        relations.iter().filter(|it| it.begins_in(system, context)).collect();
    page.diagram(
        &format!("The rows of {} with their fields.", escape(&own.name.text)),
        &diagram(system, context, &members, &relations),
    );
    page.table(
        &["Reference", "Points to", "How many", "When that row is deleted"],
        &relations.iter().filter_map(|it| row(system, it)).collect::<Vec<_>>(),
    );
}

/// What an entity is, in a line.
fn member(system: &System, id: EntityId) -> String {
    let entity = &system[id];
    let mut text = format!("**{}**", escape(&entity.name.text));
    if let Some(owner) = entity.owner {
        let _infallible = write!(text, ", part of {}", escape(&system[owner.entity].name.text));
    }
    if let Some(rows) = entity.volume_rows {
        let _infallible = write!(text, ", {} rows expected", words::grouped(rows));
    }
    if !entity.doc.is_empty() {
        let _infallible = write!(text, ": {}", escape(&entity.doc));
    }
    if entity.fields.len() > FIELDS_DRAWN_MAX {
        let _infallible = write!(
            text,
            " (the diagram shows its keys and {FIELDS_DRAWN_MAX} of {} fields)",
            entity.fields.len()
        );
    }
    text
}

fn diagram(
    system: &System,
    context: ContextId,
    members: &[EntityId],
    relations: &[&Relation],
) -> String {
    let mut out = String::from("erDiagram\n");
    for id in members {
        let _infallible = writeln!(out, "    {} {{", name(system, *id, Some(context)));
        attributes(&mut out, system, &system[*id]);
        out.push_str("    }\n");
    }
    let mut others: Vec<EntityId> =
        relations.iter().filter(|it| it.crosses(system)).map(|it| it.to).collect();
    others.sort_unstable();
    others.dedup();
    for id in others {
        let _infallible = writeln!(out, "    {}", name(system, id, Some(context)));
    }
    for relation in relations {
        line(&mut out, system, relation);
    }
    out
}

fn attributes(out: &mut String, system: &System, entity: &Entity) {
    out.push_str("        uuid id PK\n");
    let mut drawn = 0;
    for field in &entity.fields {
        if matches!(field.ty, FieldType::Many { .. }) {
            continue;
        }
        let keys = keys(field);
        drawn += 1;
        if drawn > FIELDS_DRAWN_MAX && keys.is_empty() {
            continue;
        }
        let notes = notes(field);
        let notes = if notes.is_empty() {
            String::new()
        } else {
            format!(" \"{}\"", mermaid::label(&notes.join(", ")))
        };
        let ty = field_type::word(system, &field.ty);
        let _infallible = writeln!(out, "        {ty} {}{keys}{notes}", field.name.text);
    }
}

fn keys(field: &Field) -> &'static str {
    match (matches!(field.ty, FieldType::Ref { .. }), field.unique.is_some()) {
        (true, true) => " FK,UK",
        (true, false) => " FK",
        (false, true) => " UK",
        (false, false) => "",
    }
}

/// What a reader wants to know of a field at a glance.
fn notes(field: &Field) -> Vec<&'static str> {
    let mut notes = Vec::new();
    if matches!(field.ty, FieldType::Computed { .. }) {
        notes.push("computed");
    }
    if field.is_optional {
        notes.push("optional");
    }
    if field.is_immutable {
        notes.push("never changes");
    }
    if field.is_secret {
        notes.push("secret");
    }
    if field.pii.is_some() {
        notes.push("personal");
    }
    if field.encryption.is_some() {
        notes.push("encrypted");
    }
    notes
}

/// The element of an entity; with its context in front where that is another one.
fn name(system: &System, id: EntityId, context: Option<ContextId>) -> String {
    let path = system.entity_path(id);
    let is_own = context == Some(system[id].context);
    let label = if is_own { &system[id].name.text } else { &path };
    format!("{}[\"{}\"]", mermaid::identifier(&path), mermaid::label(label))
}

fn line(out: &mut String, system: &System, relation: &Relation) {
    let ends = match relation.kind {
        RelationKind::Parts(_) => "||--o{",
        RelationKind::Reference { is_optional, is_unique, .. } => match (is_unique, is_optional) {
            (false, false) => "}o..||",
            (false, true) => "}o..o|",
            (true, false) => "|o..||",
            (true, true) => "|o..o|",
        },
    };
    let arrow = if relation.crosses(system) { " ↗" } else { "" };
    let _infallible = writeln!(
        out,
        "    {} {ends} {} : \"{}{arrow}\"",
        mermaid::identifier(&system.entity_path(relation.from)),
        mermaid::identifier(&system.entity_path(relation.to)),
        mermaid::label(relation.name(system)),
    );
}

fn row(system: &System, relation: &Relation) -> Option<Vec<String>> {
    let from = &system[relation.from].name.text;
    let to = &system[relation.to].name.text;
    let field = code(&format!("{from}.{}", relation.name(system)));
    let target = if relation.crosses(system) {
        format!("↗ {}", code(&system.entity_path(relation.to)))
    } else {
        code(to)
    };
    let (many, gone) = match relation.kind {
        RelationKind::Parts(count_max) => (
            format!("0 to {} parts", words::grouped(u64::from(count_max))),
            "goes with the row above".to_owned(),
        ),
        RelationKind::Reference { is_optional, is_unique, on_delete } => {
            let one = if is_optional { "at most one" } else { "exactly one" };
            let one = if is_unique { format!("{one}, each once") } else { one.to_owned() };
            (one, deletion(system, relation.to, on_delete))
        }
    };
    Some(vec![field, target, many, gone])
}

fn deletion(system: &System, to: EntityId, on_delete: OnDelete) -> String {
    if system[to].access.delete.is_none() {
        return format!("no caller may delete a {}", escape(&system[to].name.text));
    }
    match on_delete {
        OnDelete::Restrict => "refused with `still-referenced`",
        OnDelete::SetNull => "the reference becomes empty",
        OnDelete::Cascade => "this row is deleted as well",
    }
    .to_owned()
}

/// `1 entity`, `6 entities`.
fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
