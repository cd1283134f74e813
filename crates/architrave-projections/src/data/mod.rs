//! What the system keeps: entities and relations.

mod erd;
mod field_type;
mod relation;

pub(crate) use erd::PROJECTION as ERD;
