//! Expressions: one typed tree that is interpreted in memory and compiled to SQL.
//!
//! Two-valued logic: no comparison yields null (see the language reference, "Null").

use crate::{CommandId, EntityId, EventId, Span, Value, ValueId};

/// A typed expression. Total: it cannot fail, loop or grow without bound.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it does.
    pub kind: ExprKind,
    /// The type of its value.
    pub ty: Ty,
    /// Where it stands.
    pub span: Span,
}

/// The type of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ty {
    /// What it is when it is there.
    pub base: Base,
    /// Whether it may be null.
    pub is_optional: bool,
}

/// A type without optionality.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// The type of the literal `null`.
    Null,
    /// Truth.
    Bool,
    /// Whole number.
    Int,
    /// Exact decimal with so many digits behind the point. An [`Base::Int`] may stand where a decimal
    /// is expected: beside one in an operation, or as the value of a decimal field.
    /// Money times decimal is a decimal of both scales that stands directly in a `round` of type money.
    Decimal {
        /// Digits behind the point.
        scale: u8,
    },
    /// Minor units of the system's currency.
    Money,
    /// Any text, enums included: enum literals are checked when they are read.
    Text,
    /// Text with a fixed set of values.
    Enum(Vec<String>),
    /// An id that is not known to refer to an entity.
    Uuid,
    /// A row, or a reference to one: `this` and `this.customer` alike. Its value is the row's id.
    Row(EntityId),
    /// Instant.
    Timestamp,
    /// Day.
    Date,
    /// Length of time.
    Duration,
    /// JSON of unknown shape; converts to what is expected where it is used.
    Json,
    /// A file's metadata.
    File,
    /// A value object.
    Object(ValueId),
    /// A list of plain values.
    List(Box<Ty>),
    /// The parts of a row (`many`).
    Parts(EntityId),
    /// All rows of an entity, in a schedule.
    Set(EntityId),
    /// An object written in place, e.g. a request's body.
    Record(Vec<(String, Ty)>),
    /// An expression that was reported already: fits everywhere, so that one mistake is one finding.
    Poison,
}

/// What an expression does.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// A constant, already converted to the expected type.
    Literal(Value),
    /// A name that is always there.
    Root(Root),
    /// A member of something: `this.customer`, `input.fee`, `caller.user`, `event.total`.
    Member {
        /// What it is a member of. An optional row makes the result optional: null flows along.
        of: Box<Expr>,
        /// Which member.
        member: Member,
    },
    /// The variable of an enclosing `for`.
    Variable(Variable),
    /// `!x`
    Not(Box<Expr>),
    /// `-x`
    Negate(Box<Expr>),
    /// `a && b && …`, at least two.
    And(Vec<Expr>),
    /// `a || b || …`, at least two.
    Or(Vec<Expr>),
    /// `x == null`
    IsNull(Box<Expr>),
    /// `x != null`
    IsNotNull(Box<Expr>),
    /// A comparison or an arithmetic operation.
    Binary {
        /// Which.
        operator: Operator,
        /// Left side.
        left: Box<Expr>,
        /// Right side.
        right: Box<Expr>,
    },
    /// `condition ? then : otherwise`
    Conditional {
        /// Never null.
        condition: Box<Expr>,
        /// If true.
        then: Box<Expr>,
        /// If false.
        otherwise: Box<Expr>,
    },
    /// `has_role("a", "b")`: whether the caller has any of them.
    HasRole(Vec<String>),
    /// `contains(list, x)`; the list is a literal list, a list field, or one of the caller's lists.
    Contains {
        /// Where to look.
        list: Box<Expr>,
        /// What to look for.
        item: Box<Expr>,
    },
    /// `[a, b, c]`
    List(Vec<Expr>),
    /// `{ a = 1, b = x }`
    Record(Vec<(String, Expr)>),
    /// `"text ${x} text"`
    Template(Vec<Expr>),
    /// `anytrue`, `alltrue`, `sum`, `min`, `max`, `length` over `[for v in source : body if condition]`.
    /// `length(this.lines)` has no body; a `for` that stands alone (a schedule's `for_each`) is [`Quantifier::All`] of rows.
    Quantified {
        /// Which.
        quantifier: Quantifier,
        /// Parts, a set or a list.
        source: Box<Expr>,
        /// The loop's variable.
        variable: Variable,
        /// What is judged or summed; absent for `length` and [`Quantifier::Rows`].
        body: Option<Box<Expr>>,
        /// Which elements count.
        condition: Option<Box<Expr>>,
    },
    /// Any other function.
    Call {
        /// Which.
        function: Function,
        /// Its arguments.
        arguments: Vec<Expr>,
    },
}

/// Number of a loop variable, unique within its outermost expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Variable(pub u32);

/// What to do with the elements of a `for`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantifier {
    /// At least one is true; false when empty.
    Any,
    /// None is false; true when empty.
    All,
    /// Their sum; 0 when empty.
    Sum,
    /// Smallest; null when empty.
    Min,
    /// Largest; null when empty.
    Max,
    /// How many.
    Length,
    /// The rows themselves (schedules, sagas' `for_each`).
    Rows,
}

/// Names that are always there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Root {
    /// The row that the rule is about.
    This,
    /// The row before the change.
    Old,
    /// The members of the command's request.
    Input,
    /// Who asks.
    Caller,
    /// The transaction's time.
    Now,
    /// The event that a saga, notification or projection handles.
    Event,
    /// The element of a `for_each`.
    Each,
    /// The output of an earlier step, by its position.
    Step(u32),
    /// An integration's answer.
    Response,
    /// A callback's body.
    Body,
    /// A callback's headers.
    Headers,
    /// All rows of an entity, by the entity's name; schedules only.
    Entity(EntityId),
}

/// A member of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Member {
    /// A row's id (also `event.id`).
    Id,
    /// A row's version.
    Version,
    /// When the row was created.
    CreatedAt,
    /// When it was last changed.
    UpdatedAt,
    /// A declared field of an entity, by position; the lifecycle's field included.
    Field {
        /// Whose.
        entity: EntityId,
        /// Position in [`crate::Entity::fields`].
        field: usize,
    },
    /// A part's way back to its aggregate: `line.order`.
    Parent(EntityId),
    /// A field of a value object, by position.
    ValueField {
        /// Whose.
        value: ValueId,
        /// Position in [`crate::ValueObject::fields`].
        field: usize,
    },
    /// A member of a command's input, by position.
    Input {
        /// Whose.
        command: CommandId,
        /// Position in [`crate::Command::input`].
        field: usize,
    },
    /// Something about the caller.
    Caller(CallerMember),
    /// A member of an event, by position in [`crate::Event::fields`].
    Event {
        /// Which event.
        event: EventId,
        /// Position.
        field: usize,
    },
    /// `event.time`
    EventTime,
    /// `event.actor`
    EventActor,
    /// A member of JSON, a record, a response or a header, by name.
    Named(String),
}

/// What is known of the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallerMember {
    /// User's or API key's id; null when anonymous.
    Id,
    /// Reference to the user entity; null when there is none.
    User,
    /// Reference to the tenant entity; null when there is none.
    Tenant,
    /// Whether credentials were accepted.
    IsAuthenticated,
    /// Whether Architrave itself asks (sagas, schedules).
    IsSystem,
    /// Address as text.
    Ip,
    /// Scopes of the credentials.
    Scopes,
}

impl CallerMember {
    /// Every member, in the order in which they are listed.
    pub const ALL: [Self; 7] = [
        Self::Id,
        Self::User,
        Self::Tenant,
        Self::IsAuthenticated,
        Self::IsSystem,
        Self::Ip,
        Self::Scopes,
    ];

    /// As a blueprint writes it behind `caller.`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::User => "user",
            Self::Tenant => "tenant",
            Self::IsAuthenticated => "is_authenticated",
            Self::IsSystem => "is_system",
            Self::Ip => "ip",
            Self::Scopes => "scopes",
        }
    }
}

/// An operator with two sides. `==` with null is [`ExprKind::IsNull`]; both sides of an order
/// comparison and of arithmetic are never null. For `Equal` and `NotEqual` one side may be null:
/// `null == v` is false and `null != v` is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operator {
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

/// Functions other than those with a node of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Function {
    /// First argument that is not null.
    Coalesce,
    /// Whether a text starts with another.
    StartsWith,
    /// `round(x, digits)`, half to even.
    Round,
    /// Without sign.
    Abs,
    /// `divide(a, b, if_zero)`
    Divide,
    /// The UTC day of a timestamp.
    Date,
    /// Lower case (memory only).
    Lower,
    /// Without white space at both ends (memory only).
    Trim,
    /// Whether a text matches a pattern (memory only).
    Matches,
    /// Length of a text in characters, or of a list in items.
    Length,
    /// `min(a, b, …)`
    Min,
    /// `max(a, b, …)`
    Max,
    /// `count()` in a projection.
    Count,
    /// `sum(x)` in a projection.
    Sum,
    /// `env("NAME")`
    Env,
    /// `secret("NAME")`
    Secret,
    /// `header("Name")`
    Header,
}

impl Ty {
    /// A type that is never null.
    #[must_use]
    pub fn of(base: Base) -> Self {
        Self { base, is_optional: false }
    }

    /// A type that may be null.
    #[must_use]
    pub fn optional(base: Base) -> Self {
        Self { base, is_optional: true }
    }
}

impl Expr {
    /// A constant `true` or `false`.
    #[must_use]
    pub fn bool(value: bool, span: Span) -> Self {
        Self { kind: ExprKind::Literal(Value::Bool(value)), ty: Ty::of(Base::Bool), span }
    }

    /// Calls `visit` with this expression and everything inside it, outermost first.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        visit(self);
        match &self.kind {
            ExprKind::Literal(_)
            | ExprKind::Root(_)
            | ExprKind::Variable(_)
            | ExprKind::HasRole(_) => {}
            ExprKind::Member { of, .. } => of.walk(visit),
            ExprKind::Not(it)
            | ExprKind::Negate(it)
            | ExprKind::IsNull(it)
            | ExprKind::IsNotNull(it) => it.walk(visit),
            ExprKind::And(all)
            | ExprKind::Or(all)
            | ExprKind::List(all)
            | ExprKind::Template(all) => {
                all.iter().for_each(|it| it.walk(visit));
            }
            ExprKind::Record(all) => all.iter().for_each(|(_, it)| it.walk(visit)),
            ExprKind::Binary { left, right, .. } => {
                left.walk(visit);
                right.walk(visit);
            }
            ExprKind::Conditional { condition, then, otherwise } => {
                condition.walk(visit);
                then.walk(visit);
                otherwise.walk(visit);
            }
            ExprKind::Contains { list, item } => {
                list.walk(visit);
                item.walk(visit);
            }
            ExprKind::Quantified { source, body, condition, .. } => {
                source.walk(visit);
                if let Some(it) = body {
                    it.walk(visit);
                }
                if let Some(it) = condition {
                    it.walk(visit);
                }
            }
            ExprKind::Call { arguments, .. } => arguments.iter().for_each(|it| it.walk(visit)),
        }
    }
}
