//! Decision records in Markdown: MADR, adr-tools, Nygard.

use architrave_model::{
    Span,
    graph::{DecisionRecord, Known, Manifest, ManifestKind, Node as GraphNode, Origin},
};

use crate::{Import, input::Input, shared::day::day};

/// Most options of one record that are kept.
const OPTIONS_MAX: usize = 50;

/// Whether it is a decision record: Markdown in a folder of decisions, or numbered with a status in it.
pub(crate) fn is_decision(input: &Input<'_>) -> bool {
    let name = input.name().to_ascii_lowercase();
    let file_name = input.file_name();
    if !file_name.ends_with(".md")
        || ["readme.md", "index.md", "template.md"].contains(&file_name.as_str())
    {
        return false;
    }
    let is_placed = name.split('/').rev().skip(1).any(|it| {
        matches!(it, "adr" | "adrs" | "decisions" | "decision-records" | "architecture-decisions")
    });
    let is_numbered = file_name.get(..4).is_some_and(|it| it.bytes().all(|it| it.is_ascii_digit()))
        || file_name.starts_with("adr-");
    (is_placed || is_numbered) && status(input).is_some()
}

/// Reads all decision records.
pub(crate) fn read(inputs: &[Input<'_>], import: &mut Import) {
    for input in inputs {
        let (title, at) = title(input);
        let span = |it: &str, start: usize| Span {
            file: input.id(),
            start: start as u32,
            end: (start + it.len()) as u32,
        };
        let status = status(input);
        let record = DecisionRecord {
            node: GraphNode {
                id: format!("decision:{}", number(input)),
                name: title.to_owned(),
                origin: Origin::declared(span(title, at)),
            },
            status: status.map_or(Known::Unknown, |(text, start)| {
                Known::Is(word(text), Origin::declared(span(text, start)))
            }),
            decides: decides(input),
            chosen: chosen(input, title, at).map_or(Known::Unknown, |(text, start)| {
                Known::Is(technology(text), Origin::declared(span(text, start)))
            }),
            options: options(input),
            review_by_day: review_by(input).map_or(Known::Unknown, |(day, text, start)| {
                Known::Is(day, Origin::declared(span(text, start)))
            }),
        };
        import.graph.manifests.push(Manifest {
            node: GraphNode::observed("manifest", input.name(), input.start()),
            kind: ManifestKind::Decision,
            facts: Vec::new(),
        });
        if import.graph.decisions.iter().all(|it| it.node.id != record.node.id) {
            import.graph.decisions.push(record);
        }
    }
}

/// Lines with the byte at which each begins.
fn lines<'t>(input: &Input<'t>) -> impl Iterator<Item = (&'t str, usize)> {
    let mut at = 0;
    input.text().split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (line.trim_end(), start)
    })
}

/// `0007` of `docs/adr/0007-primary-store.md`, else the name without its ending.
fn number(input: &Input<'_>) -> String {
    let name = input.file_name();
    let stem = name.trim_end_matches(".md");
    let digits: String =
        stem.trim_start_matches("adr-").chars().take_while(char::is_ascii_digit).collect();
    if digits.is_empty() { stem.to_owned() } else { digits }
}

fn title<'t>(input: &Input<'t>) -> (&'t str, usize) {
    let found = lines(input).find_map(|(line, at)| {
        let text = line.strip_prefix("# ")?;
        // `1. Record decisions` and `ADR-7: …` number themselves.
        let rest = text.trim_start_matches("ADR").trim_start_matches(['-', ' ', '#']);
        let rest = rest
            .trim_start_matches(|it: char| it.is_ascii_digit())
            .trim_start_matches(['.', ':', ' ', '-']);
        Some((rest, at + line.len() - rest.len()))
    });
    found.unwrap_or(("", 0))
}

/// `status:` of the front matter, the line behind `## Status`, or `* Status: …`.
fn status<'t>(input: &Input<'t>) -> Option<(&'t str, usize)> {
    let mut is_next = false;
    for (line, at) in lines(input).take(80) {
        let text = line.trim_start_matches(['*', '-', ' ', '|']);
        let lower = text.to_ascii_lowercase();
        if is_next && !text.is_empty() {
            return Some((text, at + line.len() - text.len()));
        }
        if let Some(value) =
            lower.strip_prefix("status:").or_else(|| lower.strip_prefix("status**:"))
        {
            let length = value.trim_start().len();
            return text
                .get(text.len() - length..)
                .filter(|it| !it.is_empty())
                .map(|it| (it, at + line.len() - length));
        }
        is_next =
            is_next || (line.starts_with('#') && lower.trim_start_matches(['#', ' ']) == "status");
    }
    None
}

/// The list under `## Considered Options`, the chosen one among them, lower case.
fn options(input: &Input<'_>) -> Vec<String> {
    const HEADINGS: &[&str] = &[
        "considered options",
        "options considered",
        "options",
        "alternatives",
        "considered alternatives",
        "alternatives considered",
    ];
    let mut is_inside = false;
    let mut found = Vec::new();
    for (line, _) in lines(input) {
        if line.starts_with('#') {
            let heading = line.trim_start_matches(['#', ' ']).trim().to_lowercase();
            is_inside = HEADINGS.contains(&heading.as_str());
        } else if let Some(item) = line.trim_start().strip_prefix(['*', '-', '+'])
            && is_inside
            && found.len() < OPTIONS_MAX
        {
            found.push(technology(item.trim()));
        }
    }
    found
}

/// `decision: D-02` below `architrave:` in the front matter of a record that was written from a decision table.
fn decides(input: &Input<'_>) -> Option<String> {
    let mut front = lines(input).take(80).map(|it| it.0).skip(1).take_while(|it| *it != "---");
    front.find(|it| it.trim_end() == "architrave:")?;
    front.find_map(|it| Some(it.trim().strip_prefix("decision:")?.trim().to_owned()))
}

/// `review_by: 2027-05-20` of the front matter, as days since 1970.
fn review_by<'t>(input: &Input<'t>) -> Option<(i32, &'t str, usize)> {
    const KEYS: &[&str] = &["review_by", "review-by", "review by", "revisit", "expires"];
    lines(input).take(80).find_map(|(line, at)| {
        let (key, value) = line.split_once(':')?;
        let key = key.trim_matches(['*', '-', ' ']).to_ascii_lowercase();
        let value = value.trim().trim_matches(['"', '\'']);
        let start = at + line.rfind(value)?;
        KEYS.contains(&key.as_str()).then_some(())?;
        Some((day(value)?, value, start))
    })
}

/// `accepted`, `superseded`, … as one lower-case word.
fn word(status: &str) -> String {
    let lower = status.to_ascii_lowercase();
    let known =
        ["superseded", "supersedes", "deprecated", "rejected", "proposed", "accepted", "draft"];
    let found = known.iter().filter_map(|it| Some((lower.find(it)?, *it))).min();
    found.map_or_else(
        || lower.trim_matches(['"', '\'', '*', '_', '.']).to_owned(),
        |it| it.1.to_owned(),
    )
}

/// `Chosen option: "PostgreSQL", because …`, `We will use PostgreSQL`, or a title `Use PostgreSQL for …`.
fn chosen<'t>(input: &Input<'t>, title: &'t str, title_at: usize) -> Option<(&'t str, usize)> {
    const PHRASES: &[&str] = &[
        "chosen option: ",
        "we will use ",
        "we have decided to use ",
        "we use ",
        "we decided to use ",
        "decided on ",
    ];
    for (line, at) in lines(input) {
        let lower = line.to_ascii_lowercase();
        // Lowering some letters changes their length; then places would be wrong.
        if lower.len() != line.len() {
            continue;
        }
        let found = PHRASES.iter().find_map(|it| Some(lower.find(it)? + it.len()));
        if let Some(rest) = found.and_then(|it| line.get(it..)).filter(|it| !it.is_empty()) {
            return Some((rest, at + line.len() - rest.len()));
        }
    }
    let rest = ["Use ", "Adopt ", "Choose "].iter().find_map(|it| title.strip_prefix(it))?;
    Some((rest, title_at + title.len() - rest.len()))
}

/// The first words up to where the reason begins, lower case: `postgresql` of `"PostgreSQL", because …`.
fn technology(text: &str) -> String {
    let text = text.trim_start_matches(['"', '*', '`', '[', '\'']);
    let ends = [
        "\"", "**", "`", "]", ", ", " because", " for ", " as ", " (", ". ", " to ", " with ", ";",
        "'", " instead", " in ",
    ];
    let end = ends.iter().filter_map(|it| text.find(it)).min().unwrap_or(text.len());
    let name = text.get(..end).unwrap_or(text).trim().trim_end_matches('.').to_lowercase();
    for article in ["the ", "a ", "an "] {
        if let Some(rest) = name.strip_prefix(article) {
            return rest.to_owned();
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use architrave_model::SourceFile;

    #[track_caller]
    fn check(name: &str, text: &str, expected: Option<(&str, &str, Option<&str>)>) {
        let files = [SourceFile { name: name.into(), text: text.into() }];
        let graph = crate::read(&files, 0).graph;
        let found = graph.decisions.first().map(|it| {
            (
                it.node.id.as_str(),
                it.status.value().map_or("", |it| it),
                it.chosen.value().map(String::as_str),
            )
        });
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn days_are_counted_from_1970() {
        for (text, expected) in [
            ("1970-01-01", Some(0)),
            ("2000-03-01", Some(11_017)),
            ("2026-07-01", Some(20_635)),
            ("2027-13-01", None),
            ("soon", None),
        ] {
            assert_eq!(super::day(text), expected, "{text}");
        }
    }

    #[test]
    fn records_of_all_schools_are_read() {
        check(
            "docs/adr/0007-primary-store.md",
            "---\nstatus: \"accepted\"\ndate: 2026-01-01\n---\n# Use SQLite as the store\n\n## Decision Outcome\n\n\
             Chosen option: \"PostgreSQL\", because it is known.\n",
            Some(("decision:0007", "accepted", Some("postgresql"))),
        );
        check(
            "doc/adr/0002-broker.md",
            "# 2. Use RabbitMQ for messages\n\nDate: 2024-02-02\n\n## Status\n\nSuperseded by [9](0009.md)\n\n## Context\n",
            Some(("decision:0002", "superseded", Some("rabbitmq"))),
        );
        check(
            "adr-12.md",
            "# ADR-12: Messaging\n\n* Status: proposed\n\nWe will use the NATS server (JetStream).\n",
            Some(("decision:12", "proposed", Some("nats server"))),
        );
        check("docs/adr/README.md", "## Status\n\nx\n", None);
        check("docs/notes.md", "# Notes\n\nstatus: good\n", None);
        check("docs/adr/1.md", "ſtatus: \u{130}\n# \u{130}\nstatus:\n", None);
    }
}
