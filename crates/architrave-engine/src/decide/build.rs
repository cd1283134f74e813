//! Builds rows from what was sent: defaults, parts, merge patches. Notes what must be checked afterwards.

use std::sync::Arc;

use architrave_model::{Default, EntityId, Field, FieldType, Value};
use architrave_plan::{ColumnId, InputKind, InputMember, InputShape};
use uuid::Uuid;

use super::{
    Aggregate, Turn,
    aggregate::{new_row, position},
    sequence,
};
use crate::{
    ProblemDetail,
    evaluate::{Stop, coerce, column},
    input::{Given, GivenPart, GivenValue, Misfit, step},
    prepared::Place,
};

/// What came up while building.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// References that were sent: (pointer, entity, id).
    pub(crate) references: Vec<(String, EntityId, Uuid)>,
    /// Fields with a write rule that were sent: (pointer, row's entity and id, field).
    pub(crate) written: Vec<(String, EntityId, Uuid, usize)>,
    /// What does not fit.
    pub(crate) errors: Vec<ProblemDetail>,
}

/// Where an object stands: in which row, at which pointer.
struct Spot<'a> {
    entity: EntityId,
    id: Uuid,
    pointer: &'a str,
}

impl Turn<'_> {
    /// A new row with its parts.
    pub(crate) fn build_new(
        &mut self,
        entity: EntityId,
        given: &Given,
        above: Option<(Uuid, usize)>,
        pointer: &str,
        notes: &mut Notes,
    ) -> Result<Aggregate, Stop> {
        let prepared = self.prepared;
        let id = self.draw();
        // A part carries the tenant of its aggregate; both are the caller's.
        let tenant = self.tenant;
        let row = new_row(prepared, entity, id, tenant, above, self.now_us);
        let mut built = Aggregate { entity, id, row: Arc::new(row), parts: Vec::new() };
        let mut stop = None;
        for (field, declared) in prepared.plan.system[entity].fields.iter().enumerate() {
            let member = self.create_member(entity, field);
            let sent = member.and_then(|(at, member)| Some((member, sent(given, at)?)));
            let spot = Spot { entity, id, pointer };
            match prepared.place(entity, field) {
                Some(Place::Parts(part)) => {
                    let list = match sent {
                        Some((member, GivenValue::Parts(list))) => {
                            self.build_parts(*part, list, id, &step(pointer, &member.name), notes)?
                        }
                        _ => Vec::new(),
                    };
                    built.parts.push((*part, list));
                }
                Some(Place::Column(place)) => {
                    let place = *place;
                    let value = match (sent, &declared.ty) {
                        (Some((member, value)), _) => self.sent_value(member, value, &spot, notes),
                        (None, FieldType::Sequence { .. }) => match self.drawn(entity, place) {
                            Ok(value) => value,
                            Err(it) => {
                                stop = Some(it);
                                Value::Null
                            }
                        },
                        (None, FieldType::List { .. }) => Value::List(Vec::new()),
                        (None, _) => self.absent(entity, field, declared.default.as_ref()),
                    };
                    if value.is_null() && stop.is_none() {
                        note_absent(declared, pointer, notes);
                    }
                    self.put(&mut built, place, value)?;
                }
                Some(Place::Object { members, .. }) => {
                    if let Some((member, GivenValue::Object(object))) = sent
                        && let InputKind::Object { shape, .. } = &member.kind
                    {
                        let at = step(pointer, &member.name);
                        self.note_written(member, &spot, notes);
                        let spot = Spot { pointer: &at, ..spot };
                        self.fill_object(&mut built, shape, members, object, &spot, notes)?;
                    } else {
                        note_absent(declared, pointer, notes);
                    }
                }
                None => {}
            }
        }
        stop.map_or(Ok(built), Err)
    }

    fn create_member(&self, entity: EntityId, field: usize) -> Option<(usize, &'_ InputMember)> {
        member_of(self.prepared.plan.creates.get(entity.0 as usize)?, field)
    }

    fn build_parts(
        &mut self,
        part: EntityId,
        list: &[GivenPart],
        above: Uuid,
        pointer: &str,
        notes: &mut Notes,
    ) -> Result<Vec<Aggregate>, Stop> {
        let mut built = Vec::with_capacity(list.len());
        for (index, it) in list.iter().enumerate() {
            let at = step(pointer, &index.to_string());
            built.push(self.build_new(part, &it.given, Some((above, index)), &at, notes)?);
        }
        Ok(built)
    }

    /// The value of a field that was not sent.
    fn absent(&self, entity: EntityId, field: usize, default: Option<&Default>) -> Value {
        let lifecycle = self.prepared.plan.system[entity].lifecycle.as_ref();
        if let Some(lifecycle) = lifecycle.filter(|it| it.field == field) {
            return Value::Text(lifecycle.initial.clone());
        }
        self.default_value(default)
    }

    /// What stands for a member that was left out.
    pub(crate) fn default_value(&self, default: Option<&Default>) -> Value {
        match default {
            Some(Default::Value(value)) => value.clone(),
            Some(Default::Now) => Value::Timestamp(self.now_us),
            Some(Default::CallerUser) => self.caller.user.map_or(Value::Null, Value::Uuid),
            None => Value::Null,
        }
    }

    fn drawn(&mut self, entity: EntityId, place: ColumnId) -> Result<Value, Stop> {
        let sequences = &self.prepared.plan[entity].sequences;
        let Some(plan) = sequences.iter().find(|it| it.column == place) else {
            return Ok(Value::Null);
        };
        let period = sequence::period(&plan.template, self.now_us);
        let number = self.number(entity, place, &period)?;
        Ok(Value::Text(sequence::text(&plan.template, self.now_us, number)))
    }

    /// Sets a column to a value, in the column's type and spelling.
    pub(super) fn put(
        &self,
        row: &mut Aggregate,
        place: ColumnId,
        value: Value,
    ) -> Result<(), Stop> {
        let ty = self.prepared.plan[row.entity].column(place).map(|it| &it.ty);
        let value = ty.map_or(Ok(Value::Null), |ty| coerce(value, ty))?;
        row.set(place, self.prepared.normal(row.entity, place, value));
        Ok(())
    }

    fn note_written(&self, member: &InputMember, spot: &Spot<'_>, notes: &mut Notes) {
        if member.has_write_rule {
            let pointer = step(spot.pointer, &member.name);
            notes.written.push((pointer, spot.entity, spot.id, member.field));
        }
    }

    /// The value of a member that was sent.
    fn sent_value(
        &self,
        member: &InputMember,
        sent: &GivenValue,
        spot: &Spot<'_>,
        notes: &mut Notes,
    ) -> Value {
        self.note_written(member, spot, notes);
        match sent {
            GivenValue::Value(value) => {
                if let (InputKind::Ref(entity), Value::Uuid(id)) = (&member.kind, value) {
                    notes.references.push((step(spot.pointer, &member.name), *entity, *id));
                }
                value.clone()
            }
            _ if matches!(member.kind, InputKind::List { .. }) => Value::List(Vec::new()),
            _ => Value::Null,
        }
    }

    /// Fills a value object that is not there yet.
    fn fill_object(
        &self,
        row: &mut Aggregate,
        shape: &InputShape,
        columns: &[ColumnId],
        given: &Given,
        spot: &Spot<'_>,
        notes: &mut Notes,
    ) -> Result<(), Stop> {
        for (at, member) in shape.members.iter().enumerate() {
            let Some(place) = columns.get(member.field) else { continue };
            let value = match sent(given, at) {
                Some(value) => self.sent_value(member, value, spot, notes),
                None if member.is_required => {
                    let misfit = Misfit::new("required", "Must be there.");
                    notes.errors.push(misfit.at(&step(spot.pointer, &member.name)));
                    Value::Null
                }
                None if matches!(member.kind, InputKind::List { .. }) => Value::List(Vec::new()),
                None => self.default_value(member.default.as_ref()),
            };
            self.put(row, *place, value)?;
        }
        Ok(())
    }

    /// A row with its parts after a merge patch.
    pub(crate) fn build_patched(
        &mut self,
        before: &Aggregate,
        given: &Given,
        pointer: &str,
        notes: &mut Notes,
    ) -> Result<Aggregate, Stop> {
        let prepared = self.prepared;
        let entity = before.entity;
        let mut row = before.clone();
        let Some(shape) = prepared.plan.updates.get(entity.0 as usize) else { return Ok(row) };
        for (at, value) in &given.members {
            let Some(member) = shape.members.get(*at) else { continue };
            let spot = Spot { entity, id: before.id, pointer };
            match prepared.place(entity, member.field) {
                Some(Place::Column(place)) => {
                    let value = self.patched_value(&row, *place, member, value, &spot, notes);
                    self.put(&mut row, *place, value)?;
                }
                Some(Place::Object { members, .. }) => {
                    self.patch_object(&mut row, member, members, value, &spot, notes)?;
                }
                Some(Place::Parts(part)) => {
                    let list = match value {
                        GivenValue::Parts(list) => list.as_slice(),
                        _ => &[],
                    };
                    self.note_written(member, &spot, notes);
                    let at = step(pointer, &member.name);
                    let patched = self.patch_parts(before, *part, list, &at, notes)?;
                    if let Some(slot) = row.parts.iter_mut().find(|(it, _)| it == part) {
                        slot.1 = patched;
                    }
                }
                None => {}
            }
        }
        Ok(row)
    }

    /// The new value of a member; who sends the value that is there already changes nothing, so that
    /// no reference and no rule needs to be looked at.
    fn patched_value(
        &self,
        row: &Aggregate,
        place: ColumnId,
        member: &InputMember,
        sent: &GivenValue,
        spot: &Spot<'_>,
        notes: &mut Notes,
    ) -> Value {
        let mut quiet = Notes::default();
        let value = self.sent_value(member, sent, spot, &mut quiet);
        if *column(&row.row, place) != value {
            notes.references.append(&mut quiet.references);
            notes.written.append(&mut quiet.written);
        }
        value
    }

    fn patch_object(
        &self,
        row: &mut Aggregate,
        member: &InputMember,
        columns: &[ColumnId],
        sent_object: &GivenValue,
        spot: &Spot<'_>,
        notes: &mut Notes,
    ) -> Result<(), Stop> {
        self.note_written(member, spot, notes);
        let at = step(spot.pointer, &member.name);
        let spot = Spot { pointer: &at, entity: spot.entity, id: spot.id };
        let (GivenValue::Object(given), InputKind::Object { shape, .. }) =
            (sent_object, &member.kind)
        else {
            columns.iter().for_each(|place| row.set(*place, Value::Null));
            return Ok(());
        };
        let is_absent = match self.prepared.place(row.entity, member.field) {
            Some(Place::Object { presence: Some(place), .. }) => column(&row.row, *place).is_null(),
            _ => false,
        };
        if is_absent {
            return self.fill_object(row, shape, columns, given, &spot, notes);
        }
        for (at, value) in &given.members {
            let Some(member) = shape.members.get(*at) else { continue };
            let Some(place) = columns.get(member.field) else { continue };
            let value = self.patched_value(row, *place, member, value, &spot, notes);
            self.put(row, *place, value)?;
        }
        Ok(())
    }

    /// Parts with an id are changed, parts without are new, parts left out are removed.
    fn patch_parts(
        &mut self,
        before: &Aggregate,
        part: EntityId,
        list: &[GivenPart],
        pointer: &str,
        notes: &mut Notes,
    ) -> Result<Vec<Aggregate>, Stop> {
        let known = before.parts.iter().find(|(it, _)| *it == part).map(|(_, list)| list);
        let mut patched = Vec::with_capacity(list.len());
        for (index, sent) in list.iter().enumerate() {
            let at = step(pointer, &index.to_string());
            let Some(id) = sent.id else {
                let above = Some((before.id, index));
                patched.push(self.build_new(part, &sent.given, above, &at, notes)?);
                continue;
            };
            let Some(old) = known.and_then(|list| list.iter().find(|it| it.id == id)) else {
                let misfit = Misfit::new("not-found", "There is no such part here.");
                notes.errors.push(misfit.at(&step(&at, "id")));
                continue;
            };
            let mut changed = self.build_patched(old, &sent.given, &at, notes)?;
            if let Some(place) = self.prepared.plan[part].position {
                changed.set(place, position(index));
            }
            patched.push(changed);
        }
        Ok(patched)
    }
}

/// Reports a field that must hold something and got nothing: `default(caller.user)` for a caller who is
/// no user, or a field that only commands may write.
fn note_absent(field: &Field, pointer: &str, notes: &mut Notes) {
    let is_worked_out = matches!(field.ty, FieldType::Computed { .. } | FieldType::Sequence { .. });
    if !field.is_optional && !is_worked_out {
        let misfit = Misfit::new("required", "Must be there.");
        notes.errors.push(misfit.at(&step(pointer, &field.name.text)));
    }
}

fn member_of(shape: &InputShape, field: usize) -> Option<(usize, &InputMember)> {
    shape.members.iter().enumerate().find(|(_, it)| it.field == field)
}

fn sent(given: &Given, at: usize) -> Option<&GivenValue> {
    given.members.iter().find(|(it, _)| *it == at).map(|(_, value)| value)
}
