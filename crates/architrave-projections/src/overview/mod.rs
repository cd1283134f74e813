//! What it is and what to know first.

mod architecture;
mod assumptions;
mod flows;
mod glossary;
mod index;
mod needs;
mod paths;
mod questions;
mod summary;

pub(crate) use architecture::PROJECTION as ARCHITECTURE;
pub(crate) use assumptions::PROJECTION as ASSUMPTIONS;
pub(crate) use glossary::PROJECTION as GLOSSARY;
pub(crate) use index::{index, is_listed};
pub(crate) use questions::PROJECTION as QUESTIONS;
pub(crate) use summary::PROJECTION as SUMMARY;
