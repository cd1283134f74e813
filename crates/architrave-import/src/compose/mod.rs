//! Compose files: services and stores, who reaches them, whom they talk to.
//!
//! One folder is one project, as Docker sees it: the main file with its override, then every other file of the
//! folder. A file named for production is laid over the main one; of others only services that the main file
//! does not have are taken, and a finding says so.

mod interpolate;
mod layers;
mod ports;
mod product;
mod project;
mod service;
mod settings;
mod store;
mod volumes;

use crate::{Import, input::Input};

/// Whether it is a compose file, or a file of settings that compose files refer to.
pub(crate) fn recognises(input: &Input<'_>) -> bool {
    is_settings(input) || is_compose(input)
}

fn is_settings(input: &Input<'_>) -> bool {
    let name = input.file_name();
    name == ".env" || name.starts_with(".env.") || name.ends_with(".env")
}

fn is_compose(input: &Input<'_>) -> bool {
    let name = input.file_name();
    let Some(stem) = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml")) else {
        return false;
    };
    let is_named = stem == "compose"
        || ["docker-compose", "compose.", "compose-"].iter().any(|it| stem.starts_with(it))
        || [".compose", "-compose"].iter().any(|it| stem.ends_with(it));
    is_named || has_services(input)
}

/// A `services` with an image or a build in it, and none of the words of other formats.
fn has_services(input: &Input<'_>) -> bool {
    let text = input.text();
    if !text.contains("services:") || !(text.contains("image:") || text.contains("build:")) {
        return false;
    }
    let Some(root) = input.tree().root() else { return false };
    let is_other = ["apiVersion", "openapi", "swagger", "asyncapi", "stages", "jobs", "on"];
    let services = root.get("services");
    !is_other.iter().any(|it| root.get(it).is_some())
        && services.is_some_and(|it| {
            it.named().any(|(_, service)| {
                service.get("image").is_some() || service.get("build").is_some()
            })
        })
}

/// Reads all projects.
pub(crate) fn read(inputs: &[Input<'_>], import: &mut Import) {
    for input in inputs {
        if is_settings(input) {
            settings::leaks(input, import);
        }
        import.findings.extend(input.tree().findings.iter().cloned());
    }
    for project in project::projects(inputs, &import.graph, &mut import.findings) {
        service::read(&project, import);
    }
}
