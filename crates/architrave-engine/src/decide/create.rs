//! Creating a row.

use architrave_model::EntityId;

use super::{Aggregate, Effect, Notes, Refusal, Turn, invalid, refused};
use crate::{ProblemDetail, input::Given};

/// Creates a row: builds it as it would be stored, then asks the rules.
pub(crate) fn create(
    turn: &mut Turn<'_>,
    entity: EntityId,
    path: &str,
    given: Result<&Given, &Vec<ProblemDetail>>,
) -> Result<Effect, Refusal> {
    // Who may never create one learns nothing about the body.
    if !turn.is_admin && !turn.may_ever(turn.prepared.plan.system[entity].access.create.as_ref()) {
        return Err(refused(turn.caller, "You may not create this row.").into());
    }
    let given = given.map_err(|it| invalid(it.clone()))?;
    let mut notes = Notes::default();
    let built = turn.build_new(entity, given, None, "", &mut notes)?;
    let row = turn.compute(built)?;
    let after = turn.with(&row);
    let world = turn.world.over(&after);
    // The rule sees the row with its parts, hence after building; what it refuses is refused before
    // anything about references is told.
    if !turn.is_admin {
        let rule = turn.prepared.plan.system[entity].access.create.as_ref();
        let holds = match rule {
            Some(rule) => turn.scope(&world, row.view()).holds(&rule.expr)?,
            None => false,
        };
        if !holds {
            return Err(refused(turn.caller, "You may not create this row.").into());
        }
    }
    turn.check_written(&notes, &row, None, &world)?;
    turn.check_notes(&mut notes, &world)?;
    turn.check_data(&row, &world)?;
    let mut answer = turn.answer(201, &world, &row)?;
    answer.location = Some(format!("{path}/{}", row.id));
    Ok(Effect {
        changes: Aggregate::changes(None, &row),
        events: vec![row.event(turn.prepared, "created")],
        after,
        answer,
    })
}
