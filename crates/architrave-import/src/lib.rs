//! Reads existing systems: the text of compose files, manifests, contracts, schemas and Dockerfiles in, the
//! graph of the system out, every fact with its file and line. What is not found is unknown.
//!
//! Pure: whoever calls it reads the files (and keeps to the given root). Start reading at [`read`].
#![warn(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this crate is pure: same input, same output"
)]

use architrave_model::{Finding, SourceFile, graph::Graph};

/// What the files of an existing system say.
#[derive(Debug, Clone, Default)]
pub struct Import {
    /// The open-world graph; spans point into the files in the order in which they were given.
    pub graph: Graph,
    /// What could not be read, with place and cause; reading goes on behind it.
    pub findings: Vec<Finding>,
    /// Files that told something, by position, and what they were taken for.
    pub recognised: Vec<(u32, &'static str)>,
}

/// A kind of file that can be read. To add one: a folder, and a line in [`IMPORTERS`].
struct Importer {
    /// As shown, e.g. `docker-compose`.
    name: &'static str,
    /// Whether this is such a file, by name and content.
    recognises: fn(&SourceFile) -> bool,
    /// Adds what all such files together say. Positions are those of the files in the whole list.
    read: fn(&[(u32, &SourceFile)], &mut Import),
}

/// In the order in which they are asked; the first that recognises a file has it.
const IMPORTERS: &[Importer] = &[];

/// Reads all files into one graph. Total: bad input becomes findings, never a panic; time and memory are
/// bounded by the size of the input.
#[must_use]
pub fn read(files: &[SourceFile], as_of_day: i32) -> Import {
    let mut import = Import::default();
    import.graph.as_of_day = as_of_day;
    for importer in IMPORTERS {
        let mine: Vec<(u32, &SourceFile)> = (0u32..)
            .zip(files)
            .filter(|(_, file)| first_to_recognise(file) == Some(importer.name))
            .collect();
        import.recognised.extend(mine.iter().map(|(position, _)| (*position, importer.name)));
        (importer.read)(&mine, &mut import);
    }
    import.recognised.sort_unstable();
    import
}

fn first_to_recognise(file: &SourceFile) -> Option<&'static str> {
    IMPORTERS.iter().find(|it| (it.recognises)(file)).map(|it| it.name)
}
