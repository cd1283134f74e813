//! The list of what was generated, as `sha256sum --check` reads it.

use std::{collections::BTreeMap, fmt::Write as _};

use aws_lc_rs::digest;

use super::Files;

/// Its name in the folder.
pub const MANIFEST_NAME: &str = ".architrave-manifest";

/// What was generated: path and SHA-256 in lower-case hex.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Manifest(pub(super) BTreeMap<String, String>);

impl Manifest {
    /// What a set says of itself.
    pub(super) fn of(files: &Files) -> Self {
        Self(files.iter().map(|(path, bytes)| (path.clone(), hash(bytes))).collect())
    }

    /// Lines that are not ours are left out: what they named is then taken for a person's, which is the safe reading.
    pub(super) fn parse(text: &str) -> Self {
        let entry = |line: &str| {
            let (hash, path) = line.split_once("  ")?;
            let is_hash = hash.len() == 64 && hash.bytes().all(|it| it.is_ascii_hexdigit());
            (is_hash && is_plain(path)).then(|| (path.to_owned(), hash.to_ascii_lowercase()))
        };
        Self(text.lines().filter_map(entry).collect())
    }

    /// One line a file, sorted by path.
    pub(super) fn render(&self) -> String {
        let mut text = String::new();
        for (path, hash) in &self.0 {
            let _infallible = writeln!(text, "{hash}  {path}");
        }
        text
    }
}

/// SHA-256 in lower-case hex.
pub(super) fn hash(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in digest::digest(&digest::SHA256, bytes).as_ref() {
        let _infallible = write!(text, "{byte:02x}");
    }
    text
}

/// Whether a path stays below the folder and means the same everywhere.
pub(super) fn is_plain(path: &str) -> bool {
    let is_part =
        |it: &str| !it.is_empty() && it != "." && it != ".." && !it.contains(['\\', '\0', '\n']);
    path.split('/').all(is_part) && path != MANIFEST_NAME
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_reads_what_it_wrote_and_nothing_else() {
        let files = Files::from([
            ("a b.md".to_owned(), b"one".to_vec()),
            ("data/erd.md".to_owned(), Vec::new()),
        ]);
        let manifest = Manifest::of(&files);
        let text = manifest.render();
        assert!(text.ends_with(
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  data/erd.md\n"
        ));
        assert_eq!(Manifest::parse(&text), manifest);
        let hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        for wrong in ["nonsense", "abc  a.md", &format!("{hash}  ../a.md"), &format!("{hash}  /a")]
        {
            assert_eq!(Manifest::parse(wrong), Manifest::default(), "{wrong}");
        }
    }
}
