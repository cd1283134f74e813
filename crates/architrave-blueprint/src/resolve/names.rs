//! The table of everything that can be named, and the way from a written path to what it means.

use std::collections::BTreeMap;

use architrave_model::{
    ChannelId, CommandId, ContextId, EntityId, EventId, Finding, IntegrationId, Name, Span, ValueId,
};

use super::suggest;
use crate::codes;
use crate::report::{error, listed, meant, replace};
use crate::view::joined;

/// Something that a path can lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Symbol {
    /// A context by itself.
    Context(ContextId),
    /// An entity.
    Entity(EntityId),
    /// A value object.
    Value(ValueId),
    /// An event, of a context or of an entity.
    Event(EventId),
    /// A command of an entity.
    Command(CommandId),
    /// An integration.
    Integration(IntegrationId),
    /// An operation of an integration, by position.
    Operation(IntegrationId, usize),
    /// A channel.
    Channel(ChannelId),
    /// Something that nothing refers to: saga, schedule, projection, webhook, notification.
    Other(&'static str),
}

impl Symbol {
    /// What it is, for messages.
    pub(crate) fn description(self) -> &'static str {
        match self {
            Self::Context(_) => "a context",
            Self::Entity(_) => "an entity",
            Self::Value(_) => "a value object",
            Self::Event(_) => "an event",
            Self::Command(_) => "a command",
            Self::Integration(_) => "an integration",
            Self::Operation(..) => "an operation",
            Self::Channel(_) => "a channel",
            Self::Other(what) => what,
        }
    }
}

/// A declared name: what it is and where.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    /// What.
    pub(crate) symbol: Symbol,
    /// Where its name stands.
    pub(crate) span: Span,
}

/// The names that one context declares.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    /// Its own names.
    pub(crate) entries: BTreeMap<String, Entry>,
    /// Contexts it may use.
    pub(crate) depends_on: Vec<ContextId>,
    /// Where `depends_on` may be extended: the place before the closing bracket and whether the
    /// list is empty; or the place behind the opening brace where there is no such setting.
    pub(crate) dependency_place: Option<DependencyPlace>,
}

/// Where a missing dependency is to be written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum DependencyPlace {
    /// Into an existing list, at this place.
    List {
        /// Before the closing bracket.
        at: Span,
        /// Whether nothing stands in it yet.
        is_empty: bool,
    },
    /// As a new setting behind the opening brace.
    New(Span),
}

/// What `identity` says, whether or not it could be understood: what was reported there is not
/// reported again where it is used.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct IdentityNames {
    /// Whether it names an entity of people.
    pub(crate) has_user: bool,
    /// Whether it names an entity of tenants.
    pub(crate) has_tenant: bool,
    /// Whether its roles could not be read.
    pub(crate) has_poisoned_roles: bool,
}

/// All names.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Contexts by name.
    pub(crate) contexts: BTreeMap<String, (ContextId, Span)>,
    /// Scopes by [`ContextId`].
    pub(crate) scopes: Vec<Scope>,
    /// Commands and events of entities, by [`EntityId`].
    pub(crate) members: Vec<BTreeMap<String, Entry>>,
    /// Operations of integrations, by [`IntegrationId`].
    pub(crate) operations: Vec<BTreeMap<String, Entry>>,
    /// What `identity` says, whether or not it could be understood.
    pub(crate) identity: IdentityNames,
}

impl Names {
    /// The scope of a context.
    pub(crate) fn scope(&self, id: ContextId) -> Option<&Scope> {
        self.scopes.get(usize::try_from(id.0).ok()?)
    }

    /// What a path means where it stands (`None`: outside of contexts, where every context is open).
    pub(crate) fn resolve(
        &self,
        path: &[Name],
        from: Option<ContextId>,
    ) -> Result<Symbol, Finding> {
        let Some((first, rest)) = path.split_first() else {
            return Err(error(codes::UNKNOWN_NAME, Span::default(), "a name is missing", ""));
        };
        let own = from.and_then(|it| self.scope(it)).and_then(|it| it.entries.get(&first.text));
        if let Some(entry) = own {
            return self.descend(entry.symbol, path, 1);
        }
        let Some((context, _)) = self.contexts.get(&first.text) else {
            return Err(self.unknown_first(path, from));
        };
        let Some(second) = rest.first() else { return Ok(Symbol::Context(*context)) };
        let declared = self.scope(*context).and_then(|it| it.entries.get(&second.text));
        let Some(entry) = declared else {
            return Err(self.unknown_in(*context, first, second));
        };
        if let Some(from) = from.filter(|it| it != context)
            && let Some(finding) = self.undeclared_dependency(from, *context, path)
        {
            return Err(finding);
        }
        self.descend(entry.symbol, path, 2)
    }

    fn descend(&self, symbol: Symbol, path: &[Name], depth: usize) -> Result<Symbol, Finding> {
        let Some(next) = path.get(depth) else { return Ok(symbol) };
        let members = match symbol {
            Symbol::Entity(id) => self.members.get(id.0 as usize),
            Symbol::Integration(id) => self.operations.get(id.0 as usize),
            _ => None,
        };
        let owner = joined(path.get(..depth).unwrap_or_default()).text;
        let Some(members) = members else {
            let title = format!("`{owner}` is {} and has no parts to name", symbol.description());
            return Err(
                error(codes::UNKNOWN_NAME, next.span, title, "").help(format!("write `{owner}`"))
            );
        };
        match members.get(&next.text) {
            Some(entry) => self.descend(entry.symbol, path, depth + 1),
            None => Err(crate::report::unknown(
                codes::UNKNOWN_NAME,
                next,
                format!("`{owner}` has no `{}`", next.text),
                members.keys().map(String::as_str),
            )),
        }
    }

    fn undeclared_dependency(
        &self,
        from: ContextId,
        to: ContextId,
        path: &[Name],
    ) -> Option<Finding> {
        let scope = self.scope(from)?;
        if scope.depends_on.contains(&to) {
            return None;
        }
        let name = &path.first()?.text;
        let finding = error(
            codes::UNDECLARED_DEPENDENCY,
            joined(path).span,
            format!("this context does not depend on `{name}`"),
            "",
        );
        let (at, text) = match scope.dependency_place? {
            DependencyPlace::List { at, is_empty: true } => (at, name.clone()),
            DependencyPlace::List { at, is_empty: false } => (at, format!(", {name}")),
            DependencyPlace::New(at) => (at, format!("\n  depends_on = [{name}]")),
        };
        Some(finding.fix(replace(format!("declare that it depends on `{name}`"), at, text)))
    }

    /// The first name is neither declared here nor a context: look near by, then in other contexts.
    fn unknown_first(&self, path: &[Name], from: Option<ContextId>) -> Finding {
        let Some(first) = path.first() else {
            return error(codes::UNKNOWN_NAME, Span::default(), "a name is missing", "");
        };
        let finding = error(
            codes::UNKNOWN_NAME,
            first.span,
            format!("nothing is called `{}`", first.text),
            "",
        );
        let suggest_that = |finding: Finding, near: &str| finding.fix(meant(first.span, near));
        // The same name in another context is the likeliest mistake of all.
        let elsewhere: Vec<String> = self
            .contexts
            .iter()
            .filter(|(_, (id, _))| {
                self.scope(*id).is_some_and(|it| it.entries.contains_key(&first.text))
            })
            .map(|(name, _)| format!("{name}.{}", first.text))
            .collect();
        if let [only] = elsewhere.as_slice() {
            return suggest_that(finding, only);
        }
        if !elsewhere.is_empty() {
            let names: Vec<&str> = elsewhere.iter().map(String::as_str).collect();
            return finding.help(format!("did you mean one of {}?", listed(&names)));
        }
        let own = from.and_then(|it| self.scope(it)).into_iter().flat_map(|it| it.entries.keys());
        let near_by = own.chain(self.contexts.keys()).map(String::as_str);
        if let Some(near) = suggest::nearest(&first.text, near_by) {
            return suggest_that(finding, near);
        }
        for (name, (id, _)) in &self.contexts {
            let theirs = self.scope(*id).into_iter().flat_map(|it| it.entries.keys());
            if let Some(near) = suggest::nearest(&first.text, theirs.map(String::as_str)) {
                return suggest_that(finding, &format!("{name}.{near}"));
            }
        }
        finding.help("declare it, or correct the name")
    }

    fn unknown_in(&self, context: ContextId, first: &Name, second: &Name) -> Finding {
        let own = self.scope(context).into_iter().flat_map(|it| it.entries.keys());
        crate::report::unknown(
            codes::UNKNOWN_NAME,
            second,
            format!("the context `{}` declares no `{}`", first.text, second.text),
            own.map(String::as_str),
        )
    }
}

/// A path that leads to something of the wrong kind.
pub(crate) fn wrong_kind(path: &[Name], found: Symbol, expected: &str) -> Finding {
    let name = joined(path);
    let title = format!("`{}` is {}, not {expected}", name.text, found.description());
    error(codes::WRONG_KIND_OF_NAME, name.span, title, "")
        .help(format!("write the name of {expected}"))
}
