//! SEC-13: containers with powers over their host.

use architrave_model::graph::{Graph, Manifest, ManifestKind, Origin, Service, ServiceKind};

use crate::{Family, Input, Rule, Source, Verdicts, subjects::list};

pub(super) const RULE: Rule = Rule {
    id: "SEC-13",
    name: "container-escape-surface",
    family: Family::Security,
    title: "a container has powers over its host",
    impact: 4,
    likelihood: 3,
    reads: &[Input::Compose, Input::Kubernetes],
    sources: &[
        Source {
            title: "Docker Engine security: attack surface of the daemon",
            url: "https://docs.docker.com/engine/security/",
        },
        Source {
            title: "Kubernetes: Pod Security Standards",
            url: "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        },
        Source {
            title: "CWE-250 Execution with Unnecessary Privileges",
            url: "https://cwe.mitre.org/data/definitions/250.html",
        },
    ],
    maps: &[("CWE", "250"), ("STRIDE", "Elevation of privilege")],
    reads_names: false,
    page: include_str!("container_escape_surface.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    judge_services(graph, say);
    let files = graph.manifests.iter().filter(|it| it.kind == ManifestKind::Dockerfile);
    for file in files {
        judge_file(file, say);
    }
}

/// An image that starts something and stays root. Those that other images are made from, and those whose start
/// gives the powers away, are left alone.
fn judge_file(file: &Manifest, say: &mut Verdicts) {
    let fact = |key: &str| file.facts.iter().find(|it| it.0 == key);
    let (Some(user), Some(_)) = (fact("user"), fact("starts")) else { return };
    let is_root = matches!(user.1.split(':').next(), Some("root" | "0"));
    if !is_root || fact("drops_powers").is_some() {
        return say.pass(&file.node);
    }
    say.fail(&file.node, format!("what `{}` starts runs as root", file.node.name))
        .at(user.2.span, "nobody else is named")
        .help("make a user for it and name it before the start: `RUN useradd --system app` and `USER app`, or by number: `USER 10001`")
        .because("whoever takes over the process can change every file of it, and is root on the host where a flaw of the kernel lets it out")
        .matters(2, 2);
}

fn judge_services(graph: &Graph, say: &mut Verdicts) {
    for service in graph.services.iter().filter(|_| !graph.is_closed) {
        let powers: Vec<&(String, Origin)> = service
            .host_powers
            .iter()
            .filter(|it| !is_harmless(&it.0) && !is_its_work(service, &it.0))
            .collect();
        let Some(first) = powers.first() else {
            say.pass(&service.node);
            continue;
        };
        let names: Vec<&str> = powers.iter().map(|it| it.0.as_str()).collect();
        let mut failure = say
            .fail(&service.node, format!("`{}` has {}", service.node.name, list(&names)))
            .at(first.1.span, "reaches out of the container")
            .help(help(&first.0));
        for (name, origin) in powers.iter().skip(1) {
            failure = failure.also(origin.span, name.clone());
        }
        if names.iter().all(|it| *it == "host network") {
            // It can listen on every port of the host and reach what listens there for itself alone; no more.
            failure
                .because("whoever takes over the process is inside the host's network")
                .matters(3, 1);
            continue;
        }
        failure = failure.because("whoever takes over the process takes over the host with it");
        if service.runs_as_root.value() == Some(&true) {
            failure.because("it runs as root as well");
        }
    }
}

/// Capabilities that the kernel bounds by the container's own namespaces, single devices, and files that are
/// there to be shared, such as certificates.
fn is_harmless(power: &str) -> bool {
    if let Some(name) = power.strip_prefix("capability ") {
        return !CAPABILITIES_OUT.contains(&name);
    }
    if let Some(path) = power.strip_prefix("host path ") {
        let is_setting =
            path.starts_with("/etc/") && !SETTINGS.iter().any(|it| path.starts_with(it));
        return is_setting || path.starts_with("/dev/") || path == "/lib/modules";
    }
    false
}

/// Capabilities with which a process leaves its container (capabilities(7)).
const CAPABILITIES_OUT: &[&str] = &[
    "ALL",
    "BPF",
    "DAC_READ_SEARCH",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_MODULE",
    "SYS_PTRACE",
    "SYS_RAWIO",
];

/// Settings of the host that let whoever writes or reads them in.
const SETTINGS: &[&str] = &[
    "/etc/cron",
    "/etc/docker",
    "/etc/kubernetes",
    "/etc/pam",
    "/etc/passwd",
    "/etc/shadow",
    "/etc/ssh",
    "/etc/sudoers",
    "/etc/systemd",
];

/// What watches a host has to look at it.
fn is_its_work(service: &Service, power: &str) -> bool {
    service.kind.value() == Some(&ServiceKind::Monitoring)
        && (power.starts_with("host path")
            || power.starts_with("host network")
            || power.starts_with("host processes"))
}

fn help(power: &str) -> &'static str {
    if power.contains("socket") {
        "take the socket away, or put a proxy before it that lets only the needed calls through"
    } else if power.contains("privileged") {
        "drop `privileged`, and add the one capability or device that is needed"
    } else if power.contains("capability") {
        "drop the capability; few programs need more than `NET_BIND_SERVICE`"
    } else {
        "use a volume of its own, and the network of the containers"
    }
}
