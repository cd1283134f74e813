//! Names: what is declared where, and what a written name means.

pub(crate) mod casing;
pub(crate) mod declare;
pub(crate) mod names;
pub(crate) mod suggest;
