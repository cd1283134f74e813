//! What has been made so far: rows to refer to and to run commands on.

use std::collections::BTreeMap;

use architrave_model::EntityId;
use serde_json::{Map, Value};

use crate::{client::member, generate::Pool, random::Random};

/// Most rows per entity that later rows can refer to.
pub(crate) const POOL_MAX: usize = 20_000;

/// The longest of them is an instant with microseconds.
const FIGURE_BYTES_MAX: usize = 32;

/// A row that was made.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) id: String,
    /// Position of its creator among the callers.
    pub(crate) caller: usize,
}

/// Rows by entity, in the order of their numbers.
#[derive(Debug, Default)]
pub(crate) struct Made {
    rows: BTreeMap<EntityId, Vec<Row>>,
    /// As their creator sees them.
    pool: BTreeMap<EntityId, Vec<Value>>,
}

/// Rows of other entities, as one caller sees them.
pub(crate) type Visible = BTreeMap<EntityId, Vec<Value>>;

/// What a caller's rows may refer to: what they see, and themselves.
pub(crate) struct Seen<'a> {
    pub(crate) made: &'a Made,
    pub(crate) visible: &'a Visible,
    pub(crate) user_entity: Option<EntityId>,
    pub(crate) user: Option<&'a Value>,
}

impl Made {
    /// Remembers a row as the API showed it.
    pub(crate) fn add(&mut self, entity: EntityId, caller: usize, shown: &Value) {
        let Some(id) = member(shown, "id").as_str() else { return };
        self.rows.entry(entity).or_default().push(Row { id: id.to_owned(), caller });
        let pool = self.pool.entry(entity).or_default();
        if pool.len() < POOL_MAX {
            pool.push(slim(shown));
        }
    }

    pub(crate) fn rows_of(&self, entity: EntityId) -> &[Row] {
        self.rows.get(&entity).map_or(&[], Vec::as_slice)
    }
}

impl Pool for Seen<'_> {
    fn pick(&self, entity: EntityId, random: &mut Random) -> Option<&Value> {
        if self.user_entity == Some(entity) && self.user.is_some() {
            return self.user;
        }
        let rows = self.visible.get(&entity).or_else(|| self.made.pool.get(&entity));
        random.pick(rows?)
    }
}

/// The id and what others may copy or have to keep to: amounts, numbers, days and instants.
pub(crate) fn slim(shown: &Value) -> Value {
    let members = shown.as_object().into_iter().flatten();
    let kept = members.filter(|(name, value)| {
        let is_money = value.as_object().is_some_and(|it| it.contains_key("amount"));
        let is_figure = value.as_str().is_some_and(|it| {
            it.len() <= FIGURE_BYTES_MAX
                && it.starts_with(|it: char| it.is_ascii_digit() || it == '-')
        });
        *name == "id" || is_money || is_figure || value.is_number()
    });
    Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>())
}
