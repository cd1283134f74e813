//! How many rows of what, and in which order: an entity comes after those it needs.

use std::collections::BTreeSet;

use architrave_model::EntityId;
use architrave_plan::{InputKind, InputShape, OperationKind, Plan};

use super::SeedOptions;
use crate::DriveError;

/// Rows of the entity with the largest declared volume; others in proportion.
const LARGEST: u64 = 2_000;
/// Rows of an entity without a declared volume.
const UNDECLARED: u64 = 40;
/// Fewest rows of an entity with a declared volume.
const FEWEST: u64 = 20;

/// Entities that the API can create and their counts, in an order in which references can be filled.
pub(crate) fn of(plan: &Plan, options: &SeedOptions) -> Result<Vec<(EntityId, u64)>, DriveError> {
    let creatable: Vec<EntityId> = plan
        .operations
        .iter()
        .filter(|it| it.kind == OperationKind::Create)
        .filter_map(|it| it.entity)
        .collect();
    for name in options.rows.keys() {
        let entity = plan.system.entity_ids().find(|it| plan.system.entity_path(*it) == *name);
        match entity {
            None => {
                let known: Vec<_> =
                    creatable.iter().map(|it| plan.system.entity_path(*it)).collect();
                let help = format!("one of {}", known.join(", "));
                return Err(DriveError::new(format!("there is no entity {name}"), help));
            }
            Some(entity) if !creatable.contains(&entity) => {
                let what = format!("{name} cannot be created through the API");
                let help = "no `create` rule allows it; create tenants and users with \
                            `architrave tenant` and `architrave user`";
                return Err(DriveError::new(what, help));
            }
            Some(_) => {}
        }
    }
    let largest = creatable.iter().filter_map(|it| plan.system[*it].volume_rows).max().unwrap_or(1);
    let count = |entity: EntityId| {
        let named = options.rows.get(&plan.system.entity_path(entity)).copied();
        let share = plan.system[entity].volume_rows.map(|rows| {
            let scaled = u128::from(rows) * u128::from(LARGEST) / u128::from(largest.max(1));
            u64::try_from(scaled).unwrap_or(LARGEST).max(FEWEST)
        });
        match named {
            Some(count) => count,
            None if options.is_only_named => 0,
            None => share.unwrap_or(UNDECLARED),
        }
    };
    Ok(ordered(plan, &creatable)
        .into_iter()
        .map(|it| (it, count(it)))
        .filter(|it| it.1 > 0)
        .collect())
}

/// Those first that need nothing, then those that need them. What needs itself in a circle comes last.
fn ordered(plan: &Plan, creatable: &[EntityId]) -> Vec<EntityId> {
    let mut left: Vec<EntityId> = creatable.to_vec();
    let mut order = Vec::new();
    while !left.is_empty() {
        let waits = |entity: &EntityId| {
            needs(plan, *entity).iter().any(|it| it != entity && left.contains(it))
        };
        let ready: Vec<EntityId> = left.iter().copied().filter(|it| !waits(it)).collect();
        let next = if ready.is_empty() { left.clone() } else { ready };
        left.retain(|it| !next.contains(it));
        order.extend(next);
    }
    order
}

/// Entities that a create of this one refers to, parts included.
pub(crate) fn needs(plan: &Plan, entity: EntityId) -> BTreeSet<EntityId> {
    let mut found = BTreeSet::new();
    if let Some(shape) = plan.creates.get(entity.0 as usize) {
        collect(plan, shape, &mut found, 0);
    }
    found
}

fn collect(plan: &Plan, shape: &InputShape, found: &mut BTreeSet<EntityId>, depth: usize) {
    // Parts nest no deeper than there are entities.
    if depth > plan.tables.len() {
        return;
    }
    for member in &shape.members {
        match &member.kind {
            InputKind::Ref(to) => drop(found.insert(*to)),
            InputKind::Object { shape, .. } => collect(plan, shape, found, depth + 1),
            InputKind::Parts(part) => {
                if let Some(shape) = plan.creates.get(part.0 as usize) {
                    collect(plan, shape, found, depth + 1);
                }
            }
            InputKind::Scalar(_) | InputKind::List { .. } => {}
        }
    }
}
