//! API-07: paths in several styles, or with the method in their name.

use std::collections::BTreeMap;

use architrave_model::graph::{Graph, Operation};

use crate::{
    Family, Input, Rule, Source, Verdicts,
    subjects::{contracts, list},
    words,
};

pub(super) const RULE: Rule = Rule {
    id: "API-07",
    name: "naming-inconsistent",
    family: Family::Api,
    title: "paths are named in several ways",
    impact: 1,
    likelihood: 1,
    reads: &[Input::Blueprint, Input::OpenApi],
    sources: &[
        Source {
            title: "Zalando RESTful API Guidelines: kebab-case for path segments, no verbs in paths",
            url: "https://opensource.zalando.com/restful-api-guidelines/#urls",
        },
        Source {
            title: "Google AIP-122: resource names are nouns in one style",
            url: "https://google.aip.dev/122",
        },
    ],
    maps: &[],
    reads_names: true,
    page: include_str!("naming_inconsistent.md"),
    judge,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Style {
    Kebab,
    Snake,
    Camel,
}

fn judge(graph: &Graph, say: &mut Verdicts) {
    for (contract, operations) in contracts(graph) {
        let verbs: Vec<(&str, &Operation)> = segments(&operations)
            .filter(|(segment, operation)| repeats_method(segment, &operation.method))
            .collect();
        let mut styles: BTreeMap<Style, Vec<(&str, &Operation)>> = BTreeMap::new();
        for (segment, operation) in segments(&operations) {
            if let Some(style) = style(segment) {
                styles.entry(style).or_default().push((segment, operation));
            }
        }
        let mut rarest = styles.values().collect::<Vec<_>>();
        rarest.sort_by_key(|it| it.len());
        let (found, title) = match (verbs.as_slice(), rarest.as_slice()) {
            ([_, ..], _) => (verbs.clone(), "say twice what the method says"),
            ([], [rare, _, ..]) => {
                ((*rare).clone(), "are written in another style than the others")
            }
            _ => {
                say.pass(&contract);
                continue;
            }
        };
        let mut names: Vec<&str> = found.iter().map(|it| it.0).collect();
        names.sort_unstable();
        names.dedup();
        let place = found.first().and_then(|it| it.1.node.origin.span);
        say.fail(&contract, format!("parts of paths {title}: {}", list(&names)))
            .at(place, "named otherwise")
            .help("name things, in the plural, in one style (`/purchase-orders/{id}`), and let the method say what is done; keep the old paths as deprecated until callers have moved")
            .because(format!("{} of {} operations", found.len(), operations.len()));
    }
}

fn segments<'o>(operations: &'o [&'o Operation]) -> impl Iterator<Item = (&'o str, &'o Operation)> {
    operations.iter().flat_map(|it| words::fixed_segments(&it.path).map(|segment| (segment, *it)))
}

/// `getUser` behind `GET`, `create_order` behind `POST`. One word alone may be a thing (`/updates`), or a command.
fn repeats_method(segment: &str, method: &str) -> bool {
    let own = words::words(segment);
    let verbs: &[&str] = match method {
        "GET" => &["get", "fetch", "list", "retrieve"],
        "POST" => &["create", "add", "insert", "post"],
        "PUT" | "PATCH" => &["update", "edit", "modify", "put", "patch"],
        "DELETE" => &["delete", "remove"],
        _ => &[],
    };
    own.len() > 1 && own.first().is_some_and(|it| verbs.contains(&it.as_str()))
}

fn style(segment: &str) -> Option<Style> {
    let is_plain = segment.chars().all(|it| it.is_ascii_alphanumeric() || it == '-' || it == '_');
    let has_hump = segment
        .chars()
        .zip(segment.chars().skip(1))
        .any(|(a, b)| a.is_ascii_lowercase() && b.is_ascii_uppercase());
    match (is_plain, segment.contains('-'), segment.contains('_'), has_hump) {
        (true, true, false, false) => Some(Style::Kebab),
        (true, false, true, false) => Some(Style::Snake),
        (true, false, false, true) => Some(Style::Camel),
        _ => None,
    }
}
