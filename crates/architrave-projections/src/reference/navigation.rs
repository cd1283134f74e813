//! The menu: contexts, their entities, their operations.

use architrave_model::EntityId;
use architrave_plan::{Operation, Plan};

use super::html::{anchor, escaped};
use crate::names;

/// The whole menu.
pub(super) fn side(plan: &Plan) -> String {
    let mut out = String::from(
        "<nav class=\"side\" aria-label=\"Contents\"><details open><summary>Contents</summary>\n\
         <ul data-whole><li><a href=\"#overview\">Overview</a></li>\
         <li><a href=\"#conventions\">Conventions</a></li></ul>\n",
    );
    for context in contexts(plan) {
        out.push_str(&format!("<div data-group><h2>{}</h2>\n", escaped(&names::words(context))));
        for id in entities(plan, context) {
            let name = &plan.system[id].name.text;
            out.push_str(&format!(
                "<div data-group><h3><a href=\"#{}\">{}</a></h3>\n",
                entity_anchor(plan, id),
                escaped(name)
            ));
            out.push_str(&list(plan.operations.iter().filter(|it| it.entity == Some(id))));
            out.push_str("</div>\n");
        }
        out.push_str("</div>\n");
    }
    out.push_str("<div data-group><h2>System</h2>\n");
    out.push_str(&list(plan.operations.iter().filter(|it| it.entity.is_none())));
    out.push_str(
        "</div>\n<ul data-whole><li><a href=\"#events\">Events</a></li>\
         <li><a href=\"#problems\">Problems</a></li></ul>\n</details></nav>\n",
    );
    out
}

fn list<'a>(operations: impl Iterator<Item = &'a Operation>) -> String {
    let mut out = String::from("<ul>");
    for it in operations {
        let method = names::method(it.method);
        out.push_str(&format!(
            "<li data-find=\"{}\"><a href=\"#{}\"><span class=\"method {}\">{method}</span><span>{}</span></a></li>\n",
            search_text(it),
            anchor(&it.name),
            method.to_lowercase(),
            escaped(&it.summary)
        ));
    }
    out.push_str("</ul>\n");
    out
}

/// What the filter looks through.
pub(super) fn search_text(operation: &Operation) -> String {
    escaped(&format!(
        "{} {} {} {}",
        names::method(operation.method),
        operation.path,
        operation.name,
        operation.summary
    ))
}

/// Contexts that have operations, by name.
pub(super) fn contexts(plan: &Plan) -> impl Iterator<Item = &str> {
    let all = plan.system.contexts.iter().map(|it| it.name.text.as_str());
    all.filter(|name| plan.operations.iter().any(|it| names::tag(plan, it) == *name))
}

/// Entities of a context that have operations of their own.
pub(super) fn entities(plan: &Plan, context: &str) -> Vec<EntityId> {
    let is_offered = |id: EntityId| plan.operations.iter().any(|it| it.entity == Some(id));
    let ids = plan.system.entity_ids();
    ids.filter(|id| is_offered(*id) && plan.system[plan.system[*id].context].name.text == context)
        .collect()
}

/// The address of an entity's part of the page.
pub(super) fn entity_anchor(plan: &Plan, id: EntityId) -> String {
    anchor(&plan.system.entity_path(id))
}
