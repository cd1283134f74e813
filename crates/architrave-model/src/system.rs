//! One backend system, as declared.

use serde::Serialize;

use crate::{
    Channel, Command, Compliance, Constraints, Context, Entity, Event, Identity, Integration,
    Limits, Moved, Name, Notification, Projection, Recovery, Removed, Saga, Schedule, Slo, Span,
    ValueObject, Waiver, Webhook, Workload,
};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident => $list:ident : $item:ty;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub struct $name(pub u32);

        impl std::ops::Index<$name> for System {
            type Output = $item;

            #[expect(clippy::indexing_slicing, reason = "ids are handed out by the reader of the same system")]
            fn index(&self, id: $name) -> &$item {
                &self.$list[id.0 as usize]
            }
        }

        impl std::ops::IndexMut<$name> for System {
            #[expect(clippy::indexing_slicing, reason = "ids are handed out by the reader of the same system")]
            fn index_mut(&mut self, id: $name) -> &mut $item {
                &mut self.$list[id.0 as usize]
            }
        }
    )*};
}

ids! {
    /// Position in [`System::contexts`].
    ContextId => contexts: Context;
    /// Position in [`System::entities`].
    EntityId => entities: Entity;
    /// Position in [`System::values`].
    ValueId => values: ValueObject;
    /// Position in [`System::events`].
    EventId => events: Event;
    /// Position in [`System::commands`].
    CommandId => commands: Command;
    /// Position in [`System::integrations`].
    IntegrationId => integrations: Integration;
    /// Position in [`System::channels`].
    ChannelId => channels: Channel;
}

/// One backend system, as declared by its blueprint. Lists are in the author's order.
#[derive(Debug, Clone, Default)]
pub struct System {
    /// `PascalCase`; empty when the blueprint has no `system` block.
    pub name: Name,
    /// The comment above it.
    pub doc: String,
    /// Vocabulary and semantics, e.g. `2026`.
    pub edition: String,
    /// ISO 4217; `EUR` unless said otherwise.
    pub currency: String,
    /// Digits of the currency's minor unit, e.g. 2.
    pub currency_digits: u8,
    /// Where it runs.
    pub regions: Vec<String>,
    /// Expected load.
    pub workload: Option<Workload>,
    /// Service level objectives.
    pub slos: Vec<Slo>,
    /// RPO and RTO.
    pub recovery: Option<Recovery>,
    /// Regimes.
    pub compliance: Option<Compliance>,
    /// Team, on-call, budget.
    pub constraints: Option<Constraints>,
    /// Who calls.
    pub identity: Identity,
    /// How often.
    pub limits: Limits,
    /// Bounded contexts.
    pub contexts: Vec<Context>,
    /// All entities.
    pub entities: Vec<Entity>,
    /// All value objects.
    pub values: Vec<ValueObject>,
    /// All declared events.
    pub events: Vec<Event>,
    /// All commands.
    pub commands: Vec<Command>,
    /// All sagas.
    pub sagas: Vec<Saga>,
    /// All schedules.
    pub schedules: Vec<Schedule>,
    /// All projections.
    pub projections: Vec<Projection>,
    /// All outbound webhooks.
    pub webhooks: Vec<Webhook>,
    /// All integrations.
    pub integrations: Vec<Integration>,
    /// All channels.
    pub channels: Vec<Channel>,
    /// All notifications.
    pub notifications: Vec<Notification>,
    /// Renames in progress.
    pub moved: Vec<Moved>,
    /// Removals in progress.
    pub removed: Vec<Removed>,
    /// Findings the author accepts.
    pub accepts: Vec<Accept>,
}

/// `accept "AR0307" { reason = "…" until = "2027-06-30" }`, or a rule of the review:
/// `accept "REL-06" { reason = "…" owner = "…" until = "2027-06-30" on = "edge:…*" }`
#[derive(Debug, Clone)]
pub struct Accept {
    /// The code of a finding, or the id of a rule (`REL-*` for a family).
    pub code: Name,
    /// Why.
    pub reason: String,
    /// Who answers for it; empty unless said, which rules demand.
    pub owner: String,
    /// Until which day, as days since 1970; rules demand one.
    pub until: Option<i32>,
    /// Findings: path of what it is about, e.g. `sales.Order`; everything if absent.
    pub on: Option<Name>,
    /// Rules: ids of the elements that it is about, with `*`; all if absent.
    pub subjects: Option<String>,
    /// The whole block.
    pub span: Span,
}

impl Accept {
    /// Whether it is about a rule of the review: `REL-06`, `REL-*`, `*`.
    #[must_use]
    pub fn is_of_rule(&self) -> bool {
        is_rule_pattern(&self.code.text)
    }

    /// As the review wants it; none for findings of the reader, and where owner or end are missing (which is
    /// reported).
    #[must_use]
    pub fn waiver(&self) -> Option<Waiver> {
        if !self.is_of_rule() || self.owner.is_empty() {
            return None;
        }
        Some(Waiver {
            pattern: format!("{}@{}", self.code.text, self.subjects.as_deref().unwrap_or("*")),
            reason: self.reason.clone(),
            owner: self.owner.clone(),
            until_day: self.until?,
            span: Some(self.span),
        })
    }
}

/// Three capital letters, a hyphen, and two digits or a star; or a star alone.
fn is_rule_pattern(code: &str) -> bool {
    let Some((family, number)) = code.split_once('-') else { return code == "*" };
    family.len() == 3
        && family.bytes().all(|it| it.is_ascii_uppercase())
        && (number == "*" || number.len() == 2 && number.bytes().all(|it| it.is_ascii_digit()))
}

impl System {
    /// Entities with their ids, in the author's order.
    pub fn entity_ids(&self) -> impl Iterator<Item = EntityId> + use<> {
        (0..u32::try_from(self.entities.len()).unwrap_or(u32::MAX)).map(EntityId)
    }

    /// `context.Entity`, e.g. `sales.Order`.
    #[must_use]
    pub fn entity_path(&self, id: EntityId) -> String {
        let entity = &self[id];
        format!("{}.{}", self[entity.context].name.text, entity.name.text)
    }

    /// The top of an entity's aggregate: itself unless it is a part.
    #[must_use]
    pub fn aggregate_root(&self, mut id: EntityId) -> EntityId {
        // The reader refuses cycles; the bound keeps a faulty model from hanging us.
        for _ in 0..self.entities.len() {
            match self[id].owner {
                Some(owner) => id = owner.entity,
                None => break,
            }
        }
        id
    }

    /// Whether rows of this entity belong to a tenant.
    #[must_use]
    pub fn is_tenanted(&self, id: EntityId) -> bool {
        self.identity.tenant.is_some_and(|tenant| tenant != id)
    }
}
