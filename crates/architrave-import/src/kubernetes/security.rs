//! What a pod can do to its node.

use architrave_model::graph::{Known, Origin};

use crate::{shared::limits, yaml::Node};

/// Whether its process runs as root, where the specification decides; else the image does.
pub(super) fn runs_as_root(pod: Node<'_>, container: Node<'_>) -> Known<bool> {
    let contexts = [container.get("securityContext"), pod.path(&["spec", "securityContext"])];
    for context in contexts.into_iter().flatten() {
        if let Some(user) = context.get("runAsUser") {
            return user
                .as_u64()
                .map_or(Known::Unknown, |it| Known::observed(it == 0, user.span()));
        }
        if let Some(node) = context.get("runAsNonRoot").filter(|it| it.as_bool() == Some(true)) {
            return Known::observed(false, node.span());
        }
    }
    Known::Unknown
}

/// Writable unless said otherwise.
pub(super) fn has_read_only_root(container: Node<'_>) -> Known<bool> {
    let name = container.get("name").map_or(container.span(), Node::span);
    match container.path(&["securityContext", "readOnlyRootFilesystem"]) {
        Some(node) => node.as_bool().map_or(Known::Unknown, |it| Known::observed(it, node.span())),
        None => Known::observed(false, name),
    }
}

/// Powers over the node, of all containers.
pub(super) fn host_powers(pod: Node<'_>) -> Vec<(String, Origin)> {
    let mut powers: Vec<(String, Origin)> = Vec::new();
    let mut add = |power: String, node: Node<'_>| {
        if powers.len() < limits::PARTS_MAX && powers.iter().all(|it| it.0 != power) {
            powers.push((power, Origin::observed(node.span())));
        }
    };
    for (key, power) in
        [("hostNetwork", "host network"), ("hostPID", "host processes"), ("hostIPC", "host memory")]
    {
        if let Some(node) = pod.path(&["spec", key]).filter(|it| it.as_bool() == Some(true)) {
            add(power.to_owned(), node);
        }
    }
    let containers =
        ["containers", "initContainers"].iter().filter_map(|it| pod.path(&["spec", it]));
    for context in containers.flat_map(Node::items).filter_map(|it| it.get("securityContext")) {
        for (key, power) in
            [("privileged", "privileged"), ("allowPrivilegeEscalation", "privilege escalation")]
        {
            if let Some(node) = context.get(key).filter(|it| it.as_bool() == Some(true)) {
                add(power.to_owned(), node);
            }
        }
        for node in context.path(&["capabilities", "add"]).into_iter().flat_map(Node::items) {
            let name = node.as_text().unwrap_or("").trim_start_matches("CAP_").to_ascii_uppercase();
            // Listening on ports below 1024 gives no power over a node.
            if name != "NET_BIND_SERVICE" {
                add(format!("capability {name}"), node);
            }
        }
    }
    for volume in pod.path(&["spec", "volumes"]).into_iter().flat_map(Node::items) {
        let Some(path) = volume.path(&["hostPath", "path"]) else { continue };
        let text = path.as_text().unwrap_or("");
        let is_socket = text.ends_with("docker.sock") || text.ends_with("containerd.sock");
        add(if is_socket { "docker socket".to_owned() } else { format!("host path {text}") }, path);
    }
    powers
}
