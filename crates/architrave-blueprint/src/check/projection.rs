//! `projection`: numbers kept up to date from events.

use architrave_model::{Base, ContextId, EventId, Expr, ExprKind, Function, Projection};

use crate::codes;
use crate::expression::Place;
use crate::expression::place::{Language, roots};
use crate::reader::Reader;
use crate::report::error;
use crate::resolve::casing::{self, Casing};
use crate::syntax::ast::{Block, Expression};

/// Reads all projections.
pub(crate) fn read(reader: &mut Reader<'_>) {
    for (context, block) in reader.others("projection") {
        projection(reader, context, block);
    }
}

/// One event, or a list of them.
pub(super) fn events(
    reader: &mut Reader<'_>,
    context: ContextId,
    value: Option<&Expression>,
) -> Vec<EventId> {
    let Some(value) = value else { return Vec::new() };
    let items = value.items().unwrap_or(std::slice::from_ref(value));
    let mut events: Vec<EventId> = Vec::new();
    for item in items {
        let Some(event) = reader.event(item, context) else { continue };
        if events.contains(&event) {
            let finding =
                error(codes::DECLARED_TWICE, item.span, "this event stands here twice", "");
            reader.findings.push(finding.help("leave one out"));
            continue;
        }
        events.push(event);
    }
    if items.is_empty() {
        let finding = error(codes::EMPTY, value.span, "no event is named here", "");
        reader.findings.push(finding.help("name at least one event"));
    }
    events
}

fn projection(reader: &mut Reader<'_>, context: ContextId, block: &Block) {
    let from = events(reader, context, block.setting("from"));
    let key = members(reader, context, &from, block.setting("key"), false);
    let set = members(reader, context, &from, block.setting("set"), true);
    let mut place = Place::new("the access of a projection", Language::Rule, roots::CALLER);
    place.context = Some(context);
    let read = block.block("access").and_then(|it| it.setting("read"));
    let read = read.map(|it| reader.access_rule(it, &place));
    reader.system.projections.push(Projection {
        name: block.name(),
        doc: block.doc.clone(),
        context,
        from,
        key,
        set,
        read,
        span: block.span,
    });
}

fn members(
    reader: &mut Reader<'_>,
    context: ContextId,
    from: &[EventId],
    record: Option<&Expression>,
    is_set: bool,
) -> Vec<(String, Expr)> {
    let what = if is_set { "the `set` of a projection" } else { "the `key` of a projection" };
    let mut place = Place::new(what, Language::Projection, roots::EVENT);
    place.context = Some(context);
    place.events = from;
    let mut members = Vec::new();
    for entry in record.and_then(Expression::entries).unwrap_or_default() {
        reader.findings.extend(casing::check(&entry.key, Casing::Snake, "a member"));
        let expr = reader.infer(&entry.value, &place);
        if let Some(finding) = judge(&expr, is_set) {
            reader.findings.push(finding);
        }
        members.push((entry.key.text.clone(), expr));
    }
    members
}

fn judge(expr: &Expr, is_set: bool) -> Option<architrave_model::Finding> {
    if expr.ty.base == Base::Poison {
        return None;
    }
    let is_total = matches!(
        &expr.kind,
        ExprKind::Call {
            function: Function::Count | Function::Sum | Function::Min | Function::Max,
            ..
        }
    );
    let mut has_total = false;
    expr.walk(&mut |it| {
        has_total |=
            matches!(&it.kind, ExprKind::Call { function: Function::Count | Function::Sum, .. });
    });
    if is_set && !is_total {
        return Some(
            error(
                codes::PROJECTION_SHAPE,
                expr.span,
                "this does not say how events are put together",
                "",
            )
            .help("write `count()`, or `sum(…)`, `min(…)`, `max(…)` of a member of the event"),
        );
    }
    if !is_set && has_total {
        return Some(
            error(codes::PROJECTION_SHAPE, expr.span, "a key is taken from one event", "")
                .help("move totals to `set`"),
        );
    }
    let is_plain = matches!(
        expr.ty.base,
        Base::Bool
            | Base::Int
            | Base::Decimal { .. }
            | Base::Money
            | Base::Text
            | Base::Enum(_)
            | Base::Uuid
            | Base::Row(_)
            | Base::Timestamp
            | Base::Date
            | Base::Duration
    );
    (!is_plain).then(|| {
        error(codes::PROJECTION_SHAPE, expr.span, "a projection holds plain values", "")
            .help("name a member with one value")
    })
}
