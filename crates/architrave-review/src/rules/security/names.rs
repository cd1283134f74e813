//! What the name of a file says of where it is used.

use crate::words::words;

/// Whether a file (or the id of something in it) is for a developer's machine or for tests, by its name:
/// `docker-compose.dev.yml`, `compose.override.yaml`, `.github/e2e/compose.yml`.
pub(super) fn is_for_one_machine(name: &str) -> bool {
    words(name).iter().any(|it| FOR_ONE_MACHINE.contains(&it.as_str()))
}

const FOR_ONE_MACHINE: &[&str] = &[
    "ci",
    "dev",
    "devcontainer",
    "development",
    "e2e",
    "example",
    "examples",
    "integration",
    "local",
    "override",
    "playground",
    "sample",
    "test",
    "testing",
    "tests",
];

#[cfg(test)]
mod tests {
    use super::is_for_one_machine;

    #[test]
    fn files_for_one_machine_are_told_from_others() {
        for name in ["docker-compose.dev.yml", "compose.override.yaml", "test/docker-compose.yml"] {
            assert!(is_for_one_machine(name), "{name}");
        }
        for name in
            ["docker-compose.yml", "compose.prod.yaml", "deploy/attestation.yml", "devices.yml"]
        {
            assert!(!is_for_one_machine(name), "{name}");
        }
    }
}
