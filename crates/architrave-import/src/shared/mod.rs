//! What compose files, manifests and Dockerfiles have in common: images, quantities, credentials, addresses,
//! and putting found elements together.

pub(crate) mod address;
pub(crate) mod assembly;
pub(crate) mod catalogue;
pub(crate) mod day;
pub(crate) mod environment;
pub(crate) mod image;
pub(crate) mod kind;
pub(crate) mod limits;
pub(crate) mod path;
pub(crate) mod quantity;
pub(crate) mod secret;
