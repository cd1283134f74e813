//! The codes of syntax findings. Each has a page in `src/codes/`.

use architrave_model::Code;

pub(super) const UNEXPECTED: Code = Code("AR0101");
pub(super) const BLOCK_NOT_CLOSED: Code = Code("AR0102");
pub(super) const TEXT_NOT_CLOSED: Code = Code("AR0103");
pub(super) const EQUALS_MISSING: Code = Code("AR0104");
pub(super) const DIVISION: Code = Code("AR0105");
pub(super) const DASH_IN_NAME: Code = Code("AR0106");
pub(super) const NEW_LINE_MISSING: Code = Code("AR0107");
pub(super) const CHAINED_COMPARISON: Code = Code("AR0108");
pub(super) const BRACKETS: Code = Code("AR0109");
pub(super) const COMMA: Code = Code("AR0110");
pub(super) const VALUE_MISSING: Code = Code("AR0111");
pub(super) const NUMBER: Code = Code("AR0112");
pub(super) const ESCAPE: Code = Code("AR0113");
pub(super) const CHARACTER: Code = Code("AR0114");
pub(super) const INVISIBLE_CHARACTER: Code = Code("AR0115");
pub(super) const LEFT_OUT: Code = Code("AR0116");
pub(super) const NESTED_TOO_DEEP: Code = Code("AR0117");
pub(super) const FILE_TOO_LARGE: Code = Code("AR0118");
pub(super) const NOT_UTF8: Code = Code("AR0119");
pub(super) const NAME: Code = Code("AR0120");
