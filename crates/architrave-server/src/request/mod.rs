//! What a request says beside its operation: headers, trace, body.

mod body;
mod intake;
mod media;
mod trace;

pub(crate) use body::{is_left_over, read_body};
pub(crate) use intake::{Intake, header_problem};
pub(crate) use media::{BodyKind, check_media};
pub(crate) use trace::Trace;
