//! What every changed row must pass: computed fields, references, field rules, bounds, invariants.

use architrave_model::{Field, FieldType, Value};
use architrave_plan::{Bounds, ColumnId};

use super::{Aggregate, Notes, Refusal, Turn, refused};
use crate::{
    Problem, ProblemDetail,
    evaluate::{Overlay, Scope, Stop, View, World, coerce, column},
    input::{Misfit, out_of_bounds},
    prepared::{Place, bounds_of},
};

impl Turn<'_> {
    /// Works out the computed fields of a row and its parts.
    pub(crate) fn compute(&self, row: Aggregate) -> Result<Aggregate, Refusal> {
        let mut count = 0;
        row.each(&mut |it| count += self.computed_count(it));
        if count == 0 {
            return Ok(row);
        }
        let mut row = row;
        // A computed field may read another: repeated until nothing changes, at most once per field.
        for _ in 0..=count {
            let mut overlay = self.world.changed.clone();
            row.put(&mut overlay);
            let world = self.world.over(&overlay);
            let mut next = row.clone();
            self.compute_once(&mut next, &world)?;
            if next == row {
                break;
            }
            row = next;
        }
        Ok(row)
    }

    fn computed_count(&self, row: &Aggregate) -> usize {
        let fields = &self.prepared.plan.system[row.entity].fields;
        fields.iter().filter(|it| matches!(it.ty, FieldType::Computed { .. })).count()
    }

    fn compute_once(&self, row: &mut Aggregate, world: &World<'_>) -> Result<(), Stop> {
        for (_, list) in &mut row.parts {
            for part in list {
                self.compute_once(part, world)?;
            }
        }
        let view = row.view();
        let table = &self.prepared.plan[row.entity];
        for (field, declared) in self.prepared.plan.system[row.entity].fields.iter().enumerate() {
            let FieldType::Computed { expr, .. } = &declared.ty else { continue };
            let Some(Place::Column(place)) = self.prepared.place(row.entity, field) else {
                continue;
            };
            let Some(declared) = table.column(*place) else { continue };
            let value = self.scope(world, view.clone()).value(expr)?;
            row.set(*place, coerce(value, &declared.ty)?);
        }
        Ok(())
    }

    /// What building found, and references to rows that the caller cannot read: all of it in one answer.
    pub(crate) fn check_notes(&self, notes: &mut Notes, world: &World<'_>) -> Result<(), Refusal> {
        let mut stop = None;
        for (pointer, entity, id) in &notes.references {
            let found = world.row(self.prepared, *entity, *id).and_then(|row| match row {
                Some(row) => self.may_see(world, &View::new(*entity, row)),
                None => Ok(false),
            });
            match found {
                Ok(true) => {}
                Ok(false) => {
                    let name = &self.prepared.plan.system[*entity].name.text;
                    let misfit = Misfit::new("not-found", format!("There is no such {name}."));
                    notes.errors.push(misfit.at(pointer));
                }
                Err(it) => stop = Some(it),
            }
        }
        if let Some(stop) = stop {
            return Err(stop.into());
        }
        if notes.errors.is_empty() { Ok(()) } else { Err(invalid(notes.errors.clone()).into()) }
    }

    /// Refuses fields that the caller may not write.
    pub(crate) fn check_written(
        &self,
        notes: &Notes,
        after: &Aggregate,
        before: Option<&Aggregate>,
        world: &World<'_>,
    ) -> Result<(), Refusal> {
        if self.is_admin {
            return Ok(());
        }
        let mut closed = Vec::new();
        for (pointer, entity, id, field) in &notes.written {
            let access = self.prepared.plan.system[*entity].access.fields.iter();
            let Some(rule) =
                access.filter(|it| it.field == *field).find_map(|it| it.write.as_ref())
            else {
                continue;
            };
            let (Some(this), old) = (find(after, *id), before.and_then(|it| find(it, *id))) else {
                continue;
            };
            let mut scope = self.scope(world, this.view());
            // A part that is new has no past: its rule sees it as it will be.
            scope.old = Some((old.map_or_else(|| this.view(), Aggregate::old_view), &self.world));
            if !scope.holds(&rule.expr)? {
                let misfit = Misfit::new("forbidden", "You may not write this field.");
                closed.push(misfit.at(pointer));
            }
        }
        if closed.is_empty() {
            return Ok(());
        }
        Err(refused(self.caller, "You may not write some of these fields.").with(closed).into())
    }

    /// Bounds of fields that a command or a computation has set, and invariants: all that are broken.
    pub(crate) fn check_data(&self, row: &Aggregate, world: &World<'_>) -> Result<(), Refusal> {
        let mut errors = Vec::new();
        let mut stop = None;
        row.each(&mut |it| {
            self.bounds(it, &mut errors);
            if let Err(why) = self.invariants(it, world, &mut errors) {
                stop = Some(why);
            }
        });
        if let Some(stop) = stop {
            return Err(stop.into());
        }
        if errors.is_empty() {
            return Ok(());
        }
        let detail = "The row would break a rule of the data; `errors` names them all.";
        Err(Problem::of("invariant-violated", detail).with(errors).into())
    }

    fn bounds(&self, row: &Aggregate, errors: &mut Vec<ProblemDetail>) {
        let system = &self.prepared.plan.system;
        for (field, bounds) in self.prepared.bounds(row.entity).iter().enumerate() {
            let Some(declared) = system[row.entity].fields.get(field) else { continue };
            match (self.prepared.place(row.entity, field), &declared.ty) {
                (Some(Place::Column(place)), _) => {
                    self.bound(row, *place, (declared, bounds), "", errors);
                }
                (Some(Place::Object { members, .. }), FieldType::Value(value)) => {
                    let name = format!("{}.", declared.name.text);
                    for (place, member) in members.iter().zip(&system[*value].fields) {
                        let bounds = bounds_of(member);
                        self.bound(row, *place, (member, &bounds), &name, errors);
                    }
                }
                _ => {}
            }
        }
    }

    fn bound(
        &self,
        row: &Aggregate,
        place: ColumnId,
        (declared, bounds): (&Field, &Bounds),
        of: &str,
        errors: &mut Vec<ProblemDetail>,
    ) {
        let value = column(&row.row, place);
        let misfit = out_of_bounds(value, bounds, self.prepared.currency())
            .or_else(|| self.mismatch(declared.pattern.as_deref()?, value));
        if let Some(misfit) = misfit {
            let detail = format!("`{of}{}`: {}", declared.name.text, misfit.detail);
            errors.push(Misfit { detail, ..misfit }.at(""));
        }
    }

    /// A text that a command has set and that its field's pattern does not take.
    fn mismatch(&self, pattern: &str, value: &Value) -> Option<Misfit> {
        let Value::Text(text) = value else { return None };
        let fits = self.prepared.matches(pattern, text);
        (!fits).then(|| Misfit::new("pattern", format!("Must match {pattern}")))
    }

    fn invariants(
        &self,
        row: &Aggregate,
        world: &World<'_>,
        errors: &mut Vec<ProblemDetail>,
    ) -> Result<(), Stop> {
        let mut stop = None;
        for invariant in &self.prepared.plan.system[row.entity].invariants {
            let scope: Scope<'_> = self.scope(world, row.view());
            match scope.holds(&invariant.check) {
                Ok(true) => {}
                Ok(false) => {
                    errors.push(Misfit::new("invariant", invariant.title.clone()).at(""));
                }
                Err(it) => stop = Some(it),
            }
        }
        stop.map_or(Ok(()), Err)
    }

    /// The changes so far with a row as it would be stored on top.
    pub(crate) fn with(&self, row: &Aggregate) -> Overlay {
        let mut overlay = self.world.changed.clone();
        row.put(&mut overlay);
        overlay
    }
}

/// `invalid-body` with everything that does not fit.
pub(crate) fn invalid(errors: Vec<ProblemDetail>) -> Problem {
    let detail = match errors.len() {
        1 => "One member does not fit.".to_owned(),
        count => format!("{count} members do not fit."),
    };
    Problem::of("invalid-body", detail).with(errors)
}

fn find(row: &Aggregate, id: uuid::Uuid) -> Option<&Aggregate> {
    if row.id == id {
        return Some(row);
    }
    row.parts.iter().flat_map(|(_, list)| list).find_map(|it| find(it, id))
}
