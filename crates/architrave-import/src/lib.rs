//! Reads existing systems: the text of compose files, manifests, contracts, schemas and Dockerfiles in, the
//! graph of the system out, every fact with its file and line. What is not found is unknown.
//!
//! Pure: whoever calls it reads the files (and keeps to the given root). Start reading at [`read`].
#![warn(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this crate is pure: same input, same output"
)]

mod asyncapi;
pub mod codes;
mod compose;
mod dockerfile;
mod draft;
mod input;
mod kubernetes;
mod openapi;
mod pipeline;
mod practice;
mod shared;
mod sql;
mod yaml;

use architrave_model::{Finding, SourceFile, graph::Graph};

pub use draft::{Draft, draft};
use input::Input;

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
    /// Whether this is such a file, by name and content. Asked of every file, so it looks before it parses.
    recognises: fn(&Input<'_>) -> bool,
    /// Adds what all such files together say.
    read: fn(&[Input<'_>], &mut Import),
}

/// In the order in which they are asked; the first that recognises a file has it.
///
/// Dockerfiles are read first: what is built with them is described elsewhere.
const IMPORTERS: &[Importer] = &[
    Importer { name: "dockerfile", recognises: dockerfile::recognises, read: dockerfile::read },
    Importer { name: "pipeline", recognises: pipeline::recognises, read: pipeline::read },
    Importer {
        name: "prometheus rules",
        recognises: practice::is_rules,
        read: practice::read_rules,
    },
    Importer {
        name: "decision record",
        recognises: practice::is_decision,
        read: practice::read_decisions,
    },
    Importer { name: "kubernetes", recognises: kubernetes::recognises, read: kubernetes::read },
    Importer { name: "compose", recognises: compose::recognises, read: compose::read },
    Importer { name: "sql", recognises: sql::recognises, read: sql::read },
    // Behind SQL: operations are matched with tables.
    Importer { name: "openapi", recognises: openapi::recognises, read: openapi::read },
    Importer { name: "asyncapi", recognises: asyncapi::recognises, read: asyncapi::read },
];

/// Reads all files into one graph. Total: bad input becomes findings, never a panic; time and memory are
/// bounded by the size of the input.
#[must_use]
pub fn read(files: &[SourceFile], as_of_day: i32) -> Import {
    let mut import = Import::default();
    import.graph.as_of_day = as_of_day;
    import.graph.system.id = "system".to_owned();
    import.graph.system.name = "the system".to_owned();
    let mut by_importer: Vec<Vec<Input<'_>>> = IMPORTERS.iter().map(|_| Vec::new()).collect();
    for input in (0u32..).zip(files).map(|(position, file)| Input::new(position, file)) {
        let Some(found) = IMPORTERS.iter().position(|it| (it.recognises)(&input)) else { continue };
        if let (Some(mine), Some(importer)) = (by_importer.get_mut(found), IMPORTERS.get(found)) {
            import.recognised.push((input.position(), importer.name));
            mine.push(input);
        }
    }
    for (importer, mine) in IMPORTERS.iter().zip(by_importer) {
        (importer.read)(&mine, &mut import);
    }
    shared::limits::report(&import.graph, &mut import.findings);
    import
}
