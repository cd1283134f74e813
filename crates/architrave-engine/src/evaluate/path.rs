//! Paths: members of rows, of value objects, of the caller and of a command's input.

use architrave_model::{Base, EntityId, Expr, ExprKind, Member, Root, Value};
use architrave_plan::ColumnId;

use super::{Bindings, Bound, Scope, Stop, View, World, find};
use crate::prepared::Place;

impl Scope<'_> {
    pub(super) fn member(
        &self,
        of: &Expr,
        member: &Member,
        bound: &mut Bindings,
    ) -> Result<Value, Stop> {
        match member {
            Member::Caller(it) => Ok(self.caller_member(*it)),
            Member::Input { field, .. } => {
                Ok(self.input.get(*field).cloned().unwrap_or(Value::Null))
            }
            Member::ValueField { field, .. } => self.value_field(of, *field, bound),
            Member::Id => match self.view(of, bound)? {
                Some(view) => Ok(view.id(self.prepared)),
                // `.id` of a reference is the reference itself, whether or not the row can be loaded.
                None => self.eval(of, bound),
            },
            Member::Version | Member::CreatedAt | Member::UpdatedAt | Member::Parent(_) => {
                let Some(view) = self.view(of, bound)? else { return Ok(Value::Null) };
                let table = &self.prepared.plan[view.entity];
                let place = match member {
                    Member::Version => table.version,
                    Member::CreatedAt => table.created_at,
                    Member::UpdatedAt => table.updated_at,
                    _ => table.parent.map(|(column, _)| column),
                };
                Ok(place.map_or(Value::Null, |it| column(&view.row, it).clone()))
            }
            Member::Field { field, .. } => {
                let Some(view) = self.view(of, bound)? else { return Ok(Value::Null) };
                Ok(self.field(&view, *field))
            }
            // What only runs with delivery has no value here.
            Member::Event { .. } | Member::EventTime | Member::EventActor | Member::Named(_) => {
                Ok(Value::Null)
            }
        }
    }

    /// A field of a row, as a value.
    fn field(&self, view: &View, field: usize) -> Value {
        match self.prepared.place(view.entity, field) {
            Some(Place::Column(place)) => column(&view.row, *place).clone(),
            Some(Place::Object { presence, members }) => {
                if presence.is_some_and(|it| column(&view.row, it).is_null()) {
                    return Value::Null;
                }
                Value::Object(members.iter().map(|it| column(&view.row, *it).clone()).collect())
            }
            Some(Place::Parts(_)) | None => Value::Null,
        }
    }

    /// A field of a value object: straight from its column where the object is a row's field.
    fn value_field(&self, of: &Expr, field: usize, bound: &mut Bindings) -> Result<Value, Stop> {
        if let ExprKind::Member { of: row, member: Member::Field { field: object, .. } } = &of.kind
            && let Some(view) = self.view(row, bound)?
            && let Some(Place::Object { members, .. }) = self.prepared.place(view.entity, *object)
        {
            return Ok(members.get(field).map_or(Value::Null, |it| column(&view.row, *it).clone()));
        }
        match self.eval(of, bound)? {
            Value::Object(members) => Ok(members.get(field).cloned().unwrap_or(Value::Null)),
            _ => Ok(Value::Null),
        }
    }

    /// The row that an expression of type row stands for; none where the reference is null or the row is
    /// not there (any more).
    pub(super) fn view(&self, of: &Expr, bound: &mut Bindings) -> Result<Option<View>, Stop> {
        match &of.kind {
            ExprKind::Root(Root::This) => return Ok(self.this.clone()),
            ExprKind::Root(Root::Old) => return Ok(self.old.as_ref().map(|(it, _)| it.clone())),
            ExprKind::Variable(variable) => {
                if let Some(Bound::Row(view)) = find(bound, *variable) {
                    return Ok(Some(view));
                }
            }
            _ => {}
        }
        let (Base::Row(entity), Value::Uuid(id)) = (&of.ty.base, self.eval(of, bound)?) else {
            return Ok(None);
        };
        let is_old = self.is_old(of, bound);
        let row = self.world_of(is_old).row(self.prepared, *entity, id)?;
        Ok(row.map(|row| View { entity: *entity, row, is_old }))
    }

    /// Whether a path starts from the row before the change: the rows on its way are then those of before.
    fn is_old(&self, of: &Expr, bound: &Bindings) -> bool {
        match &of.kind {
            ExprKind::Root(root) => *root == Root::Old,
            ExprKind::Member { of, .. } => self.is_old(of, bound),
            ExprKind::Variable(variable) => {
                matches!(find(bound, *variable), Some(Bound::Row(view)) if view.is_old)
            }
            _ => false,
        }
    }

    pub(super) fn parts(&self, view: &View, part: EntityId) -> Result<Vec<Bound>, Stop> {
        let Value::Uuid(id) = view.id(self.prepared) else { return Ok(Vec::new()) };
        let rows = self.world_of(view.is_old).parts(part, id)?;
        let bound = |row| Bound::Row(View { entity: part, row, is_old: view.is_old });
        Ok(rows.into_iter().map(bound).collect())
    }

    fn world_of(&self, is_old: bool) -> &World<'_> {
        match &self.old {
            Some((_, world)) if is_old => world,
            _ => self.world,
        }
    }
}

/// A value of a row; null where the row has no such column (it never has: rows are as wide as their table).
pub(crate) fn column(row: &[Value], place: ColumnId) -> &Value {
    row.get(usize::from(place.0)).unwrap_or(&Value::Null)
}
