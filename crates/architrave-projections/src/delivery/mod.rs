//! How it is built, released and grown.

mod deployment;
mod implementation;
mod roadmap;

pub(crate) use deployment::{PATH as DEPLOYMENT_PATH, PROJECTION as DEPLOYMENT};
pub(crate) use implementation::PROJECTION as IMPLEMENTATION;
pub(crate) use roadmap::PROJECTION as ROADMAP;
