//! Operations: what callers can ask for, who they are, and what holds for every answer of ours.

use std::collections::BTreeSet;

use architrave_model::{
    Command, FieldType, Rate, RunTarget, Scalar, Span, System,
    graph::{
        AccessShape, Audience, Graph, Known, Node, Operation, OperationEffect, Origin, Parameter,
        ParameterPlace, Payload,
    },
};
use architrave_plan::{Idempotency, Operation as Planned, OperationKind, Plan, problem};

use super::{
    callers, names,
    payloads::{self, Columns},
};

pub(super) fn add(plan: &Plan, graph: &mut Graph) {
    let columns = Columns::of(graph);
    let offered = plan.operations.iter().map(|it| operation(plan, &columns, it)).collect();
    graph.operations = offered;
}

fn operation(plan: &Plan, columns: &Columns<'_>, planned: &Planned) -> Operation {
    let system = &plan.system;
    let place = place(plan, planned);
    let origin = place.map_or_else(Origin::built_in, Origin::declared);
    let audience = audience(plan, planned);
    let schemes = callers::schemes(plan);
    let body = if planned.kind.is_write() { Some(plan.body_bytes_max) } else { None };
    Operation {
        node: Node {
            id: format!("operation:{}", planned.name),
            name: planned.name.clone(),
            origin,
        },
        module: planned.entity.map(|it| names::module(system, system[it].context)),
        method: format!("{:?}", planned.method).to_uppercase(),
        path: planned.path.clone(),
        effect: Known::Is(effect(planned.kind), origin),
        audience: Known::Is(audience, origin),
        auth: Known::declared((!schemes.is_empty()).then_some(schemes), system.identity.span),
        access: Known::Is(access(plan, planned), origin),
        takes_id: planned.path.contains("{id}"),
        table: payloads::table_id(plan, planned.entity),
        is_rate_limited: rate_limit(plan, planned, audience),
        is_idempotent: Known::built_in(
            !planned.kind.is_write() || planned.idempotency != Idempotency::None,
        ),
        detects_lost_update: Known::built_in(true),
        is_list: Known::built_in(is_list(planned.kind)),
        is_paginated: Known::built_in(is_list(planned.kind)),
        pages_by_offset: Known::built_in(false),
        has_query_allow_list: Known::built_in(true),
        statuses: Known::built_in(statuses(planned)),
        has_problem_details: Known::built_in(true),
        parameters: parameters(plan, columns, planned),
        request: request(plan, planned, origin),
        response: response(plan, columns, planned, origin),
        sunset_day: Known::Absent(origin),
        is_deprecated: false,
        is_documented: Known::built_in(true),
        has_correlation: Known::built_in(true),
        body_bytes_max: Known::built_in(body.unwrap_or(0)),
        waits_for: vec![names::STORE.to_owned()],
        moves_money: Known::built_in(moves_money(system, planned)),
        // People sign in with their issuer; we see tokens only.
        is_credential_entry: Known::built_in(false),
        // Parts of a whole page come with one statement.
        queries_per_row: Known::built_in(0),
        emits: emits(plan, planned),
    }
}

fn emits(plan: &Plan, planned: &Planned) -> Vec<String> {
    let OperationKind::Command(id) = planned.kind else { return Vec::new() };
    let emitted = plan.system[id].emit.iter();
    emitted.map(|(event, _)| names::message(plan, *event)).collect()
}

/// Where it was asked for: the command, or the rule that lets somebody do it.
fn place(plan: &Plan, planned: &Planned) -> Option<Span> {
    match planned.kind {
        OperationKind::Command(id) => Some(plan.system[id].span),
        _ => callers::rule(plan, planned).map(|it| it.span),
    }
}

fn effect(kind: OperationKind) -> OperationEffect {
    match kind {
        OperationKind::List | OperationKind::Read | OperationKind::Me | OperationKind::Events => {
            OperationEffect::Reads
        }
        OperationKind::Create => OperationEffect::Creates,
        OperationKind::Update | OperationKind::Restore => OperationEffect::Updates,
        OperationKind::Delete => OperationEffect::Deletes,
        OperationKind::Command(_) | OperationKind::Batch => OperationEffect::Commands,
    }
}

fn is_list(kind: OperationKind) -> bool {
    matches!(kind, OperationKind::List | OperationKind::Events)
}

/// Events are told to whoever may read the rows that they are about.
fn audience(plan: &Plan, planned: &Planned) -> Audience {
    if planned.kind != OperationKind::Events {
        return callers::audience(plan, planned);
    }
    let reads = plan.operations.iter().filter(|it| it.kind == OperationKind::List);
    reads.map(|it| callers::audience(plan, it)).min().unwrap_or(Audience::Nobody)
}

/// `/v1/me` tells callers of themselves; events and batches follow the rules of what they are about.
fn access(plan: &Plan, planned: &Planned) -> AccessShape {
    match planned.kind {
        OperationKind::Me => AccessShape::Relation,
        OperationKind::Events | OperationKind::Batch => AccessShape::RoleOrRelation,
        _ => callers::rule(plan, planned).map_or(AccessShape::None, |it| callers::shape(&it.expr)),
    }
}

fn rate_limit(plan: &Plan, planned: &Planned, audience: Audience) -> Known<bool> {
    let system = &plan.system;
    if let OperationKind::Command(id) = planned.kind
        && let Command { rate_limit: Some(rate), .. } = &system[id]
    {
        return Known::Is(true, Origin::declared(rate.span));
    }
    let limits = &system.limits;
    let all: Option<&Rate> = match audience {
        Audience::Anonymous => limits.anonymous.as_ref(),
        Audience::SignedIn | Audience::Some => limits.signed_in.as_ref(),
        // Nobody outside can call it.
        Audience::System | Audience::Nobody => return Known::built_in(true),
    };
    let own = place(plan, planned);
    let missing = limits.span.or(own).unwrap_or(system.name.span);
    Known::Is(all.is_some(), Origin::declared(all.map_or(missing, |it| it.span)))
}

fn statuses(planned: &Planned) -> Vec<u16> {
    let success: &[u16] = match planned.kind {
        OperationKind::Create => &[201],
        OperationKind::Delete => &[204],
        OperationKind::Batch => &[200, 207],
        _ => &[200],
    };
    let refusals = planned.problems.iter().map(|it| problem(it).map_or(409, |it| it.status));
    let all: BTreeSet<u16> = success.iter().copied().chain(refusals).collect();
    all.into_iter().collect()
}

fn parameters(plan: &Plan, columns: &Columns<'_>, planned: &Planned) -> Vec<Parameter> {
    let own = |name: &str, place: ParameterPlace| Parameter {
        name: name.to_owned(),
        place,
        is_bounded: Known::built_in(true),
        is_sequential_id: Known::built_in(false),
        personal: Known::Absent(Origin::built_in()),
        ..Parameter::default()
    };
    let mut all = Vec::new();
    if planned.path.contains("{id}") {
        all.push(own("id", ParameterPlace::Path));
    }
    if let (OperationKind::List, Some(entity)) = (planned.kind, planned.entity) {
        let filters = plan.lists.get(entity.0 as usize).into_iter().flat_map(|it| &it.filters);
        for filter in filters {
            let Some(stored) = plan[entity].column(filter.column) else { continue };
            let known = columns.get(entity, &stored.path);
            all.push(Parameter {
                origin: known.map(|it| it.origin).unwrap_or_default(),
                personal: known.map(|it| it.personal.clone()).unwrap_or_default(),
                ..own(&stored.path, ParameterPlace::Query)
            });
        }
    }
    if is_list(planned.kind) {
        let names: &[&str] = match planned.kind {
            OperationKind::List => &["sort", "limit", "cursor"],
            _ => &["after", "context", "limit"],
        };
        all.extend(names.iter().map(|it| own(it, ParameterPlace::Query)));
    }
    if planned.idempotency != Idempotency::None {
        all.push(own("Idempotency-Key", ParameterPlace::Header));
    }
    all
}

fn request(plan: &Plan, planned: &Planned, origin: Origin) -> Known<Payload> {
    let system = &plan.system;
    let (shape, fields) = match (planned.kind, planned.entity) {
        (OperationKind::Create, Some(id)) => {
            (plan.creates.get(id.0 as usize), system[id].fields.as_slice())
        }
        (OperationKind::Update, Some(id)) => {
            (plan.updates.get(id.0 as usize), system[id].fields.as_slice())
        }
        (OperationKind::Command(id), _) => {
            (plan.commands.get(id.0 as usize), system[id].input.as_slice())
        }
        _ => return Known::Absent(origin),
    };
    shape.map_or(Known::Absent(origin), |shape| {
        Known::Is(payloads::taken(plan, shape, fields, origin), origin)
    })
}

fn response(
    plan: &Plan,
    columns: &Columns<'_>,
    planned: &Planned,
    origin: Origin,
) -> Known<Payload> {
    match planned.entity {
        Some(entity) if planned.kind != OperationKind::Delete => {
            Known::Is(payloads::shown(plan, columns, entity), origin)
        }
        _ => Known::Absent(origin),
    }
}

/// A command moves money where what it sets going does.
fn moves_money(system: &System, planned: &Planned) -> bool {
    let OperationKind::Command(id) = planned.kind else { return false };
    let Some((event, _)) = system[id].emit else { return false };
    let started = system.sagas.iter().filter(|it| it.on == event);
    started.flat_map(|it| &it.steps).any(|it| pays(system, it.run))
}

/// Whether a call outside carries an amount and changes something there.
pub(super) fn pays(system: &System, run: RunTarget) -> bool {
    let RunTarget::Operation(id, position) = run else { return false };
    let Some(called) = system[id].operations.get(position) else { return false };
    let changes = called.request.as_ref().is_some_and(|it| it.method != "GET");
    let is_money = |ty: &FieldType| matches!(ty, FieldType::Scalar(Scalar::Money));
    changes && called.input.iter().any(|it| is_money(&it.ty))
}
