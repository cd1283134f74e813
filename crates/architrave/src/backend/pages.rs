//! Documents that are served beside the API.

use architrave_plan::Plan;
use architrave_server::Page;

/// All of them, written once at the start.
pub(super) fn all(plan: &Plan) -> Vec<Page> {
    vec![Page {
        path: "/openapi.json".to_owned(),
        content_type: "application/json".to_owned(),
        content_security: String::new(),
        bytes: architrave_projections::openapi(plan).into(),
    }]
}
