//! Places of expressions: which names they see and which functions make sense there.

use architrave_model::{
    Base, CallerMember, CommandId, ContextId, EntityId, EventId, Expr, ExprKind, Name, Root, Span,
    Ty,
};

use super::{Typer, typed};
use crate::codes;
use crate::report::{error, listed, meant, replace};
use crate::resolve::names::Symbol;
use crate::resolve::suggest;

/// What may stand in an expression beside names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// Compiled to SQL: access rules, `allow`.
    Rule,
    /// The condition of an index: only the row's own fields and literals.
    Condition,
    /// Evaluated in memory: guards, `set`, invariants, computed fields.
    Memory,
    /// Requests, answers and callbacks of integrations.
    Integration,
    /// Keys and values of a projection.
    Projection,
}

/// Members of `input`.
#[derive(Debug, Clone)]
pub(crate) enum InputScope {
    /// Of a command.
    Command(CommandId),
    /// Of an integration's operation.
    Operation(Vec<(String, Ty)>),
}

/// A place: its names and its language.
#[derive(Debug, Clone)]
pub(crate) struct Place<'a> {
    /// For messages: "an access rule", "a guard".
    pub(crate) what: &'static str,
    /// The language spoken here.
    pub(crate) language: Language,
    /// The context it stands in.
    pub(crate) context: Option<ContextId>,
    /// Names that are always there at this place.
    pub(crate) roots: &'static [&'static str],
    /// The row behind `this` and `old`.
    pub(crate) this: Option<EntityId>,
    /// What `input` holds.
    pub(crate) input: Option<InputScope>,
    /// The events behind `event`; several share their common members.
    pub(crate) events: &'a [EventId],
    /// The type of `each`.
    pub(crate) each: Option<Ty>,
    /// Outputs of earlier steps.
    pub(crate) steps: &'a [(String, Vec<(String, Ty)>)],
    /// Whether entities of the context may be named as sets.
    pub(crate) has_sets: bool,
    /// Whether paths may not leave the aggregate: a stored result would go stale.
    pub(crate) is_own_rows_only: bool,
}

impl Place<'_> {
    /// A place with nothing but a language and a list of names.
    pub(crate) fn new(
        what: &'static str,
        language: Language,
        roots: &'static [&'static str],
    ) -> Self {
        Self {
            what,
            language,
            context: None,
            roots,
            this: None,
            input: None,
            events: &[],
            each: None,
            steps: &[],
            has_sets: false,
            is_own_rows_only: false,
        }
    }
}

/// Names by place: the table "What can be seen" of the language reference, a row each.
pub(crate) mod roots {
    pub(crate) const ACCESS: &[&str] = &["this", "caller", "now"];
    pub(crate) const UPDATE: &[&str] = &["this", "old", "caller", "now"];
    pub(crate) const FIELD: &[&str] = &["this", "caller", "now"];
    pub(crate) const COMMAND: &[&str] = &["this", "input", "caller", "now"];
    pub(crate) const ROW: &[&str] = &["this"];
    pub(crate) const CALLER: &[&str] = &["caller", "now"];
    pub(crate) const EVENT: &[&str] = &["event"];
    pub(crate) const STEP: &[&str] = &["event", "each"];
    pub(crate) const OPERATION: &[&str] = &["input"];
    pub(crate) const ANSWER: &[&str] = &["input", "response"];
    pub(crate) const CALLBACK: &[&str] = &["body", "headers"];
    pub(crate) const SCHEDULE: &[&str] = &["each", "now"];
    /// Every name there is, to tell a misplaced one from an unknown one.
    pub(crate) const ALL: &[&str] =
        &["this", "old", "input", "caller", "now", "event", "each", "response", "body", "headers"];
}

impl Typer<'_> {
    /// The value behind a bare name.
    pub(super) fn place_root(&mut self, name: &str, span: Span) -> Expr {
        if !self.place.roots.contains(&name) {
            return self.other_root(name, span);
        }
        let row = |entity: Option<EntityId>| entity.map_or(Base::Poison, Base::Row);
        let (root, base) = match name {
            "this" => (Root::This, row(self.place.this)),
            "old" => (Root::Old, row(self.place.this)),
            "input" => (Root::Input, Base::Record(Vec::new())),
            "caller" => (Root::Caller, Base::Record(Vec::new())),
            "now" => (Root::Now, Base::Timestamp),
            "event" => (Root::Event, Base::Record(Vec::new())),
            "each" => return self.each(span),
            "response" => (Root::Response, Base::Record(Vec::new())),
            "body" => (Root::Body, Base::Json),
            _ => (Root::Headers, Base::Json),
        };
        typed(ExprKind::Root(root), Ty::of(base), span)
    }

    fn each(&mut self, span: Span) -> Expr {
        match &self.place.each {
            Some(ty) => typed(ExprKind::Root(Root::Each), ty.clone(), span),
            None => self.report(
                error(codes::NAME_NOT_VISIBLE, span, "there is no `each` without `for_each`", "")
                    .help("add `for_each = …`, or name what is meant"),
            ),
        }
    }

    /// A name that is not always there: an earlier step, an entity as a set, or a mistake.
    fn other_root(&mut self, name: &str, span: Span) -> Expr {
        if let Some(position) = self.place.steps.iter().position(|(step, _)| step == name) {
            let members =
                self.place.steps.get(position).map(|(_, it)| it.clone()).unwrap_or_default();
            let root = Root::Step(u32::try_from(position).unwrap_or(u32::MAX));
            return typed(ExprKind::Root(root), Ty::of(Base::Record(members)), span);
        }
        if self.place.has_sets {
            let path = [Name { text: name.to_owned(), span }];
            if let Ok(Symbol::Entity(entity)) = self.names.resolve(&path, self.place.context) {
                return typed(
                    ExprKind::Root(Root::Entity(entity)),
                    Ty::of(Base::Set(entity)),
                    span,
                );
            }
        }
        let finding = self.unknown_root(name, span);
        self.report(finding)
    }

    fn unknown_root(&self, name: &str, span: Span) -> architrave_model::Finding {
        let what = self.place.what;
        let visible = listed(self.place.roots);
        if roots::ALL.contains(&name) {
            return error(
                codes::NAME_NOT_VISIBLE,
                span,
                format!("{what} does not see `{name}`"),
                "",
            )
            .help(if self.place.roots.is_empty() {
                "only literals may stand here".to_owned()
            } else {
                format!("it sees {visible}")
            });
        }
        let finding =
            error(codes::UNKNOWN_NAME, span, format!("nothing is called `{name}` here"), "");
        if let Some(entity) = self.place.this
            && let Some(field) = self.member_names(entity).into_iter().find(|it| it == name)
        {
            let text = format!("this.{field}");
            return finding.fix(replace(format!("write `{text}`"), span, text));
        }
        let variables = self.variables.iter().map(|(name, ..)| name.as_str());
        let steps = self.place.steps.iter().map(|(name, _)| name.as_str());
        let candidates: Vec<&str> =
            self.place.roots.iter().copied().chain(variables).chain(steps).collect();
        if let Some(near) = suggest::nearest(name, candidates) {
            return finding.fix(meant(span, near));
        }
        let is_value =
            self.place.this.is_some() && name.chars().all(|it| it.is_lowercase() || it == '_');
        if is_value {
            return finding.help("a bare name refers to something declared; put text in quotes");
        }
        finding.help(format!("{what} sees {visible}"))
    }

    /// Types of what is known of the caller.
    pub(super) fn caller_member(&self, member: CallerMember) -> Ty {
        let row = |entity: Option<EntityId>| entity.map_or(Base::Poison, Base::Row);
        match member {
            CallerMember::Id => Ty::optional(Base::Uuid),
            CallerMember::User => Ty::optional(row(self.system.identity.user)),
            CallerMember::Tenant => Ty::optional(row(self.system.identity.tenant)),
            CallerMember::IsAuthenticated | CallerMember::IsSystem => Ty::of(Base::Bool),
            CallerMember::Ip => Ty::of(Base::Text),
            CallerMember::Scopes => Ty::of(Base::List(Box::new(Ty::of(Base::Text)))),
        }
    }
}
