//! Ports of a service, and who can reach them.

use architrave_model::graph::{Known, Origin, Port};

use super::{interpolate::interpolate, layers::Source, project::Project};
use crate::{
    shared::{
        catalogue::{MANAGEMENT_PORTS, Product},
        limits::PARTS_MAX,
    },
    yaml::Node,
};

/// Most ports of one range, e.g. `30000-30100:30000-30100`.
const RANGE_MAX: u16 = 64;

/// Published ports and those for inside; a port that is not published cannot be reached from outside, because
/// that is what compose says of silence.
pub(super) fn ports(
    project: &Project<'_>,
    source: &Source<'_>,
    product: Option<&Product>,
) -> Vec<Port> {
    let mut ports: Vec<Port> = Vec::new();
    let published = source.items("ports").flat_map(|it| published(project, it));
    let inside = source.items("expose").flat_map(|it| {
        let numbers = it.as_text().map(range).unwrap_or_default();
        numbers.into_iter().map(move |number| (number, false, it))
    });
    for (number, is_exposed, node) in published.chain(inside) {
        if let Some(there) = ports.iter_mut().find(|it| it.number == number) {
            if is_exposed && !is_for_development(source) {
                there.is_exposed = Known::observed(true, node.span());
            }
            continue;
        }
        // On a developer's own machine nobody else is outside.
        let found = match is_exposed && is_for_development(source) {
            true => Known::Unknown,
            false => Known::observed(is_exposed, node.span()),
        };
        if ports.len() >= PARTS_MAX {
            break;
        }
        ports.push(Port {
            number,
            origin: Origin::observed(node.span()),
            is_exposed: found,
            is_management: is_management(number, product, node),
        });
    }
    ports
}

/// Whether it starts in profiles of development and tests alone.
fn is_for_development(source: &Source<'_>) -> bool {
    const WORDS: &[&str] = &[
        "dev",
        "develop",
        "development",
        "debug",
        "local",
        "test",
        "tests",
        "testing",
        "e2e",
        "ci",
    ];
    let mut profiles = source.items("profiles").filter_map(Node::as_text).peekable();
    profiles.peek().is_some() && profiles.all(|it| WORDS.contains(&it))
}

fn is_management(number: u16, product: Option<&Product>, node: Node<'_>) -> Known<bool> {
    match product {
        Some(product) => Known::observed(product.management_ports.contains(&number), node.span()),
        None if MANAGEMENT_PORTS.contains(&number) => Known::observed(true, node.span()),
        None => Known::Unknown,
    }
}

/// Numbers inside, and whether all the world can reach them.
fn published<'a>(project: &Project<'_>, node: Node<'a>) -> Vec<(u16, bool, Node<'a>)> {
    if let Some(target) = node.get("target") {
        let is_exposed = node.get("host_ip").and_then(Node::as_text).is_none_or(is_outside);
        let numbers = target.as_text().map(range).unwrap_or_default();
        return numbers.into_iter().map(|it| (it, is_exposed, node)).collect();
    }
    let text = interpolate(node.as_text().unwrap_or(""), &project.values);
    let text = text.split('/').next().unwrap_or("");
    let (outside, inside) = text.rsplit_once(':').unwrap_or(("", text));
    let address = outside.rsplit_once(':').map_or("", |it| it.0);
    let is_exposed = address.is_empty() || is_outside(address);
    range(inside).into_iter().map(|it| (it, is_exposed, node)).collect()
}

fn is_outside(address: &str) -> bool {
    let address = address.trim_matches(['[', ']']);
    !(address.starts_with("127.") || address == "::1" || address == "localhost")
}

/// `80` or `3000-3005`.
fn range(text: &str) -> Vec<u16> {
    let text = text.split('/').next().unwrap_or("").trim();
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (first.parse::<u16>(), last.parse::<u16>()) {
        (Ok(first), Ok(last)) if first <= last => {
            (first..=last.min(first.saturating_add(RANGE_MAX - 1))).collect()
        }
        _ => Vec::new(),
    }
}
