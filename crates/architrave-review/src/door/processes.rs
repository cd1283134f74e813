//! Sagas as processes: their steps, what undoes them and how long they may take; schedules that run commands.

use std::collections::BTreeSet;

use architrave_model::{
    Expr, ExprKind, Field, FieldType, Member, RunTarget, Saga, SagaStep, System, Undo,
    graph::{Edge, EdgeKind, Graph, Known, Node, Origin, Process, ProcessStep},
};
use architrave_plan::Plan;

use super::{names, personal};

pub(super) fn add(plan: &Plan, graph: &mut Graph) {
    let system = &plan.system;
    for saga in &system.sagas {
        graph.processes.push(process(system, saga));
        let all = saga.steps.iter().chain(&saga.on_failure);
        for step in all {
            let from = format!("step:{}", step_name(system, saga, step));
            for run in [Some(step.run), compensation(step)].into_iter().flatten() {
                let origin = Origin::declared(step.span);
                graph.edges.extend(edge(system, &from, run, &step.input, origin));
            }
        }
    }
    for schedule in &system.schedules {
        let name = names::within(system, schedule.context, &schedule.name.text);
        let origin = Origin::declared(schedule.span);
        let from = format!("schedule:{name}");
        graph.edges.extend(edge(system, &from, schedule.run, &schedule.input, origin));
    }
}

fn step_name(system: &System, saga: &Saga, step: &SagaStep) -> String {
    format!("{}.{}", names::within(system, saga.context, &saga.name.text), step.name.text)
}

fn compensation(step: &SagaStep) -> Option<RunTarget> {
    match step.undo {
        Undo::Compensate(run) => Some(run),
        _ => None,
    }
}

/// A step that runs a command: within the process, in a transaction. Calls outside are edges of integrations.
fn edge(
    system: &System,
    from: &str,
    run: RunTarget,
    input: &[(String, Expr)],
    origin: Origin,
) -> Option<Edge> {
    let RunTarget::Command(_) = run else { return None };
    let to = names::target(system, run);
    let mut found = BTreeSet::new();
    for (_, expr) in input {
        personal::in_expr(system, expr, &mut found);
    }
    Some(Edge {
        node: Node {
            id: format!("edge:{from}->{to}"),
            name: format!("{from} to {to}").replace("step:", "").replace("operation:", ""),
            origin,
        },
        from: from.to_owned(),
        to,
        kind: EdgeKind::Calls,
        is_synchronous: Known::built_in(true),
        is_remote: Known::built_in(false),
        is_hard: Known::built_in(true),
        // What a step has done is written down in the transaction that did it.
        is_idempotent: Known::built_in(true),
        moves_money: Known::built_in(false),
        address_is_user_data: Known::built_in(false),
        propagates_trace: Known::built_in(true),
        personal_data: personal::known(found, origin),
        ..Edge::default()
    })
}

fn process(system: &System, saga: &Saga) -> Process {
    let name = names::within(system, saga.context, &saga.name.text);
    Process {
        node: Node::declared("process", name, saga.span),
        module: Some(names::module(system, saga.context)),
        deadline_us: Known::declared(saga.deadline_us, saga.span),
        steps: saga.steps.iter().map(|it| step(system, saga, it)).collect(),
    }
}

fn step(system: &System, saga: &Saga, step: &SagaStep) -> ProcessStep {
    let origin = Origin::declared(step.span);
    let undo = match &step.undo {
        Undo::Compensate(run) => Some(names::target(system, *run)),
        Undo::Pivot => Some("pivot".to_owned()),
        Undo::AfterPivot => Some("after pivot".to_owned()),
        Undo::NoUndo(reason) => Some(reason.clone()),
        Undo::ReadOnly => None,
    };
    let (timeout, changes) = match step.run {
        RunTarget::Command(_) => (Known::declared(step.timeout_us, step.span), true),
        RunTarget::Operation(id, position) => {
            let called = system[id].operations.get(position);
            let request = called.and_then(|it| it.request.as_ref());
            let timeout = match step.timeout_us {
                Some(own) => Known::declared(Some(own), step.span),
                None => Known::declared(system[id].timeout_us, system[id].span),
            };
            (timeout, request.is_none_or(|it| it.method != "GET"))
        }
    };
    ProcessStep {
        node: Node::declared("step", step_name(system, saga, step), step.span),
        runs: names::target(system, step.run),
        changes: Known::Is(changes && step.undo != Undo::ReadOnly, origin),
        undo: Known::declared(undo, step.span),
        timeout_us: timeout,
        repeats_max: repeats(system, step, origin),
        origin,
    }
}

/// The bound of the list that a step runs for.
fn repeats(system: &System, step: &SagaStep, origin: Origin) -> Known<u32> {
    let Some(list) = &step.for_each else { return Known::Is(1, origin) };
    let mut most: Option<u32> = None;
    list.walk(&mut |expr| {
        let ExprKind::Member { member, .. } = &expr.kind else { return };
        let bound = match member {
            Member::Field { entity, field } => system[*entity].fields.get(*field).and_then(count),
            Member::Event { event, field } => {
                let carried = system[*event].fields.get(*field).and_then(|it| it.field);
                let entity = system[*event].entity;
                let field = entity.zip(carried).and_then(|(it, at)| system[it].fields.get(at));
                field.and_then(count)
            }
            _ => None,
        };
        most = most.max(bound);
    });
    most.map_or(Known::Unknown, |it| Known::Is(it, origin))
}

fn count(field: &Field) -> Option<u32> {
    match field.ty {
        FieldType::Many { count_max, .. } | FieldType::List { count_max, .. } => Some(count_max),
        _ => None,
    }
}
