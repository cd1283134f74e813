//! One file per kind of block: reads it into the model and says what is wrong with it.

pub(crate) mod accept;
pub(crate) mod access;
pub(crate) mod aggregate;
pub(crate) mod command;
pub(crate) mod computed;
pub(crate) mod dependencies;
pub(crate) mod entity;
pub(crate) mod event;
pub(crate) mod evolution;
pub(crate) mod identity;
pub(crate) mod index;
pub(crate) mod integration;
pub(crate) mod lifecycle;
pub(crate) mod limits;
pub(crate) mod message;
pub(crate) mod projection;
pub(crate) mod quality;
pub(crate) mod run;
pub(crate) mod saga;
pub(crate) mod schedule;
pub(crate) mod system;
pub(crate) mod webhook;
