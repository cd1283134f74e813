//! The frame around every page: head, bar, main part.

use architrave_plan::Plan;

use super::{
    html::escaped,
    policy::{ICON, SCRIPT, STYLE},
};
use crate::names;

/// The system's name as a title.
pub(super) fn title(plan: &Plan) -> String {
    let name = names::titled(&plan.system.name.text);
    if name.is_empty() { "API".to_owned() } else { name }
}

fn head(title: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<link rel=\"icon\" href=\"{ICON}\">\n<style>{STYLE}</style>\n</head>\n",
        escaped(title)
    )
}

/// The reference with its menu.
pub(super) fn reference(plan: &Plan, side: &str, main: &str) -> String {
    let title = title(plan);
    let mut out = head(&format!("{title} · API reference"));
    out.push_str("<body>\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n");
    out.push_str(&format!(
        "<header class=\"bar\"><a class=\"name\" href=\"#overview\">{} <span>API reference</span></a>\
         <div class=\"find\" role=\"search\"><input id=\"find\" type=\"search\" placeholder=\"Filter\" \
         aria-label=\"Filter operations\" autocomplete=\"off\" spellcheck=\"false\"><kbd>/</kbd></div>\
         <a class=\"raw\" href=\"/openapi.json\">OpenAPI</a></header>\n",
        escaped(&title)
    ));
    out.push_str(&format!(
        "<div class=\"frame\">\n{side}<main id=\"main\">\n{main}\
         <p class=\"none\" role=\"status\">Nothing here has all these words.</p>\n\
         <footer>Written from plan <code>{}</code>, the one that is served.</footer>\n\
         </main>\n</div>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
        escaped(&plan.hash)
    ));
    out
}

/// A short page without a menu.
pub(super) fn plain(title: &str, main: &str) -> String {
    let head = head(title);
    format!("{head}<body>\n<main class=\"plain\">\n{main}</main>\n</body>\n</html>\n")
}
