//! The codes by the names the source uses. Each has a page beside this file.

use architrave_model::Code;

// 09: files of an existing system.
pub(crate) const SYNTAX: Code = Code("AR0901");
pub(crate) const DOUBLE_KEY: Code = Code("AR0902");
pub(crate) const TOO_LARGE: Code = Code("AR0903");
pub(crate) const BAD_ALIAS: Code = Code("AR0904");
pub(crate) const NOT_TEXT: Code = Code("AR0905");
pub(crate) const UNEXPECTED: Code = Code("AR0906");
pub(crate) const ALTERNATIVE: Code = Code("AR0907");
pub(crate) const TEMPLATE: Code = Code("AR0908");
pub(crate) const STATEMENT: Code = Code("AR0911");
pub(crate) const REFERENCE_OUT: Code = Code("AR0912");
pub(crate) const REFERENCE_NOWHERE: Code = Code("AR0913");
