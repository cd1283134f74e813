//! What is shown to whom: selections, worked out once per class of callers and choice of members.

use std::sync::Arc;

use architrave_model::{EntityId, ExprKind, Rule, Value};
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
        let key = self.seal(&format!("{choice:?}"));
        Selection { key, entity: choice.entity, shape, members, parts, expands }
    }

    /// A number that stands for a text: 64 bits of a keyed hash, so that nobody can make two texts meet.
    pub(crate) fn seal(&self, text: &str) -> u64 {
        let tag = hmac::sign(&self.key, text.as_bytes());
        let first = tag.as_ref().first_chunk::<8>().copied().unwrap_or_default();
        u64::from_be_bytes(first)
    }
}

/// What a class of callers may see. Architrave itself sees every row and field: sagas run commands on
/// rows that no rule shows to anybody.
fn shape(prepared: &Prepared, entity: EntityId, class: CallerClass) -> Shape {
    let system = &prepared.plan.system;
    let declared = &system[entity];
    // A part is seen with its aggregate, whoever sees that.
    let is_open = class.is_system || declared.owner.is_some();
    let rows = match constant(declared.access.read.as_ref()) {
        _ if is_open => RowFilter::Everything,
        Known::True => RowFilter::Everything,
        Known::False => RowFilter::Nothing,
        Known::Depends(rule) => RowFilter::Where(rule.expr.clone()),
    };
    let field = |(position, field): (usize, &architrave_model::Field)| {
        if field.is_secret {
            return FieldVisibility::Hidden;
        }
        let access = declared.access.fields.iter().find(|it| it.field == position);
        let Some(rule) = access.and_then(|it| it.read.as_ref()) else {
            return FieldVisibility::Visible;
        };
        match constant(Some(rule)) {
            _ if class.is_system => FieldVisibility::Visible,
            Known::True => FieldVisibility::Visible,
            Known::False => FieldVisibility::Hidden,
            Known::Depends(rule) => FieldVisibility::Where(rule.expr.clone()),
        }
    };
    let fields = declared.fields.iter().enumerate().map(field).collect();
    Shape { entity, rows, fields }
}

enum Known<'a> {
    True,
    False,
    Depends(&'a Rule),
}

fn constant(rule: Option<&Rule>) -> Known<'_> {
    match rule.map(|it| (&it.expr.kind, it)) {
        None | Some((ExprKind::Literal(Value::Bool(false)), _)) => Known::False,
        Some((ExprKind::Literal(Value::Bool(true)), _)) => Known::True,
        Some((_, rule)) => Known::Depends(rule),
    }
}
