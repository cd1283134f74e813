//! What the review promises, as statements of behaviour.

mod pages;
mod questions;
mod support;
