//! What entities are to each other: people, tenants, parts, states, and references that must not close a circle.

use std::collections::BTreeSet;

use super::{
    names,
    sketch::{Entity, Field, Shape, Sketch},
};

/// Names of the table with the people who sign in, the likeliest first.
const PEOPLE: &[&str] = &[
    "user",
    "app_user",
    "account",
    "profile",
    "member",
    "person",
    "customer",
    "staff",
    "employee",
    "auth_user",
];
/// Names of references to the person whose row it is, the likeliest first.
const OWNERS: &[&str] = &[
    "owner",
    "user",
    "author",
    "customer",
    "member",
    "creator",
    "created_by",
    "account",
    "profile",
    "person",
];
/// Last words of names of parts.
const PARTS: &[&str] = &["line", "item", "entry", "detail", "row", "position"];
/// States from which nothing follows.
const LAST_STATES: &[&str] = &[
    "cancelled",
    "canceled",
    "rejected",
    "failed",
    "refunded",
    "archived",
    "expired",
    "deleted",
    "voided",
    "void",
    "abandoned",
    "returned",
    "lost",
    "inactive",
    "suspended",
    "closed",
    "declined",
    "banned",
    "disabled",
];

/// Works out everything that needs all entities.
pub(super) fn settle(sketch: &mut Sketch) {
    people(sketch);
    tenants(sketch);
    parts(sketch);
    for entity in &mut sketch.entities {
        if entity.part_of.is_none() {
            states(entity);
        }
    }
    open_circles(sketch);
}

fn people(sketch: &mut Sketch) {
    let is_called = |entity: &Entity, name: &str| names::singular_name(&entity.raw) == name;
    let found =
        PEOPLE.iter().find_map(|name| sketch.entities.iter().position(|it| is_called(it, name)));
    if let Some(user) = found {
        if let Some(entity) = sketch.entities.get(user) {
            sketch.guesses.push(format!("people who sign in are rows of {}", entity.source));
        }
        sketch.user = Some(user);
        return;
    }
    sketch
        .guesses
        .push("an entity User for the people who sign in: nothing found looks like one".to_owned());
    let email = Field {
        raw: "email".to_owned(),
        shape: Shape::plain("email"),
        is_unique: true,
        modifiers: vec!["pii(\"contact\")".to_owned()],
        ..Field::default()
    };
    let group = sketch.entities.first().map_or_else(|| "app".to_owned(), |it| it.group.clone());
    sketch.user = Some(sketch.entities.len());
    sketch.entities.push(Entity {
        raw: "user".to_owned(),
        group,
        fields: vec![email],
        ..Entity::default()
    });
}

/// Tenants are what `tenant_id` refers to, nothing else: a company may as well be a customer.
fn tenants(sketch: &mut Sketch) {
    let refers = |field: &Field| match field.shape {
        Shape::Reference { to, .. } if names::snake(&field.raw, "") == "tenant" => Some(to),
        _ => None,
    };
    let found = sketch.entities.iter().flat_map(|it| &it.fields).find_map(refers);
    let Some(tenant) = found.filter(|it| Some(*it) != sketch.user) else { return };
    sketch.tenant = Some(tenant);
    if let Some(entity) = sketch.entities.get(tenant) {
        sketch
            .guesses
            .push(format!("tenants are rows of {}; every row belongs to one", entity.source));
    }
    for entity in &mut sketch.entities {
        let columns: Vec<String> = entity
            .fields
            .iter()
            .filter(|it| refers(it) == Some(tenant))
            .map(|it| it.source.clone())
            .collect();
        entity.fields.retain(|it| refers(it) != Some(tenant));
        for column in columns {
            // Every index begins with the tenant by itself.
            entity.uniques.iter_mut().for_each(|it| it.retain(|it| *it != column));
            entity.indexes.iter_mut().for_each(|it| it.retain(|it| it.0 != column));
        }
    }
}

/// A child becomes a part where everything speaks for it: it is called one, goes with its parent, has no other
/// owner, and nothing else refers to it.
fn parts(sketch: &mut Sketch) {
    let referred: Vec<usize> = references(sketch).into_iter().map(|it| it.1).collect();
    for child in 0..sketch.entities.len() {
        let is_taken =
            Some(child) == sketch.user || Some(child) == sketch.tenant || referred.contains(&child);
        let Some(entity) = sketch.entities.get(child).filter(|_| !is_taken) else { continue };
        let last = names::words(&names::singular_name(&entity.raw)).pop().unwrap_or_default();
        let mut owners = entity.fields.iter().filter_map(|it| match it.shape {
            Shape::Reference { to, cascades: true } if !it.is_optional => {
                Some((to, it.source.clone()))
            }
            _ => None,
        });
        let (Some((parent, column)), None) = (owners.next(), owners.next()) else { continue };
        let parent_fits = sketch.entities.get(parent).is_some_and(|it| {
            it.part_of.is_none()
                && it.group == entity.group
                && Some(parent) != sketch.user
                && Some(parent) != sketch.tenant
        });
        if parent != child
            && parent_fits
            && PARTS.contains(&last.as_str())
            && !entity.has_soft_delete
        {
            make_part(sketch, child, parent, &column);
        }
    }
}

fn make_part(sketch: &mut Sketch, child: usize, parent: usize, column: &str) {
    let parent_name =
        sketch.entities.get(parent).map(|it| names::singular_name(&it.raw)).unwrap_or_default();
    let Some(entity) = sketch.entities.get_mut(child) else { return };
    entity.part_of = Some(parent);
    entity.fields.retain(|it| it.source != column);
    for key in entity.uniques.iter().filter(|it| it.iter().any(|it| it == column)) {
        let text = format!(
            "unique ({}) of {}: a part is unique within its aggregate only by an invariant",
            key.join(", "),
            entity.source
        );
        sketch.left_out.push(text);
    }
    entity.uniques.retain(|it| !it.iter().any(|it| it == column));
    entity.indexes.retain(|it| !it.iter().any(|it| it.0 == column));
    entity.search.clear();
    let raw = names::words(&entity.raw).join("_");
    let raw = raw.strip_prefix(&format!("{parent_name}_")).map(str::to_owned).unwrap_or(raw);
    let guess =
        format!("rows of {} are parts: they go with it and have no other owner", entity.source);
    let field = Field { raw, shape: Shape::Parts(child), guesses: vec![guess], ..Field::default() };
    if let Some(owner) = sketch.entities.get_mut(parent) {
        owner.fields.push(field);
    }
}

/// The first enumeration called status or state becomes a lifecycle.
fn states(entity: &mut Entity) {
    let found = entity.fields.iter_mut().find(|it| {
        let last = names::words(&it.raw).pop().unwrap_or_default();
        matches!(last.as_str(), "status" | "state") && !it.is_unique
    });
    let Some(field) = found else { return };
    let Shape::Enumeration(values) = &field.shape else { return };
    let mut commands = BTreeSet::new();
    let is_name = |it: &String| {
        let is_first = it.starts_with(|it: char| it.is_ascii_alphabetic());
        let word = !matches!(it.as_str(), "true" | "false" | "null" | "for" | "in" | "if");
        is_first && word && it.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
    };
    let are_distinct = values.iter().all(|it| commands.insert(names::snake(it, "state")));
    if !(2..=12).contains(&values.len()) || !values.iter().all(is_name) || !are_distinct {
        return;
    }
    let default =
        field.modifiers.iter().find_map(|it| it.strip_prefix("default(\"")?.strip_suffix("\")"));
    let mut states = values.clone();
    if let Some(initial) = default.and_then(|it| states.iter().position(|state| state == it)) {
        let initial = states.remove(initial);
        states.insert(0, initial);
    }
    field.modifiers.clear();
    field.is_optional = false;
    field.shape = Shape::Lifecycle(states);
}

/// How states follow each other: one after the other as they are listed, and from everywhere to the last ones.
pub(super) fn transitions(states: &[String]) -> Vec<(String, Vec<String>)> {
    let is_last = |it: &String| LAST_STATES.contains(&it.to_lowercase().as_str());
    let Some((initial, rest)) = states.split_first() else { return Vec::new() };
    let (last, on_the_way): (Vec<&String>, Vec<&String>) = rest.iter().partition(|it| is_last(it));
    let path: Vec<&String> = std::iter::once(initial).chain(on_the_way).collect();
    let followers = path.iter().skip(1).map(Some).chain([None]);
    path.iter()
        .zip(followers)
        .map(|(from, next)| {
            let to = next.into_iter().copied().chain(last.iter().copied()).cloned().collect();
            ((*from).clone(), to)
        })
        .filter(|it: &(String, Vec<String>)| !it.1.is_empty())
        .collect()
}

/// (from, to, field's position) of all references.
fn references(sketch: &Sketch) -> Vec<(usize, usize, usize)> {
    let mut found = Vec::new();
    for (entity, from) in sketch.entities.iter().zip(0..) {
        for (field, at) in entity.fields.iter().zip(0..) {
            if let Shape::Reference { to, .. } = field.shape {
                found.push((from, to, at));
            }
        }
    }
    found
}

/// Makes references optional where required ones lead back to where they began: no first row could be made.
fn open_circles(sketch: &mut Sketch) {
    let required: Vec<(usize, usize, usize)> = references(sketch)
        .into_iter()
        .filter(|(from, _, at)| {
            sketch
                .entities
                .get(*from)
                .and_then(|it| it.fields.get(*at))
                .is_some_and(|it| !it.is_optional)
        })
        .collect();
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); sketch.entities.len()];
    for (from, to, at) in required {
        if reaches(&next, to, from) {
            if let Some(field) = sketch.entities.get_mut(from).and_then(|it| it.fields.get_mut(at))
            {
                field.is_optional = true;
                field.guesses.push("optional: required references lead in a circle".to_owned());
            }
        } else if let Some(list) = next.get_mut(from) {
            list.push(to);
        }
    }
}

fn reaches(next: &[Vec<usize>], from: usize, goal: usize) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        if at == goal {
            return true;
        }
        if seen.insert(at) {
            open.extend(next.get(at).into_iter().flatten());
        }
    }
    false
}

/// The field that refers to the person whose row it is; whether it may be empty.
pub(super) fn owner<'a>(sketch: &Sketch, entity: &'a Entity) -> Option<&'a Field> {
    let user = sketch.user?;
    let to_person = |it: &&Field| matches!(it.shape, Shape::Reference { to, .. } if to == user);
    OWNERS
        .iter()
        .find_map(|name| entity.fields.iter().filter(to_person).find(|it| it.name == *name))
}

/// Which entities are about somebody: they hold personal data, or refer to people or to what is about somebody.
pub(super) fn about_somebody(sketch: &Sketch) -> Vec<bool> {
    let is_personal = |it: &Entity| {
        it.fields.iter().any(|it| it.modifiers.iter().any(|it| it.starts_with("pii(")))
    };
    let mut about: Vec<bool> = sketch.entities.iter().map(is_personal).collect();
    if let Some(user) = sketch.user.and_then(|it| about.get_mut(it)) {
        *user = true;
    }
    let mut referring: Vec<Vec<usize>> = vec![Vec::new(); sketch.entities.len()];
    for (from, to, _) in references(sketch) {
        if let Some(list) = referring.get_mut(to) {
            list.push(from);
        }
    }
    // Whoever reads an aggregate reads its parts.
    for (entity, part) in sketch.entities.iter().zip(0..) {
        if let (Some(list), Some(owner)) = (referring.get_mut(part), entity.part_of) {
            list.push(owner);
        }
    }
    let mut open: Vec<usize> = (0..).zip(&about).filter(|it| *it.1).map(|it| it.0).collect();
    while let Some(at) = open.pop() {
        for from in referring.get(at).into_iter().flatten() {
            if let Some(is_about) = about.get_mut(*from).filter(|it| !**it) {
                *is_about = true;
                open.push(*from);
            }
        }
    }
    about
}
