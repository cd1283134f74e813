//! What a blueprint declares and this version checks, but does not run yet. One list, so that whoever starts a
//! backend and whoever reads its documents are told the same.

use architrave_model::System;

/// Blocks of one kind that do not run yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// The kind of block, as in a blueprint, e.g. `saga`.
    pub kind: &'static str,
    /// Names of the blocks, or in words what of them does not happen; never empty.
    pub names: Vec<String>,
}

/// Everything that a system declares and this version does not run, by kind.
#[must_use]
pub fn pending(system: &System) -> Vec<Pending> {
    let named = |kind, names: Vec<&str>| Pending {
        kind,
        names: names.into_iter().map(str::to_owned).collect(),
    };
    let private = system.entities.iter().filter(|it| it.privacy.is_some());
    let kinds = [
        named("saga", system.sagas.iter().map(|it| it.name.text.as_str()).collect()),
        named("schedule", system.schedules.iter().map(|it| it.name.text.as_str()).collect()),
        named("projection", system.projections.iter().map(|it| it.name.text.as_str()).collect()),
        named("webhook", system.webhooks.iter().map(|it| it.name.text.as_str()).collect()),
        named("integration", system.integrations.iter().map(|it| it.name.text.as_str()).collect()),
        named("channel", system.channels.iter().map(|it| it.name.text.as_str()).collect()),
        named(
            "notification",
            system.notifications.iter().map(|it| it.name.text.as_str()).collect(),
        ),
        named("privacy", private.map(|it| it.name.text.as_str()).collect()),
        named("moved", vec!["both names are not served yet"; system.moved.len().min(1)]),
        named("removed", vec!["sunsets are not announced yet"; system.removed.len().min(1)]),
    ];
    kinds.into_iter().filter(|it| !it.names.is_empty()).collect()
}
