//! What a service keeps and what of its host it can touch.

use architrave_model::graph::{Known, Origin};

use super::layers::Source;
use crate::{shared::limits, yaml::Node};

/// A mount: from where, to where.
pub(super) struct Mount<'a> {
    pub(super) source: &'a str,
    pub(super) target: &'a str,
    pub(super) node: Node<'a>,
}

/// All mounts of a service but those in memory.
pub(super) fn mounts<'a>(source: &Source<'a>) -> Vec<Mount<'a>> {
    source.items("volumes").filter_map(mount).collect()
}

fn mount(node: Node<'_>) -> Option<Mount<'_>> {
    if let Some(target) = node.get("target").and_then(Node::as_text) {
        let is_memory = node.get("type").and_then(Node::as_text) == Some("tmpfs");
        let source = node.get("source").and_then(Node::as_text).unwrap_or("");
        return (!is_memory).then_some(Mount { source, target, node });
    }
    let text = node.as_text()?;
    let mut parts = text.split(':');
    let (first, second) = (parts.next()?, parts.next());
    Some(match second {
        Some(target) => Mount { source: first, target, node },
        None => Mount { source: "", target: first, node },
    })
}

/// Folders of a host through which a container can take it over, or read what is not its own.
const SENSITIVE: &[&str] = &[
    "/etc",
    "/root",
    "/home",
    "/boot",
    "/dev",
    "/proc",
    "/sys",
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/var",
    "/var/lib",
    "/var/run",
    "/run",
    "/var/lib/docker",
    "/var/log",
    "/var/lib/kubelet",
    "/lib/modules",
];

/// The power that a path of the host gives, if any.
pub(crate) fn power_of_path(path: &str) -> Option<String> {
    let trimmed = path.trim_end_matches('/');
    if trimmed.ends_with("docker.sock") || trimmed.ends_with("containerd.sock") {
        return Some("docker socket".to_owned());
    }
    if path == "/" {
        return Some("host path /".to_owned());
    }
    // A clock's zone is read by half of all containers and gives nothing away.
    if matches!(trimmed, "/etc/localtime" | "/etc/timezone") {
        return None;
    }
    let is_sensitive = SENSITIVE.contains(&trimmed)
        || ["/etc/", "/proc/", "/sys/", "/dev/", "/boot/", "/root/"]
            .iter()
            .any(|it| trimmed.starts_with(it));
    is_sensitive.then(|| format!("host path {trimmed}"))
}

/// Powers over the host, each with its place.
pub(super) fn host_powers(source: &Source<'_>) -> Vec<(String, Origin)> {
    let mut powers: Vec<(String, Origin)> = Vec::new();
    let mut add = |power: String, node: Node<'_>| {
        if powers.len() < limits::PARTS_MAX && powers.iter().all(|it| it.0 != power) {
            powers.push((power, Origin::observed(node.span())));
        }
    };
    if let Some(node) = source.last(&["privileged"]).filter(|it| it.as_bool() == Some(true)) {
        add("privileged".to_owned(), node);
    }
    for node in source.items("cap_add") {
        if let Some(name) = node.as_text() {
            add(
                format!("capability {}", name.trim_start_matches("CAP_").to_ascii_uppercase()),
                node,
            );
        }
    }
    for (key, power) in [
        ("network_mode", "host network"),
        ("pid", "host processes"),
        ("ipc", "host memory"),
        ("userns_mode", "host users"),
    ] {
        if let Some(node) = source.last(&[key]).filter(|it| it.as_text() == Some("host")) {
            add(power.to_owned(), node);
        }
    }
    for node in source.items("security_opt") {
        if let Some(text) = node.as_text().filter(|it| it.contains("unconfined")) {
            add(format!("unconfined {}", text.split([':', '=']).next().unwrap_or("")), node);
        }
    }
    for mount in mounts(source) {
        if let Some(power) = power_of_path(mount.source) {
            add(power, mount.node);
        }
    }
    powers
}

/// Whether what is kept at one of these paths survives the container. Compose mounts nothing by itself.
pub(super) fn is_persistent(source: &Source<'_>, data: &[&str]) -> Known<bool> {
    if data.is_empty() {
        return Known::Unknown;
    }
    let covers = |target: &str| {
        data.iter().any(|it| {
            target.strip_prefix(it).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                || it
                    .strip_prefix(target.trim_end_matches('/'))
                    .is_some_and(|rest| rest.starts_with('/'))
        })
    };
    let found =
        mounts(source).into_iter().find(|it| covers(it.target) && !it.source.ends_with(".sql"));
    match found {
        // A path alone is a volume without a name: it goes with the container.
        Some(mount) => Known::observed(!mount.source.is_empty(), mount.node.span()),
        None => Known::observed(false, source.key.span()),
    }
}
