//! `webhook`: events sent to addresses that users register; and `retry`, wherever it stands.

use architrave_model::{Backoff, ContextId, Retry, Webhook};

use super::projection::events;
use crate::codes;
use crate::expression::Place;
use crate::expression::place::{Language, roots};
use crate::reader::Reader;
use crate::report::error;
use crate::syntax::ast::{Block, Expression};
use crate::units;

/// First wait where none is said: a second.
const FIRST_US: i64 = 1_000_000;
/// Longest wait where none is said: an hour.
const MAX_US: i64 = 3_600_000_000;
/// How deliveries are signed where nothing is said.
const SIGNING: &str = "hmac-sha256";

/// Reads all webhooks.
pub(crate) fn read(reader: &mut Reader<'_>) {
    for (context, block) in reader.others("webhook") {
        webhook(reader, context, block);
    }
}

fn webhook(reader: &mut Reader<'_>, context: ContextId, block: &Block) {
    let events = events(reader, context, block.setting("events"));
    let mut place = Place::new("`subscribe`", Language::Rule, roots::CALLER);
    place.context = Some(context);
    let subscribe = block.setting("subscribe").map(|it| reader.rule(it, &place));
    let signing = block.setting("signing").and_then(Expression::text).unwrap_or(SIGNING);
    let retry = block.setting("retry").and_then(|it| retry(reader, it));
    reader.system.webhooks.push(Webhook {
        name: block.name(),
        doc: block.doc.clone(),
        context,
        events,
        subscribe,
        signing: signing.to_owned(),
        retry,
        span: block.span,
    });
}

/// `{ attempts = 4, backoff = "exponential", first = "200ms", max = "5s" }`
pub(super) fn retry(reader: &mut Reader<'_>, value: &Expression) -> Option<Retry> {
    let duration =
        |name: &str| value.entry(name).and_then(Expression::text).and_then(units::duration);
    let attempts = value.entry("attempts").and_then(Expression::count)?;
    let first_us = duration("first").unwrap_or(FIRST_US);
    let max_us = duration("max").unwrap_or_else(|| first_us.max(MAX_US));
    if first_us > max_us {
        let span = value.entry("max").or(value.entry("first")).map_or(value.span, |it| it.span);
        reader.findings.push(
            error(
                codes::UNREADABLE_QUANTITY,
                span,
                "the longest wait is shorter than the first",
                "",
            )
            .help("raise `max`, or lower `first`"),
        );
    }
    let backoff = match value.entry("backoff").and_then(Expression::text) {
        Some("constant") => Backoff::Constant,
        _ => Backoff::Exponential,
    };
    Some(Retry { attempts_max: u32::try_from(attempts).ok()?, backoff, first_us, max_us })
}
