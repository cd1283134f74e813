//! The page at `/`: where everything is.

use architrave_plan::Plan;

use super::{
    frame,
    html::{escaped, prose},
};

/// Where a person who opens the server's address can go.
const LINKS: &[(&str, &str, &str)] = &[
    ("/docs", "API reference", "Every operation with an example to paste. Works offline."),
    ("/openapi.json", "OpenAPI 3.1", "The same for tools: clients, tests, mocks."),
    ("/v1/me", "Who am I", "What the server knows of you, and what you may do."),
    ("/problems", "Problems", "Every refusal and what to do about it."),
    ("/health/ready", "Health", "Whether the server takes requests."),
];

/// The page.
pub(super) fn page(plan: &Plan) -> String {
    let title = frame::title(plan);
    let links: String = LINKS
        .iter()
        .map(|(path, name, words)| {
            format!("<li><a href=\"{path}\">{name}<span>{words}</span></a></li>\n")
        })
        .collect();
    let main = format!(
        "<h1>{}</h1>\n{}<ul class=\"links\">\n{links}</ul>\n<p class=\"type\">plan {}</p>\n",
        escaped(&title),
        prose(&plan.system.doc),
        escaped(&plan.hash)
    );
    frame::plain(&title, &main)
}
