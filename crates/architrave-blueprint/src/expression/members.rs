//! Members: `this.customer`, `line.order`, `input.fee`, `event.total`, `response.body.id`.

use architrave_model::{
    Base, CallerMember, EntityId, Event, EventId, Expr, ExprKind, Field, FieldType, Member, Name,
    OnDelete, Root, Scalar, Span, Ty, ValueId,
};

use super::place::{InputScope, Language};
use super::{Typer, typed};
use crate::codes;
use crate::fields::poison_expr;
use crate::report::{error, unknown};
use crate::resolve::casing;
use crate::syntax::ast::Expression;

/// Members that every row has.
const BUILT_IN: [(&str, Member); 4] = [
    ("id", Member::Id),
    ("version", Member::Version),
    ("created_at", Member::CreatedAt),
    ("updated_at", Member::UpdatedAt),
];

/// Most references that a path follows. Each is a row to find: a statement within a statement when a rule is compiled
/// (SQLite takes 1,000 levels of an expression, a reference some ten of them), and one more time that a write looks
/// what it needs to know.
const REFERENCES_MAX: usize = 8;

/// How many references a path follows to its row.
fn references(path: &Expr) -> usize {
    let ExprKind::Member { of, .. } = &path.kind else { return 0 };
    usize::from(matches!(path.ty.base, Base::Row(_))) + references(of)
}

/// The type of a field's value.
pub(crate) fn field_ty(field: &Field) -> Ty {
    let base = match &field.ty {
        FieldType::Scalar(scalar) => scalar_base(scalar),
        FieldType::Ref { entity, .. } => Base::Row(*entity),
        FieldType::Many { entity, .. } => Base::Parts(*entity),
        FieldType::Value(value) => Base::Object(*value),
        FieldType::List { item, .. } => Base::List(Box::new(Ty::of(scalar_base(item)))),
        FieldType::Computed { ty, .. } => return ty.clone(),
        FieldType::Sequence { .. } => Base::Text,
    };
    Ty { base, is_optional: field.is_optional }
}

/// The type of a scalar's value.
pub(crate) fn scalar_base(scalar: &Scalar) -> Base {
    match scalar {
        Scalar::String { .. }
        | Scalar::Text
        | Scalar::Email
        | Scalar::Phone
        | Scalar::Url
        | Scalar::Slug
        | Scalar::Country
        | Scalar::Locale => Base::Text,
        Scalar::Int => Base::Int,
        Scalar::Decimal { scale, .. } => Base::Decimal { scale: *scale },
        Scalar::Money => Base::Money,
        Scalar::Bool => Base::Bool,
        Scalar::Uuid => Base::Uuid,
        Scalar::Timestamp => Base::Timestamp,
        Scalar::Date => Base::Date,
        Scalar::Duration => Base::Duration,
        Scalar::Enum(values) => Base::Enum(values.clone()),
        Scalar::Json => Base::Json,
        Scalar::File { .. } => Base::File,
    }
}

impl Typer<'_> {
    /// `of.name`
    pub(super) fn member(&mut self, of: &Expression, name: &Name, span: Span) -> Expr {
        let of = self.infer(of, None);
        match (&of.kind, &of.ty.base) {
            (_, Base::Poison) => poison_expr(span),
            (ExprKind::Root(Root::Caller), _) => self.of_caller(of, name, span),
            (ExprKind::Root(Root::Input), _) => self.of_input(of, name, span),
            (ExprKind::Root(Root::Event), _) => self.of_event(of, name, span),
            (ExprKind::Root(Root::Response), _) => self.of_response(of, name, span),
            (ExprKind::Root(Root::Step(_)), Base::Record(_)) => self.of_record(of, name, span),
            (_, Base::Json) => self.named(of, name, span),
            (_, Base::Row(entity)) => {
                let entity = *entity;
                self.of_row(of, entity, name, span)
            }
            (_, Base::Object(value)) => {
                let value = *value;
                self.of_value(of, value, name, span)
            }
            (_, Base::Parts(_) | Base::Set(_)) => self.of_many(&of, name, span),
            _ => {
                let title = format!("{} has no members", self.describe(&of.ty));
                let finding = error(codes::WRONG_OPERANDS, name.span, title, "");
                self.report(finding.help("name the value alone"))
            }
        }
    }

    /// Everything a row has, by name.
    pub(super) fn member_names(&self, entity: EntityId) -> Vec<String> {
        let entity = &self.system[entity];
        let parent = entity.owner.map(|it| casing::snake(&self.system[it.entity].name.text));
        let built_in = BUILT_IN.iter().map(|(name, _)| (*name).to_owned());
        entity.fields.iter().map(|it| it.name.text.clone()).chain(parent).chain(built_in).collect()
    }

    fn of_row(&mut self, of: Expr, entity: EntityId, name: &Name, span: Span) -> Expr {
        if references(&of) > REFERENCES_MAX {
            let title = format!("this path follows more than {REFERENCES_MAX} references");
            let finding = error(codes::TOO_MANY, name.span, title, "one too many");
            return self.report(finding.help("keep what is needed here in a field nearer by"));
        }
        let is_optional = of.ty.is_optional;
        let declared = &self.system[entity];
        let make = |typer: &Self, member: Member, ty: Ty| {
            let ty = Ty { is_optional: ty.is_optional || is_optional, ..ty };
            typer.narrowed(typed(ExprKind::Member { of: Box::new(of.clone()), member }, ty, span))
        };
        if let Some(position) = declared.fields.iter().position(|it| it.name.text == name.text) {
            if let Some(finding) = self.leaves_aggregate(&of, span) {
                return self.report(finding);
            }
            let Some(field) = declared.fields.get(position) else { return poison_expr(span) };
            if matches!(&field.ty, FieldType::Computed { ty, .. } if ty.base == Base::Null) {
                self.is_pending = true;
                return poison_expr(span);
            }
            return make(self, Member::Field { entity, field: position }, field_ty(field));
        }
        if let Some(owner) = declared.owner
            && casing::snake(&self.system[owner.entity].name.text) == name.text
        {
            return make(self, Member::Parent(owner.entity), Ty::of(Base::Row(owner.entity)));
        }
        if let Some((_, member)) = BUILT_IN.iter().find(|(known, _)| *known == name.text) {
            let base = match member {
                Member::Id => Base::Uuid,
                Member::Version => Base::Int,
                _ => Base::Timestamp,
            };
            return make(self, member.clone(), Ty::of(base));
        }
        let names = self.member_names(entity);
        let title = format!("`{}` has no field `{}`", declared.name.text, name.text);
        let finding = unknown(codes::UNKNOWN_NAME, name, title, names.iter().map(String::as_str));
        self.report(finding)
    }

    /// A stored result must not depend on rows that can change without it.
    fn leaves_aggregate(&self, of: &Expr, span: Span) -> Option<architrave_model::Finding> {
        if !self.place.is_own_rows_only {
            return None;
        }
        let ExprKind::Member { member: Member::Field { entity, field }, .. } = &of.kind else {
            return None;
        };
        let field = self.system[*entity].fields.get(*field)?;
        if !matches!(field.ty, FieldType::Ref { .. }) {
            return None;
        }
        let title = format!("{} reads only its own aggregate", self.place.what);
        let why = "can change without this row being written";
        Some(error(codes::LEAVES_AGGREGATE, span, title, why).help(
            "copy the value into a field when it is needed, or check it in a command's guard",
        ))
    }

    /// What is known not to be null here, is not optional here.
    fn narrowed(&self, mut expr: Expr) -> Expr {
        if expr.ty.is_optional && self.is_known_present(&expr) {
            expr.ty.is_optional = false;
        }
        expr
    }

    fn of_value(&mut self, of: Expr, value: ValueId, name: &Name, span: Span) -> Expr {
        let declared = &self.system[value];
        let found = declared.fields.iter().enumerate().find(|(_, it)| it.name.text == name.text);
        if let Some((position, field)) = found {
            let ty = field_ty(field);
            let ty = Ty { is_optional: ty.is_optional || of.ty.is_optional, ..ty };
            let member = Member::ValueField { value, field: position };
            return self.narrowed(typed(ExprKind::Member { of: Box::new(of), member }, ty, span));
        }
        let title = format!("`{}` has no member `{}`", declared.name.text, name.text);
        let names = declared.fields.iter().map(|it| it.name.text.as_str());
        let finding = unknown(codes::UNKNOWN_NAME, name, title, names);
        self.report(finding)
    }

    fn of_many(&mut self, of: &Expr, name: &Name, span: Span) -> Expr {
        let (Base::Parts(entity) | Base::Set(entity)) = of.ty.base else {
            return poison_expr(span);
        };
        let what = &self.system[entity].name.text;
        self.report(
            error(
                codes::MEMBER_OF_MANY,
                span,
                format!("there are many of `{what}`; which one's `{}`?", name.text),
                "",
            )
            .because_of(of, "many rows")
            .help(format!(
                "say `anytrue([for x in … : x.{0} …])` or `alltrue([for x in … : x.{0} …])`",
                name.text
            )),
        )
    }

    fn of_caller(&mut self, of: Expr, name: &Name, span: Span) -> Expr {
        let Some(member) = CallerMember::ALL.into_iter().find(|it| it.name() == name.text) else {
            let known = CallerMember::ALL.into_iter().map(CallerMember::name);
            let title = format!("nothing like `{}` is known of the caller", name.text);
            let finding = unknown(codes::UNKNOWN_NAME, name, title, known);
            return self.report(finding);
        };
        let missing = match member {
            CallerMember::User if !self.names.identity.has_user => Some("user"),
            CallerMember::Tenant if !self.names.identity.has_tenant => Some("tenant"),
            _ => None,
        };
        if let Some(missing) = missing {
            return self.report(
                error(
                    codes::NO_SUCH_IDENTITY,
                    span,
                    format!("`identity` names no {missing} entity"),
                    "",
                )
                .help(format!("add `{missing} = context.Entity` to the `identity` block")),
            );
        }
        let ty = self.caller_member(member);
        let member = Member::Caller(member);
        self.narrowed(typed(ExprKind::Member { of: Box::new(of), member }, ty, span))
    }

    fn of_input(&mut self, of: Expr, name: &Name, span: Span) -> Expr {
        let found: Option<(Member, Ty)> = match &self.place.input {
            Some(InputScope::Command(command)) => {
                let fields = self.system[*command].input.iter().enumerate();
                fields
                    .into_iter()
                    .find(|(_, it)| it.name.text == name.text)
                    .map(|(field, it)| (Member::Input { command: *command, field }, field_ty(it)))
            }
            Some(InputScope::Operation(members)) => members
                .iter()
                .find(|(known, _)| *known == name.text)
                .map(|(known, ty)| (Member::Named(known.clone()), ty.clone())),
            None => None,
        };
        if let Some((member, ty)) = found {
            return self.narrowed(typed(ExprKind::Member { of: Box::new(of), member }, ty, span));
        }
        let names: Vec<&str> = match &self.place.input {
            Some(InputScope::Command(command)) => {
                self.system[*command].input.iter().map(|it| it.name.text.as_str()).collect()
            }
            Some(InputScope::Operation(members)) => {
                members.iter().map(|(name, _)| name.as_str()).collect()
            }
            None => Vec::new(),
        };
        let title = format!("the input has no member `{}`", name.text);
        let finding = unknown(codes::UNKNOWN_NAME, name, title, names);
        self.report(finding)
    }

    fn of_event(&mut self, of: Expr, name: &Name, span: Span) -> Expr {
        let Some(first) = self.place.events.first().copied() else { return poison_expr(span) };
        let make = |member: Member, ty: Ty| {
            typed(ExprKind::Member { of: Box::new(of.clone()), member }, ty, span)
        };
        let event = &self.system[first];
        match name.text.as_str() {
            "time" => return make(Member::EventTime, Ty::of(Base::Timestamp)),
            "actor" => return make(Member::EventActor, Ty::optional(Base::Uuid)),
            "id" | "version" => {
                let Some(entity) = event.entity else {
                    let finding = self.event_without_row(event, name);
                    return self.report(finding);
                };
                return if name.text == "id" {
                    make(Member::Id, Ty::of(Base::Row(entity)))
                } else {
                    make(Member::Version, Ty::of(Base::Int))
                };
            }
            _ => {}
        }
        for id in self.place.events.iter().skip(1) {
            if let Some(finding) = self.not_in_all(first, *id, name) {
                return self.report(finding);
            }
        }
        let found = event.fields.iter().enumerate().find(|(_, it)| it.name == name.text);
        if let Some((field, it)) = found {
            let ty = it.ty.clone();
            return self.narrowed(make(Member::Event { event: first, field }, ty));
        }
        let title = format!("`{}` does not carry `{}`", event.name.text, name.text);
        let known = event
            .fields
            .iter()
            .map(|it| it.name.as_str())
            .chain(["id", "version", "time", "actor"]);
        let finding = unknown(codes::UNKNOWN_NAME, name, title, known);
        self.report(finding.because(event.name.span, "what it carries is said here"))
    }

    fn event_without_row(&self, event: &Event, name: &Name) -> architrave_model::Finding {
        let title =
            format!("`{}` belongs to no row, so it has no `{}`", event.name.text, name.text);
        error(codes::UNKNOWN_NAME, name.span, title, "")
            .because(event.name.span, "an event of the context itself")
            .help("add the id to its payload")
    }

    /// With several events, what is used must be the same in all.
    fn not_in_all(
        &self,
        first: EventId,
        other: EventId,
        name: &Name,
    ) -> Option<architrave_model::Finding> {
        let ty = |event: EventId| {
            self.system[event].fields.iter().find(|it| it.name == name.text).map(|it| &it.ty)
        };
        if ty(first)? != ty(other).unwrap_or(&Ty::of(Base::Null)) {
            let other = &self.system[other];
            let title = format!("`{}` does not carry the same `{}`", other.name.text, name.text);
            return Some(
                error(codes::UNKNOWN_NAME, name.span, title, "")
                    .because(other.name.span, "one of the events")
                    .help("let every event carry it"),
            );
        }
        None
    }

    fn of_response(&mut self, of: Expr, name: &Name, span: Span) -> Expr {
        let ty = match name.text.as_str() {
            "status" => Ty::of(Base::Int),
            "headers" | "body" => Ty::of(Base::Json),
            _ => {
                let title = format!("an answer has no `{}`", name.text);
                let finding =
                    unknown(codes::UNKNOWN_NAME, name, title, ["status", "headers", "body"]);
                return self.report(finding);
            }
        };
        let member = Member::Named(name.text.clone());
        typed(ExprKind::Member { of: Box::new(of), member }, ty, span)
    }

    fn of_record(&mut self, of: Expr, name: &Name, span: Span) -> Expr {
        let Base::Record(members) = &of.ty.base else { return poison_expr(span) };
        match members.iter().find(|(known, _)| *known == name.text) {
            Some((_, ty)) => {
                let ty = ty.clone();
                let member = Member::Named(name.text.clone());
                typed(ExprKind::Member { of: Box::new(of), member }, ty, span)
            }
            None => {
                let title = format!("this step's output has no `{}`", name.text);
                let known: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
                let finding = unknown(codes::UNKNOWN_NAME, name, title, known);
                self.report(finding)
            }
        }
    }

    /// A member of JSON of unknown shape.
    pub(super) fn named(&mut self, of: Expr, name: &Name, span: Span) -> Expr {
        if self.place.language != Language::Integration {
            return self.report(
                error(codes::WRONG_OPERANDS, span, "nothing is known of what is inside `json`", "")
                    .help("declare the member as a field of its own"),
            );
        }
        let member = Member::Named(name.text.clone());
        typed(ExprKind::Member { of: Box::new(of), member }, Ty::of(Base::Json), span)
    }

    /// The entity whose rows a reference may lose: for messages about optional paths.
    pub(super) fn declared_at(&self, expr: &Expr) -> Option<(Span, &'static str)> {
        let ExprKind::Member { of, member } = &expr.kind else { return None };
        match member {
            Member::Field { entity, field } => {
                let field = self.system[*entity].fields.get(*field)?;
                if field.is_optional {
                    return Some((field.name.span, "declared optional here"));
                }
                let is_lost =
                    matches!(field.ty, FieldType::Ref { on_delete: OnDelete::SetNull, .. });
                if is_lost {
                    Some((field.name.span, "null once the other row is deleted"))
                } else {
                    self.declared_at(of)
                }
            }
            Member::ValueField { value, field } => {
                let field = self.system[*value].fields.get(*field)?;
                if field.is_optional {
                    Some((field.name.span, "declared optional here"))
                } else {
                    self.declared_at(of)
                }
            }
            Member::Input { command, field } => {
                let field = self.system[*command].input.get(*field)?;
                Some((field.name.span, "declared optional here"))
            }
            _ => self.declared_at(of),
        }
    }
}

/// Adds the place of an operand as a reason.
pub(super) trait BecauseOf {
    /// Labels an operand unless it is inside the primary label (labels never overlap).
    fn because_of(self, operand: &Expr, text: &str) -> Self;
}

impl BecauseOf for architrave_model::Finding {
    fn because_of(self, operand: &Expr, text: &str) -> Self {
        let primary = self.span();
        let overlaps = operand.span.file == primary.file
            && operand.span.start < primary.end
            && primary.start < operand.span.end;
        if overlaps { self } else { self.because(operand.span, text) }
    }
}
