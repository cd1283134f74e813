//! Rules in memory for others than the engine's own decisions: stores prove that their SQL means the
//! same, streams ask it of journal images.

use std::{cell::RefCell, collections::BTreeSet, sync::Arc};

use architrave_model::{EntityId, Expr};
use architrave_plan::Plan;

use super::{Overlay, Scope, View, World};
use crate::{Caller, Row, Rows, ports::Need, prepared::Prepared};

/// Interprets rules of one plan.
pub struct Judge {
    prepared: Prepared,
}

impl Judge {
    /// A judge for this plan.
    #[must_use]
    pub fn new(plan: Arc<Plan>) -> Self {
        Self { prepared: Prepared::new(plan) }
    }

    /// Whether a rule over `this` holds for a row of `entity`, as far as `rows` have been loaded.
    ///
    /// # Errors
    /// What has to be loaded first.
    pub fn holds(
        &self,
        rule: &Expr,
        (entity, row): (EntityId, &Row),
        caller: &Caller,
        now_us: i64,
        rows: &Rows,
    ) -> Result<bool, Vec<Need>> {
        let (changed, needs) = (Overlay::default(), RefCell::new(BTreeSet::new()));
        let world = World { loaded: rows, changed: &changed, needs: &needs };
        let scope = Scope {
            prepared: &self.prepared,
            caller,
            now_us,
            world: &world,
            this: Some(View::new(entity, Row::clone(row))),
            old: None,
            input: &[],
        };
        let verdict = scope.holds(rule);
        verdict.map_err(|_| needs.borrow().iter().cloned().collect())
    }
}
