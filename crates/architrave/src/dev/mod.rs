//! `--dev`: an issuer of our own, one person per role, tokens that work at once.

mod issuer;

pub use issuer::{DevIssuer, ISSUER};
