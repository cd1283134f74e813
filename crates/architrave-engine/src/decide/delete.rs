//! Deleting a row, and everything that refers to it.

use std::collections::{BTreeMap, BTreeSet};

use architrave_model::{EntityId, OnDelete, Value};
use architrave_plan::ColumnId;
use uuid::Uuid;

use super::{Aggregate, Effect, Refusal, Turn, answer, not_found, refused};
use crate::{
    Problem, Row, RowKey, Rows,
    evaluate::{Overlay, Stop, World, column, is_deleted},
    ports::{Change, JournalEvent, Need},
};

/// Deletes a row: hides it where deletion is soft, takes it away otherwise. Rows that refer to it
/// refuse, forget or follow, as their references say.
pub(crate) fn delete(
    turn: &mut Turn<'_>,
    entity: EntityId,
    id: Uuid,
    if_match: Option<&str>,
) -> Result<Effect, Refusal> {
    let before = turn.seen(entity, id)?;
    let rule = turn.prepared.plan.system[entity].access.delete.as_ref();
    if !turn.allows(rule, before.view())? {
        return Err(refused(turn.caller, "You may not delete this row.").into());
    }
    turn.check_version(&before, if_match)?;
    let is_soft = turn.prepared.plan[entity].deleted_at.is_some();
    let mut removal = Removal::new(turn);
    removal.run(before, if is_soft { Manner::Hide } else { Manner::Remove("deleted") })?;
    Ok(removal.effect(answer(204)))
}

/// Takes a softly deleted row away for good. Nobody asks for it but the sweep.
pub(crate) fn purge(turn: &mut Turn<'_>, entity: EntityId, id: Uuid) -> Result<Effect, Refusal> {
    let row = turn.world.row_or_deleted(turn.prepared, entity, id)?;
    let Some(row) = row.filter(|it| is_deleted(turn.prepared, entity, it)) else {
        return Err(not_found());
    };
    let before = Aggregate::of(turn.prepared, &turn.world, entity, id, row)?;
    let mut removal = Removal::new(turn);
    removal.run(before, Manner::Remove("purged"))?;
    Ok(removal.effect(answer(204)))
}

/// Brings a softly deleted row back, with what was hidden along with it. Who may delete it may restore it.
pub(crate) fn restore(
    turn: &mut Turn<'_>,
    entity: EntityId,
    id: Uuid,
    if_match: Option<&str>,
) -> Result<Effect, Refusal> {
    let prepared = turn.prepared;
    let row = turn.world.row_or_deleted(prepared, entity, id)?;
    let Some(row) = row else { return Err(not_found()) };
    let before = Aggregate::of(prepared, &turn.world, entity, id, row)?;
    if !turn.may_see(&turn.world, &before.view())? {
        return Err(not_found());
    }
    let rule = prepared.plan.system[entity].access.delete.as_ref();
    if !turn.allows(rule, before.view())? {
        return Err(refused(turn.caller, "You may not restore this row.").into());
    }
    // Nobody has seen a tag of a hidden row.
    turn.check_sent_version(&before, if_match)?;
    let Some(place) = prepared.plan[entity].deleted_at else { return Err(not_found()) };
    let hidden_at = column(&before.row, place).clone();
    if hidden_at.is_null() {
        // Living already: asking again changes nothing.
        let answer = turn.answer(200, &turn.world, &before)?;
        let after = turn.world.changed.clone();
        return Ok(Effect { changes: Vec::new(), events: Vec::new(), after, answer });
    }
    let mut hidden = vec![before];
    hidden_along(turn, &mut hidden, &hidden_at)?;
    let mut after = turn.world.changed.clone();
    let restored: Vec<Aggregate> = hidden.iter().map(|it| living(turn, it)).collect();
    restored.iter().for_each(|it| it.put(&mut after));
    let world = turn.world.over(&after);
    for row in &restored {
        check_targets(turn, &world, row)?;
        turn.check_data(row, &world)?;
    }
    let Some(first) = restored.first() else { return Err(not_found()) };
    let answer = turn.answer(200, &world, first)?;
    let pairs = hidden.iter().zip(&restored);
    Ok(Effect {
        changes: pairs.flat_map(|(old, new)| Aggregate::changes(Some(old), new)).collect(),
        events: restored.iter().map(|it| it.event(prepared, "restored")).collect(),
        after,
        answer,
    })
}

fn living(turn: &Turn<'_>, hidden: &Aggregate) -> Aggregate {
    let mut row = hidden.clone();
    if let Some(place) = turn.prepared.plan[hidden.entity].deleted_at {
        row.set(place, Value::Null);
    }
    row.touch(turn.prepared, turn.now_us);
    row
}

/// Adds what a cascade hid together with the first row: what refers to it and bears the same time.
fn hidden_along(
    turn: &Turn<'_>,
    hidden: &mut Vec<Aggregate>,
    hidden_at: &Value,
) -> Result<(), Refusal> {
    let mut next = 0;
    // All that is missing is asked for before the turn ends, so that one round loads it.
    let mut stop = None;
    while let Some(row) = hidden.get(next) {
        next += 1;
        let mut inside = Vec::new();
        row.each(&mut |it| inside.push((it.entity, it.id)));
        for key in inside {
            for found in hidden_followers(turn, key, hidden_at) {
                match found {
                    Err(why) => stop = Some(why),
                    Ok(it)
                        if hidden
                            .iter()
                            .any(|known| (known.entity, known.id) == (it.entity, it.id)) => {}
                    Ok(_) if hidden.len() >= Rows::REFERRERS_MAX => return Err(too_many()),
                    Ok(it) => hidden.push(it),
                }
            }
        }
    }
    stop.map_or(Ok(()), |why| Err(why.into()))
}

/// Softly deleted rows that follow one row, and were hidden at a given time.
fn hidden_followers(
    turn: &Turn<'_>,
    (entity, id): RowKey,
    hidden_at: &Value,
) -> Vec<Result<Aggregate, Stop>> {
    let (plan, world) = (&turn.prepared.plan, &turn.world);
    let mut found = Vec::new();
    for (from, column_of, on_delete) in &plan[entity].referrers {
        let (Some(place), OnDelete::Cascade) = (plan[*from].deleted_at, on_delete) else {
            continue;
        };
        let Some(ids) = world.loaded.referrers.get(&(*from, *column_of, id)) else {
            found.push(Err(world.need(Need::Referrers(*from, *column_of, id))));
            continue;
        };
        for referrer in ids {
            let row = match world.row_or_deleted(turn.prepared, *from, *referrer) {
                Ok(Some(row)) if column(&row, place) == hidden_at => row,
                Ok(_) => continue,
                Err(why) => {
                    found.push(Err(why));
                    continue;
                }
            };
            found.push(Aggregate::of(turn.prepared, world, *from, *referrer, row));
        }
    }
    found
}

/// A row that comes back must not point at rows that are hidden themselves.
fn check_targets(turn: &Turn<'_>, world: &World<'_>, row: &Aggregate) -> Result<(), Refusal> {
    let mut pairs = Vec::new();
    row.each(&mut |it| {
        for key in &turn.prepared.plan[it.entity].foreign_keys {
            if let Value::Uuid(id) = column(&it.row, key.column) {
                pairs.push((key.to, *id));
            }
        }
    });
    for (entity, id) in pairs {
        if world.row(turn.prepared, entity, id)?.is_none() {
            let name = &turn.prepared.plan.system[entity].name.text;
            let detail = format!("It refers to a {name} that is deleted; restore that first.");
            return Err(Problem::of("conflict", detail).into());
        }
    }
    Ok(())
}

#[derive(Debug, Clone, Copy)]
enum Manner {
    /// Softly: the row stays, hidden.
    Hide,
    /// For good; the name of the event.
    Remove(&'static str),
}

/// A deletion with everything that it takes along.
struct Removal<'t, 'a> {
    turn: &'t Turn<'a>,
    after: Overlay,
    changes: Vec<Change>,
    events: Vec<JournalEvent>,
    /// Rows on their way out, so that circles end.
    going: BTreeSet<RowKey>,
    /// Aggregates that lost a part or a reference: as they were, as they are.
    touched: BTreeMap<RowKey, (Aggregate, Aggregate)>,
    count: usize,
}

impl<'t, 'a> Removal<'t, 'a> {
    fn new(turn: &'t Turn<'a>) -> Self {
        Self {
            turn,
            after: turn.world.changed.clone(),
            changes: Vec::new(),
            events: Vec::new(),
            going: BTreeSet::new(),
            touched: BTreeMap::new(),
            count: 0,
        }
    }

    fn effect(mut self, answer: crate::ports::Answer) -> Effect {
        let prepared = self.turn.prepared;
        // Changed aggregates first: a row goes only when nothing points at it any more.
        let mut changes = Vec::new();
        let mut events = Vec::new();
        for (key, (before, mut after)) in std::mem::take(&mut self.touched) {
            if self.going.contains(&key) {
                continue;
            }
            after.touch(prepared, self.turn.now_us);
            changes.extend(Aggregate::changes(Some(&before), &after));
            events.push(after.event(prepared, "updated"));
            after.put(&mut self.after);
        }
        changes.append(&mut self.changes);
        events.append(&mut self.events);
        Effect { changes, events, after: self.after, answer }
    }

    fn run(&mut self, target: Aggregate, manner: Manner) -> Result<(), Refusal> {
        self.count += 1;
        if self.count > Rows::REFERRERS_MAX {
            return Err(too_many());
        }
        self.going.insert((target.entity, target.id));
        let mut doomed = Vec::new();
        target.each(&mut |it| doomed.push((it.entity, it.id)));
        if matches!(manner, Manner::Remove(_)) {
            self.going.extend(doomed.iter().copied());
        }
        let mut stop = None;
        for (entity, id) in &doomed {
            let referrers = &self.turn.prepared.plan[*entity].referrers;
            for (from, column, on_delete) in referrers {
                match self.referrers(*from, *column, *id, *on_delete, manner) {
                    Err(Refusal::Pending) => stop = Some(Refusal::Pending),
                    Err(refusal) if stop.is_none() => return Err(refusal),
                    Err(_) | Ok(()) => {}
                }
            }
        }
        if let Some(stop) = stop {
            return Err(stop);
        }
        self.finish(target, manner);
        Ok(())
    }

    fn finish(&mut self, target: Aggregate, manner: Manner) {
        let prepared = self.turn.prepared;
        match manner {
            Manner::Remove(event) => {
                self.events.push(target.event(prepared, event));
                target.deletions(&mut self.changes, &|_| true);
                target.take(&mut self.after);
            }
            Manner::Hide => {
                let mut row = target.clone();
                if let Some(place) = prepared.plan[target.entity].deleted_at {
                    row.set(place, Value::Timestamp(self.turn.now_us));
                }
                row.touch(prepared, self.turn.now_us);
                self.changes.extend(Aggregate::changes(Some(&target), &row));
                self.events.push(row.event(prepared, "deleted"));
                row.put(&mut self.after);
            }
        }
    }

    /// Rows of one table that refer to a row on its way out.
    fn referrers(
        &mut self,
        from: EntityId,
        place: ColumnId,
        id: Uuid,
        on_delete: OnDelete,
        manner: Manner,
    ) -> Result<(), Refusal> {
        let key = (from, place, id);
        let world = &self.turn.world;
        let Some(stored) = world.loaded.referrers.get(&key) else {
            return Err(world.need(Need::Referrers(from, place, id)).into());
        };
        // Earlier operations of the same transaction may have added some and taken some away.
        let mut ids: BTreeSet<Uuid> = stored.iter().copied().collect();
        let new = world.changed.rows.iter().filter(|((entity, _), _)| *entity == from);
        let is_match = |row: &Row| *column(row, place) == Value::Uuid(id);
        ids.extend(
            new.filter(|(_, row)| row.as_ref().is_some_and(is_match)).map(|((_, id), _)| *id),
        );
        if ids.len() > Rows::REFERRERS_MAX {
            return Err(too_many());
        }
        let mut stop = None;
        for referrer in ids {
            match self.referrer(from, place, id, referrer, on_delete, manner) {
                Err(Refusal::Pending) => stop = Some(Refusal::Pending),
                Err(refusal) if stop.is_none() => return Err(refusal),
                Err(_) | Ok(()) => {}
            }
        }
        stop.map_or(Ok(()), Err)
    }

    fn referrer(
        &mut self,
        from: EntityId,
        place: ColumnId,
        id: Uuid,
        referrer: Uuid,
        on_delete: OnDelete,
        manner: Manner,
    ) -> Result<(), Refusal> {
        if self.going.contains(&(from, referrer)) {
            return Ok(());
        }
        let prepared = self.turn.prepared;
        let row = self.turn.world.row_or_deleted(prepared, from, referrer)?;
        let Some(row) = row.filter(|row| *column(row, place) == Value::Uuid(id)) else {
            return Ok(());
        };
        let (root, root_id, root_row) = self.root(from, referrer, row)?;
        // A hidden row may go on pointing at a hidden row: both come back, or both go.
        if matches!(manner, Manner::Hide) && is_deleted(prepared, root, &root_row) {
            return Ok(());
        }
        match on_delete {
            OnDelete::Restrict => {
                let name = &prepared.plan.system[root].name.text;
                let detail = format!("Rows of {name} still refer to it.");
                Err(Problem::of("still-referenced", detail).into())
            }
            OnDelete::Cascade if root == from => {
                let is_hidden =
                    matches!(manner, Manner::Hide) && prepared.plan[from].deleted_at.is_some();
                let manner = if is_hidden { Manner::Hide } else { Manner::Remove("deleted") };
                let target = Aggregate::of(prepared, &self.turn.world, root, root_id, root_row)?;
                self.run(target, manner)
            }
            OnDelete::Cascade => {
                self.change(root, root_id, root_row, &|it| remove_part(it, from, referrer))
            }
            OnDelete::SetNull => self.change(root, root_id, root_row, &|it| {
                forget(it, from, referrer, place);
            }),
        }
    }

    /// The aggregate that a row belongs to.
    fn root(&self, entity: EntityId, id: Uuid, row: Row) -> Result<(EntityId, Uuid, Row), Stop> {
        let (mut entity, mut id, mut row) = (entity, id, row);
        while let Some((place, above)) = self.turn.prepared.plan[entity].parent {
            let Value::Uuid(above_id) = column(&row, place) else { break };
            let above_id = *above_id;
            let found = self.turn.world.row_or_deleted(self.turn.prepared, above, above_id)?;
            let Some(found) = found else { break };
            (entity, id, row) = (above, above_id, found);
        }
        Ok((entity, id, row))
    }

    fn change(
        &mut self,
        root: EntityId,
        id: Uuid,
        row: Row,
        by: &dyn Fn(&mut Aggregate),
    ) -> Result<(), Refusal> {
        self.count += 1;
        if self.count > Rows::REFERRERS_MAX {
            return Err(too_many());
        }
        if !self.touched.contains_key(&(root, id)) {
            let whole = Aggregate::of(self.turn.prepared, &self.turn.world, root, id, row)?;
            self.touched.insert((root, id), (whole.clone(), whole));
        }
        let Some((_, after)) = self.touched.get_mut(&(root, id)) else { return Ok(()) };
        by(after);
        *after = self.turn.compute(after.clone())?;
        Ok(())
    }
}

fn remove_part(row: &mut Aggregate, entity: EntityId, id: Uuid) {
    for (part, list) in &mut row.parts {
        if *part == entity {
            list.retain(|it| it.id != id);
        }
        list.iter_mut().for_each(|it| remove_part(it, entity, id));
    }
}

fn forget(row: &mut Aggregate, entity: EntityId, id: Uuid, place: ColumnId) {
    if (row.entity, row.id) == (entity, id) {
        row.set(place, Value::Null);
    }
    for (_, list) in &mut row.parts {
        list.iter_mut().for_each(|it| forget(it, entity, id, place));
    }
}

fn too_many() -> Refusal {
    let detail = format!(
        "More than {} rows would be changed along with it; remove them first.",
        Rows::REFERRERS_MAX
    );
    Problem::of("still-referenced", detail).into()
}
