//! What the review promises, as statements of behaviour.
#![cfg(test)]

mod pages;
mod properties;
mod questions;
mod support;
