//! Tables of people's own in place of lines of those that come with the program: prices, and support of products.

use std::path::Path;

use architrave_engine::Fault;
use architrave_model::graph::Lifecycle;
use architrave_review::measure::{lifecycle, prices::Prices};

use crate::source;

/// Reads a file of prices.
///
/// # Errors
/// Where it cannot be read, or a line of it is no price.
pub fn prices(path: &Path) -> Result<Prices, Fault> {
    let file = source::load_one(path)?;
    Prices::with(&file.text).map_err(|refused| {
        cannot_use(
            path,
            &refused,
            "a line is: id | millionths | per | source | checked on; see `docs/capacity.md`",
        )
    })
}

/// Reads a file of lines of versions and their support.
///
/// # Errors
/// Where it cannot be read, or a line of it is none.
pub fn lifecycles(path: &Path) -> Result<Vec<Lifecycle>, Fault> {
    let file = source::load_one(path)?;
    lifecycle::read(&file.text).map_err(|refused| {
        cannot_use(
            path,
            &refused,
            "a line is: product | line of versions | last day with fixes, or - | address of the page | checked on",
        )
    })
}

/// The same where a file is named; no lines where none is.
///
/// # Errors
/// As [`lifecycles`].
pub fn lifecycles_in(path: Option<&Path>) -> Result<Vec<Lifecycle>, Fault> {
    path.map_or(Ok(Vec::new()), lifecycles)
}

fn cannot_use(path: &Path, refused: &[String], help: &str) -> Fault {
    Fault::new(format!("cannot use {}: {}", path.display(), refused.join("; ")), help)
}
