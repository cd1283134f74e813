//! What a blueprint is drafted from: entities and fields, before they have their final names.

use std::collections::BTreeMap;

/// The whole draft before it is written.
#[derive(Debug, Default)]
pub(super) struct Sketch {
    /// Name of the system as it was found; may be empty.
    pub(super) title: String,
    pub(super) entities: Vec<Entity>,
    pub(super) values: Vec<ValueObject>,
    /// Names of contexts, in order.
    pub(super) contexts: Vec<String>,
    /// The entity with the people who sign in.
    pub(super) user: Option<usize>,
    /// The entity with the tenants.
    pub(super) tenant: Option<usize>,
    /// Whether clients prove who they are with keys.
    pub(super) has_api_keys: bool,
    /// Guesses about the whole.
    pub(super) guesses: Vec<String>,
    /// What was not taken over, with the reason.
    pub(super) left_out: Vec<String>,
}

/// A table or a resource.
#[derive(Debug, Default)]
pub(super) struct Entity {
    /// As shown, e.g. `public.order_items`.
    pub(super) source: String,
    /// The name that its own is made from, e.g. `order_items`.
    pub(super) raw: String,
    /// The context's name as it was found.
    pub(super) group: String,
    pub(super) fields: Vec<Field>,
    /// Combinations of columns, as they were found.
    pub(super) uniques: Vec<Vec<String>>,
    /// Columns with whether they descend, as they were found.
    pub(super) indexes: Vec<Vec<(String, bool)>>,
    pub(super) search: Vec<String>,
    /// Built-in fields by the name of the column that has them: `created` is `created_at`.
    pub(super) built_in: BTreeMap<String, &'static str>,
    pub(super) has_soft_delete: bool,
    /// The aggregate that it is a part of.
    pub(super) part_of: Option<usize>,
    /// What callers can do, as far as a contract says: read, create, update, delete.
    pub(super) offers: Option<[bool; 4]>,
    /// Whether a contract lets anybody read.
    pub(super) is_public: bool,
    /// In `PascalCase`, unique in its context.
    pub(super) name: String,
    /// Position in [`Sketch::contexts`].
    pub(super) context: usize,
}

/// A value object.
#[derive(Debug, Default)]
pub(super) struct ValueObject {
    pub(super) raw: String,
    /// The entity that uses it.
    pub(super) of: usize,
    pub(super) fields: Vec<Field>,
    pub(super) name: String,
}

/// A field.
#[derive(Debug, Clone, Default)]
pub(super) struct Field {
    /// The column or member, as it was found.
    pub(super) source: String,
    /// The name that its own is made from.
    pub(super) raw: String,
    pub(super) shape: Shape,
    pub(super) is_optional: bool,
    pub(super) is_unique: bool,
    /// Further modifiers, e.g. `default(0)`.
    pub(super) modifiers: Vec<String>,
    /// What was guessed about it.
    pub(super) guesses: Vec<String>,
    /// In `snake_case`, unique in its entity.
    pub(super) name: String,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    /// A type with its arguments, e.g. `string` and `120`.
    Plain(&'static str, Vec<String>),
    Enumeration(Vec<String>),
    /// An enumeration whose values follow each other, the initial one first.
    Lifecycle(Vec<String>),
    /// A row of another entity.
    Reference {
        to: usize,
        cascades: bool,
    },
    /// Position in [`Sketch::values`].
    Value(usize),
    /// Parts of the same aggregate.
    Parts(usize),
}

impl Default for Shape {
    fn default() -> Self {
        Self::Plain("text", Vec::new())
    }
}

impl Shape {
    pub(super) fn plain(name: &'static str) -> Self {
        Self::Plain(name, Vec::new())
    }

    pub(super) fn string(length: u64) -> Self {
        match length {
            0 => Self::Plain("string", vec!["255".to_owned()]),
            1..=10_000 => Self::Plain("string", vec![length.to_string()]),
            _ => Self::plain("text"),
        }
    }

    /// Whether it can be a key of an index.
    pub(super) fn is_indexable(&self) -> bool {
        match self {
            Self::Plain(name, _) => !matches!(*name, "json" | "list" | "file"),
            Self::Enumeration(_) | Self::Lifecycle(_) | Self::Reference { .. } => true,
            Self::Value(_) | Self::Parts(_) => false,
        }
    }

    /// Whether it can be unique by itself.
    pub(super) fn can_be_unique(&self) -> bool {
        self.is_indexable() && !matches!(self, Self::Plain("text" | "bool", _))
    }

    /// Whether it can be nothing; of what is empty or full there is no nothing.
    pub(super) fn can_be_optional(&self) -> bool {
        !matches!(self, Self::Plain("list", _) | Self::Parts(_) | Self::Lifecycle(_))
    }

    /// Whether words in it can be searched.
    pub(super) fn is_text(&self) -> bool {
        matches!(self, Self::Plain("string" | "text", _))
    }
}
