//! One operation: who may, what it takes, what it answers, with a request to paste.

use architrave_model::EntityId;
use architrave_plan::{
    ColumnId, Idempotency, InputShape, ListPlan, Operation, OperationKind, Plan,
};

use super::{
    curl,
    html::{anchor, code, escaped, inline, json, prose, table},
    members, navigation,
};
use crate::{audience, example, filters, json::Json, limits, names, refusals};

/// The whole article.
pub(super) fn article(plan: &Plan, it: &Operation) -> String {
    let method = names::method(it.method);
    let anchor = anchor(&it.name);
    format!(
        "<article class=\"operation\" id=\"{anchor}\" data-find=\"{}\">\n<header><h4><a href=\"#{anchor}\">{}</a></h4>\
         <div class=\"route\"><span class=\"method {}\">{method}</span><span class=\"path\">{}</span></div></header>\n\
         <div class=\"split\"><div class=\"told\">\n{}</div>\n<div class=\"shown\">\n{}</div></div>\n</article>\n",
        navigation::search_text(it),
        escaped(&it.summary),
        method.to_lowercase(),
        escaped(&it.path).replace("{id}", "<b>{id}</b>"),
        told(plan, it),
        shown(plan, it)
    )
}

fn told(plan: &Plan, it: &Operation) -> String {
    // The entity's own words stand above its operations already.
    let is_told_above = it.entity.is_some_and(|id| plan.system[id].doc == it.doc);
    let mut out = if is_told_above { String::new() } else { prose(&it.doc) };
    out.push_str(&facts(plan, it));
    if let Some(shape) = body_shape(plan, it) {
        out.push_str(&section("Body", &body(plan, shape, it.kind)));
    }
    let list = it.entity.and_then(|id| plan.lists.get(id.0 as usize).map(|list| (id, list)));
    if let (OperationKind::List, Some((id, list))) = (it.kind, list) {
        out.push_str(&section("Query", &query(plan, id, list)));
    }
    if it.kind == OperationKind::Events {
        let rows = [
            ("after", "Only events behind this position: `next` of an earlier answer."),
            ("context", "Only events of this context."),
            ("limit", "Most events of a page."),
        ];
        let rows: Vec<Vec<String>> = rows.iter().map(|it| cells(it.0, it.1)).collect();
        out.push_str(&section("Query", &table(&["Parameter", "Meaning"], &rows)));
    }
    out.push_str(&problems(plan, it));
    out
}

fn section(title: &str, content: &str) -> String {
    if content.is_empty() { String::new() } else { format!("<h5>{title}</h5>\n{content}") }
}

fn cells(name: &str, words: &str) -> Vec<String> {
    vec![format!("<code>{}</code>", escaped(name)), inline(words)]
}

/// Who may, what becomes of the state, which limits and headers apply.
fn facts(plan: &Plan, it: &Operation) -> String {
    let mut facts: Vec<(&str, String)> = Vec::new();
    if let Some(who) = audience::in_words(plan, it) {
        facts.push(("Who may", who));
    }
    if let Some(transition) = audience::transition_in_words(plan, it) {
        facts.push(("State", transition));
    }
    if let OperationKind::Command(command) = it.kind
        && let Some((event, _)) = &plan.system[command].emit
    {
        facts.push(("Emits", format!("`{}`", plan.system[*event].name.text)));
    }
    let own: Vec<String> = it.rate_limits.iter().map(limits::sentence).collect();
    if !own.is_empty() {
        facts.push(("Limit", format!("{}, beside the general ones.", own.join("; "))));
    }
    let must = [
        (it.idempotency == Idempotency::Required, "`Idempotency-Key`"),
        (it.needs_if_match, "`If-Match`"),
    ];
    let must: Vec<&str> = must.iter().filter(|it| it.0).map(|it| it.1).collect();
    if !must.is_empty() {
        facts.push(("Must be sent", must.join(", ")));
    }
    let items: String = facts
        .iter()
        .map(|(name, words)| format!("<dt>{name}</dt><dd>{}</dd>", inline(words)))
        .collect();
    if items.is_empty() { items } else { format!("<dl class=\"facts\">{items}</dl>\n") }
}

fn body_shape<'a>(plan: &'a Plan, it: &Operation) -> Option<&'a InputShape> {
    let position = it.entity.map(|id| id.0 as usize);
    let shape = match it.kind {
        OperationKind::Create => plan.creates.get(position?)?,
        OperationKind::Update => plan.updates.get(position?)?,
        OperationKind::Command(command) => plan.commands.get(command.0 as usize)?,
        _ => return None,
    };
    (!shape.members.is_empty()).then_some(shape)
}

fn body(plan: &Plan, shape: &InputShape, kind: OperationKind) -> String {
    let mut out = String::new();
    if kind == OperationKind::Update {
        out.push_str("<p>Only what changes; null empties a member that may be null.</p>\n");
    }
    let is_change = kind == OperationKind::Update;
    let rows: Vec<Vec<String>> = shape
        .members
        .iter()
        .map(|it| {
            let mut notes = String::new();
            if it.is_required && !is_change {
                notes.push_str("<span class=\"badge must\">required</span>");
            }
            if it.has_write_rule {
                notes.push_str("<span class=\"badge\">needs a right of its own</span>");
            }
            if it.is_secret {
                notes.push_str("<span class=\"badge\">never shown again</span>");
            }
            if !it.doc.is_empty() {
                notes.push_str(&format!("<p>{}</p>", inline(&it.doc)));
            }
            if let Some(pattern) = &it.pattern {
                notes.push_str(&format!("<p>Matches <code>{}</code>.</p>", escaped(pattern)));
            }
            vec![members::named(&it.name, &members::input_type(&plan.system, it)), notes]
        })
        .collect();
    out.push_str(&table(&["Member", "Notes"], &rows));
    out
}

fn query(plan: &Plan, id: EntityId, list: &ListPlan) -> String {
    let path = |column: ColumnId| {
        plan[id].columns.get(usize::from(column.0)).map_or("", |it| it.path.as_str())
    };
    let mut rows: Vec<Vec<String>> = Vec::new();
    for filter in &list.filters {
        let others: Vec<String> = filter
            .operators
            .iter()
            .map(|it| filters::suffix(*it))
            .filter(|it| !it.is_empty())
            .map(|it| format!("`{it}`"))
            .collect();
        let words = if others.is_empty() {
            "Equals.".to_owned()
        } else {
            format!("Equals; also {}.", others.join(" "))
        };
        rows.push(cells(path(filter.column), &words));
    }
    if list.has_search {
        rows.push(cells(
            "q",
            "Words to search for; a `*` behind the last one makes it the beginning of a word.",
        ));
    }
    let sorts: Vec<String> = list.sorts.iter().map(|it| format!("`{}`", path(*it))).collect();
    if !sorts.is_empty() {
        let words = format!("{}; `-` in front turns the order.", sorts.join(", "));
        rows.push(cells("sort", &words));
    }
    if !list.expands.is_empty() {
        let names: Vec<String> = list.expands.iter().map(|it| format!("`{}`", it.0)).collect();
        rows.push(cells("expand", &format!("{} as objects in place of ids.", names.join(", "))));
    }
    rows.push(cells("fields", "Members to show, separated by commas."));
    let words =
        format!("Rows of a page: {} unless said, at most {}.", list.limit_default, list.limit_max);
    rows.push(cells("limit", &words));
    rows.push(cells("cursor", "Where to go on: part of `next` and `prev`, opaque."));
    table(&["Parameter", "Meaning"], &rows)
}

fn problems(plan: &Plan, it: &Operation) -> String {
    let refusals = refusals::of_operation(plan, it);
    let (own, common): (Vec<_>, Vec<_>) = refusals.iter().partition(|it| is_telling(&it.code));
    let row = |it: &&refusals::Refusal| {
        vec![
            format!(
                "<span class=\"status\">{}</span> <a href=\"#problem-{}\">{}</a>",
                it.status,
                anchor(&it.code),
                escaped(&it.code)
            ),
            inline(&it.detail),
        ]
    };
    let rows: Vec<Vec<String>> = own.iter().map(row).collect();
    let mut out = section("Refusals", &table(&["Problem", "When"], &rows));
    let links: Vec<String> = common
        .iter()
        .map(|it| format!("<a href=\"#problem-{}\">{}</a>", anchor(&it.code), escaped(&it.code)))
        .collect();
    if !links.is_empty() {
        out.push_str(&format!(
            "<details><summary>{} more that any request can meet</summary><p>{}</p></details>\n",
            links.len(),
            links.join(", ")
        ));
    }
    out
}

/// Refusals that say something about this operation rather than about HTTP or the weather.
fn is_telling(code: &str) -> bool {
    const TELLING: &[&str] = &[
        "forbidden",
        "index-missing",
        "invariant-violated",
        "not-found",
        "not-unique",
        "precondition-failed",
        "precondition-required",
        "still-referenced",
        "transition-refused",
    ];
    TELLING.contains(&code) || architrave_plan::problem(code).is_none()
}

fn shown(plan: &Plan, it: &Operation) -> String {
    let mut out = code("Request", &curl::command(plan, it));
    let answer = example::answer(plan, it);
    let status = match it.kind {
        OperationKind::Create => "201",
        OperationKind::Delete => "204",
        _ => "200",
    };
    let body = match answer {
        Json::Null => "<i class=\"l\">no body</i>".to_owned(),
        answer => json(&answer),
    };
    out.push_str(&code(&format!("Answer · {status}"), &body));
    out
}
