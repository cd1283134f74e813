//! Markdown to HTML: sections get names, links lead within the site, diagrams wait to be drawn.

use pulldown_cmark::{
    Alignment, CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html,
};

use super::slug::Slugs;

/// Tables, and what decision records say of themselves above their title.
const OPTIONS: Options = Options::ENABLE_TABLES.union(Options::ENABLE_YAML_STYLE_METADATA_BLOCKS);

/// A page as HTML.
pub(super) struct Rendered {
    pub(super) html: String,
    pub(super) has_diagrams: bool,
}

/// Writes a page; `address` says where its links lead. Markup in the text is shown, never obeyed.
pub(super) fn render(text: &str, page: &str, address: &dyn Fn(&str) -> Option<String>) -> Rendered {
    let mut events = Parser::new_ext(text, OPTIONS);
    let mut out: Vec<Event<'_>> = Vec::new();
    let mut slugs = Slugs::default();
    let mut has_diagrams = false;
    while let Some(event) = events.next() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let inner = until(&mut events, TagEnd::Heading(level), address);
                heading(&mut out, level, inner, page, &mut slugs);
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                let inner = until(&mut events, TagEnd::CodeBlock, address);
                has_diagrams |= &*language == "mermaid";
                out.push(raw(code(&language, &plain(&inner))));
            }
            Event::Start(Tag::MetadataBlock(kind)) => {
                let inner = until(&mut events, TagEnd::MetadataBlock(kind), address);
                out.push(raw(format!(
                    "<pre class=\"about\">{}</pre>\n",
                    escape(plain(&inner).trim())
                )));
            }
            Event::Start(Tag::Table(columns)) => {
                out.extend(table(&mut events, &columns, address));
            }
            other => out.push(inline(other, address)),
        }
    }
    let mut html = String::with_capacity(text.len() * 2);
    html::push_html(&mut html, out.into_iter());
    Rendered { html, has_diagrams }
}

/// A table within a frame that scrolls, so that the page never does. Every cell knows the title of its column: on a
/// phone a row that is too wide is shown as a card.
fn table<'e>(
    events: &mut Parser<'e>,
    columns: &[Alignment],
    address: &dyn Fn(&str) -> Option<String>,
) -> Vec<Event<'e>> {
    let mut out = vec![
        raw("<div class=\"table\" tabindex=\"0\">".to_owned()),
        Event::Start(Tag::Table(columns.to_vec())),
    ];
    let mut titles: Vec<String> = Vec::new();
    let mut column = 0;
    let mut is_head = false;
    while let Some(event) = events.next() {
        match event {
            Event::Start(Tag::TableHead) => is_head = true,
            Event::End(TagEnd::TableHead) => is_head = false,
            Event::Start(Tag::TableRow) => column = 0,
            _ => {}
        }
        match event {
            Event::Start(Tag::TableCell) => {
                let inner = until(events, TagEnd::TableCell, address);
                if is_head {
                    titles.push(escape(&plain(&inner)));
                    out.push(Event::Start(Tag::TableCell));
                    out.extend(inner);
                    out.push(Event::End(TagEnd::TableCell));
                } else {
                    let title = titles.get(column).map_or("", String::as_str);
                    let style = aligned(columns.get(column));
                    out.push(raw(format!("<td data-title=\"{title}\"{style}>")));
                    out.extend(inner);
                    out.push(raw("</td>".to_owned()));
                    column += 1;
                }
            }
            Event::End(TagEnd::Table) => break,
            other => out.push(inline(other, address)),
        }
    }
    out.push(Event::End(TagEnd::Table));
    out.push(raw("</div>\n".to_owned()));
    out
}

fn aligned(alignment: Option<&Alignment>) -> &'static str {
    match alignment {
        Some(Alignment::Right) => " style=\"text-align: right\"",
        Some(Alignment::Center) => " style=\"text-align: center\"",
        Some(Alignment::Left) => " style=\"text-align: left\"",
        Some(Alignment::None) | None => "",
    }
}

fn raw<'e>(html: String) -> Event<'e> {
    Event::Html(CowStr::from(html))
}

fn until<'e>(
    events: &mut Parser<'e>,
    end: TagEnd,
    address: &dyn Fn(&str) -> Option<String>,
) -> Vec<Event<'e>> {
    events.by_ref().take_while(|it| *it != Event::End(end)).map(|it| inline(it, address)).collect()
}

fn inline<'e>(event: Event<'e>, address: &dyn Fn(&str) -> Option<String>) -> Event<'e> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let to = address(&dest_url).unwrap_or_else(|| "#README".to_owned());
            Event::Start(Tag::Link { link_type, dest_url: CowStr::from(to), title, id })
        }
        other => other,
    }
}

fn plain(events: &[Event<'_>]) -> String {
    let text = |it: &Event<'_>| match it {
        Event::Text(it) | Event::Code(it) => it.to_string(),
        Event::SoftBreak => " ".to_owned(),
        _ => String::new(),
    };
    events.iter().map(text).collect()
}

fn heading<'e>(
    out: &mut Vec<Event<'e>>,
    level: HeadingLevel,
    inner: Vec<Event<'e>>,
    page: &str,
    slugs: &mut Slugs,
) {
    let title = plain(&inner);
    let id = escape(&format!("{page}:{}", slugs.next(&title)));
    out.push(raw(format!("<{level} id=\"{id}\">")));
    out.extend(inner);
    let label = escape(&title);
    out.push(raw(format!(
        " <a class=\"anchor\" href=\"#{id}\" aria-label=\"Link to {label}\">#</a></{level}>\n"
    )));
}

fn code(language: &str, text: &str) -> String {
    let text = escape(text);
    if language == "mermaid" {
        return format!(
            "<figure class=\"diagram\" tabindex=\"0\"><pre class=\"mermaid\">{text}</pre></figure>\n"
        );
    }
    format!(
        "<pre tabindex=\"0\"><code class=\"language-{}\">{text}</code></pre>\n",
        escape(language)
    )
}

/// Text within HTML, attributes included.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            char => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &str) -> String {
        render(text, "a/b", &|link| (!link.starts_with("javascript")).then(|| format!("#{link}")))
            .html
    }

    #[test]
    fn markup_in_text_is_shown_and_links_stay_within() {
        let check = |text: &str, expected: &str| assert_eq!(html(text), expected, "{text}");
        check("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;");
        check("a <b onclick=\"x\">c", "<p>a &lt;b onclick=\"x\"&gt;c</p>\n");
        check("[a](x.md)", "<p><a href=\"#x.md\">a</a></p>\n");
        check("[a](javascript:alert)", "<p><a href=\"#README\">a</a></p>\n");
        check(
            "## Of `this`",
            "<h2 id=\"a/b:of-this\">Of <code>this</code> <a class=\"anchor\" href=\"#a/b:of-this\" aria-label=\"Link to Of this\">#</a></h2>\n",
        );
        check(
            "| A `b` | \"C\" |\n|---|--:|\n| [x](y.md) | |\n",
            "<div class=\"table\" tabindex=\"0\"><table><thead><tr><th>A <code>b</code></th><th style=\"text-align: right\">\"C\"</th></tr></thead><tbody>\n<tr><td data-title=\"A b\"><a href=\"#y.md\">x</a></td><td data-title=\"&quot;C&quot;\" style=\"text-align: right\"></td></tr>\n</tbody></table>\n</div>\n",
        );
        check(
            "```mermaid\nflowchart LR\n a --> b\n```",
            "<figure class=\"diagram\" tabindex=\"0\"><pre class=\"mermaid\">flowchart LR\n a --&gt; b\n</pre></figure>\n",
        );
    }
}
