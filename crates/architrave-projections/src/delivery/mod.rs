//! How it is built, released and grown.

mod deployment;

pub(crate) use deployment::{PATH as DEPLOYMENT_PATH, PROJECTION as DEPLOYMENT};
