//! Relations between entities, as diagrams and tables show them.

use architrave_model::{ContextId, EntityId, FieldType, OnDelete, System};

/// A field of one entity that leads to another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Relation {
    /// The entity that has the field.
    pub from: EntityId,
    /// Position of the field.
    pub field: usize,
    /// Where it leads.
    pub to: EntityId,
    /// What kind it is.
    pub kind: RelationKind,
}

/// Kinds of relations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RelationKind {
    /// Parts of the same aggregate, at most so many.
    Parts(u32),
    /// A reference to a row with a life of its own.
    Reference {
        /// Whether it may be empty.
        is_optional: bool,
        /// Whether at most one row refers to each.
        is_unique: bool,
        /// What happens when the other row goes.
        on_delete: OnDelete,
    },
}

impl Relation {
    /// All relations of a system, in the author's order.
    pub(crate) fn all(system: &System) -> Vec<Self> {
        system.entity_ids().flat_map(|id| Self::of(system, id)).collect()
    }

    fn of(system: &System, from: EntityId) -> Vec<Self> {
        let fields = system[from].fields.iter().enumerate();
        fields
            .filter_map(|(field, it)| {
                let (to, kind) = match &it.ty {
                    FieldType::Many { entity, count_max } => {
                        (*entity, RelationKind::Parts(*count_max))
                    }
                    FieldType::Ref { entity, on_delete } => {
                        let is_unique = it.unique.is_some();
                        let is_optional = it.is_optional;
                        let on_delete = *on_delete;
                        (*entity, RelationKind::Reference { is_optional, is_unique, on_delete })
                    }
                    _ => return None,
                };
                Some(Self { from, field, to, kind })
            })
            .collect()
    }

    /// The name of its field.
    pub(crate) fn name<'s>(&self, system: &'s System) -> &'s str {
        system[self.from].fields.get(self.field).map_or("", |it| it.name.text.as_str())
    }

    /// Whether it leads out of the context.
    pub(crate) fn crosses(&self, system: &System) -> bool {
        system[self.from].context != system[self.to].context
    }

    /// Whether it begins in this context.
    pub(crate) fn begins_in(&self, system: &System, context: ContextId) -> bool {
        system[self.from].context == context
    }
}
