//! What it withstands, what threatens it, what the law asks, and who may do what.

mod access;

pub(crate) use access::PROJECTION as ACCESS;
