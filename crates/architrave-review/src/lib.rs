//! Judges: a plan in, findings and verdicts out, one file and one manual page per rule. It has no rules
//! yet; `check` says what the reader and the plan found, and nothing here pretends to more.
#![warn(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this crate is pure: same input, same output"
)]
