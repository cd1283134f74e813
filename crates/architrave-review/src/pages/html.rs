//! A page of the web site: the text between a head and a foot, with its style in it.

use super::markdown;

const STYLE: &str = "\
:root{color-scheme:light dark;--line:#8884;--soft:#8881}\
body{font:16px/1.55 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}\
pre{background:var(--soft);border:1px solid var(--line);border-radius:6px;padding:.8rem;overflow-x:auto}\
code{font:.9em/1.45 ui-monospace,monospace}\
table{border-collapse:collapse;width:100%}\
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--line)}\
h2{margin-top:2.2rem}";

/// A whole document from Markdown, with a link back where there is somewhere to go.
pub(super) fn document(title: &str, text: &str, back: Option<&str>) -> String {
    let back =
        back.map_or_else(String::new, |it| format!("<nav><a href=\"{it}\">All rules</a></nav>\n"));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{back}<main>\n{}</main>\n</body>\n</html>\n",
        markdown::escaped(title),
        markdown::to_html(text),
    )
}
