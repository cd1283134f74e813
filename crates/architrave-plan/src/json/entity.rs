//! What holds for rows of an entity: rules, lifecycle, invariants, computed fields, commands.

use architrave_model::{Command, Entity, Expr, FieldType, Lifecycle, Rule};

use super::tree::{Json, object};
use crate::{Plan, expression_text};

pub(super) fn entities(plan: &Plan) -> Json<'_> {
    Json::Array(
        plan.system
            .entity_ids()
            .map(|id| {
                let entity = &plan.system[id];
                let owner = entity.owner.map(|it| plan.system.entity_path(it.entity));
                let commands = entity.commands.iter().map(|it| command(plan, &plan.system[*it]));
                let invariants = entity.invariants.iter().map(|it| {
                    object(vec![("title", Json::text(&it.title)), ("check", text(plan, &it.check))])
                });
                object(vec![
                    ("entity", Json::text(plan.system.entity_path(id))),
                    ("part_of", Json::optional(owner)),
                    ("access", access(plan, entity)),
                    (
                        "lifecycle",
                        entity.lifecycle.as_ref().map_or(Json::Null, |it| lifecycle(entity, it)),
                    ),
                    ("computed", computed(plan, entity)),
                    ("invariants", Json::Array(invariants.collect())),
                    ("commands", Json::Array(commands.collect())),
                ])
            })
            .collect(),
    )
}

fn text<'p>(plan: &'p Plan, expr: &'p Expr) -> Json<'p> {
    Json::text(expression_text(&plan.system, expr))
}

fn rule<'p>(plan: &'p Plan, rule: Option<&'p Rule>) -> Json<'p> {
    rule.map_or(Json::Null, |it| text(plan, &it.expr))
}

fn access<'p>(plan: &'p Plan, entity: &'p Entity) -> Json<'p> {
    let access = &entity.access;
    let fields = access.fields.iter().map(|it| {
        let name = entity.fields.get(it.field).map_or("", |it| it.name.text.as_str());
        let rules =
            vec![("read", rule(plan, it.read.as_ref())), ("write", rule(plan, it.write.as_ref()))];
        (name, object(rules))
    });
    object(vec![
        ("read", rule(plan, access.read.as_ref())),
        ("create", rule(plan, access.create.as_ref())),
        ("update", rule(plan, access.update.as_ref())),
        ("delete", rule(plan, access.delete.as_ref())),
        ("fields", object(fields.collect())),
    ])
}

fn lifecycle<'p>(entity: &'p Entity, lifecycle: &'p Lifecycle) -> Json<'p> {
    let field = entity.fields.get(lifecycle.field).map_or("", |it| it.name.text.as_str());
    let transitions =
        lifecycle.transitions.iter().map(|it| (it.from.as_str(), Json::texts(&it.to)));
    object(vec![
        ("field", Json::text(field)),
        ("initial", Json::text(&lifecycle.initial)),
        ("transitions", object(transitions.collect())),
    ])
}

fn computed<'p>(plan: &'p Plan, entity: &'p Entity) -> Json<'p> {
    let computed = entity.fields.iter().filter_map(|field| match &field.ty {
        FieldType::Computed { expr, .. } => Some((field.name.text.as_str(), text(plan, expr))),
        _ => None,
    });
    object(computed.collect())
}

fn command<'p>(plan: &'p Plan, command: &'p Command) -> Json<'p> {
    let fields = &plan.system[command.entity].fields;
    let set = command.set.iter().map(|it| {
        let name = fields.get(it.field).map_or("", |it| it.name.text.as_str());
        (name, text(plan, &it.value))
    });
    let guards = command.guards.iter().map(|it| {
        object(vec![
            ("code", Json::text(&it.code.text)),
            ("check", text(plan, &it.check)),
            ("message", Json::text(&it.message)),
        ])
    });
    let emits = command.emit.map(|(id, _)| plan.system[id].name.text.clone());
    object(vec![
        ("command", Json::text(&command.name.text)),
        ("allow", rule(plan, command.allow.as_ref())),
        ("transition", Json::optional(command.transition.as_ref().map(|(state, _)| state))),
        ("set", object(set.collect())),
        ("emit", Json::optional(emits)),
        ("guards", Json::Array(guards.collect())),
    ])
}
