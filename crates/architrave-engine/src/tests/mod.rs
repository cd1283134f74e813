//! Behaviour of the whole engine on a store in memory, by the storefront.

mod batch;
mod board;
mod properties;
mod storefront;
