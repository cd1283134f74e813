//! What the review promises, as statements of behaviour.
#![cfg(test)]

mod corpus;
mod pages;
mod properties;
mod questions;
mod support;
