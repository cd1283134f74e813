//! Contexts and their entities: fields, states, rules, and then the operations.

use architrave_model::{Entity, EntityId};
use architrave_plan::Plan;

use super::{
    html::{anchor, escaped, inline, prose, table},
    members, navigation, operations,
};
use crate::names;

/// All contexts, then what every system has.
pub(super) fn sections(plan: &Plan) -> String {
    let mut out = String::new();
    for name in navigation::contexts(plan) {
        let doc = plan.system.contexts.iter().find(|it| it.name.text == name).map(|it| &it.doc);
        out.push_str(&format!(
            "<section class=\"context\" data-group id=\"context-{}\"><h2><span class=\"kind\">Context</span>{}</h2>\n{}",
            anchor(name),
            escaped(&names::words(name)),
            prose(doc.map_or("", |it| it))
        ));
        for id in navigation::entities(plan, name) {
            out.push_str(&entity(plan, id));
        }
        out.push_str("</section>\n");
    }
    out.push_str("<section data-group id=\"system\"><h2><span class=\"kind\">Every system has</span>System</h2>\n");
    for it in plan.operations.iter().filter(|it| it.entity.is_none()) {
        out.push_str(&operations::article(plan, it));
    }
    out.push_str("</section>\n");
    out
}

fn entity(plan: &Plan, id: EntityId) -> String {
    let entity = &plan.system[id];
    let mut out = format!(
        "<section class=\"entity\" data-group id=\"{}\"><h3>{}</h3>\n<div data-whole>",
        navigation::entity_anchor(plan, id),
        escaped(&entity.name.text)
    );
    out.push_str(&prose(&entity.doc));
    out.push_str(&states(entity));
    out.push_str(&format!(
        "<details><summary>Fields of {}</summary>{}</details>\n",
        escaped(&entity.name.text),
        fields(plan, id)
    ));
    for (_, part) in plan.tables.get(id.0 as usize).map_or(&[][..], |it| &it.parts) {
        let name = escaped(&plan.system[*part].name.text);
        out.push_str(&format!(
            "<details><summary>Fields of {name}, a part of it</summary>{}</details>\n",
            fields(plan, *part)
        ));
    }
    out.push_str(&invariants(entity));
    out.push_str("</div>\n");
    for it in plan.operations.iter().filter(|it| it.entity == Some(id)) {
        out.push_str(&operations::article(plan, it));
    }
    out.push_str("</section>\n");
    out
}

/// The shown fields; built-in ones are the same everywhere and described once.
fn fields(plan: &Plan, id: EntityId) -> String {
    let system = &plan.system;
    let rows: Vec<Vec<String>> = system[id]
        .fields
        .iter()
        .enumerate()
        .filter(|(_, field)| !field.is_secret)
        .map(|(index, field)| {
            let ty = members::field_type(system, field);
            vec![
                members::named(&field.name.text, &ty),
                members::field_notes(plan, id, index, field),
            ]
        })
        .collect();
    table(&["Field", "Notes"], &rows)
}

/// Which state follows which.
fn states(entity: &Entity) -> String {
    let Some(lifecycle) = &entity.lifecycle else { return String::new() };
    let mut out = String::from("<ul class=\"flow\" aria-label=\"States\">");
    for it in &lifecycle.transitions {
        let class = if it.from == lifecycle.initial { " class=\"first\"" } else { "" };
        let to: Vec<String> =
            it.to.iter().map(|it| format!("<code>{}</code>", escaped(it))).collect();
        out.push_str(&format!(
            "<li><span{class}><code>{}</code></span> → {}</li>",
            escaped(&it.from),
            to.join(" or ")
        ));
    }
    out.push_str("</ul>\n");
    out
}

fn invariants(entity: &Entity) -> String {
    if entity.invariants.is_empty() {
        return String::new();
    }
    let items: String =
        entity.invariants.iter().map(|it| format!("<li>{}</li>", inline(&it.title))).collect();
    format!("<details><summary>What always holds</summary><ul>{items}</ul></details>\n")
}
