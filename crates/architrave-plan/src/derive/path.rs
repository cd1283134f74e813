//! Addresses: `/v1/orders`. Two entities of one name get their context in front.

use std::collections::BTreeMap;

use architrave_model::{EntityId, System};

use super::{operation, word};
use crate::lock::Names;

/// Addresses that the API itself uses or will use.
const RESERVED: &[&str] = &["batch", "events", "me", "operations"];

/// The address of every entity that has operations: `/v1/orders`.
///
/// The lock decides first. Of the others, those that share a plural all get their context in front, so that
/// the result does not hang on the order of files; so does one whose plural is taken already.
pub(super) fn paths(system: &System, names: &mut Names) -> BTreeMap<EntityId, String> {
    let offered: Vec<EntityId> =
        system.entity_ids().filter(|id| operation::is_offered(system, *id)).collect();
    let mut fresh_by_plural: BTreeMap<String, usize> = BTreeMap::new();
    for id in &offered {
        if names.recorded_path(&system.entity_path(*id)).is_none() {
            *fresh_by_plural.entry(word::plural_kebab(&system[*id].name.text)).or_default() += 1;
        }
    }
    let mut paths = BTreeMap::new();
    for id in offered {
        let entity = &system[id];
        let plural = word::plural_kebab(&entity.name.text);
        let prefixed = format!("{}-{plural}", word::kebab(&system[entity.context].name.text));
        let is_shared = fresh_by_plural.get(&plural).is_some_and(|it| *it > 1);
        let is_plain = !is_shared && !RESERVED.contains(&plural.as_str());
        let candidates: Vec<String> =
            is_plain.then_some(plural).into_iter().chain([prefixed]).collect();
        paths.insert(id, format!("/v1/{}", names.path(&system.entity_path(id), &candidates)));
    }
    paths
}
