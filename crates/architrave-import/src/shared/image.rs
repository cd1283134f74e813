//! References to container images.

use architrave_model::{
    Span,
    graph::{Image, Known, Node, Origin},
};

use super::catalogue;

/// What a reference such as `ghcr.io/acme/api:1.4@sha256:…` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference<'a> {
    /// Registry, if one is written.
    pub(crate) registry: Option<&'a str>,
    /// Without registry, tag and digest.
    pub(crate) path: &'a str,
    pub(crate) tag: Option<&'a str>,
    pub(crate) digest: Option<&'a str>,
}

impl<'a> Reference<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (text, None),
        };
        // The colon of a port stands before a slash, that of a tag behind the last one.
        let (rest, tag) = match rest.rsplit_once(':') {
            Some((before, tag)) if !tag.contains('/') => (before, Some(tag)),
            _ => (rest, None),
        };
        let (registry, path) = match rest.split_once('/') {
            Some((first, path)) if first.contains(['.', ':']) || first == "localhost" => {
                (Some(first), path)
            }
            _ => (None, rest),
        };
        Self { registry, path, tag, digest }
    }

    /// Registry and repository in full, e.g. `docker.io/library/postgres`.
    pub(crate) fn repository(&self) -> String {
        match self.registry {
            Some(registry) => format!("{registry}/{}", self.path),
            None if self.path.contains('/') => format!("docker.io/{}", self.path),
            None => format!("docker.io/library/{}", self.path),
        }
    }

    /// The version that the tag begins with: `16.4` of `16.4-alpine`, `1.27` of `v1.27`.
    pub(crate) fn version(&self) -> Option<&'a str> {
        let tag = self.tag?;
        let tag = tag.strip_prefix('v').unwrap_or(tag);
        // `RELEASE.2024-01-01`, `latest`, `alpine` and `pg16` say no version of the product.
        let end = tag.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(tag.len());
        tag.get(..end).map(|it| it.trim_end_matches('.')).filter(|it| !it.is_empty())
    }
}

/// The image as an element of the graph. A text with a part that only the environment knows says nothing of
/// that part.
pub(crate) fn element(text: &str, span: Span, is_own: Known<bool>) -> Image {
    let reference = Reference::of(text);
    let origin = Origin::observed(span);
    let known = |value: Option<&str>| match value {
        Some(value) if value.contains('$') => Known::Unknown,
        Some(value) => Known::Is(value.to_owned(), origin),
        None if text.contains('$') => Known::Unknown,
        None => Known::Absent(origin),
    };
    let product = catalogue::product(&reference.repository());
    let version = reference.version().filter(|it| !it.contains('$'));
    Image {
        node: Node::observed("image", text, span),
        repository: reference.repository(),
        tag: known(reference.tag),
        digest: known(reference.digest),
        product: product.map_or(Known::Unknown, |it| Known::Is(it.name.to_owned(), origin)),
        version: match version {
            Some(version) if product.is_some() => Known::Is(version.to_owned(), origin),
            _ => Known::Unknown,
        },
        is_own,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_taken_apart() {
        for (text, repository, tag, digest, version) in [
            ("postgres", "docker.io/library/postgres", None, None, None),
            (
                "postgres:16.4-alpine",
                "docker.io/library/postgres",
                Some("16.4-alpine"),
                None,
                Some("16.4"),
            ),
            ("bitnami/redis:7", "docker.io/bitnami/redis", Some("7"), None, Some("7")),
            ("localhost:5000/shop", "localhost:5000/shop", None, None, None),
            ("ghcr.io/acme/api:v2.1", "ghcr.io/acme/api", Some("v2.1"), None, Some("2.1")),
            ("nginx@sha256:ab", "docker.io/library/nginx", None, Some("sha256:ab"), None),
            ("nginx:latest", "docker.io/library/nginx", Some("latest"), None, None),
            ("", "docker.io/library/", None, None, None),
        ] {
            let it = Reference::of(text);
            assert_eq!(
                (it.repository().as_str(), it.tag, it.digest, it.version()),
                (repository, tag, digest, version),
                "{text}"
            );
        }
    }
}
