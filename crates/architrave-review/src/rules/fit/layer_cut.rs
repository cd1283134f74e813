//! FIT-12: services or contexts cut by technical layer.

use std::collections::BTreeSet;

use architrave_model::graph::{Graph, Node};

use super::units::units;
use crate::measure::words::list;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "FIT-12",
    name: "layer-cut",
    family: Family::Fit,
    title: "cut by technical layer, so that every feature crosses all of them",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Blueprint, Input::Compose, Input::Kubernetes],
    sources: &[
        Source {
            title: "Code smells of microservices: wrong cuts (Walker, Das, Cerny)",
            url: "https://doi.org/10.3390/app10217800",
        },
        Source {
            title: "Identify microservice boundaries (Microsoft)",
            url: "https://learn.microsoft.com/en-us/azure/architecture/microservices/model/microservice-boundaries",
        },
    ],
    maps: &[],
    reads_names: true,
    page: include_str!("layer_cut.md"),
    judge,
};

/// Words that name a layer and nothing else. A name is a layer's where all of its words are of one layer or fill in.
const LAYERS: &[(&str, &[&str])] = &[
    ("presentation", &["presentation", "controller", "controllers", "views"]),
    ("logic", &["business", "logic", "businesslogic", "bll"]),
    ("data", &["data", "persistence", "dal", "dao", "dataaccess", "repository", "repositories"]),
];
const FILLERS: &[&str] =
    &["service", "svc", "layer", "tier", "api", "server", "backend", "access", "app"];

fn judge(graph: &Graph, say: &mut Verdicts) {
    let parts: Vec<&Node> = if graph.modules.is_empty() {
        units(graph).iter().map(|it| it.node).collect()
    } else {
        graph.modules.iter().map(|it| &it.node).collect()
    };
    if parts.len() < 2 {
        return;
    }
    let names: Vec<Vec<String>> = parts.iter().map(|it| words(&it.name)).collect();
    // The system's own name before each (`shop-business`, `shop-data`) says nothing.
    let common = |word: &String| names.iter().all(|it| it.contains(word));
    let found: Vec<(&Node, &str)> = parts
        .iter()
        .zip(&names)
        .filter_map(|(node, words)| {
            let own: Vec<&String> = words.iter().filter(|it| !common(it)).collect();
            Some((*node, layer(&own)?))
        })
        .collect();
    let layers: BTreeSet<&str> = found.iter().map(|it| it.1).collect();
    let Some(((first, _), others)) = found.split_first().filter(|_| layers.len() >= 2) else {
        return say.pass(&graph.system);
    };
    let cut: Vec<&str> = found.iter().map(|it| it.0.name.as_str()).collect();
    let mut failure = say
        .fail(&graph.system, format!("{} are layers, not parts of the domain", list(&cut)))
        .at(first.origin.span, "a layer")
        .help("cut along what the business talks about (orders, stock, invoices) and keep the layers inside of each; begin with the feature that changes most often")
        .because("a new field goes through each layer, so that each is changed and released for it");
    for (node, _) in others {
        failure = failure.also(node.origin.span, "and another");
    }
}

fn layer(words: &[&String]) -> Option<&'static str> {
    let named = |list: &[&str]| words.iter().any(|it| list.contains(&it.as_str()));
    let (name, of_layer) = LAYERS.iter().find(|it| named(it.1))?;
    let is_of = |it: &&&String| of_layer.contains(&it.as_str()) || FILLERS.contains(&it.as_str());
    words.iter().all(|it| is_of(&it)).then_some(*name)
}

/// `business-logic`, `business_logic` and `businessLogic` are two words each.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in name.chars() {
        let is_break = !letter.is_alphanumeric() || letter.is_uppercase();
        if is_break && words.last().is_some_and(|it| !it.is_empty()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|it| !it.is_empty());
    words
}
