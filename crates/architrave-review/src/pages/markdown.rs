//! Markdown as far as our pages use it: headings, paragraphs, lists, tables, fences; code, bold and links in text.
//! The pages are ours, hence a library that understands everything was not worth its weight.

use std::fmt::Write as _;

/// The text as HTML.
pub(super) fn to_html(text: &str) -> String {
    let mut html = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if line.trim().is_empty() {
            continue;
        }
        if line.starts_with("```") {
            let code: Vec<&str> = lines.by_ref().take_while(|it| !it.starts_with("```")).collect();
            let _ = writeln!(html, "<pre><code>{}</code></pre>", escaped(&code.join("\n")));
            continue;
        }
        if let Some((level, title)) = heading(line) {
            let _ = writeln!(html, "<h{level}>{}</h{level}>", inline(title));
            continue;
        }
        // A block goes on until an empty line, a fence or a heading.
        let mut block = vec![line];
        let goes_on =
            |it: &str| !it.trim().is_empty() && !it.starts_with("```") && heading(it).is_none();
        while let Some(next) = lines.next_if(|it| goes_on(it)) {
            block.push(next);
        }
        match line {
            it if it.starts_with("- ") => list(&mut html, &block),
            it if it.starts_with('|') => table(&mut html, &block),
            _ => {
                let _ = writeln!(html, "<p>{}</p>", inline(&block.join("\n")));
            }
        }
    }
    html
}

fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.bytes().take_while(|it| *it == b'#').count();
    let title = line.get(level..)?.strip_prefix(' ')?;
    (1..=4).contains(&level).then_some((level, title))
}

fn list(html: &mut String, block: &[&str]) {
    let mut items: Vec<String> = Vec::new();
    for line in block {
        match (line.strip_prefix("- "), items.last_mut()) {
            (Some(item), _) => items.push(item.to_owned()),
            (None, Some(item)) => {
                item.push(' ');
                item.push_str(line.trim());
            }
            (None, None) => {}
        }
    }
    html.push_str("<ul>\n");
    for item in items {
        let _ = writeln!(html, "<li>{}</li>", inline(&item));
    }
    html.push_str("</ul>\n");
}

fn table(html: &mut String, block: &[&str]) {
    html.push_str("<table>\n");
    for (number, line) in block.iter().enumerate() {
        let cells = line.trim().trim_matches('|').split('|').map(str::trim);
        if number == 1 {
            continue;
        }
        let tag = if number == 0 { "th" } else { "td" };
        let cells: String = cells.map(|it| format!("<{tag}>{}</{tag}>", inline(it))).collect();
        let _ = writeln!(html, "<tr>{cells}</tr>");
    }
    html.push_str("</table>\n");
}

/// Text of one block; what is between backticks means nothing else.
fn inline(text: &str) -> String {
    let mut html = String::new();
    for (position, piece) in text.split('`').enumerate() {
        if position % 2 == 1 {
            let _ = write!(html, "<code>{}</code>", escaped(piece));
        } else {
            html.push_str(&links(&bold(&escaped(piece))));
        }
    }
    html
}

fn bold(text: &str) -> String {
    let mut html = String::new();
    for (position, piece) in text.split("**").enumerate() {
        if position > 0 {
            html.push_str(if position % 2 == 1 { "<strong>" } else { "</strong>" });
        }
        html.push_str(piece);
    }
    html
}

/// `[text](address)`
fn links(text: &str) -> String {
    let mut html = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('[') {
        html.push_str(before);
        let link = behind.split_once("](").filter(|(name, _)| !name.contains(']')).and_then(
            |(name, it)| it.split_once(')').map(|(address, after)| (name, address, after)),
        );
        match link {
            Some((name, address, after)) => {
                let _ = write!(html, "<a href=\"{address}\">{name}</a>");
                rest = after;
            }
            None => {
                html.push('[');
                rest = behind;
            }
        }
    }
    html.push_str(rest);
    html
}

/// Text that means nothing to HTML.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::to_html;

    #[test]
    fn what_our_pages_use_becomes_html() {
        for (text, expected) in [
            ("# A `b` & c", "<h1>A <code>b</code> &amp; c</h1>\n"),
            ("one\ntwo\n\nthree", "<p>one\ntwo</p>\n<p>three</p>\n"),
            ("- a\n  b\n- c", "<ul>\n<li>a b</li>\n<li>c</li>\n</ul>\n"),
            ("```hcl fails\na < b\n```", "<pre><code>a &lt; b</code></pre>\n"),
            (
                "[x](https://y.example/?a=1&b) [z]",
                "<p><a href=\"https://y.example/?a=1&amp;b\">x</a> [z]</p>\n",
            ),
            (
                "| a | b |\n|---|---|\n| c | **d** |",
                "<table>\n<tr><th>a</th><th>b</th></tr>\n<tr><td>c</td><td><strong>d</strong></td></tr>\n</table>\n",
            ),
        ] {
            assert_eq!(to_html(text), expected, "{text}");
        }
    }
}
