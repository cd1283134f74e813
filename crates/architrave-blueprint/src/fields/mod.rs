//! Fields: `name = type(arguments, modifiers)` in entities, values, inputs and payloads.

mod modifiers;
mod types;

use std::collections::BTreeMap;

use architrave_model::{
    ContextId, Expr, ExprKind, Field, FieldType, Finding, Name, Span, System, Ty, Value,
};

use crate::resolve::casing::{self, Casing};
use crate::resolve::names::Names;
use crate::syntax::ast::{Block, Entry, Expression};

/// What the fields belong to; decides which types and modifiers make sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Home {
    /// Stored rows.
    Entity,
    /// Value objects inside stored rows.
    Value,
    /// A request's members, of a command or an integration's operation.
    Input,
    /// An event's members.
    Payload,
}

/// A field as it was written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written<'a> {
    pub(crate) name: &'a Name,
    pub(crate) doc: &'a str,
    pub(crate) span: Span,
    pub(crate) ty: &'a Expression,
}

/// The fields of a block, in order.
pub(crate) fn of_block(block: &Block) -> Vec<Written<'_>> {
    block
        .attributes()
        .map(|it| Written { name: &it.name, doc: &it.doc, span: it.span, ty: &it.value })
        .collect()
}

/// The fields of an object, in order.
pub(crate) fn of_object(object: Option<&Expression>) -> Vec<Written<'_>> {
    let entries: &[Entry] = object.and_then(Expression::entries).unwrap_or_default();
    entries
        .iter()
        .map(|it| Written {
            name: &it.key,
            doc: &it.doc,
            span: it.key.span.to(it.value.span),
            ty: &it.value,
        })
        .collect()
}

/// Reads fields; every written name yields one field, so that later references do not fail again.
pub(crate) struct FieldReader<'r> {
    pub(crate) system: &'r System,
    pub(crate) names: &'r Names,
    pub(crate) context: ContextId,
    pub(crate) home: Home,
    pub(crate) findings: Vec<Finding>,
}

impl FieldReader<'_> {
    /// Reads a list of fields.
    pub(crate) fn read(&mut self, written: &[Written<'_>]) -> Vec<Field> {
        let mut seen: BTreeMap<&str, ()> = BTreeMap::new();
        let mut fields = Vec::with_capacity(written.len());
        for one in written {
            // A second one of the same name has been reported with the structure.
            if seen.insert(&one.name.text, ()).is_some() {
                continue;
            }
            self.findings.extend(casing::check(one.name, Casing::Snake, "a field"));
            if self.home == Home::Entity {
                self.findings.extend(casing::check_field(one.name));
            }
            fields.push(self.field(one));
        }
        fields
    }
}

/// A type for a field that could not be understood: fits everywhere.
pub(crate) fn poison(span: Span) -> FieldType {
    FieldType::Computed { expr: poison_expr(span), ty: Ty::of(architrave_model::Base::Poison) }
}

/// A computed field before its expression is typed. No expression has the type of `null` alone, so
/// it cannot be mistaken for one that was typed or one that could not be understood.
pub(crate) fn pending(span: Span) -> FieldType {
    FieldType::Computed { expr: poison_expr(span), ty: Ty::of(architrave_model::Base::Null) }
}

/// An expression that could not be understood: fits everywhere.
pub(crate) fn poison_expr(span: Span) -> Expr {
    Expr { kind: ExprKind::Literal(Value::Null), ty: Ty::of(architrave_model::Base::Poison), span }
}

/// A field without modifiers.
pub(crate) fn plain(name: Name, doc: &str, span: Span, ty: FieldType) -> Field {
    Field {
        name,
        doc: doc.to_owned(),
        span,
        ty,
        is_optional: false,
        unique: None,
        is_immutable: false,
        default: None,
        min: None,
        max: None,
        pattern: None,
        is_secret: false,
        pii: None,
        encryption: None,
    }
}
