//! Which context uses which, and for what: the reason behind every `depends_on`.

use std::collections::BTreeMap;

use architrave_model::{
    ContextId, EventId, FieldType, NotificationTarget, RunTarget, SagaStep, System, Undo,
};

/// A context uses another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Use {
    /// Who uses.
    pub(crate) from: ContextId,
    /// Who is used.
    pub(crate) to: ContextId,
    /// For what, e.g. "refers to `Product` from `Line.product`"; Markdown.
    pub(crate) reasons: Vec<String>,
    /// The same for a diagram: "refers", "runs", "hears of".
    pub(crate) kinds: Vec<&'static str>,
}

impl Use {
    /// Whether nothing is asked for: the context only hears of events.
    pub(crate) fn only_listens(&self) -> bool {
        self.kinds == ["hears of"]
    }
}

/// Every use between contexts, in the author's order. A declared dependency without a use is among them.
pub(crate) fn uses(system: &System) -> Vec<Use> {
    let mut found = Found { system, uses: BTreeMap::new() };
    for (context, from) in system.contexts.iter().zip((0..).map(ContextId)) {
        for to in &context.depends_on {
            found.uses.entry((from, *to)).or_default();
        }
    }
    found.references();
    found.processes();
    found.listeners();
    let uses = found.uses.into_iter();
    uses.map(|((from, to), (reasons, kinds))| Use { from, to, reasons, kinds }).collect()
}

type Reasons = (Vec<String>, Vec<&'static str>);

struct Found<'s> {
    system: &'s System,
    uses: BTreeMap<(ContextId, ContextId), Reasons>,
}

impl Found<'_> {
    fn add(&mut self, from: ContextId, to: ContextId, kind: &'static str, reason: String) {
        if from == to {
            return;
        }
        let (reasons, kinds) = self.uses.entry((from, to)).or_default();
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }

    fn references(&mut self) {
        let system = self.system;
        for entity in &system.entities {
            for field in &entity.fields {
                let place = format!("`{}.{}`", entity.name.text, field.name.text);
                match &field.ty {
                    FieldType::Ref { entity: to, .. } => {
                        let to = &system[*to];
                        let reason = format!("{place} refers to `{}`", to.name.text);
                        self.add(entity.context, to.context, "refers", reason);
                    }
                    FieldType::Value(value) => {
                        let value = &system[*value];
                        let reason = format!("{place} has the form of `{}`", value.name.text);
                        self.add(entity.context, value.context, "refers", reason);
                    }
                    _ => {}
                }
            }
        }
    }

    fn processes(&mut self) {
        let system = self.system;
        for saga in &system.sagas {
            let name = saga.name.text.clone();
            self.hears(saga.context, saga.on, &format!("`{name}` begins with"));
            let steps: Vec<&SagaStep> = saga.steps.iter().chain(&saga.on_failure).collect();
            for step in steps {
                self.runs(saga.context, step.run, &name);
                if let Undo::Compensate(target) = step.undo {
                    self.runs(saga.context, target, &name);
                }
            }
        }
        for schedule in &system.schedules {
            self.runs(schedule.context, schedule.run, &schedule.name.text);
        }
    }

    fn runs(&mut self, from: ContextId, target: RunTarget, who: &str) {
        let system = self.system;
        let (to, what) = match target {
            RunTarget::Command(id) => {
                let entity = &system[system[id].entity];
                (entity.context, format!("{}.{}", entity.name.text, system[id].name.text))
            }
            RunTarget::Operation(id, position) => {
                let integration = &system[id];
                let operation = integration.operations.get(position);
                let operation = operation.map_or("", |it| it.name.text.as_str());
                (integration.context, format!("{}.{operation}", integration.name.text))
            }
        };
        self.add(from, to, "runs", format!("`{who}` runs `{what}`"));
    }

    fn hears(&mut self, from: ContextId, event: EventId, how: &str) {
        let event = &self.system[event];
        self.add(from, event.context, "hears of", format!("{how} `{}`", event.name.text));
    }

    fn listeners(&mut self) {
        let system = self.system;
        for it in &system.projections {
            for event in &it.from {
                self.hears(it.context, *event, &format!("`{}` counts", it.name.text));
            }
        }
        for it in &system.webhooks {
            for event in &it.events {
                self.hears(it.context, *event, &format!("`{}` passes on", it.name.text));
            }
        }
        for it in &system.notifications {
            self.hears(it.context, it.on, &format!("`{}` tells of", it.name.text));
            if let (Some(NotificationTarget::User(_)), Some(user)) = (&it.to, system.identity.user)
            {
                let user = &system[user];
                let reason = format!("`{}` goes to a `{}`", it.name.text, user.name.text);
                self.add(it.context, user.context, "addresses", reason);
            }
        }
    }
}
