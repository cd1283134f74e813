//! What the system keeps: entities and relations, and the dictionary of every field.

mod dictionary;
mod erd;
mod relation;
mod size;

pub(crate) use dictionary::PROJECTION as DICTIONARY;
pub(crate) use erd::PROJECTION as ERD;
