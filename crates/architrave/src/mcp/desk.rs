//! What tools work on: one folder, and nothing outside of it.

use std::path::{Component, Path, PathBuf};

use architrave_engine::Fault;

use super::{asking::Pending, jobs::Jobs, tool::Refusal};

/// The folder that an agent may ask about.
#[derive(Debug)]
pub(super) struct Desk {
    root: PathBuf,
    blueprint: Option<String>,
    /// Long work that was begun in this conversation.
    pub(super) jobs: Jobs,
    /// What people were asked and have not answered.
    pub(super) pending: Pending,
}

/// Longest path that a refusal repeats, in characters.
const SHOWN_MAX: usize = 200;

impl Desk {
    /// The folder, with all symbolic links resolved.
    ///
    /// # Errors
    /// Where it is not there or no folder.
    pub(super) fn of(root: &Path) -> Result<Self, Fault> {
        let root = root.canonicalize().map_err(|error| crate::source::cannot_read(root, &error))?;
        if !root.is_dir() {
            return Err(Fault::new(
                format!("{} is no folder", root.display()),
                "name the folder of the project",
            ));
        }
        let is_there = |it: &&&str| root.join(it).is_file();
        let blueprint = ["blueprint.hcl", "architrave/blueprint.hcl"].iter().find(is_there);
        let blueprint = blueprint.map(|it| (*it).to_owned());
        Ok(Self { root, blueprint, jobs: Jobs::default(), pending: Pending::default() })
    }

    /// The blueprint that resources are of, below the root.
    pub(super) fn blueprint(&self) -> Result<&str, Refusal> {
        self.blueprint.as_deref().ok_or_else(|| {
            Refusal::new(
                "there is no blueprint.hcl in the folder that this server was started for",
                "start the server with --root for the folder that has it, or call a tool with its path",
            )
        })
    }

    /// Whether a path names the blueprint that resources are of.
    pub(super) fn is_own(&self, blueprint: &str) -> bool {
        let own = self.blueprint().and_then(|it| self.existing(it));
        let asked = self.existing(blueprint);
        own.is_ok_and(|own| asked.is_ok_and(|it| own == it || own.parent() == Some(it.as_path())))
    }

    /// A file or folder below the root that is there. Links are followed before they are judged.
    pub(super) fn existing(&self, path: &str) -> Result<PathBuf, Refusal> {
        let asked = self.root.join(path);
        let found = asked.canonicalize().map_err(|_| {
            Refusal::new(format!("`{}` is not there", shown(path)), "name a path below the root")
        })?;
        if found.starts_with(&self.root) { Ok(found) } else { Err(outside(path)) }
    }

    /// A path below the root to write to, which may not be there yet; its nearest folder that is there must be
    /// below the root too.
    pub(super) fn writable(&self, path: &str) -> Result<PathBuf, Refusal> {
        let is_plain = |it: Component<'_>| matches!(it, Component::Normal(_) | Component::CurDir);
        if !Path::new(path).components().all(is_plain) {
            return Err(outside(path));
        }
        let asked = self.root.join(path);
        let near = asked.ancestors().find_map(|it| it.canonicalize().ok());
        match near {
            Some(near) if near.starts_with(&self.root) => Ok(asked),
            _ => Err(outside(path)),
        }
    }

    /// How a path is shown: below the root.
    pub(super) fn shown(&self, path: &Path) -> String {
        let below = path.strip_prefix(&self.root).unwrap_or(path);
        if below.as_os_str().is_empty() { ".".to_owned() } else { below.display().to_string() }
    }
}

fn shown(path: &str) -> String {
    let shown: String = path.chars().take(SHOWN_MAX).collect();
    if shown.len() < path.len() { format!("{shown}…") } else { shown }
}

fn outside(path: &str) -> Refusal {
    Refusal::new(
        format!("`{}` is outside of the folder that this server was started for", shown(path)),
        "name a path below it; start the server with --root for another folder",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_of_the_root_can_be_named() {
        let outer = tempfile::tempdir().unwrap();
        let root = outer.path().join("project");
        std::fs::create_dir(&root).unwrap();
        std::fs::write(root.join("blueprint.hcl"), "").unwrap();
        std::fs::write(outer.path().join("secret"), "").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(outer.path(), root.join("link")).unwrap();
        let desk = Desk::of(&root).unwrap();
        assert!(desk.existing("blueprint.hcl").is_ok());
        assert!(desk.existing(".").is_ok());
        for path in ["../secret", "link/secret", "/etc/passwd", "nothing", "link"] {
            assert!(desk.existing(path).is_err(), "{path}");
        }
        assert!(desk.writable("docs/new/file.md").is_ok());
        for path in ["../new", "link/new", "/tmp/new", "docs/../../new"] {
            assert!(desk.writable(path).is_err(), "{path}");
        }
    }
}
