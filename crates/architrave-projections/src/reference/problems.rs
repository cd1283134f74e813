//! Problems: the catalogue in the reference, and a page for each, which is what `type` points to.

use architrave_plan::Plan;

use super::{
    frame,
    html::{anchor, code, escaped, inline, json, table},
};
use crate::{
    names,
    refusals::{self, Refusal},
};

fn rows(plan: &Plan, link: fn(&Refusal) -> String) -> Vec<Vec<String>> {
    let row = |it: &Refusal| {
        let retry = if it.is_retryable { " <span class=\"badge\">retryable</span>" } else { "" };
        vec![
            format!("<span class=\"status\">{}</span> {}{retry}", it.status, link(it)),
            inline(&sentence(it)),
        ]
    };
    refusals::all(plan).iter().map(row).collect()
}

fn sentence(it: &Refusal) -> String {
    let is_guard = it.title == it.detail;
    let title = it.title.trim_end_matches('.');
    if is_guard { format!("{title}.") } else { format!("{title}. {}", it.detail) }
}

/// The catalogue.
pub(super) fn section(plan: &Plan) -> String {
    let named = |it: &Refusal| {
        format!(
            "<a id=\"problem-{}\" href=\"/problems/{}\">{}</a>",
            anchor(&it.code),
            escaped(&it.code),
            escaped(&it.code)
        )
    };
    format!(
        "<section id=\"problems\" data-whole><h2>Problems</h2>\n<p>Every refusal that this API knows.</p>\n<div class=\"wide\">{}</div></section>\n",
        table(&["Problem", "When"], &rows(plan, named))
    )
}

/// `/problems`
pub(super) fn index(plan: &Plan) -> String {
    let named = |it: &Refusal| {
        format!("<a href=\"/problems/{}\">{}</a>", escaped(&it.code), escaped(&it.code))
    };
    let title = escaped(&frame::title(plan));
    let main = format!(
        "<p><a href=\"/docs\">{title} API reference</a></p><h1>Problems</h1>\n{}",
        table(&["Problem", "When"], &rows(plan, named))
    );
    frame::plain("Problems", &main)
}

/// One page per problem: (path, page).
pub(super) fn pages(plan: &Plan) -> Vec<(String, String)> {
    let page = |it: Refusal| (format!("/problems/{}", it.code), page(plan, &it));
    refusals::all(plan).into_iter().map(page).collect()
}

fn page(plan: &Plan, it: &Refusal) -> String {
    let operations: Vec<String> = plan
        .operations
        .iter()
        .filter(|operation| operation.problems.contains(&it.code))
        .map(|operation| {
            format!(
                "<li><a href=\"/docs#{}\">{} <code>{}</code></a></li>",
                anchor(&operation.name),
                names::method(operation.method),
                escaped(&operation.path)
            )
        })
        .collect();
    let retry = if it.is_retryable {
        "The same request may succeed later: wait (for `Retry-After`, where it is sent) and repeat it with the same `Idempotency-Key`."
    } else {
        "Repeating the same request will be refused again."
    };
    let is_guard = it.title == it.detail;
    let detail = if is_guard {
        "A condition of this command does not hold.".to_owned()
    } else {
        it.detail.clone()
    };
    let instance = plan
        .operations
        .iter()
        .find(|operation| operation.problems.contains(&it.code))
        .map_or("/v1/me", |operation| operation.path.as_str());
    let id = crate::example::id(architrave_model::EntityId(0));
    let example = refusals::example(it, &instance.replace("{id}", &id));
    let met = match operations.as_slice() {
        [] => String::new(),
        all => format!(
            "<h2>Where it can be met</h2><details><summary>{} operations</summary><ul>{}</ul></details>\n",
            all.len(),
            all.concat()
        ),
    };
    let main = format!(
        "<p class=\"status\">{} {}</p><h1>{}</h1>\n<p>{}</p><p>{}</p>\n{}{met}<p><a href=\"/problems\">All problems</a> · <a href=\"/docs\">{} API reference</a></p>\n",
        it.status,
        escaped(&it.code),
        escaped(&it.title),
        inline(&detail),
        inline(retry),
        code("Example", &json(&example)),
        escaped(&frame::title(plan))
    );
    frame::plain(&it.title, &main)
}
