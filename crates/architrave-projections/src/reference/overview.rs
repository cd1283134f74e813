//! What a reader needs first: what this is, a first request, and the conventions that hold everywhere.

use architrave_plan::{OperationKind, Plan};

use super::{
    curl, frame,
    html::{code, escaped, inline, prose},
};
use crate::{audience, limits};

/// Overview and conventions.
pub(super) fn section(plan: &Plan) -> String {
    let title = escaped(&frame::title(plan));
    let mut out =
        format!("<section id=\"overview\" data-whole><h1>{title}</h1>\n<div class=\"lead\">");
    out.push_str(&match plan.system.doc.is_empty() {
        true => "<p>Everything that this API offers.</p>\n".to_owned(),
        false => prose(&plan.system.doc),
    });
    out.push_str("</div>\n");
    out.push_str(&first_request(plan));
    out.push_str("</section>\n<section id=\"conventions\" data-whole><h2>Conventions</h2>\n");
    out.push_str("<p>What is true of every operation, said once.</p>\n<div class=\"cards\">\n");
    for (title, words) in conventions(plan) {
        out.push_str(&format!(
            "<div class=\"card\"><h3>{title}</h3><p>{}</p></div>\n",
            inline(&words)
        ));
    }
    out.push_str("</div></section>\n");
    out
}

/// A list that anybody may read, else the first list.
fn first_request(plan: &Plan) -> String {
    let lists = || plan.operations.iter().filter(|it| it.kind == OperationKind::List);
    let open = lists().find(|it| audience::is_open_to_anonymous(plan, it));
    let Some(list) = open.or_else(|| lists().next()) else { return String::new() };
    let command = format!("API=http://127.0.0.1:8080\n{}", curl::command(plan, list));
    format!(
        "<p>{}</p>\n{}",
        inline(
            "`serve` prints the address of the API and, with `--dev`, a token per role. A first request:"
        ),
        code("Shell", &command)
    )
}

fn conventions(plan: &Plan) -> Vec<(&'static str, String)> {
    let identity = &plan.system.identity;
    let mut ways: Vec<&str> = Vec::new();
    if identity.oidc.is_some() {
        ways.push("`Authorization: Bearer …` with an access token of the sign-in service");
    }
    if identity.api_key.is_some() {
        ways.push("`X-API-Key: …`");
    }
    let who = if ways.is_empty() {
        "Requests carry no credentials.".to_owned()
    } else {
        format!("{}.", ways.join(", or "))
    };
    let limits: Vec<String> = plan.limits.iter().map(limits::sentence).collect();
    let limits = if limits.is_empty() {
        "No rate limits are declared.".to_owned()
    } else {
        format!(
            "{}. `RateLimit` tells what is left; 429 comes with `Retry-After`.",
            limits.join("; ")
        )
    };
    vec![
        ("Who you are", who),
        ("Rows", "Members you may not see are absent, empty ones are null. `id`, `version`, `created_at` and `updated_at` are everywhere; ids are UUIDs.".to_owned()),
        ("Lists", "A page has `items`, `next` and `prev`; the latter are addresses to follow. Filter by field, with operators in brackets: `price[lte]=10`. Only what an index serves is answered. `Prefer: count=exact` counts.".to_owned()),
        ("Selecting", "`fields=id,name` shows only these; `expand=category` shows an object in place of an id.".to_owned()),
        ("Changing", "`PATCH` merges (RFC 7396). In a list of parts, one with `id` is changed, one without is new, one left out is removed.".to_owned()),
        ("Twice is once", "Send an `Idempotency-Key` with every change. Repeating it gives the stored answer with `Idempotency-Replayed: true`; keys are kept for a day.".to_owned()),
        ("Versions", "`ETag` names what you read. Send it as `If-Match` so that a change meets the row you saw (else 412), as `If-None-Match` to be told 304 when nothing has changed.".to_owned()),
        ("Reading your writes", "A write answers `Architrave-Position`. Send it as `Architrave-Min-Position` and the read includes that write.".to_owned()),
        ("Refusals", "Problems as of RFC 9457, `application/problem+json`: decide by `code`, show `detail`, look up `trace_id` in the log. `retryable` tells whether to try again.".to_owned()),
        ("Money and time", format!("Money is `{{\"amount\": \"12.50\", \"currency\": \"{}\"}}`, exact and never a float. Times are UTC as of RFC 3339.", plan.system.currency)),
        ("Limits", format!("{limits} Bodies have at most {}.", size(plan.body_bytes_max))),
        ("Strict JSON", "Unknown members, duplicate members and numbers out of range are refused with their place, all of them at once.".to_owned()),
    ]
}

/// `1 MiB`, or bytes where it is no round number.
fn size(bytes: u64) -> String {
    const MIB: u64 = 1024 * 1024;
    const KIB: u64 = 1024;
    match bytes {
        it if it >= MIB && it % MIB == 0 => format!("{} MiB", it / MIB),
        it if it >= KIB && it % KIB == 0 => format!("{} KiB", it / KIB),
        it => format!("{it} bytes"),
    }
}
