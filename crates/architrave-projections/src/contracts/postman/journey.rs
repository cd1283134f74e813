//! A journey through the life of one row: create, read, update with `If-Match`, a command, the refusal of an outdated
//! change, list, delete. The entity is the first whose every step one caller may do on any row, and whose references
//! can be made the same way; most steps win.

use std::collections::BTreeSet;

use architrave_model::{EntityId, Scalar};
use architrave_plan::{InputKind, Operation, OperationKind, Plan};

use super::{
    caller,
    request::{Request, answer, success, tag_variable},
    script,
};
use crate::{example, json::Json, names};

/// Most rows that are made for the sake of the one.
const ROWS_MAX: usize = 8;

/// What the journey is through.
struct Journey<'p> {
    plan: &'p Plan,
    caller: String,
    /// Rows that are made, those that others refer to first; the last is the one that it is about.
    rows: Vec<EntityId>,
}

/// The steps; none where no entity has a life that one caller may lead.
pub(super) fn steps(plan: &Plan) -> Vec<Request> {
    let all = plan.system.entity_ids().flat_map(|id| {
        caller::names(plan).into_iter().filter_map(move |it| Journey::through(plan, id, it))
    });
    // The first of those with the most steps.
    let mut best: Vec<Request> = Vec::new();
    for journey in all {
        let steps = journey.steps();
        if steps.len() > best.len() {
            best = steps;
        }
    }
    best
}

impl<'p> Journey<'p> {
    fn through(plan: &'p Plan, id: EntityId, caller: String) -> Option<Self> {
        let mut journey = Self { plan, caller, rows: Vec::new() };
        journey.make(id)?;
        journey.always(id, |it| it == OperationKind::Read)?;
        Some(journey)
    }

    /// Adds a row and, before it, those that its example refers to.
    fn make(&mut self, id: EntityId) -> Option<()> {
        if self.rows.contains(&id) || self.is_known(id) {
            return Some(());
        }
        let create = self.always(id, |it| it == OperationKind::Create)?;
        let body = example::request(self.plan, create)?;
        let mut named = BTreeSet::new();
        ids(&body, &mut named);
        for other in self.plan.system.entity_ids().filter(|it| *it != id) {
            if named.contains(&example::id(other)) {
                self.make(other)?;
            }
        }
        self.rows.push(id);
        (self.rows.len() <= ROWS_MAX).then_some(())
    }

    /// The caller's own row and tenant are there already.
    fn is_known(&self, id: EntityId) -> bool {
        let identity = &self.plan.system.identity;
        identity.user == Some(id) || identity.tenant == Some(id)
    }

    /// An operation of an entity that the caller may do on any row.
    fn always(
        &self,
        id: EntityId,
        wanted: impl Fn(OperationKind) -> bool,
    ) -> Option<&'p Operation> {
        let mut own =
            self.plan.operations.iter().filter(|it| it.entity == Some(id) && wanted(it.kind));
        own.find(|it| caller::is_always(self.plan, it, &self.caller))
    }

    fn steps(&self) -> Vec<Request> {
        let Some(id) = self.rows.last().copied() else { return Vec::new() };
        let mut steps: Vec<Request> = self.me().into_iter().collect();
        steps.extend(self.rows.iter().filter_map(|it| self.create(*it)));
        let read = self.always(id, |it| it == OperationKind::Read);
        steps.extend(read.map(|it| self.exact(it).asserting(script::same_row(self.plan, id))));
        steps.extend(self.update(id));
        steps.extend(self.command(id));
        steps.extend(self.outdated(id));
        steps.extend(self.always(id, |it| it == OperationKind::List).map(|it| self.exact(it)));
        for made in self.rows.iter().rev() {
            let delete = self.always(*made, |it| it == OperationKind::Delete);
            steps.extend(delete.map(|it| self.exact(it)));
        }
        let is_gone = self.always(id, |it| it == OperationKind::Delete).is_some();
        steps.extend(read.filter(|_| is_gone).map(|it| {
            let request =
                Request::new(self.plan, it, &self.caller).named("What is gone is not found");
            request.asserting(script::status(404)).asserting(script::refusal("not-found"))
        }));
        steps
    }

    /// A request whose success is asserted.
    fn exact(&self, operation: &Operation) -> Request {
        let request = Request::new(self.plan, operation, &self.caller);
        let request = request.asserting(script::status(success(operation.kind)));
        match answer(self.plan, operation) {
            Some(schema) => request.asserting(script::shape(&schema)),
            None => request,
        }
    }

    fn me(&self) -> Option<Request> {
        let me = self.plan.operations.iter().find(|it| it.kind == OperationKind::Me)?;
        Some(self.exact(me).asserting(script::remember_me(self.plan)))
    }

    fn create(&self, id: EntityId) -> Option<Request> {
        let create = self.always(id, |it| it == OperationKind::Create)?;
        Some(self.exact(create).asserting(script::remember(self.plan, create, id)))
    }

    /// A change of the row as it was created.
    fn update(&self, id: EntityId) -> Option<Request> {
        let (update, body) = self.change(id)?;
        let request = self.exact(update).with_body(body);
        let request =
            request.with_header("If-Match", format!("{{{{{}}}}}", tag_variable(self.plan, id)));
        let request = request.asserting(script::same_row(self.plan, id));
        let request = request.asserting(script::remember_old_tag(self.plan, id));
        Some(request.asserting(script::remember(self.plan, update, id)))
    }

    /// The same change once more, by one who has not seen the first.
    fn outdated(&self, id: EntityId) -> Option<Request> {
        let (update, body) = self.change(id)?;
        let entity = names::spoken(&self.plan.system[id].name.text);
        let request = Request::new(self.plan, update, &self.caller).with_body(body);
        let request = request.named(&format!("An outdated change of a {entity} is refused"));
        let tag = format!("{{{{old_{}}}}}", tag_variable(self.plan, id));
        let request = request.with_header("If-Match", tag).asserting(script::status(412));
        Some(request.asserting(script::refusal("precondition-failed")))
    }

    /// An update that changes something: a text gets an ending.
    fn change(&self, id: EntityId) -> Option<(&'p Operation, Json)> {
        let update = self.always(id, |it| it == OperationKind::Update)?;
        let shape = self.plan.updates.get(id.0 as usize)?;
        let member = shape.members.iter().find(|it| {
            let is_text =
                matches!(it.kind, InputKind::Scalar(Scalar::String { .. } | Scalar::Text));
            is_text && it.pattern.is_none() && !it.is_secret && !it.has_write_rule
        })?;
        let Json::Text(text) = example::input_value(self.plan, Some(id), member, 0) else {
            return None;
        };
        let body = Json::Object(vec![(member.name.clone(), format!("{text} 2").into())]);
        Some((update, body))
    }

    /// A command that nothing but its rule can refuse: without guards, and not bound to a state.
    fn command(&self, id: EntityId) -> Option<Request> {
        let is_free = |kind: OperationKind| match kind {
            OperationKind::Command(command) => {
                let command = &self.plan.system[command];
                command.guards.is_empty() && command.transition.is_none()
            }
            _ => false,
        };
        let command = self.always(id, is_free)?;
        let request = self.exact(command).asserting(script::same_row(self.plan, id));
        Some(request.asserting(script::remember(self.plan, command, id)))
    }
}

/// Every text of an example: ids of other rows are among them.
fn ids(json: &Json, found: &mut BTreeSet<String>) {
    match json {
        Json::Text(text) => drop(found.insert(text.clone())),
        Json::Array(items) => items.iter().for_each(|it| ids(it, found)),
        Json::Object(members) => members.iter().for_each(|it| ids(&it.1, found)),
        _ => {}
    }
}
