//! Which product a service is: by its image, or by what its image is built on.

use std::collections::BTreeMap;

use architrave_model::graph::Graph;

use super::{interpolate::interpolate, layers::Source};
use crate::{
    dockerfile,
    shared::{
        catalogue::{self, Product, Role},
        image::Reference,
        path,
    },
    yaml::Node,
};

/// The products of all services that are one, by the name of the service.
pub(super) fn products<'a>(
    services: &[Source<'a>],
    values: &BTreeMap<String, String>,
    graph: &Graph,
) -> BTreeMap<&'a str, &'static Product> {
    services.iter().filter_map(|it| Some((it.name, product(it, values, graph)?))).collect()
}

fn product(
    source: &Source<'_>,
    values: &BTreeMap<String, String>,
    graph: &Graph,
) -> Option<&'static Product> {
    let of_image =
        |text: &str| catalogue::product(&Reference::of(&interpolate(text, values)).repository());
    let product = source.text(&["image"]).and_then(of_image).or_else(|| {
        // An image of one's own is a database all the same if it is built on one.
        let base = source.last(&["build", "args"])?;
        let listed = base.items().filter_map(|it| it.as_text()?.split_once('=').map(|it| it.1));
        let mapped = base.named().filter_map(|it| it.1.as_text());
        listed.chain(mapped).find_map(|it| store_of(of_image(it)))
    });
    let product = product.or_else(|| {
        let recipe = dockerfile::find(graph, &recipe(source)?)?;
        store_of(of_image(dockerfile::fact(recipe, "base")?.0))
    })?;
    let words: Vec<&str> =
        ["entrypoint", "command"].iter().flat_map(|it| source.words(it)).map(|it| it.0).collect();
    // The image of a store, but only for the client in it.
    let runs_client = matches!(product.role, Role::Store(_)) && catalogue::is_client(&words);
    (!runs_client).then_some(product)
}

/// What is built on a proxy is often a site of its own; what is built on a store is that store.
fn store_of(product: Option<&'static Product>) -> Option<&'static Product> {
    product.filter(|it| matches!(it.role, Role::Store(_)))
}

/// Path of the Dockerfile that a service is built with.
pub(super) fn recipe(source: &Source<'_>) -> Option<String> {
    let layer = source.layers.iter().rev().find(|it| it.node.get("build").is_some())?;
    let build = layer.node.get("build")?;
    let context = build.as_text().or_else(|| build.get("context")?.as_text()).unwrap_or(".");
    let file = build.get("dockerfile").and_then(Node::as_text).unwrap_or("Dockerfile");
    Some(path::joined(&path::joined(layer.folder, context), file))
}
