//! Event types.

use super::{
    input,
    tree::{Json, object},
};
use crate::{EventData, EventType, Plan};

pub(super) fn events(plan: &Plan) -> Json<'_> {
    Json::Array(plan.event_types.iter().map(|it| event(plan, it)).collect())
}

fn event<'p>(plan: &'p Plan, event: &'p EventType) -> Json<'p> {
    let data = match &event.data {
        EventData::Row => Json::text("row"),
        EventData::Nothing => Json::Null,
        EventData::Carries(members) => Json::texts(members.iter().map(|it| it.name.as_str())),
        EventData::Own(members) => object(
            members.iter().map(|it| (it.name.as_str(), input::kind(plan, &it.kind))).collect(),
        ),
    };
    object(vec![
        ("event", Json::text(&event.name)),
        ("context", Json::text(&plan.system[event.context].name.text)),
        ("data", data),
    ])
}
