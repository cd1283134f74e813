//! The syntax tree: what was written, where, and nothing about what it means.

use architrave_model::{FileId, Name, Span};

/// One parsed file. Parsing never fails: what could not be understood is reported and left out,
/// or stands as [`ExpressionKind::Error`].
#[derive(Debug, Clone, Default)]
pub struct File {
    /// Which file.
    pub id: FileId,
    /// Attributes and blocks in order.
    pub items: Vec<Item>,
    /// The empty span at the end of the text.
    pub end: Span,
}

/// An attribute or a block.
#[derive(Debug, Clone)]
pub enum Item {
    /// `name = expression`
    Attribute(Attribute),
    /// `kind label { … }`
    Block(Block),
}

/// `name = expression`
#[derive(Debug, Clone)]
pub struct Attribute {
    /// Left of `=`.
    pub name: Name,
    /// Right of `=`.
    pub value: Expression,
    /// The comment lines directly above, without their markers.
    pub doc: String,
    /// From the name to the end of the value.
    pub span: Span,
}

/// `kind label { … }`
#[derive(Debug, Clone)]
pub struct Block {
    /// E.g. `entity`.
    pub kind: Name,
    /// E.g. `Product`.
    pub labels: Vec<BlockLabel>,
    /// Attributes and blocks in order.
    pub items: Vec<Item>,
    /// The comment lines directly above, without their markers.
    pub doc: String,
    /// From the kind to the closing brace.
    pub span: Span,
    /// The opening brace.
    pub open: Span,
    /// The closing brace; empty where it was missing.
    pub close: Span,
}

/// A label of a block.
#[derive(Debug, Clone)]
pub struct BlockLabel {
    /// Its text and place, quotes included in the place.
    pub name: Name,
    /// Whether it was written in quotes.
    pub is_quoted: bool,
}

/// An expression as written.
#[derive(Debug, Clone)]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    /// Its bytes.
    pub span: Span,
}

/// Kinds of expressions.
#[derive(Debug, Clone)]
pub enum ExpressionKind {
    /// Digits as written, e.g. `0.5`; never through a float.
    Number(String),
    /// `true`, `false`
    Bool(bool),
    /// `null`
    Null,
    /// Quoted text or heredoc without `${…}`, escapes resolved.
    Text(String),
    /// Quoted text or heredoc with `${…}`; literal pieces are [`ExpressionKind::Text`].
    Template(Vec<Expression>),
    /// A bare name.
    Name(String),
    /// `name(arguments)`
    Call {
        /// The function.
        name: Name,
        /// In order.
        arguments: Vec<Expression>,
    },
    /// `of.name`
    Member {
        /// Left of the point.
        of: Box<Expression>,
        /// Right of it.
        name: Name,
    },
    /// `of[index]`
    Index {
        /// What is indexed.
        of: Box<Expression>,
        /// By what.
        index: Box<Expression>,
    },
    /// `[a, b]`
    List(Vec<Expression>),
    /// `{ a = 1 }`
    Object(Vec<Entry>),
    /// `[for v in source : body if condition]`
    For {
        /// The variable.
        variable: Name,
        /// What is walked.
        source: Box<Expression>,
        /// What each element becomes.
        body: Box<Expression>,
        /// Which elements count.
        condition: Option<Box<Expression>>,
    },
    /// `!x`, `-x`
    Unary {
        /// Which, with its place.
        operator: UnaryOperator,
        /// The operand.
        operand: Box<Expression>,
    },
    /// `a + b`
    Binary {
        /// Which.
        operator: BinaryOperator,
        /// The operator's own bytes.
        operator_span: Span,
        /// Left side.
        left: Box<Expression>,
        /// Right side.
        right: Box<Expression>,
    },
    /// `a ? b : c`
    Conditional {
        /// Before `?`.
        condition: Box<Expression>,
        /// Before `:`.
        then: Box<Expression>,
        /// After `:`.
        otherwise: Box<Expression>,
    },
    /// `(x)`
    Parenthesis(Box<Expression>),
    /// Something that was reported by the parser; must produce no further finding.
    Error,
}

/// One entry of an object.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its key and place.
    pub key: Name,
    /// Whether the key was written in quotes.
    pub is_quoted: bool,
    /// Its value.
    pub value: Expression,
    /// The comment lines directly above.
    pub doc: String,
}

/// An operator with one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `!`
    Not,
    /// `-`
    Negate,
}

/// An operator with two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOperator {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `%`
    Remainder,
}
