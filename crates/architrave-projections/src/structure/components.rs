//! C4, level 3: the parts of each context, one page a context.

use architrave_model::{
    ChannelProvider, Context, ContextId, EntityId, Name, RunTarget, SagaStep, System, Undo, words,
};
use architrave_plan::Plan;

use super::{
    c4::{Diagram, Kind},
    holds::holds,
    uses::uses,
};
use crate::{
    Document, Material, Projection, Room,
    page::{Page, code, count, escape, link},
};

/// `structure/components-CONTEXT.md`
pub(crate) const PROJECTION: Projection =
    Projection { name: "components", room: Room::Structure, write };

fn write(material: &Material<'_>) -> Vec<Document> {
    let contexts = material.plan.system.contexts.iter().zip((0..).map(ContextId));
    contexts.map(|(context, id)| document(material.plan, context, id)).collect()
}

fn path(context: &Context) -> String {
    format!("structure/components-{}.md", context.name.text)
}

fn document(plan: &Plan, context: &Context, id: ContextId) -> Document {
    let system = &plan.system;
    let title = format!("Components of {}", context.name.text);
    let mut page = Page::new(&title);
    page.paragraph(&format!("{} {}", escape(&context.doc), holds(system, id)));
    let parts = Parts::of(plan, id);
    page.diagram(
        &format!(
            "The parts of {} and whom they use; frames are other contexts, dotted arrows are events.",
            escape(&context.name.text)
        ),
        &diagram(plan, context, id, &parts),
    );
    page.table(&["Component", "What it is", "What it does"], &rows(plan, &parts, &path(context)));
    neighbours(&mut page, system, context, id);
    if let Some(owner) = &context.owner {
        page.paragraph(&format!("Looked after by {}.", code(&owner.text)));
    }
    Document { path: path(context), summary: summary(context, &parts), title, text: page.finish() }
}

fn summary(context: &Context, parts: &Parts<'_>) -> String {
    let counts = [
        (parts.entities.len(), "entity", "entities"),
        (parts.sagas.len(), "saga", "sagas"),
        (parts.integrations.len(), "integration", "integrations"),
        (parts.channels.len(), "channel", "channels"),
        (parts.notifications.len(), "notification", "notifications"),
    ];
    let there = counts.iter().filter(|it| it.0 > 0).map(|it| count(it.0, it.1, it.2));
    let there: Vec<String> = there.collect();
    format!("What {} consists of: {} (C4, level 3).", context.name.text, there.join(", "))
}

/// What a context declares.
struct Parts<'s> {
    entities: Vec<EntityId>,
    sagas: Vec<&'s architrave_model::Saga>,
    schedules: Vec<&'s architrave_model::Schedule>,
    projections: Vec<&'s architrave_model::Projection>,
    webhooks: Vec<&'s architrave_model::Webhook>,
    integrations: Vec<&'s architrave_model::Integration>,
    channels: Vec<&'s architrave_model::Channel>,
    notifications: Vec<&'s architrave_model::Notification>,
}

/// (what it is, name, what it does)
type Named<'s> = (&'static str, &'s str, String);

impl<'s> Parts<'s> {
    /// Everything but the entities.
    fn named(&self) -> Vec<Named<'s>> {
        fn plain<'s>(
            what: &'static str,
            names: impl Iterator<Item = &'s Name>,
        ) -> impl Iterator<Item = Named<'s>> {
            names.map(move |it| (what, it.text.as_str(), String::new()))
        }
        let sagas = self.sagas.iter();
        let sagas =
            sagas.map(|it| ("saga", &*it.name.text, count(it.steps.len(), "step", "steps")));
        let schedules = self.schedules.iter();
        let schedules = schedules
            .map(|it| ("schedule", &*it.name.text, format!("every {}", words::time(it.every_us))));
        sagas
            .chain(schedules)
            .chain(plain("projection", self.projections.iter().map(|it| &it.name)))
            .chain(plain("webhook", self.webhooks.iter().map(|it| &it.name)))
            .chain(plain("integration", self.integrations.iter().map(|it| &it.name)))
            .chain(plain("channel", self.channels.iter().map(|it| &it.name)))
            .chain(plain("notification", self.notifications.iter().map(|it| &it.name)))
            .collect()
    }

    fn of(plan: &'s Plan, id: ContextId) -> Self {
        let system = &plan.system;
        let is_root = |it: &EntityId| system[*it].context == id && system[*it].owner.is_none();
        Self {
            entities: system.entity_ids().filter(is_root).collect(),
            sagas: system.sagas.iter().filter(|it| it.context == id).collect(),
            schedules: system.schedules.iter().filter(|it| it.context == id).collect(),
            projections: system.projections.iter().filter(|it| it.context == id).collect(),
            webhooks: system.webhooks.iter().filter(|it| it.context == id).collect(),
            integrations: system.integrations.iter().filter(|it| it.context == id).collect(),
            channels: system.channels.iter().filter(|it| it.context == id).collect(),
            notifications: system.notifications.iter().filter(|it| it.context == id).collect(),
        }
    }
}

fn entity_id(system: &System, id: EntityId) -> String {
    format!("entity:{}", system.entity_path(system.aggregate_root(id)))
}

fn operations(plan: &Plan, id: EntityId) -> usize {
    let system = &plan.system;
    let of = |it: EntityId| system.aggregate_root(it) == id;
    plan.operations.iter().filter(|it| it.entity.is_some_and(of)).count()
}

/// Parts of an aggregate, all the way down.
fn parts_of(system: &System, root: EntityId) -> Vec<&str> {
    let below = system.entity_ids().filter(|it| *it != root && system.aggregate_root(*it) == root);
    below.map(|it| system[it].name.text.as_str()).collect()
}

/// The element that a step or schedule runs: an aggregate or an integration.
fn target(system: &System, run: RunTarget) -> (String, String) {
    match run {
        RunTarget::Command(id) => {
            (entity_id(system, system[id].entity), system[id].name.text.clone())
        }
        RunTarget::Operation(id, position) => {
            let integration = &system[id];
            let name = integration.operations.get(position).map_or("", |it| &it.name.text);
            (format!("integration:{}", integration.name.text), name.to_owned())
        }
    }
}

fn diagram(plan: &Plan, context: &Context, id: ContextId, parts: &Parts<'_>) -> String {
    let system = &plan.system;
    let mut out = Diagram::new("TB");
    out.frame("own", &context.name.text);
    for entity in &parts.entities {
        let name = &system[*entity].name.text;
        let count = count(operations(plan, *entity), "operation", "operations");
        let parts = parts_of(system, *entity);
        let does =
            if parts.is_empty() { String::new() } else { format!("with {}", parts.join(", ")) };
        out.element(&entity_id(system, *entity), Kind::Component, name, &count, &does);
    }
    for (what, name, does) in parts.named() {
        out.element(&format!("{what}:{name}"), Kind::Component, name, what, &does);
    }
    out.end();
    let mut arrows = Arrows { system, own: id, out, others: Vec::new(), lines: Vec::new() };
    arrows.references(parts);
    arrows.runs(parts);
    arrows.events(parts);
    arrows.outside(parts);
    arrows.finish()
}

fn saga_id(name: &str) -> String {
    format!("saga:{name}")
}

/// Arrows of a context's parts, and the parts of other contexts that they lead to.
struct Arrows<'s> {
    system: &'s System,
    own: ContextId,
    out: Diagram,
    /// (context, id, name, what it is)
    others: Vec<(ContextId, String, String, &'static str)>,
    /// (from, to, label, dotted)
    lines: Vec<(String, String, String, bool)>,
}

impl Arrows<'_> {
    fn add(&mut self, from: &str, to: &str, label: &str, is_dotted: bool) {
        if from == to {
            return;
        }
        let known =
            self.lines.iter_mut().find(|it| it.0 == from && it.1 == to && it.3 == is_dotted);
        match known {
            // One arrow for all that flows between two elements: they would lie on each other.
            Some(it) if !it.2.split(", ").any(|it| it == label) => {
                it.2 = format!("{}, {label}", it.2);
            }
            Some(_) => {}
            None => self.lines.push((from.to_owned(), to.to_owned(), label.to_owned(), is_dotted)),
        }
    }

    fn aggregate(&mut self, id: EntityId) -> String {
        let root = self.system.aggregate_root(id);
        let entity = &self.system[root];
        let id = entity_id(self.system, root);
        self.other(entity.context, &id, &entity.name.text, "");
        id
    }

    fn other(&mut self, context: ContextId, id: &str, name: &str, is: &'static str) {
        if context != self.own && !self.others.iter().any(|it| it.1 == id) {
            self.others.push((context, id.to_owned(), name.to_owned(), is));
        }
    }

    fn references(&mut self, parts: &Parts<'_>) {
        let system = self.system;
        for root in &parts.entities {
            let members = system.entity_ids().filter(|it| system.aggregate_root(*it) == *root);
            for member in members {
                for field in &system[member].fields {
                    if let architrave_model::FieldType::Ref { entity, .. } = field.ty {
                        let to = self.aggregate(entity);
                        self.add(&entity_id(system, *root), &to, &field.name.text, false);
                    }
                }
            }
        }
    }

    fn run(&mut self, from: &str, run: RunTarget) {
        let (to, label) = target(self.system, run);
        match run {
            RunTarget::Command(id) => {
                self.aggregate(self.system[id].entity);
            }
            RunTarget::Operation(id, _) => {
                let integration = &self.system[id];
                self.other(integration.context, &to, &integration.name.text, "integration");
            }
        }
        self.add(from, &to, &label, false);
    }

    fn runs(&mut self, parts: &Parts<'_>) {
        for saga in &parts.sagas {
            let from = saga_id(&saga.name.text);
            let steps: Vec<&SagaStep> = saga.steps.iter().chain(&saga.on_failure).collect();
            for step in steps {
                self.run(&from, step.run);
                if let Undo::Compensate(target) = step.undo {
                    self.run(&from, target);
                }
            }
        }
        for schedule in &parts.schedules {
            self.run(&format!("schedule:{}", schedule.name.text), schedule.run);
        }
    }

    fn hears(&mut self, to: &str, event: architrave_model::EventId) {
        let event = &self.system[event];
        let from = match event.entity {
            Some(entity) => self.aggregate(entity),
            None => self.source(event.context, &event.name.text),
        };
        self.add(&from, to, &event.name.text, true);
    }

    /// The integration whose callback becomes an event of a context.
    fn source(&mut self, context: ContextId, event: &str) -> String {
        let system = self.system;
        let emits = |it: &&architrave_model::Integration| {
            it.callbacks.iter().any(|it| it.emit.is_some_and(|id| system[id].name.text == event))
        };
        let found = system.integrations.iter().filter(|it| it.context == context).find(emits);
        let name = found.map_or("", |it| it.name.text.as_str());
        let id = format!("integration:{name}");
        self.other(context, &id, name, "integration");
        id
    }

    fn events(&mut self, parts: &Parts<'_>) {
        for it in &parts.sagas {
            self.hears(&saga_id(&it.name.text), it.on);
        }
        for it in &parts.projections {
            it.from
                .iter()
                .for_each(|event| self.hears(&format!("projection:{}", it.name.text), *event));
        }
        for it in &parts.webhooks {
            it.events
                .iter()
                .for_each(|event| self.hears(&format!("webhook:{}", it.name.text), *event));
        }
        for it in &parts.notifications {
            let id = format!("notification:{}", it.name.text);
            self.hears(&id, it.on);
            for channel in &it.via {
                let channel = &self.system[*channel];
                let to = format!("channel:{}", channel.name.text);
                self.other(channel.context, &to, &channel.name.text, "channel");
                self.add(&id, &to, "", true);
            }
        }
    }

    fn outside(&mut self, parts: &Parts<'_>) {
        for it in &parts.integrations {
            let id = format!("outside:{}", it.name.text);
            self.out.element(&id, Kind::External, &it.name.text, "somebody else's", "");
            self.add(&format!("integration:{}", it.name.text), &id, "HTTPS", false);
            for callback in &it.callbacks {
                self.add(&id, &format!("integration:{}", it.name.text), &callback.name.text, true);
            }
        }
    }

    fn finish(mut self) -> String {
        let mut contexts: Vec<ContextId> = self.others.iter().map(|it| it.0).collect();
        contexts.sort_unstable();
        contexts.dedup();
        for context in contexts {
            let name = &self.system[context].name.text;
            self.out.frame(&format!("context:{name}"), name);
            for (_, id, name, is) in self.others.iter().filter(|it| it.0 == context) {
                self.out.element(id, Kind::Container, name, is, "");
            }
            self.out.end();
        }
        for (from, to, label, is_dotted) in &self.lines {
            self.out.arrow(from, to, label, *is_dotted);
        }
        self.out.finish()
    }
}

fn rows(plan: &Plan, parts: &Parts<'_>, path: &str) -> Vec<Vec<String>> {
    let system = &plan.system;
    let row = |name: &str, is: String, does: String| vec![code(name), is, does];
    let entities = parts.entities.iter().map(|id| {
        let entity = &system[*id];
        let below = parts_of(system, *id);
        let is = if below.is_empty() {
            "aggregate".to_owned()
        } else {
            format!("aggregate with {}", words::list(&below))
        };
        let commands: Vec<&str> =
            entity.commands.iter().map(|it| system[*it].name.text.as_str()).collect();
        let mut does = escape(&entity.doc);
        if !commands.is_empty() {
            does = format!("{does} Commands: {}.", words::list(&commands));
        }
        row(&entity.name.text, is, does.trim().to_owned())
    });
    let sagas = parts.sagas.iter().map(|it| {
        let does = format!("{} Begins with {}.", escape(&it.doc), code(&system[it.on].name.text));
        row(&it.name.text, "saga".to_owned(), does.trim().to_owned())
    });
    let schedules = parts.schedules.iter().map(|it| {
        let (_, what) = target(system, it.run);
        let does =
            format!("{} Runs {} every {}.", escape(&it.doc), code(&what), words::time(it.every_us));
        row(&it.name.text, "schedule".to_owned(), does.trim().to_owned())
    });
    let listeners =
        parts.projections.iter().map(|it| (&it.name, "projection", &it.doc, it.from.clone()));
    let webhooks =
        parts.webhooks.iter().map(|it| (&it.name, "webhook", &it.doc, it.events.clone()));
    let told =
        parts.notifications.iter().map(|it| (&it.name, "notification", &it.doc, vec![it.on]));
    let listening = listeners.chain(webhooks).chain(told).map(|(name, is, doc, events)| {
        let events: Vec<&str> = events.iter().map(|id| system[*id].name.text.as_str()).collect();
        let does = format!("{} Hears of {}.", escape(doc), words::list(&events));
        row(&name.text, is.to_owned(), does.trim().to_owned())
    });
    let integrations = parts.integrations.iter().map(|it| {
        let calls: Vec<&str> = it.operations.iter().map(|it| it.name.text.as_str()).collect();
        let about = link("terms and limits", path, "structure/context.md#what-it-relies-on");
        let does = format!("{} Calls {}; {about}.", escape(&it.doc), words::list(&calls));
        row(&it.name.text, "integration".to_owned(), does.trim().to_owned())
    });
    let channels = parts.channels.iter().map(|it| {
        let by = match it.provider {
            Some(ChannelProvider::Smtp(_)) => "Carries messages as e-mail.",
            Some(ChannelProvider::WebPush(_)) => "Carries messages to browsers.",
            None => "",
        };
        let does = format!("{} {by}", escape(&it.doc));
        row(&it.name.text, "channel".to_owned(), does.trim().to_owned())
    });
    entities
        .chain(sagas)
        .chain(schedules)
        .chain(listening)
        .chain(integrations)
        .chain(channels)
        .collect()
}

fn neighbours(page: &mut Page, system: &System, context: &Context, id: ContextId) {
    let all = uses(system);
    let name = |it: ContextId| {
        let other = &system[it];
        link(&other.name.text, &path(context), &path(other))
    };
    let used: Vec<String> = all
        .iter()
        .filter(|it| it.from == id)
        .map(|it| {
            let reasons = if it.reasons.is_empty() {
                "declared in `depends_on`, and nothing uses it".to_owned()
            } else {
                it.reasons.join("; ")
            };
            format!("{}: {reasons}.", name(it.to))
        })
        .collect();
    if !used.is_empty() {
        page.heading(2, "What it uses");
        page.list(used);
    }
    let users: Vec<String> = all
        .iter()
        .filter(|it| it.to == id)
        .map(|it| format!("{}: {}.", name(it.from), it.reasons.join("; ")))
        .collect();
    if !users.is_empty() {
        page.heading(2, "Who uses it");
        page.list(users);
    }
}
