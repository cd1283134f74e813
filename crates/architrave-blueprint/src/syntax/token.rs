//! Tokens: the words of a blueprint, with their places.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A run of letters, digits, `_` and `-` that does not begin with a digit.
    Name,
    /// A run that begins with a digit, whether or not it is a good number.
    Number,
    /// `"` that opens a text.
    Quote,
    /// `"` that closes it.
    QuoteEnd,
    /// `<<EOT` and the end of its line.
    Heredoc,
    /// The line `EOT`, without its end.
    HeredocEnd,
    /// Literal text inside quotes or a heredoc, escapes as written.
    Piece,
    /// `${`
    Interpolation,
    /// The `}` that closes it.
    InterpolationEnd,
    /// `'text'`, `“text”` and the like.
    ForeignText,
    LeftBrace,
    RightBrace,
    LeftBracket,
    RightBracket,
    LeftParenthesis,
    RightParenthesis,
    Comma,
    Dot,
    Ellipsis,
    Question,
    Colon,
    Assign,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
    Not,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    /// A character that means nothing here.
    Unknown,
    Newline,
    /// `# …` or `// …` to the end of the line.
    LineComment,
    /// `/* … */`
    BlockComment,
    /// Behind the last byte.
    End,
}

/// A word and its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    /// What it is.
    pub(super) kind: Kind,
    /// Whether it is the first on its line.
    pub(super) is_first: bool,
    /// First byte.
    pub(super) start: u32,
    /// One past the last byte.
    pub(super) end: u32,
    /// How many bytes of space its line begins with.
    pub(super) indent: u32,
}

impl Token {
    /// Its bytes.
    pub(super) fn text(self, source: &str) -> &str {
        source.get(self.start as usize..self.end as usize).unwrap_or_default()
    }

    /// Whether it is a comment.
    pub(super) fn is_comment(self) -> bool {
        matches!(self.kind, Kind::LineComment | Kind::BlockComment)
    }
}

impl Kind {
    /// Whether it opens a bracket.
    pub(super) fn opens(self) -> bool {
        matches!(self, Kind::LeftBrace | Kind::LeftBracket | Kind::LeftParenthesis)
    }

    /// Whether it closes a bracket.
    pub(super) fn closes(self) -> bool {
        matches!(self, Kind::RightBrace | Kind::RightBracket | Kind::RightParenthesis)
    }

    /// The bracket that closes this one.
    pub(super) fn partner(self) -> Kind {
        match self {
            Kind::LeftBrace => Kind::RightBrace,
            Kind::LeftBracket => Kind::RightBracket,
            _ => Kind::RightParenthesis,
        }
    }

    /// Whether a value can begin with it.
    pub(super) fn begins_value(self) -> bool {
        matches!(
            self,
            Kind::Name
                | Kind::Number
                | Kind::Quote
                | Kind::Heredoc
                | Kind::ForeignText
                | Kind::LeftBrace
                | Kind::LeftBracket
                | Kind::LeftParenthesis
                | Kind::Not
                | Kind::Minus
        )
    }
}
