//! `saga`: steps over several aggregates and systems, each of which says how it is undone.

use architrave_model::{Base, ContextId, EventId, Name, RunTarget, Saga, SagaStep, Span, Ty, Undo};

use super::run::{self, input_of};
use crate::codes;
use crate::expression::place::{Language, roots};
use crate::expression::{Place, field_ty, fits};
use crate::reader::Reader;
use crate::report::{error, listed};
use crate::resolve::casing;
use crate::syntax::ast::{Block, Expression, ExpressionKind};
use crate::units;

/// More steps than this are several sagas.
const STEPS_MAX: usize = 50;

/// Outputs of the steps so far, by name.
type Outputs = Vec<(String, Vec<(String, Ty)>)>;

/// Reads all sagas.
pub(crate) fn read(reader: &mut Reader<'_>) {
    for (context, block) in reader.others("saga") {
        saga(reader, context, block);
    }
}

fn saga(reader: &mut Reader<'_>, context: ContextId, block: &Block) {
    let on = block.setting("on").and_then(|it| reader.event(it, context));
    let mut outputs: Outputs = Vec::new();
    let mut steps: Vec<SagaStep> = Vec::new();
    let mut pivot: Option<Span> = None;
    for child in block.blocks("step") {
        check_step_name(reader, &steps, child);
        // Without its event or its target a step means nothing that could be kept.
        if let Some(step) = step(reader, context, on, child, &outputs, &mut pivot) {
            outputs.push((step.name.text.clone(), output_of(reader, &step)));
            steps.push(step);
        }
    }
    if block.block("step").is_none() {
        let finding = error(codes::EMPTY, block.name().span, "this saga has no steps", "");
        reader.findings.push(finding.help("add `step name { run = … }`"));
    }
    if let Some(surplus) = block.blocks("step").nth(STEPS_MAX) {
        let title = format!("there are more than {STEPS_MAX} steps");
        let finding = error(codes::TOO_MANY, surplus.name().span, title, "");
        reader.findings.push(finding.help("let one saga end with an event that starts the next"));
    }
    let on_failure =
        block.block("on_failure").and_then(|it| on_failure(reader, context, on, it, &outputs));
    let Some(on) = on else { return };
    reader.system.sagas.push(Saga {
        name: block.name(),
        doc: block.doc.clone(),
        context,
        on,
        deadline_us: block.setting("deadline").and_then(Expression::text).and_then(units::duration),
        steps,
        on_failure,
        span: block.span,
    });
}

fn check_step_name(reader: &mut Reader<'_>, steps: &[SagaStep], block: &Block) {
    let name = block.name();
    reader.findings.extend(casing::check_reserved(&name, "the step"));
    if let Some(first) = steps.iter().find(|it| it.name.text == name.text) {
        let title = format!("the step `{}` is declared twice", name.text);
        reader.findings.push(
            error(codes::NAME_TAKEN, name.span, title, "")
                .because(first.name.span, "first declared here")
                .help("give one of them another name"),
        );
    }
}

/// Members that later steps see; a step run once per element has many outputs, and shows none.
fn output_of(reader: &Reader<'_>, step: &SagaStep) -> Vec<(String, Ty)> {
    match step.run {
        RunTarget::Operation(integration, position) if step.for_each.is_none() => {
            let operation = reader.system[integration].operations.get(position);
            let output = operation.map(|it| it.output.as_slice()).unwrap_or_default();
            output.iter().map(|(name, expr)| (name.clone(), expr.ty.clone())).collect()
        }
        _ => Vec::new(),
    }
}

fn place<'p>(
    context: ContextId,
    events: &'p [EventId],
    outputs: &'p Outputs,
    each: Option<Ty>,
) -> Place<'p> {
    let mut place = Place::new("a step", Language::Integration, roots::STEP);
    place.context = Some(context);
    place.events = events;
    place.steps = outputs;
    place.each = each;
    place
}

fn step(
    reader: &mut Reader<'_>,
    context: ContextId,
    on: Option<EventId>,
    block: &Block,
    outputs: &Outputs,
    pivot: &mut Option<Span>,
) -> Option<SagaStep> {
    let run_ast = block.setting("run")?;
    let run = run::target(reader, run_ast, context)?;
    let events = on.as_slice();
    let mut each = None;
    let for_each = block.setting("for_each").map(|ast| {
        let (expr, element) = run::for_each(reader, ast, &place(context, events, outputs, None));
        each = Some(element);
        expr
    });
    let place = place(context, events, outputs, each);
    let target = target(reader, run, block, &place);
    let input = run::input(reader, run, block.setting("input"), &place, run_ast.span);
    let probe = block.setting("probe").and_then(|it| run::target(reader, it, context));
    check_probe(reader, run, probe, run_ast.span);
    let undo = undo(reader, context, run, block, pivot);
    Some(SagaStep {
        name: block.name(),
        doc: block.doc.clone(),
        for_each,
        run,
        target,
        input,
        undo,
        probe,
        timeout_us: block.setting("timeout").and_then(Expression::text).and_then(units::duration),
        span: block.span,
    })
}

/// The row a command changes; operations have none.
fn target(
    reader: &mut Reader<'_>,
    run: RunTarget,
    block: &Block,
    place: &Place<'_>,
) -> Option<architrave_model::Expr> {
    let ast = block.setting("target");
    match (run, ast) {
        (RunTarget::Command(command), Some(ast)) => {
            let entity = reader.system[command].entity;
            Some(reader.expect(ast, &Ty::of(Base::Row(entity)), place))
        }
        (RunTarget::Command(command), None) => {
            let entity = reader.system[command].entity;
            let name = reader.system.entity_path(entity);
            let span = block.setting("run").map_or(block.kind.span, |it| it.span);
            reader.findings.push(
                error(codes::MISSING_TARGET, span, format!("which `{name}` is meant?"), "")
                    .help("add `target = …`, a reference to the row"),
            );
            None
        }
        (RunTarget::Operation(..), Some(ast)) => {
            reader.findings.push(
                error(
                    codes::MISSING_TARGET,
                    ast.span,
                    "an operation of an integration changes no row of ours",
                    "",
                )
                .help("leave `target` out; pass ids in `input`"),
            );
            None
        }
        (RunTarget::Operation(..), None) => None,
    }
}

fn is_read_only(reader: &Reader<'_>, run: RunTarget) -> bool {
    let RunTarget::Operation(integration, position) = run else { return false };
    let operation = reader.system[integration].operations.get(position);
    operation.and_then(|it| it.request.as_ref()).is_some_and(|it| it.method == "GET")
}

/// When the answer is lost, only a key or a question can tell whether it was done.
fn check_probe(reader: &mut Reader<'_>, run: RunTarget, probe: Option<RunTarget>, at: Span) {
    let RunTarget::Operation(integration, position) = run else { return };
    let Some(operation) = reader.system[integration].operations.get(position) else { return };
    let is_safe =
        operation.idempotency_key.is_some() || probe.is_some() || is_read_only(reader, run);
    if is_safe {
        return;
    }
    let title = "when the answer is lost, nobody knows whether this was done";
    let finding = error(codes::NO_PROBE, at, title, "no `idempotency_key`, no `probe`")
        .because(operation.name.span, "declared here")
        .help("give the operation an `idempotency_key`, or the step a `probe` that asks for the outcome");
    reader.findings.push(finding);
}

fn undo(
    reader: &mut Reader<'_>,
    context: ContextId,
    run: RunTarget,
    block: &Block,
    pivot: &mut Option<Span>,
) -> Undo {
    let is_pivot = block
        .setting("pivot")
        .is_some_and(|it| matches!(it.bare().kind, ExpressionKind::Bool(true)));
    let compensate = block.setting("compensate");
    let no_undo = block.setting("no_undo");
    let said = [is_pivot, compensate.is_some(), no_undo.is_some()];
    let name = block.name();
    if said.iter().filter(|it| **it).count() > 1 {
        let title = format!("`{}` says twice how it is undone", name.text);
        let finding = error(codes::UNDO, name.span, title, "");
        reader.findings.push(finding.help("keep one of `compensate`, `pivot` and `no_undo`"));
    }
    if let Some(ast) = compensate {
        let compensation = run::target(reader, ast, context);
        if let Some(after) = *pivot {
            reader.findings.push(
                error(codes::UNDO, ast.span, "steps after the pivot are retried, never undone", "")
                    .because(after, "the pivot")
                    .help("leave `compensate` out, or move the step before the pivot"),
            );
        }
        return match compensation {
            Some(compensation) => {
                check_compensation(reader, run, compensation, block, ast.span);
                Undo::Compensate(compensation)
            }
            None => Undo::ReadOnly,
        };
    }
    if is_pivot {
        if let Some(first) = *pivot {
            reader.findings.push(
                error(codes::UNDO, name.span, "a saga has one point of no return", "")
                    .because(first, "the first pivot")
                    .help("leave `pivot` out of one of them"),
            );
        }
        *pivot = Some(name.span);
        return Undo::Pivot;
    }
    if let Some(reason) = no_undo {
        return Undo::NoUndo(reason.text().unwrap_or_default().to_owned());
    }
    if pivot.is_some() {
        return Undo::AfterPivot;
    }
    if !is_read_only(reader, run) {
        let title = format!("`{}` does not say how it is undone", name.text);
        reader.findings.push(
            error(codes::UNDO, name.span, title, "")
                .help("add `compensate = …`, make it the `pivot`, or say `no_undo = \"reason\"`"),
        );
    }
    Undo::ReadOnly
}

/// A compensation receives, by name, the step's target, its input and its output.
fn check_compensation(
    reader: &mut Reader<'_>,
    run: RunTarget,
    compensation: RunTarget,
    block: &Block,
    at: Span,
) {
    if let RunTarget::Command(undoing) = compensation {
        let entity = reader.system[undoing].entity;
        let is_same =
            matches!(run, RunTarget::Command(done) if reader.system[done].entity == entity);
        if !is_same {
            let name = reader.system.entity_path(entity);
            reader.findings.push(
                error(codes::COMPENSATION, at, format!("the step has no `{name}` to undo"), "")
                    .because(block.name().span, "runs on something else")
                    .help("compensate with a command of the same entity"),
            );
            return;
        }
    }
    let mut given: Vec<(String, Ty)> =
        input_of(reader, run).iter().map(|it| (it.name.text.clone(), field_ty(it))).collect();
    if let RunTarget::Operation(integration, position) = run
        && let Some(operation) = reader.system[integration].operations.get(position)
    {
        given.extend(operation.output.iter().map(|(name, it)| (name.clone(), it.ty.clone())));
    }
    let missing: Vec<&str> = input_of(reader, compensation)
        .iter()
        .filter(|it| !it.is_optional && it.default.is_none())
        .filter(|field| {
            let found = given.iter().rev().find(|(name, _)| *name == field.name.text);
            !found.is_some_and(|(_, ty)| !ty.is_optional && fits(&ty.base, &field_ty(field).base))
        })
        .map(|it| it.name.text.as_str())
        .collect();
    if missing.is_empty() {
        return;
    }
    let names: Vec<&str> = given.iter().map(|(name, _)| name.as_str()).collect();
    let title =
        format!("the compensation needs {}, which the step does not have", listed(&missing));
    let help = if names.is_empty() {
        "a compensation receives, by name, the step's input and output; this step has neither"
            .to_owned()
    } else {
        format!("a compensation receives, by name, the step's input and output: {}", listed(&names))
    };
    reader.findings.push(error(codes::COMPENSATION, at, title, "").help(help));
}

fn on_failure(
    reader: &mut Reader<'_>,
    context: ContextId,
    on: Option<EventId>,
    block: &Block,
    outputs: &Outputs,
) -> Option<SagaStep> {
    let run_ast = block.setting("run")?;
    let run = run::target(reader, run_ast, context)?;
    let events = on.as_slice();
    let place = place(context, events, outputs, None);
    let target = target(reader, run, block, &place);
    let input = run::input(reader, run, block.setting("input"), &place, run_ast.span);
    Some(SagaStep {
        name: Name { text: "on_failure".to_owned(), span: block.kind.span },
        doc: block.doc.clone(),
        for_each: None,
        run,
        target,
        input,
        undo: Undo::AfterPivot,
        probe: None,
        timeout_us: None,
        span: block.span,
    })
}
