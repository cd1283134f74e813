//! The codes of the checker by the names the source uses. Each has a page beside this file.

use architrave_model::Code;

// 02: structure.
pub(crate) const UNKNOWN_BLOCK: Code = Code("AR0201");
pub(crate) const UNKNOWN_SETTING: Code = Code("AR0202");
pub(crate) const MISSING_SETTING: Code = Code("AR0203");
pub(crate) const DECLARED_TWICE: Code = Code("AR0204");
pub(crate) const WRONG_VALUE_KIND: Code = Code("AR0205");
pub(crate) const WRONG_LABEL: Code = Code("AR0206");
pub(crate) const UNREADABLE_QUANTITY: Code = Code("AR0207");
pub(crate) const UNKNOWN_WORD: Code = Code("AR0208");
pub(crate) const MISSING_BLOCK: Code = Code("AR0209");
pub(crate) const EMPTY: Code = Code("AR0210");
pub(crate) const TOO_MANY: Code = Code("AR0211");
pub(crate) const UNKNOWN_CODE: Code = Code("AR0212");

// 03: names and dependencies.
pub(crate) const UNKNOWN_NAME: Code = Code("AR0301");
pub(crate) const UNDECLARED_DEPENDENCY: Code = Code("AR0302");
pub(crate) const WRONG_CASING: Code = Code("AR0303");
pub(crate) const NAME_TAKEN: Code = Code("AR0304");
pub(crate) const RESERVED_NAME: Code = Code("AR0305");
pub(crate) const NAME_TOO_LONG: Code = Code("AR0306");
pub(crate) const CIRCULAR_DEPENDENCY: Code = Code("AR0307");
pub(crate) const WRONG_KIND_OF_NAME: Code = Code("AR0308");
pub(crate) const NAME_NOT_VISIBLE: Code = Code("AR0309");

// 04: types, states, sagas.
pub(crate) const UNKNOWN_TYPE: Code = Code("AR0401");
pub(crate) const WRONG_MODIFIER: Code = Code("AR0402");
pub(crate) const UNIQUE_ENCRYPTED: Code = Code("AR0403");
pub(crate) const WRONG_ARGUMENTS: Code = Code("AR0404");
pub(crate) const MEMBER_OF_MANY: Code = Code("AR0405");
pub(crate) const TYPE_MISMATCH: Code = Code("AR0406");
pub(crate) const WRONG_LITERAL: Code = Code("AR0407");
pub(crate) const WRONG_OPERANDS: Code = Code("AR0408");
pub(crate) const MAY_BE_NULL: Code = Code("AR0409");
pub(crate) const NEVER_NULL: Code = Code("AR0410");
pub(crate) const NOT_A_CONDITION: Code = Code("AR0411");
pub(crate) const UNKNOWN_FUNCTION: Code = Code("AR0412");
pub(crate) const UNKNOWN_STATE: Code = Code("AR0413");
pub(crate) const UNREACHED_STATE: Code = Code("AR0414");
pub(crate) const UNDO: Code = Code("AR0415");
pub(crate) const COMPENSATION: Code = Code("AR0416");
pub(crate) const NO_PROBE: Code = Code("AR0417");
pub(crate) const MISSING_INPUT: Code = Code("AR0418");
pub(crate) const MISSING_TARGET: Code = Code("AR0419");
pub(crate) const NOT_SETTABLE: Code = Code("AR0420");
pub(crate) const WRONG_TYPE_USE: Code = Code("AR0421");
pub(crate) const WRONG_AGGREGATE: Code = Code("AR0422");
pub(crate) const PART_OF_AGGREGATE: Code = Code("AR0423");
pub(crate) const COMPUTED_CIRCLE: Code = Code("AR0424");
pub(crate) const LEAVES_AGGREGATE: Code = Code("AR0425");
pub(crate) const NOT_INDEXABLE: Code = Code("AR0426");
pub(crate) const INDEX_CONDITION: Code = Code("AR0427");
pub(crate) const WRONG_PATTERN: Code = Code("AR0428");
pub(crate) const EVENT_SHAPE: Code = Code("AR0429");
pub(crate) const PROJECTION_SHAPE: Code = Code("AR0430");
pub(crate) const LOST_BY_CASCADE: Code = Code("AR0431");

// 05: access, privacy, security.
pub(crate) const BOTH_OPTIONAL: Code = Code("AR0501");
pub(crate) const ROW_AGAINST_ID: Code = Code("AR0502");
pub(crate) const ENGINE_DEPENDENT: Code = Code("AR0503");
pub(crate) const ENCRYPTED_IN_RULE: Code = Code("AR0504");
pub(crate) const UNDECLARED_ROLE: Code = Code("AR0505");
pub(crate) const COMMAND_WITHOUT_ALLOW: Code = Code("AR0506");
pub(crate) const LOOKS_SECRET: Code = Code("AR0507");
pub(crate) const SECRET_SHOWN: Code = Code("AR0508");
pub(crate) const WRITTEN_SECRET: Code = Code("AR0509");
pub(crate) const NO_SUCH_IDENTITY: Code = Code("AR0510");
pub(crate) const UNWRITABLE: Code = Code("AR0511");
pub(crate) const MAY_OVERFLOW: Code = Code("AR0512");
pub(crate) const EXCLUSION: Code = Code("AR0513");

// 06: evolution.
pub(crate) const MOVED: Code = Code("AR0601");
pub(crate) const STILL_DECLARED: Code = Code("AR0602");

// 07: capacity and objectives.
pub(crate) const SLO: Code = Code("AR0701");
pub(crate) const WORKLOAD: Code = Code("AR0702");
