//! Changing a row by a merge patch.

use architrave_model::{EntityId, ExprKind, Root, Rule};
use uuid::Uuid;

use super::{Aggregate, Effect, Notes, Refusal, Turn, invalid, refused};
use crate::{ProblemDetail, evaluate::World, input::Given};

/// Changes a row. The rule must hold before and after, unless it mentions `old`: then once, with both.
pub(crate) fn update(
    turn: &mut Turn<'_>,
    entity: EntityId,
    id: Uuid,
    given: Result<&Given, &Vec<ProblemDetail>>,
    if_match: Option<&str>,
) -> Result<Effect, Refusal> {
    let before = turn.seen(entity, id)?;
    let rule = turn.prepared.plan.system[entity].access.update.as_ref();
    let is_about_both = rule.is_some_and(mentions_old);
    let forbidden = |turn: &Turn<'_>| refused(turn.caller, "You may not change this row.");
    if !is_about_both && !turn.allows(rule, before.view())? {
        return Err(forbidden(turn).into());
    }
    turn.check_version(&before, if_match)?;
    let given = given.map_err(|it| invalid(it.clone()))?;
    let mut notes = Notes::default();
    let patched = turn.build_patched(&before, given, "", &mut notes)?;
    let mut row = turn.compute(patched)?;
    let is_changed = !Aggregate::changes(Some(&before), &row).is_empty();
    if is_changed {
        row.touch(turn.prepared, turn.now_us);
    }
    let after = turn.with(&row);
    let world = turn.world.over(&after);
    if !turn.is_admin && !holds_after(turn, rule, &before, &row, &world)? {
        return Err(forbidden(turn).into());
    }
    turn.check_written(&notes, &row, Some(&before), &world)?;
    turn.check_notes(&mut notes, &world)?;
    let answer = turn.answer(200, &world, &row)?;
    if !is_changed {
        return Ok(Effect {
            changes: Vec::new(),
            events: Vec::new(),
            after: turn.world.changed.clone(),
            answer,
        });
    }
    turn.check_data(&row, &world)?;
    Ok(Effect {
        changes: Aggregate::changes(Some(&before), &row),
        events: vec![row.event(turn.prepared, "updated")],
        after,
        answer,
    })
}

fn holds_after(
    turn: &Turn<'_>,
    rule: Option<&Rule>,
    before: &Aggregate,
    row: &Aggregate,
    world: &World<'_>,
) -> Result<bool, Refusal> {
    let Some(rule) = rule else { return Ok(false) };
    let mut scope = turn.scope(world, row.view());
    scope.old = Some((before.old_view(), &turn.world));
    Ok(scope.holds(&rule.expr)?)
}

fn mentions_old(rule: &Rule) -> bool {
    let mut found = false;
    rule.expr.walk(&mut |it| found |= it.kind == ExprKind::Root(Root::Old));
    found
}
