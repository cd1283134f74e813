//! What the journal can tell.

use architrave_plan::{EventData, EventType, Plan};

use super::html::{escaped, inline, table};

/// All kinds of events.
pub(super) fn section(plan: &Plan) -> String {
    let rows: Vec<Vec<String>> = plan.event_types.iter().map(|it| row(plan, it)).collect();
    format!(
        "<section id=\"events\" data-whole><h2>Events</h2>\n<p>{}</p>\n<div class=\"wide\">{}</div></section>\n",
        inline(
            "Every change is in the journal; `GET /v1/events` pages through what you may see. Each event also has `position`, `time`, `actor`, the row's `id` and `version`."
        ),
        table(&["Event", "Carries"], &rows)
    )
}

fn row(plan: &Plan, event: &EventType) -> Vec<String> {
    let code = |it: &str| format!("`{it}`");
    let carries = match &event.data {
        EventData::Row => {
            let entity = event.entity.map_or("", |id| plan.system[id].name.text.as_str());
            format!("the {entity} after the change")
        }
        EventData::Nothing => "nothing: the row is gone".to_owned(),
        EventData::Carries(members) => {
            members.iter().map(|it| code(&it.name)).collect::<Vec<_>>().join(", ")
        }
        EventData::Own(members) => {
            members.iter().map(|it| code(&it.name)).collect::<Vec<_>>().join(", ")
        }
    };
    let words = if event.doc.is_empty() { carries } else { format!("{carries}. {}", event.doc) };
    vec![format!("<code>{}</code>", escaped(&event.name)), inline(&words)]
}
