//! The schemas of everything that the API shows and takes: one source for OpenAPI, AsyncAPI and the files of JSON
//! Schema. They refer to each other as `#/components/schemas/NAME`.

mod events;
mod inputs;
mod problem;
mod prune;
mod rows;
mod system;

use architrave_plan::Plan;

pub(crate) use events::all as events;
pub(crate) use prune::prune;

use crate::json::{Json, object, reference};

/// What a reference begins with.
const COMPONENT: &str = "#/components/schemas/";

/// Every schema by name: rows, value objects, bodies, what every system has, refusals.
pub(crate) fn all(plan: &Plan) -> Vec<(String, Json)> {
    let groups = [
        rows::of_entities(plan),
        rows::of_values(plan),
        inputs::all(plan),
        system::schemas(plan),
        problem::schemas(plan),
    ];
    groups.into_iter().flatten().collect()
}

/// Rows, bodies and events with all that they refer to, in this order and without what only belongs to HTTP (pages,
/// selections, batches).
pub(crate) fn of_data(plan: &Plan) -> Vec<(String, Json)> {
    let events = events(plan);
    let rows = plan.system.entity_ids().map(|id| crate::names::entity(&plan.system, id));
    let bodies = inputs::all(plan).into_iter().map(|it| it.0);
    let own = events.iter().map(|it| it.0.clone());
    let roots = rows.chain(bodies).chain(own).map(|it| reference(&format!("schemas/{it}")));
    let roots = Json::Array(roots.collect());
    let every = all(plan).into_iter().chain(events).collect();
    match prune(&roots, object([("schemas", Json::Object(every))])) {
        Json::Object(groups) => groups.into_iter().flat_map(|it| members(it.1)).collect(),
        _ => Vec::new(),
    }
}

fn members(json: Json) -> Vec<(String, Json)> {
    match json {
        Json::Object(members) => members,
        _ => Vec::new(),
    }
}

/// The same schema with its references written otherwise: `rename` gets the name.
pub(crate) fn with_references(schema: Json, rename: &dyn Fn(&str) -> String) -> Json {
    match schema {
        Json::Array(items) => {
            Json::Array(items.into_iter().map(|it| with_references(it, rename)).collect())
        }
        Json::Object(members) => {
            let renamed = members.into_iter().map(|(name, value)| match value {
                Json::Text(target) if name == "$ref" => {
                    let target = target.strip_prefix(COMPONENT).map(rename).unwrap_or(target);
                    (name, Json::Text(target))
                }
                value => (name, with_references(value, rename)),
            });
            Json::Object(renamed.collect())
        }
        plain => plain,
    }
}
