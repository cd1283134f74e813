//! OPS-08: an image whose name means another thing tomorrow.

use crate::{Family, Input, Rule, Source, Verdicts};
use architrave_model::graph::{Graph, Image, Known, Pipeline};

pub(super) const RULE: Rule = Rule {
    id: "OPS-08",
    name: "mutable-tag",
    family: Family::Operability,
    title: "tomorrow the same name is another image",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Compose, Input::Kubernetes, Input::Repository],
    sources: &[
        Source {
            title: "latest-tag (kube-linter)",
            url: "https://docs.kubelinter.io/#/generated/checks?id=latest-tag",
        },
        Source {
            title: "Container images: image pull policy (Kubernetes)",
            url: "https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy",
        },
    ],
    maps: &[("CWE", "1357")],
    reads_names: false,
    page: include_str!("mutable_tag.md"),
    judge,
};

/// Tags that are moved to every new build.
const MOVING: [&str; 14] = [
    "latest", "edge", "nightly", "main", "master", "develop", "dev", "head", "canary", "unstable",
    "rolling", "stable", "current", "staging",
];

fn judge(graph: &Graph, say: &mut Verdicts) {
    for image in graph.images.iter().filter(|it| it.is_own.value() != Some(&true)) {
        judge_one(image, say);
    }
    for pipeline in &graph.pipelines {
        judge_shipped(pipeline, say);
    }
}

/// An image that is shipped under a name that moves is fine where the same image has another one.
fn judge_shipped(pipeline: &Pipeline, say: &mut Verdicts) {
    if pipeline.ships.is_empty() {
        return;
    }
    let repository = |it: &str| split(it).0.to_owned();
    let is_named = |name: &str| {
        pipeline.ships.iter().any(|it| repository(&it.0) == name && !moves(split(&it.0).1))
    };
    let loose =
        pipeline.ships.iter().find(|it| moves(split(&it.0).1) && !is_named(&repository(&it.0)));
    let Some((image, origin)) = loose else { return say.pass(&pipeline.node) };
    say.fail(&pipeline.node, format!("`{image}` is shipped, under a name that the next one takes"))
        .at(origin.span, "no name stays with this build")
        .help("tag it with the version or the commit as well, and deploy by that: `docker push registry.example.com/app:$GITHUB_SHA`")
        .because("nobody can say which build runs, and there is no name to go back to");
}

fn moves(tag: &str) -> bool {
    tag.is_empty() || MOVING.contains(&tag.to_ascii_lowercase().as_str())
}

/// Repository and tag; a colon before a slash is of a port. Digests and what only the run knows count as tags.
fn split(image: &str) -> (&str, &str) {
    if image.contains(['$', '@']) {
        return (image.split([':', '@']).next().unwrap_or(image), image);
    }
    match image.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, tag),
        _ => (image, ""),
    }
}

fn judge_one(image: &Image, say: &mut Verdicts) {
    if image.digest.value().is_some() || image.repository == "scratch" {
        return say.pass(&image.node);
    }
    let name = &image.node.name;
    let title = match &image.tag {
        Known::Unknown => return say.cannot_tell(&image.node, format!("the tag of `{name}`")),
        Known::Absent(_) => format!("`{name}` has no tag: it is whatever is newest"),
        Known::Is(tag, _) if tag.contains('$') => {
            return say.cannot_tell(&image.node, format!("the tag of `{name}`"));
        }
        Known::Is(tag, _) if MOVING.contains(&tag.to_ascii_lowercase().as_str()) => {
            format!("`{tag}` of `{}` is another image tomorrow", image.repository)
        }
        Known::Is(..) => return say.pass(&image.node),
    };
    say.fail(&image.node, title)
        .help("name a version, best with its digest: `image: postgres:16.4@sha256:…`")
        .because("two machines that pull at different times run different programs, and there is no name to go back to");
}
