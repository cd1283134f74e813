//! What is shown to whom: selections, worked out once per class of callers and choice of members.

use std::sync::Arc;

use architrave_model::EntityId;
use architrave_plan::{
    CallerClass, ColumnId, FieldVisibility, RepresentationSource, RowFilter, Shape,
};
use aws_lc_rs::hmac;
use quick_cache::sync::Cache;

use crate::{ports::Selection, prepared::Prepared};

/// Most selections that are kept; each takes about 1 KB. A caller can ask for 2^n sets of members, so
/// there must be a bound.
const SELECTIONS_MAX: usize = 4_096;

/// Selections by caller class and choice.
pub(crate) struct Selections {
    prepared: Arc<Prepared>,
    key: hmac::Key,
    kept: Cache<Choice, Arc<Selection>>,
}

/// What a request chooses.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Choice {
    pub(crate) entity: EntityId,
    pub(crate) class: CallerClass,
    /// Positions in the representation's members, ascending; all if absent.
    pub(crate) members: Option<Vec<usize>>,
    /// References shown as objects.
    pub(crate) expands: Vec<(ColumnId, EntityId)>,
}

impl Choice {
    /// Everything, references as ids.
    pub(crate) fn all(entity: EntityId, class: CallerClass) -> Self {
        Self { entity, class, members: None, expands: Vec::new() }
    }
}

impl Selections {
    pub(crate) fn new(prepared: Arc<Prepared>, key: &[u8; 32]) -> Self {
        Self {
            prepared,
            key: hmac::Key::new(hmac::HMAC_SHA256, key),
            kept: Cache::new(SELECTIONS_MAX),
        }
    }

    /// What is shown to a class of callers.
    pub(crate) fn get(&self, choice: &Choice) -> Arc<Selection> {
        if let Some(found) = self.kept.get(choice) {
            return found;
        }
        let built = Arc::new(self.build(choice));
        self.kept.insert(choice.clone(), Arc::clone(&built));
        built
    }

    /// What a class of callers may see of an entity.
    pub(crate) fn shape(&self, entity: EntityId, class: CallerClass) -> Arc<Shape> {
        Arc::clone(&self.get(&Choice::all(entity, class)).shape)
    }

    fn build(&self, choice: &Choice) -> Selection {
        let shape = Arc::new(shape(&self.prepared, choice.entity, choice.class));
        let representation = self.prepared.representation(choice.entity);
        let all = representation.map(|it| it.members.as_slice()).unwrap_or_default();
        let is_hidden = |field: Option<usize>| {
            field.and_then(|it| shape.fields.get(it)) == Some(&FieldVisibility::Hidden)
        };
        let is_chosen = |position: usize| {
            choice.members.as_ref().is_none_or(|it| it.binary_search(&position).is_ok())
        };
        let mut members = Vec::new();
        let mut parts = Vec::new();
        for (position, member) in all.iter().enumerate() {
            if is_hidden(member.field) || !is_chosen(position) {
                continue;
            }
            members.push(position);
            if let RepresentationSource::Parts { entity } = &member.source {
                parts.push(self.get(&Choice::all(*entity, choice.class)));
            }
        }
        let expand = |(column, entity): &(ColumnId, EntityId)| {
            (*column, self.get(&Choice::all(*entity, choice.class)))
        };
        let expands: Vec<_> = choice.expands.iter().map(expand).collect();
        let key = self.seal(format!("{choice:?}").as_bytes());
        Selection { key, entity: choice.entity, shape, members, parts, expands }
    }

    /// The key that seals cursors.
    pub(crate) fn key(&self) -> &hmac::Key {
        &self.key
    }

    /// A number that stands for some bytes: 64 bits of a keyed hash, so that nobody can make two of them meet.
    pub(crate) fn seal(&self, bytes: &[u8]) -> u64 {
        let tag = hmac::sign(&self.key, bytes);
        let first = tag.as_ref().first_chunk::<8>().copied().unwrap_or_default();
        u64::from_be_bytes(first)
    }
}

/// What a class of callers may see. Architrave itself sees every row and field but secrets: sagas run
/// commands on rows that no rule shows to anybody.
fn shape(prepared: &Prepared, entity: EntityId, class: CallerClass) -> Shape {
    let mut shape = architrave_plan::shape(&prepared.plan, entity, &class);
    if class.is_system {
        shape.rows = RowFilter::Everything;
        let fields = prepared.plan.system[entity].fields.iter();
        shape.fields = fields
            .map(|it| if it.is_secret { FieldVisibility::Hidden } else { FieldVisibility::Visible })
            .collect();
    }
    shape
}
