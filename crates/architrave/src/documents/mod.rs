//! Keeps a folder of generated documents: all of a set or none of it, and nothing that a person wrote is lost.
//!
//! A set is written beside the folder and then takes its place in one step, so that whoever looks, and whatever
//! happens in between, finds the old set or the new one. `.architrave-manifest` remembers what was generated, in the
//! form of `sha256sum`, so that anybody can tell what was edited by hand.

mod compare;
mod manifest;
mod present;
mod swap;
mod target;
#[cfg(test)]
mod tests;

pub use compare::Differences;
pub use manifest::MANIFEST_NAME;
pub use present::Present;
pub use swap::{Step, tidy, write};
pub use target::Target;

use std::collections::BTreeMap;

/// Generated files by their path below the folder, with `/` between its parts.
pub type Files = BTreeMap<String, Vec<u8>>;
