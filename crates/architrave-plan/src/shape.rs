//! Shapes: what is left of the rules once what is known of a caller has been folded in.

use std::collections::BTreeSet;

use architrave_model::{EntityId, Expr, ExprKind, Field};

use crate::{Folded, Plan, fold};

/// What rules can tell callers apart by, without looking at a row. Two callers of one class have the
/// same shape, hence the same statement; only the bound values differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct CallerClass {
    /// Bit i: the i-th declared role.
    pub roles: u64,
    /// Credentials were accepted.
    pub is_authenticated: bool,
    /// Architrave itself asks.
    pub is_system: bool,
    /// `caller.id` is not null.
    pub has_id: bool,
    /// `caller.user` is not null.
    pub has_user: bool,
    /// `caller.tenant` is not null.
    pub has_tenant: bool,
}

/// What one class of callers may see of one entity.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// The entity.
    pub entity: EntityId,
    /// Which rows. The tenant is not part of it: it is always added.
    pub rows: RowFilter,
    /// Which fields: same positions as the entity's fields. Secret fields are hidden from everyone.
    pub fields: Vec<FieldVisibility>,
}

/// Which rows a class of callers may see.
#[derive(Debug, Clone, PartialEq)]
pub enum RowFilter {
    /// None; no query is run.
    Nothing,
    /// Every row of the tenant.
    Everything,
    /// Those for which this holds.
    Where(Expr),
}

/// Whether a class of callers may see a field.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldVisibility {
    /// On every row they see.
    Visible,
    /// On none: it is absent, and cannot be filtered, sorted or searched.
    Hidden,
    /// On rows for which this holds.
    Where(Expr),
}

/// Most classes of callers that are told apart when the shapes of an entity are listed.
const CLASSES_MAX: usize = 256;

/// What a class of callers may see of an entity.
///
/// Parts are read through their root only, whose rule has decided about the rows by then: a part's filter
/// is everything, or nothing where the root's is.
#[must_use]
pub fn shape(plan: &Plan, entity: EntityId, class: &CallerClass) -> Shape {
    let declared = &plan.system[entity];
    let roles = &plan.system.identity.roles;
    let root = plan.system.aggregate_root(entity);
    let folded = plan.system[root].access.read.as_ref().map(|it| fold(&it.expr, class, roles));
    let rows = match folded {
        None | Some(Folded::False) => RowFilter::Nothing,
        Some(Folded::Residual(expr)) if root == entity => RowFilter::Where(expr),
        Some(Folded::True | Folded::Residual(_)) => RowFilter::Everything,
    };
    let visibility = |(position, field): (usize, &Field)| {
        let access = declared.access.fields.iter().find(|it| it.field == position);
        match access.and_then(|it| it.read.as_ref()) {
            _ if field.is_secret => FieldVisibility::Hidden,
            None => FieldVisibility::Visible,
            Some(rule) => match fold(&rule.expr, class, roles) {
                Folded::True => FieldVisibility::Visible,
                Folded::False => FieldVisibility::Hidden,
                Folded::Residual(expr) => FieldVisibility::Where(expr),
            },
        }
    };
    Shape { entity, rows, fields: declared.fields.iter().enumerate().map(visibility).collect() }
}

/// The classes of callers that the read rules of an entity can tell apart: nobody, Architrave itself, an
/// API key and a person, the last two with every set of the roles that the rules mention; at most 256.
#[must_use]
pub fn caller_classes(plan: &Plan, entity: EntityId) -> Vec<CallerClass> {
    let has_tenant = plan.system.identity.tenant.is_some();
    let anonymous = CallerClass { has_tenant, ..CallerClass::default() };
    let system = CallerClass { is_system: true, is_authenticated: true, ..anonymous };
    let key = CallerClass { is_authenticated: true, has_id: true, ..anonymous };
    let person = CallerClass { has_user: true, ..key };
    let mentioned = mentioned_roles(plan, entity);
    let known = [Some(key), plan.system.identity.user.map(|_| person)];
    let signed_in = known
        .into_iter()
        .flatten()
        .flat_map(|class| role_sets(&mentioned).map(move |roles| CallerClass { roles, ..class }));
    [anonymous, system].into_iter().chain(signed_in).take(CLASSES_MAX).collect()
}

/// The distinct shapes of an entity with the classes that have them, in the order of
/// [`caller_classes`].
#[must_use]
pub fn shapes(plan: &Plan, entity: EntityId) -> Vec<(Vec<CallerClass>, Shape)> {
    let mut shapes: Vec<(Vec<CallerClass>, Shape)> = Vec::new();
    for class in caller_classes(plan, entity) {
        let shape = shape(plan, entity, &class);
        match shapes.iter_mut().find(|(_, it)| *it == shape) {
            Some((classes, _)) => classes.push(class),
            None => shapes.push((vec![class], shape)),
        }
    }
    shapes
}

/// Positions of the roles that the read rules of an entity (or of its root) mention.
fn mentioned_roles(plan: &Plan, entity: EntityId) -> Vec<u32> {
    let access = &plan.system[entity].access;
    let root = &plan.system[plan.system.aggregate_root(entity)].access;
    let fields = access.fields.iter().filter_map(|it| it.read.as_ref());
    let mut mentioned = BTreeSet::new();
    for rule in fields.chain(&root.read) {
        rule.expr.walk(&mut |expr| {
            if let ExprKind::HasRole(roles) = &expr.kind {
                mentioned.extend(roles.iter().map(String::as_str));
            }
        });
    }
    let declared = plan.system.identity.roles.iter().take(64);
    (0..)
        .zip(declared)
        .filter(|(_, it)| mentioned.contains(it.as_str()))
        .map(|(bit, _)| bit)
        .collect()
}

/// All sets of some roles as bits, the empty one first.
fn role_sets(bits: &[u32]) -> impl Iterator<Item = u64> + use<> {
    let bits: Vec<u32> = bits.iter().copied().take(CLASSES_MAX.ilog2() as usize).collect();
    (0_u64..1 << bits.len()).map(move |set| {
        let held = bits.iter().enumerate().filter(|(position, _)| set >> position & 1 == 1);
        held.fold(0, |roles, (_, bit)| roles | 1 << bit)
    })
}
