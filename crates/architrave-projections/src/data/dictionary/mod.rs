//! The data dictionary, a page per context: every entity and field, where it is stored, how it is found, how long it
//! is kept.

mod finding;
mod members;

use std::fmt::Write as _;

use architrave_model::{ContextId, Entity, EntityId, System, ValueObject, words};
use architrave_plan::{Plan, Table};

use crate::{
    Document, Material, Projection, Room,
    page::{Page, code, escape, link},
    speech,
};

/// `data/dictionary-<context>.md`
pub(crate) const PROJECTION: Projection =
    Projection { name: "dictionary", room: Room::Data, write };

fn write(material: &Material<'_>) -> Vec<Document> {
    let contexts = &material.plan.system.contexts;
    let ids = (0..u32::try_from(contexts.len()).unwrap_or(u32::MAX)).map(ContextId);
    ids.filter_map(|id| document(material, id)).collect()
}

fn document(material: &Material<'_>, context: ContextId) -> Option<Document> {
    let plan = material.plan;
    let system = &plan.system;
    let entities: Vec<EntityId> =
        system.entity_ids().filter(|it| system[*it].context == context).collect();
    let values: Vec<&ValueObject> =
        system.values.iter().filter(|it| it.context == context).collect();
    if entities.is_empty() && values.is_empty() {
        return None;
    }
    let name = &system[context].name.text;
    let path = format!("data/dictionary-{name}.md");
    let title = format!("Data dictionary: {name}");
    let mut page = Page::new(&title);
    introduction(&mut page, system, context, &path);
    for id in entities {
        entity(&mut page, material, id);
    }
    for value in values {
        page.heading(2, &value.name.text);
        let doc = if value.doc.is_empty() { String::new() } else { escape(&value.doc) };
        page.paragraph(&format!(
            "{doc} A value object: its members are columns of whatever row holds one."
        ));
        members::of_value(&mut page, system, value);
    }
    Some(Document {
        path,
        title,
        summary: format!(
            "Every field of {name}: type, bounds, who writes and reads it, where it is stored."
        ),
        text: page.finish(),
    })
}

fn introduction(page: &mut Page, system: &System, context: ContextId, path: &str) {
    let own = &system[context];
    let mut text = String::new();
    if !own.doc.is_empty() {
        let _infallible = write!(text, "{} ", escape(&own.doc));
    }
    let _infallible = write!(
        text,
        "How the entities hang together is in {}.",
        link("Entities and their relations", path, "data/erd.md")
    );
    page.paragraph(&text);
    let tenant = system.identity.tenant.map_or_else(String::new, |it| {
        format!(
            ", the id of its {} (the tenant: first column of every key; tenants themselves have none)",
            code(&system.entity_path(it))
        )
    });
    page.paragraph(&format!(
        "Lists are answered from an index or not at all: a combination of filters and order that none of the indexes below \
         serves is refused with `index-missing`, and the answer names the index to add. Who may see which rows is in {}.",
        link("Who may do what", path, "quality/access.md"),
    ));
    let has_parts = system.entities.iter().any(|it| it.context == context && it.owner.is_some());
    page.paragraph(&format!(
        "Beside its fields every row has an `id` (UUID, version 7: ordered by time){tenant}, a `version` that counts \
         its changes from 1, `created_at` and `updated_at` (UTC, microseconds).{}",
        if has_parts { " Rows of a part have no version and times of their own: those of the row above count." } else { "" }
    ));
}

fn entity(page: &mut Page, material: &Material<'_>, id: EntityId) {
    let plan = material.plan;
    let declared = &plan.system[id];
    page.heading(2, &declared.name.text);
    if !declared.doc.is_empty() {
        page.paragraph(&escape(&declared.doc));
    }
    page.list(facts(plan, id, &plan[id]));
    members::of_entity(page, plan, id);
    if !declared.invariants.is_empty() {
        page.paragraph("Whatever is written, of every stored row it holds that:");
        page.list(declared.invariants.iter().map(|it| {
            format!("{}: {}", escape(&it.title), speech::condition(&plan.system, &it.check))
        }));
    }
    finding::section(page, material, id);
}

/// Where it is stored, how many there are, whose they are, how long they are kept.
fn facts(plan: &Plan, id: EntityId, table: &Table) -> Vec<String> {
    let system = &plan.system;
    let entity = &system[id];
    let mut facts = vec![format!("Stored in table {}.", code(&table.physical))];
    if let Some(owner) = entity.owner {
        let field = system[owner.entity].fields.get(owner.field);
        facts.push(format!(
            "Part of {}, in its {}: written and deleted with it, under its version.",
            code(&system[owner.entity].name.text),
            code(field.map_or("", |it| it.name.text.as_str())),
        ));
    }
    if let Some(rows) = entity.volume_rows {
        facts.push(volume(system, rows, table));
    }
    facts.extend(keeping(system, entity));
    facts
}

/// Declared rows and what they come to.
fn volume(system: &System, rows: u64, table: &Table) -> String {
    let (bytes, is_exact) = super::size::row_bytes(system, table);
    let all = bytes.saturating_mul(rows);
    let doubt = if is_exact {
        ""
    } else {
        ", each text taken as 100 bytes, or as its longest where that is less"
    };
    format!(
        "{} rows expected (declared); about {} a row without indexes{doubt}, hence {} in all (assumed).",
        words::grouped(rows),
        words::bytes(bytes),
        words::bytes(all),
    )
}

fn keeping(system: &System, entity: &Entity) -> Vec<String> {
    let mut facts = Vec::new();
    if let Some(privacy) = &entity.privacy {
        let subject = if matches!(
            privacy.subject.kind,
            architrave_model::ExprKind::Root(architrave_model::Root::This)
        ) {
            "The row is a person's own".to_owned()
        } else {
            format!("The person it is about is its {}", speech::condition(system, &privacy.subject))
        };
        let kept = privacy.retain_for_us.map_or_else(
            || "no time is declared after which it goes".to_owned(),
            |us| {
                let from = privacy
                    .retain_from
                    .as_ref()
                    .map_or_else(|| "its creation".to_owned(), |it| speech::condition(system, it));
                format!("to be kept {} from {from}", speech::period(us))
            },
        );
        facts.push(format!("{subject}; {kept}."));
    }
    if let Some(soft) = &entity.soft_delete {
        facts.push(format!(
            "A deleted row is hidden, can be restored for {}, and is purged then.",
            speech::period(soft.keep_for_us)
        ));
    }
    facts
}
