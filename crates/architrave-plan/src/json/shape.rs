//! What is shown: representations, lists, and what each class of callers may see.

use architrave_model::{EntityId, Field};

use super::{
    table::path,
    tree::{Json, object},
};
use crate::{
    CallerClass, FieldVisibility, FilterOperator, ListPlan, Plan, RepresentationMember,
    RepresentationSource, RowFilter, Shape, Table, expression_text, shapes as shapes_of,
};

pub(super) fn representations(plan: &Plan) -> Json<'_> {
    let named = plan.representations.iter().map(|it| {
        let members = it.members.iter().map(|it| member(plan, it));
        (plan.system.entity_path(it.entity), Json::Array(members.collect()))
    });
    object(named.collect())
}

fn member<'p>(plan: &'p Plan, shown: &'p RepresentationMember) -> Json<'p> {
    match &shown.source {
        RepresentationSource::Column { .. } => Json::text(&shown.name),
        RepresentationSource::Object { members, .. } => object(vec![(
            shown.name.as_str(),
            Json::Array(members.iter().map(|it| member(plan, it)).collect()),
        )]),
        RepresentationSource::Parts { entity } => object(vec![(
            shown.name.as_str(),
            Json::text(format!("many({})", plan.system.entity_path(*entity))),
        )]),
    }
}

pub(super) fn lists(plan: &Plan) -> Json<'_> {
    let roots = plan
        .system
        .entity_ids()
        .zip(&plan.lists)
        .filter(|(id, _)| plan.system[*id].owner.is_none());
    object(roots.map(|(id, it)| (plan.system.entity_path(id), list(&plan[id], it))).collect())
}

fn list<'p>(table: &'p Table, list: &'p ListPlan) -> Json<'p> {
    let filters = list.filters.iter().map(|it| {
        (
            path(table, it.column),
            Json::text(it.operators.iter().map(|it| operator(*it)).collect::<Vec<_>>().join(" ")),
        )
    });
    object(vec![
        ("filters", object(filters.collect())),
        ("sorts", Json::texts(list.sorts.iter().map(|it| path(table, *it)))),
        ("search", Json::Bool(list.has_search)),
        ("expands", Json::texts(list.expands.iter().map(|(name, _)| name))),
        ("limit_default", Json::number(list.limit_default)),
        ("limit_max", Json::number(list.limit_max)),
    ])
}

fn operator(operator: FilterOperator) -> &'static str {
    match operator {
        FilterOperator::Eq => "eq",
        FilterOperator::Ne => "ne",
        FilterOperator::Lt => "lt",
        FilterOperator::Lte => "lte",
        FilterOperator::Gt => "gt",
        FilterOperator::Gte => "gte",
        FilterOperator::In => "in",
        FilterOperator::Prefix => "prefix",
        FilterOperator::Null => "null",
    }
}

pub(super) fn shapes(plan: &Plan) -> Json<'_> {
    object(
        plan.system
            .entity_ids()
            .map(|id| (plan.system.entity_path(id), of_entity(plan, id)))
            .collect(),
    )
}

fn of_entity(plan: &Plan, id: EntityId) -> Json<'_> {
    Json::Array(
        shapes_of(plan, id)
            .into_iter()
            .map(|(classes, shape)| one(plan, id, &classes, &shape))
            .collect(),
    )
}

fn one<'p>(plan: &'p Plan, id: EntityId, classes: &[CallerClass], shape: &Shape) -> Json<'p> {
    let text = |expr| expression_text(&plan.system, expr);
    let rows = match &shape.rows {
        RowFilter::Nothing => "none".to_owned(),
        RowFilter::Everything => "all".to_owned(),
        RowFilter::Where(expr) => text(expr),
    };
    let fields: Vec<(&Field, &FieldVisibility)> =
        plan.system[id].fields.iter().zip(&shape.fields).collect();
    let hidden = fields
        .iter()
        .filter(|(_, it)| **it == FieldVisibility::Hidden)
        .map(|(it, _)| it.name.text.as_str());
    let conditional = fields.iter().filter_map(|(field, it)| match it {
        FieldVisibility::Where(expr) => Some((field.name.text.as_str(), Json::text(text(expr)))),
        _ => None,
    });
    object(vec![
        ("rows", Json::text(rows)),
        ("hidden", Json::texts(hidden)),
        ("fields", object(conditional.collect())),
        ("callers", Json::texts(classes.iter().map(|it| class(plan, it)))),
    ])
}

fn class(plan: &Plan, class: &CallerClass) -> String {
    let who = match class {
        CallerClass { is_system: true, .. } => "system",
        CallerClass { has_user: true, .. } => "user",
        CallerClass { is_authenticated: true, .. } => "api key",
        _ => "anonymous",
    };
    let roles = plan.system.identity.roles.iter().take(64).enumerate();
    let held: Vec<&str> =
        roles.filter(|(bit, _)| class.roles >> bit & 1 == 1).map(|(_, it)| it.as_str()).collect();
    if held.is_empty() { who.to_owned() } else { format!("{who} with {}", held.join(", ")) }
}
