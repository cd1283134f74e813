//! First walk: gives everything its id and name, before anything refers to anything.

use std::collections::BTreeMap;

use architrave_model::{
    Access, Channel, ChannelId, Command, CommandId, Context, ContextId, Declared, Entity, EntityId,
    Event, EventId, EventPayload, Finding, Integration, IntegrationId, Name, System, Terms,
    ValueId, ValueObject, Writes,
};

use super::casing;
use super::names::{DependencyPlace, Entry, Names, Scope, Symbol};
use crate::codes;
use crate::report::error;
use crate::syntax::ast::{Block, Expression, File, Item};

/// The blocks behind the ids, in the order of the ids.
#[derive(Debug, Default)]
pub(crate) struct Blocks<'a> {
    /// Blocks at the top of a file.
    pub(crate) tops: Vec<&'a Block>,
    /// Blocks of contexts; several may belong to one context.
    pub(crate) contexts: Vec<(ContextId, &'a Block)>,
    /// By [`EntityId`].
    pub(crate) entities: Vec<&'a Block>,
    /// By [`ValueId`].
    pub(crate) values: Vec<&'a Block>,
    /// By [`EventId`].
    pub(crate) events: Vec<&'a Block>,
    /// By [`CommandId`].
    pub(crate) commands: Vec<&'a Block>,
    /// By [`IntegrationId`].
    pub(crate) integrations: Vec<&'a Block>,
    /// By [`ChannelId`].
    pub(crate) channels: Vec<&'a Block>,
    /// Sagas, schedules, projections, webhooks, notifications, with their contexts.
    pub(crate) others: Vec<(ContextId, &'a Block)>,
}

/// What the first walk leaves behind.
#[derive(Debug, Default)]
pub(crate) struct Declaration<'a> {
    /// Names, documentation and places; everything else still empty.
    pub(crate) system: System,
    /// Names to ids.
    pub(crate) names: Names,
    /// Ids to blocks.
    pub(crate) blocks: Blocks<'a>,
    /// What is wrong with the names.
    pub(crate) findings: Vec<Finding>,
}

/// Walks all files.
pub(crate) fn declare(files: &[File]) -> Declaration<'_> {
    let mut out = Declaration::default();
    let blocks = files.iter().flat_map(|file| &file.items).filter_map(|item| match item {
        Item::Block(block) => Some(block),
        Item::Attribute(_) => None,
    });
    for block in blocks {
        if block.kind.text == "context" {
            out.context(block);
        } else {
            out.blocks.tops.push(block);
        }
    }
    out.dependencies();
    out
}

fn id_of<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}

impl<'a> Declaration<'a> {
    fn context(&mut self, block: &'a Block) {
        let name = block.name();
        let known = self.names.contexts.get(&name.text).map(|(id, _)| *id);
        let id = known.unwrap_or_else(|| {
            let id = ContextId(id_of(&self.system.contexts));
            self.system.contexts.push(Context {
                name: name.clone(),
                doc: block.doc.clone(),
                depends_on: Vec::new(),
                owner: None,
                declared: Vec::new(),
                span: block.span,
            });
            self.names.contexts.insert(name.text.clone(), (id, name.span));
            self.names.scopes.push(Scope::default());
            self.findings.extend(casing::check_reserved(&name, "the context"));
            id
        });
        let context = &mut self.system[id];
        if let Some(owner) = block.setting("owner")
            && let Some(text) = owner.text()
        {
            context.owner = Some(Name { text: text.to_owned(), span: owner.span });
        }
        if known.is_some() && !block.doc.is_empty() {
            if !context.doc.is_empty() {
                context.doc.push_str("\n\n");
            }
            context.doc.push_str(&block.doc);
        }
        self.blocks.contexts.push((id, block));
        for item in &block.items {
            if let Item::Block(child) = item {
                self.in_context(id, child);
            }
        }
    }

    fn in_context(&mut self, context: ContextId, block: &'a Block) {
        let name = block.name();
        let symbol = match block.kind.text.as_str() {
            "entity" => Symbol::Entity(self.entity(context, block)),
            "value" => Symbol::Value(self.value(context, block)),
            "event" => Symbol::Event(self.event(context, None, block)),
            "integration" => Symbol::Integration(self.integration(context, block)),
            "channel" => Symbol::Channel(self.channel(context, block)),
            kind => {
                let what = match kind {
                    "saga" => "a saga",
                    "schedule" => "a schedule",
                    "projection" => "a projection",
                    "webhook" => "a webhook",
                    "notification" => "a notification",
                    _ => return,
                };
                self.blocks.others.push((context, block));
                Symbol::Other(what)
            }
        };
        if let Some(scope) = self.names.scopes.get_mut(context.0 as usize) {
            insert(&mut scope.entries, &name, symbol, &mut self.findings);
        }
    }

    fn entity(&mut self, context: ContextId, block: &'a Block) -> EntityId {
        let id = EntityId(id_of(&self.system.entities));
        self.system.entities.push(Entity {
            name: block.name(),
            doc: block.doc.clone(),
            context,
            fields: Vec::new(),
            owner: None,
            indexes: Vec::new(),
            uniques: Vec::new(),
            search: None,
            lifecycle: None,
            invariants: Vec::new(),
            volume_rows: None,
            privacy: None,
            soft_delete: None,
            writes: Writes::default(),
            access: Access::default(),
            commands: Vec::new(),
            events: Vec::new(),
            span: block.span,
        });
        self.system[context].declared.push(Declared::Entity(id));
        self.blocks.entities.push(block);
        let mut members = BTreeMap::new();
        for child in block.blocks("command") {
            let command = self.command(id, child);
            self.system[id].commands.push(command);
            insert(&mut members, &child.name(), Symbol::Command(command), &mut self.findings);
        }
        for child in block.blocks("event") {
            let event = self.event(context, Some(id), child);
            self.system[id].events.push(event);
            insert(&mut members, &child.name(), Symbol::Event(event), &mut self.findings);
        }
        self.names.members.push(members);
        id
    }

    fn command(&mut self, entity: EntityId, block: &'a Block) -> CommandId {
        let id = CommandId(id_of(&self.system.commands));
        self.system.commands.push(Command {
            name: block.name(),
            doc: block.doc.clone(),
            entity,
            input: Vec::new(),
            allow: None,
            transition: None,
            set: Vec::new(),
            emit: None,
            rate_limit: None,
            guards: Vec::new(),
            span: block.span,
        });
        self.blocks.commands.push(block);
        id
    }

    fn event(&mut self, context: ContextId, entity: Option<EntityId>, block: &'a Block) -> EventId {
        let id = EventId(id_of(&self.system.events));
        self.system.events.push(Event {
            name: block.name(),
            doc: block.doc.clone(),
            context,
            entity,
            payload: EventPayload::Own(Vec::new()),
            fields: Vec::new(),
            span: block.span,
        });
        if entity.is_none() {
            self.system[context].declared.push(Declared::Event(id));
        }
        self.blocks.events.push(block);
        id
    }

    fn value(&mut self, context: ContextId, block: &'a Block) -> ValueId {
        let id = ValueId(id_of(&self.system.values));
        self.system.values.push(ValueObject {
            name: block.name(),
            doc: block.doc.clone(),
            context,
            fields: Vec::new(),
            span: block.span,
        });
        self.system[context].declared.push(Declared::Value(id));
        self.blocks.values.push(block);
        id
    }

    fn integration(&mut self, context: ContextId, block: &'a Block) -> IntegrationId {
        let id = IntegrationId(id_of(&self.system.integrations));
        self.system.integrations.push(Integration {
            name: block.name(),
            doc: block.doc.clone(),
            context,
            base_url: None,
            auth: None,
            timeout_us: None,
            retry: None,
            circuit_breaker: None,
            bulkhead: None,
            availability_ppm: None,
            latency: Vec::new(),
            terms: Terms::default(),
            operations: Vec::new(),
            callbacks: Vec::new(),
            span: block.span,
        });
        self.blocks.integrations.push(block);
        let mut operations = BTreeMap::new();
        for (position, child) in block.blocks("operation").enumerate() {
            let symbol = Symbol::Operation(id, position);
            insert(&mut operations, &child.name(), symbol, &mut self.findings);
        }
        self.names.operations.push(operations);
        id
    }

    fn channel(&mut self, context: ContextId, block: &'a Block) -> ChannelId {
        let id = ChannelId(id_of(&self.system.channels));
        self.system.channels.push(Channel {
            name: block.name(),
            doc: block.doc.clone(),
            context,
            provider: None,
            from: None,
            terms: Terms::default(),
            span: block.span,
        });
        self.blocks.channels.push(block);
        id
    }

    /// Resolves `depends_on`, now that every context is known.
    fn dependencies(&mut self) {
        for (id, block) in std::mem::take(&mut self.blocks.contexts) {
            self.blocks.contexts.push((id, block));
            let setting = block.setting("depends_on");
            let place = dependency_place(block, setting);
            let found: Vec<ContextId> = setting
                .and_then(Expression::items)
                .unwrap_or_default()
                .iter()
                .filter_map(Expression::path)
                .filter_map(|path| self.dependency(id, &path))
                .collect();
            let Some(scope) = self.names.scopes.get_mut(id.0 as usize) else { continue };
            let has_list = matches!(scope.dependency_place, Some(DependencyPlace::List { .. }));
            if !has_list && (setting.is_some() || scope.dependency_place.is_none()) {
                scope.dependency_place = place;
            }
            for other in found {
                if !scope.depends_on.contains(&other) {
                    scope.depends_on.push(other);
                }
            }
            self.system[id].depends_on.clone_from(&scope.depends_on);
        }
    }

    fn dependency(&mut self, id: ContextId, path: &[Name]) -> Option<ContextId> {
        let [name] = path else {
            let first = path.first()?;
            let whole = crate::view::joined(path);
            self.findings.push(
                error(
                    codes::WRONG_KIND_OF_NAME,
                    whole.span,
                    "a context depends on whole contexts",
                    "",
                )
                .fix(crate::report::replace(
                    format!("write `{}`", first.text),
                    whole.span,
                    first.text.clone(),
                )),
            );
            return None;
        };
        match self.names.contexts.get(&name.text) {
            Some((other, _)) if *other == id => {
                self.findings.push(
                    error(
                        codes::CIRCULAR_DEPENDENCY,
                        name.span,
                        format!("`{}` depends on itself", name.text),
                        "",
                    )
                    .help("leave it out: a context may always use what it declares"),
                );
                None
            }
            Some((other, _)) => Some(*other),
            None => {
                self.findings.push(crate::report::unknown(
                    codes::UNKNOWN_NAME,
                    name,
                    format!("there is no context `{}`", name.text),
                    self.names.contexts.keys().map(String::as_str),
                ));
                None
            }
        }
    }
}

fn dependency_place(block: &Block, setting: Option<&Expression>) -> Option<DependencyPlace> {
    match setting {
        None => Some(DependencyPlace::New(block.open.after())),
        Some(list) => {
            let items = list.items()?;
            let at = items.last().map_or_else(
                || architrave_model::Span { start: list.span.end.saturating_sub(1), ..list.span },
                |it| it.span.after(),
            );
            Some(DependencyPlace::List { at: at.before(), is_empty: items.is_empty() })
        }
    }
}

fn insert(
    entries: &mut BTreeMap<String, Entry>,
    name: &Name,
    symbol: Symbol,
    findings: &mut Vec<Finding>,
) {
    if name.text.is_empty() {
        return;
    }
    match entries.get(&name.text) {
        Some(first) => findings.push(
            error(codes::NAME_TAKEN, name.span, format!("`{}` is declared twice", name.text), "")
                .because(first.span, format!("already {} here", first.symbol.description()))
                .help("give one of them another name"),
        ),
        None => {
            entries.insert(name.text.clone(), Entry { symbol, span: name.span });
        }
    }
}
