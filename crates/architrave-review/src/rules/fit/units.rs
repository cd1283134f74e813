//! Units: what is made here and deployed on its own.

use std::collections::{BTreeMap, BTreeSet};

use architrave_model::graph::{Graph, Image, Node, Service, ServiceKind};

/// Most units that are looked at; what has more is beyond any threshold of a rule.
const UNITS_MAX: usize = 500;

/// Publishers of products that others run. Who publishes a system's own images is found by counting, and a host full
/// of products must not be taken for a system.
const PUBLISHERS: &[&str] = &[
    "docker.io/library",
    "docker.io/bitnami",
    "docker.io/linuxserver",
    "lscr.io/linuxserver",
    "ghcr.io/linuxserver",
    "docker.io/grafana",
    "docker.io/prom",
    "quay.io/prometheus",
    "registry.k8s.io",
];

/// Services of one image: however many of them run, they are built, tested and released together.
#[derive(Debug, Clone)]
pub(super) struct Unit<'g> {
    /// The first of its services.
    pub(super) node: &'g Node,
    /// Ids of all of them.
    pub(super) ids: BTreeSet<&'g str>,
    /// None for a system of ours.
    pub(super) image: Option<&'g Image>,
}

/// Everything that is made here and answers requests or takes work, in order of reading. Pages, gateways, jobs that run
/// once and products of others do not count: nobody chose to cut them from the rest.
pub(super) fn units(graph: &Graph) -> Vec<Unit<'_>> {
    let candidates: Vec<(&Service, Option<&Image>)> = graph
        .services
        .iter()
        .filter(|it| is_cut(it))
        .map(|it| (it, image_of(graph, it)))
        .filter(|(_, image)| {
            graph.is_closed || image.is_some_and(|it| it.product.value().is_none())
        })
        .collect();
    let is_built = |it: &Image| it.is_own.value() == Some(&true);
    let images = || candidates.iter().filter_map(|it| it.1);
    let publisher = if images().any(is_built) { None } else { publisher(images()) };
    let is_mine = |image: Option<&Image>| {
        image.is_none_or(|it| is_built(it) || publisher.is_some() && published_by(it) == publisher)
    };
    let mut units: Vec<Unit<'_>> = Vec::new();
    for (service, image) in candidates.into_iter().filter(|it| is_mine(it.1)) {
        let has_room = units.len() < UNITS_MAX;
        let is_same = |it: &Image| image.is_some_and(|mine| mine.repository == it.repository);
        match units.iter_mut().find(|it| it.image.is_some_and(is_same)) {
            Some(unit) => {
                unit.ids.insert(&service.node.id);
            }
            None if has_room => units.push(Unit {
                node: &service.node,
                ids: BTreeSet::from([service.node.id.as_str()]),
                image,
            }),
            None => {}
        }
    }
    units
}

/// Names of units.
pub(super) fn names<'g>(units: &[Unit<'g>]) -> Vec<&'g str> {
    units.iter().map(|it| it.node.name.as_str()).collect()
}

/// The unit of each service.
pub(super) fn by_service<'g>(units: &[Unit<'g>]) -> BTreeMap<&'g str, usize> {
    let all = units.iter().enumerate();
    all.flat_map(|(position, it)| it.ids.iter().map(move |id| (*id, position))).collect()
}

fn is_cut(service: &Service) -> bool {
    use ServiceKind::{Frontend, Gateway, Job, Monitoring};
    !matches!(service.kind.value(), Some(Frontend | Gateway | Job | Monitoring))
}

fn image_of<'g>(graph: &'g Graph, service: &Service) -> Option<&'g Image> {
    let id = service.image.as_ref()?;
    graph.images.iter().find(|it| it.node.id == *id)
}

fn published_by(image: &Image) -> Option<&str> {
    image.repository.rsplit_once('/').map(|it| it.0).filter(|it| !PUBLISHERS.contains(it))
}

/// Who publishes most of the images; of equals the first.
fn publisher<'g>(images: impl Iterator<Item = &'g Image>) -> Option<&'g str> {
    let mut counts: Vec<(&str, BTreeSet<&str>)> = Vec::new();
    for image in images {
        let Some(name) = published_by(image) else { continue };
        match counts.iter_mut().find(|it| it.0 == name) {
            Some(it) => {
                it.1.insert(&image.repository);
            }
            None => counts.push((name, BTreeSet::from([image.repository.as_str()]))),
        }
    }
    // The last of equals wins, hence from behind.
    counts.iter().rev().max_by_key(|it| it.1.len()).map(|it| it.0)
}
