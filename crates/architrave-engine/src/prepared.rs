//! What is worked out once from the plan, before the first request.

use std::{collections::BTreeMap, sync::Arc};

use architrave_model::{
    Base, Entity, EntityId, Expr, ExprKind, Field, FieldType, Function, Scalar, TenantSource, Value,
};
use architrave_plan::{Bounds, ColumnId, ColumnRole, InputKind, InputShape, Plan, Representation};
use regex::{Regex, RegexBuilder};

use crate::show::scalar::Currency;

/// Largest compiled pattern. Patterns are the author's; the bound keeps a careless one from eating memory.
const PATTERN_BYTES_MAX: usize = 1 << 20;

/// A plan with its look-ups.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) plan: Arc<Plan>,
    places: Vec<Vec<Place>>,
    bounds: Vec<Vec<Bounds>>,
    patterns: BTreeMap<String, Option<Regex>>,
}

/// Where a field's value stands in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// In one column.
    Column(ColumnId),
    /// A value object, one column per member.
    Object {
        /// Null where this column is; a required member's, only of optional objects.
        presence: Option<ColumnId>,
        /// In the value object's order.
        members: Vec<ColumnId>,
    },
    /// In rows of their own.
    Parts(EntityId),
}

impl Prepared {
    pub(crate) fn new(plan: Arc<Plan>) -> Self {
        let places = plan.system.entity_ids().map(|entity| places(&plan, entity)).collect();
        let of_entity = |it: &Entity| it.fields.iter().map(bounds_of).collect();
        let bounds = plan.system.entities.iter().map(of_entity).collect();
        let patterns = patterns(&plan);
        Self { plan, places, bounds, patterns }
    }

    /// Where a field's value stands.
    pub(crate) fn place(&self, entity: EntityId, field: usize) -> Option<&Place> {
        self.places.get(entity.0 as usize)?.get(field)
    }

    /// A value as it is stored in a column and compared with it. Host names that lead to tenants are not
    /// case-sensitive (RFC 9110, 4.2.3): they are kept in lower case and without the dot at the end, as requests' are.
    pub(crate) fn normal(&self, entity: EntityId, column: ColumnId, value: Value) -> Value {
        let identity = &self.plan.system.identity;
        let is_host = || {
            let role = self.plan[entity].column(column).map(|it| it.role);
            identity.tenant_from.iter().any(|source| match (source, role) {
                (TenantSource::Host(host), Some(ColumnRole::Field { field, .. })) => *host == field,
                _ => false,
            })
        };
        match value {
            Value::Text(text) if identity.tenant == Some(entity) && is_host() => {
                Value::Text(text.strip_suffix('.').unwrap_or(&text).to_lowercase())
            }
            other => other,
        }
    }

    /// Bounds of an entity's fields, by position.
    pub(crate) fn bounds(&self, entity: EntityId) -> &[Bounds] {
        self.bounds.get(entity.0 as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a text matches a pattern as a whole. A pattern that does not compile (the reader refuses
    /// those) matches nothing: the safe side for rules and for input.
    pub(crate) fn matches(&self, pattern: &str, text: &str) -> bool {
        match self.patterns.get(pattern) {
            Some(known) => known.as_ref().is_some_and(|it| it.is_match(text)),
            None => compile(pattern).is_some_and(|it| it.is_match(text)),
        }
    }

    /// How money is written.
    pub(crate) fn currency(&self) -> Currency<'_> {
        Currency { code: &self.plan.system.currency, digits: self.plan.system.currency_digits }
    }

    /// How rows of an entity are shown.
    pub(crate) fn representation(&self, entity: EntityId) -> Option<&Representation> {
        self.plan.representations.get(entity.0 as usize)
    }
}

/// Bounds of a field. What is computed has the bounds of its type: answers must stay readable for every
/// JSON reader, and storable in every database.
pub(crate) fn bounds_of(field: &Field) -> Bounds {
    let FieldType::Computed { ty, .. } = &field.ty else {
        return Bounds::of(&field.ty, field.min.as_ref(), field.max.as_ref());
    };
    match &ty.base {
        Base::Int => Bounds::of_scalar(&Scalar::Int),
        Base::Money => Bounds::of_scalar(&Scalar::Money),
        Base::Decimal { scale } => {
            Bounds::of_scalar(&Scalar::Decimal { precision: 18, scale: *scale })
        }
        Base::Text => Bounds::of_scalar(&Scalar::Text),
        _ => Bounds::None,
    }
}

fn places(plan: &Plan, entity: EntityId) -> Vec<Place> {
    let table = &plan[entity];
    let column_of = |wanted: usize, of: Option<usize>| {
        let found = table.columns.iter().position(|column| {
            matches!(column.role, ColumnRole::Field { field, member } if field == wanted && member == of)
        });
        found.and_then(|it| u16::try_from(it).ok()).map(ColumnId)
    };
    let place_of = |(position, field): (usize, &Field)| match &field.ty {
        FieldType::Many { entity, .. } => Place::Parts(*entity),
        FieldType::Value(value) => {
            let count = plan.system[*value].fields.len();
            let members: Vec<ColumnId> =
                (0..count).filter_map(|it| column_of(position, Some(it))).collect();
            let required = plan.system[*value].fields.iter().position(|it| !it.is_optional);
            let presence = required.and_then(|it| members.get(it).copied());
            Place::Object { presence: presence.filter(|_| field.is_optional), members }
        }
        _ => Place::Column(column_of(position, None).unwrap_or(ColumnId(0))),
    };
    plan.system[entity].fields.iter().enumerate().map(place_of).collect()
}

/// `\A…\z` and not `^…$`: the pattern must match the whole text, line ends included. `regex` and not
/// `regex-lite`: RFC 9485 has Unicode categories (`\p{Lu}`), and both take linear time.
fn compile(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(&format!(r"\A(?:{pattern})\z")).size_limit(PATTERN_BYTES_MAX).build().ok()
}

fn patterns(plan: &Plan) -> BTreeMap<String, Option<Regex>> {
    let mut found = BTreeMap::new();
    let mut keep = |pattern: &str| {
        if !found.contains_key(pattern) {
            found.insert(pattern.to_owned(), compile(pattern));
        }
    };
    for shape in plan.creates.iter().chain(&plan.updates).chain(&plan.commands) {
        patterns_of_shape(shape, &mut keep);
    }
    for field in plan.system.entities.iter().flat_map(|it| &it.fields) {
        field.pattern.iter().for_each(|it| keep(it));
    }
    for expr in expressions(plan) {
        expr.walk(&mut |it| {
            if let ExprKind::Call { function: Function::Matches, arguments } = &it.kind
                && let [_, pattern] = arguments.as_slice()
                && let ExprKind::Literal(Value::Text(pattern)) = &pattern.kind
            {
                keep(pattern);
            }
        });
    }
    found
}

fn patterns_of_shape(shape: &InputShape, keep: &mut dyn FnMut(&str)) {
    for member in &shape.members {
        if let Some(pattern) = &member.pattern {
            keep(pattern);
        }
        if let InputKind::Object { shape, .. } = &member.kind {
            patterns_of_shape(shape, keep);
        }
    }
}

/// Every expression that requests evaluate in memory.
fn expressions(plan: &Plan) -> Vec<&Expr> {
    let mut all: Vec<&Expr> = Vec::new();
    for entity in &plan.system.entities {
        let access = &entity.access;
        let rules = [&access.read, &access.create, &access.update, &access.delete];
        all.extend(rules.into_iter().flatten().map(|it| &it.expr));
        for field in &access.fields {
            all.extend([&field.read, &field.write].into_iter().flatten().map(|it| &it.expr));
        }
        all.extend(entity.invariants.iter().map(|it| &it.check));
        all.extend(entity.fields.iter().filter_map(|it| match &it.ty {
            FieldType::Computed { expr, .. } => Some(expr),
            _ => None,
        }));
    }
    for command in &plan.system.commands {
        all.extend(command.allow.iter().map(|it| &it.expr));
        all.extend(command.guards.iter().map(|it| &it.check));
        all.extend(command.set.iter().map(|it| &it.value));
    }
    all
}
