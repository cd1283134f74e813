//! The vocabulary: which block may hold which settings and blocks. A new concept is a row in a table.

mod context;
mod delivery;
mod entity;
mod system;

use crate::resolve::casing::Casing;

pub(crate) use system::{FILE, WAIVERS};

/// One kind of block.
#[derive(Debug)]
pub(crate) struct BlockRule {
    /// The word it starts with.
    pub(crate) kind: &'static str,
    /// What stands between the word and the brace.
    pub(crate) label: LabelRule,
    /// What its attributes are.
    pub(crate) attributes: Attributes,
    /// Blocks that may stand inside.
    pub(crate) blocks: &'static [&'static BlockRule],
    /// Whether there may be several beside each other.
    pub(crate) is_repeatable: bool,
}

/// What stands between a block's word and its brace.
#[derive(Debug, Clone, Copy)]
pub(crate) enum LabelRule {
    /// Nothing.
    None,
    /// A name, spelled like this.
    Name(Casing),
    /// Text in quotes.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
}

/// What a block's attributes are.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Attributes {
    /// Fields: any name, and a type.
    Fields,
    /// These settings.
    Settings(&'static [Setting]),
}

/// One setting.
#[derive(Debug)]
pub(crate) struct Setting {
    /// Left of `=`.
    pub(crate) name: &'static str,
    /// What may stand right of it.
    pub(crate) value: Shape,
    /// Whether the block is incomplete without it.
    pub(crate) is_required: bool,
}

/// What a value looks like, as far as that can be judged without knowing names.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    /// Text in quotes.
    Text,
    /// A list of texts.
    Texts,
    /// `true` or `false`.
    Bool,
    /// A whole number between these.
    Count(u64, u64),
    /// `"30s"`, not shorter than so many microseconds.
    Duration(i64),
    /// `"5MB"`
    Size,
    /// `"99.9%"`
    Percent,
    /// `"900/s"`
    PerSecond,
    /// `"6%/month"`
    Growth,
    /// `"600 EUR/month"`
    Budget,
    /// `"2027-03-01"`
    Date,
    /// A currency of ISO 4217.
    Currency,
    /// One of these texts.
    Word(&'static [&'static str]),
    /// A name or a path of names.
    Path,
    /// A name or a path of names, or text in quotes.
    PathOrText,
    /// A list of names or paths.
    PathList,
    /// One name, or a list of them.
    PathOrList,
    /// Text, `env("NAME")` or `secret("NAME")`.
    Secretive,
    /// `name("TEXT", …)`: a call of one of these functions.
    Call(&'static [&'static str]),
    /// A list of calls of these functions.
    Calls(&'static [&'static str]),
    /// An object with these settings.
    Object(&'static [Setting]),
    /// An object of expressions with names of the author's choice.
    Record,
    /// An object of fields: names and types.
    Fields,
    /// An object from names to lists of texts.
    TextLists,
    /// Any expression; its type is judged later.
    Expression,
}

/// A setting that may be left out.
const fn may(name: &'static str, value: Shape) -> Setting {
    Setting { name, value, is_required: false }
}

/// A setting without which the block says nothing.
const fn must(name: &'static str, value: Shape) -> Setting {
    Setting { name, value, is_required: true }
}

/// A block that stands alone among its siblings.
const fn once(
    kind: &'static str,
    label: LabelRule,
    attributes: Attributes,
    blocks: &'static [&'static BlockRule],
) -> BlockRule {
    BlockRule { kind, label, attributes, blocks, is_repeatable: false }
}

/// A block that may stand there several times.
const fn many(
    kind: &'static str,
    label: LabelRule,
    attributes: Attributes,
    blocks: &'static [&'static BlockRule],
) -> BlockRule {
    BlockRule { kind, label, attributes, blocks, is_repeatable: true }
}

/// Most of anything that is listed: roles, transitions, attempts.
const SOME_MAX: u64 = 1_000_000_000_000;
/// One microsecond: a length of time that is not nothing.
const NOT_ZERO: i64 = 1;
