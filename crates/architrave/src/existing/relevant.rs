//! Which files tell something about a system, by their names alone.

use std::path::Path;

/// Folders with what others wrote, what was generated, and what version control keeps.
const FOREIGN_FOLDERS: &[&str] = &[
    ".git",
    ".hg",
    ".svn",
    "node_modules",
    "bower_components",
    "target",
    "vendor",
    ".venv",
    "venv",
    "__pycache__",
    "site-packages",
    ".terraform",
    ".next",
    ".cache",
    ".gradle",
    ".idea",
];

/// Endings of files that importers read.
const ENDINGS: &[&str] =
    &["yml", "yaml", "json", "sql", "ddl", "dockerfile", "containerfile", "env"];

/// Beginnings of the names of files without such an ending: `Dockerfile.web`, `.env.production`.
const BEGINNINGS: &[&str] = &["dockerfile", "containerfile", ".env"];

/// Generated lists of packages: large, and nothing that an importer reads.
const LOCK_FILES: &[&str] = &[
    "package-lock.json",
    "pnpm-lock.yaml",
    "npm-shrinkwrap.json",
    "composer.lock",
    "tsconfig.json",
];

/// Folders whose Markdown files are decision records.
const DECISION_FOLDERS: &[&str] = &["adr", "adrs", "decisions"];

/// Whether a folder of this name is not part of the system itself.
pub(super) fn is_foreign(name: &str) -> bool {
    FOREIGN_FOLDERS.contains(&name)
}

/// Whether an importer may want the file.
pub(super) fn is_relevant(path: &Path) -> bool {
    let lower = |it: &std::ffi::OsStr| it.to_string_lossy().to_lowercase();
    let name = path.file_name().map(lower).unwrap_or_default();
    if LOCK_FILES.contains(&name.as_str()) {
        return false;
    }
    let ending = path.extension().map(lower).unwrap_or_default();
    if ENDINGS.contains(&ending.as_str()) || BEGINNINGS.iter().any(|it| name.starts_with(it)) {
        return true;
    }
    let folder = path.parent().and_then(Path::file_name).map(lower).unwrap_or_default();
    ending == "md" && DECISION_FOLDERS.contains(&folder.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_decide() {
        for name in [
            "docker-compose.yml",
            "k8s/web.YAML",
            "openapi.json",
            "db/structure.sql",
            "Dockerfile",
            "Dockerfile.web",
            "web.dockerfile",
            ".env",
            ".env.production",
            "docs/adr/0001-use-postgresql.md",
        ] {
            assert!(is_relevant(Path::new(name)), "{name}");
        }
        for name in ["README.md", "main.rs", "package-lock.json", "logo.png", "sql", "docs/adr.md"]
        {
            assert!(!is_relevant(Path::new(name)), "{name}");
        }
    }
}
