//! Everything around the pages: head, bar, menu, the pages in order.

use std::fmt::Write as _;

use super::{Page, markdown::escape, policy};
use crate::{Document, Room, base64::base64, overview::is_listed};

const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Cpath d='M3 6h26v5H3zM6 13h5v15H6zM21 13h5v15h-5z' fill='%230b5cad'/%3E%3C/svg%3E";

/// The whole file.
pub(super) fn site(title: &str, pages: &[Page<'_>], files: &[&Document]) -> String {
    let mut out = head(title);
    out.push_str("<div class=\"frame\">\n");
    out.push_str(&menu(pages, files));
    out.push_str("<main id=\"content\" tabindex=\"-1\">\n");
    for (position, page) in pages.iter().enumerate() {
        let before = position.checked_sub(1).and_then(|it| pages.get(it));
        article(&mut out, page, before, pages.get(position + 1));
    }
    out.push_str("</main>\n</div>\n");
    out.push_str(
        "<dialog id=\"large\" aria-label=\"Diagram\"><form method=\"dialog\"><button>Close</button></form><div></div></dialog>\n",
    );
    if pages.iter().any(|it| it.has_diagrams) {
        // Not of a type that browsers run: the script unpacks it.
        let _infallible = writeln!(
            out,
            "<script type=\"application/octet-stream\" id=\"mermaid\">{}</script>",
            base64(policy::MERMAID)
        );
    }
    let _infallible = writeln!(out, "<script>{}</script>\n</body>\n</html>", policy::SCRIPT);
    out
}

fn head(title: &str) -> String {
    format!(
        "<!doctype html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">
<meta name=\"referrer\" content=\"no-referrer\">
<title>{title}: architecture</title>
<link rel=\"icon\" href=\"{ICON}\">
<style>{style}</style>
</head>
<body>
<a class=\"skip\" href=\"#content\">To the text</a>
<header class=\"bar\">
<button id=\"menu\" type=\"button\" aria-controls=\"side\" aria-expanded=\"false\" aria-label=\"Menu\">☰</button>
<a class=\"name\" href=\"#README\">{title} <span>architecture</span></a>
<div class=\"find\" role=\"search\"><input id=\"find\" type=\"search\" placeholder=\"Search\" aria-label=\"Search pages and sections\" autocomplete=\"off\" spellcheck=\"false\" aria-controls=\"found\"><kbd>/</kbd><ol id=\"found\" hidden></ol></div>
<button id=\"theme\" type=\"button\" aria-label=\"Light or dark\">◐</button>
</header>
",
        policy = escape(&policy::of_site()),
        title = escape(title),
        style = policy::STYLE,
    )
}

fn menu(pages: &[Page<'_>], files: &[&Document]) -> String {
    let mut out = String::from("<nav id=\"side\" aria-label=\"Documents\">\n");
    for page in pages.iter().filter(|it| it.room.is_none()) {
        let _infallible =
            writeln!(out, "<a class=\"top\" href=\"#{}\">Contents</a>", escape(&page.id));
    }
    for room in Room::ALL {
        let prefix = format!("{}/", room.name());
        let pages = pages.iter().filter(|it| it.room == Some(room));
        let pages = pages.map(|it| (format!("#{}", it.id), it.document, ""));
        let files = files.iter().filter(|it| it.path.starts_with(&prefix) && is_listed(it));
        let files = files.map(|it| (it.path.clone(), *it, " class=\"file\""));
        let items: Vec<_> = pages.chain(files).collect();
        if items.is_empty() {
            continue;
        }
        let _infallible =
            writeln!(out, "<details open><summary>{}</summary>\n<ul>", escape(room.title()));
        for (to, document, class) in items {
            let _infallible = writeln!(
                out,
                "<li><a{class} href=\"{}\">{}</a></li>",
                escape(&to),
                escape(&document.title)
            );
        }
        out.push_str("</ul></details>\n");
    }
    out.push_str("</nav>\n");
    out
}

fn article(out: &mut String, page: &Page<'_>, before: Option<&Page<'_>>, next: Option<&Page<'_>>) {
    let _infallible = writeln!(
        out,
        "<article id=\"{}\" data-title=\"{}\">",
        escape(&page.id),
        escape(&page.document.title)
    );
    if let Some(room) = page.room {
        let _infallible = writeln!(out, "<p class=\"room\">{}</p>", escape(room.title()));
    }
    out.push_str(&page.html);
    out.push_str("<nav class=\"turn\" aria-label=\"Neighbours\">");
    for (class, page) in [("before", before), ("next", next)] {
        if let Some(page) = page {
            let _infallible = write!(
                out,
                "<a class=\"{class}\" href=\"#{}\">{}</a>",
                escape(&page.id),
                escape(&page.document.title)
            );
        }
    }
    out.push_str("</nav>\n</article>\n");
}
