//! What the review promises, as statements of behaviour.

mod pages;
mod properties;
mod questions;
mod support;
