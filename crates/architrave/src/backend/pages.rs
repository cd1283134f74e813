//! Documents that are served beside the API.

use architrave_plan::Plan;
use architrave_server::Page;

/// All of them, written once at the start.
pub(super) fn all(plan: &Plan) -> Vec<Page> {
    let pages = architrave_projections::pages(plan).into_iter();
    pages
        .map(|it| Page {
            path: it.path,
            content_type: it.content_type.to_owned(),
            content_security: it.content_security,
            bytes: it.body.into(),
        })
        .collect()
}
