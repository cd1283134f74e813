//! Looks into the syntax tree: settings and blocks by name, texts and paths out of expressions.

use architrave_model::{Name, Span};

use crate::syntax::ast::{
    Attribute, Block, Entry, Expression, ExpressionKind, Item, UnaryOperator,
};

impl Block {
    /// Its first label.
    pub(crate) fn label(&self) -> Option<&Name> {
        self.labels.first().map(|it| &it.name)
    }

    /// Its first label, or an empty name at the block's kind.
    pub(crate) fn name(&self) -> Name {
        self.label().cloned().unwrap_or(Name { text: String::new(), span: self.kind.span })
    }

    /// Its attributes in order.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.items.iter().filter_map(|it| match it {
            Item::Attribute(attribute) => Some(attribute),
            Item::Block(_) => None,
        })
    }

    /// The value of a setting; the first if it was written twice.
    pub(crate) fn setting(&self, name: &str) -> Option<&Expression> {
        self.attributes().find(|it| it.name.text == name).map(|it| &it.value)
    }

    /// Its blocks of one kind, in order.
    pub(crate) fn blocks<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Self> {
        self.items.iter().filter_map(move |it| match it {
            Item::Block(block) if block.kind.text == kind => Some(block),
            _ => None,
        })
    }

    /// Its first block of one kind.
    pub(crate) fn block<'a>(&'a self, kind: &'a str) -> Option<&'a Self> {
        self.blocks(kind).next()
    }
}

impl Expression {
    /// Without the parentheses around it.
    pub(crate) fn bare(&self) -> &Self {
        let mut bare = self;
        while let ExpressionKind::Parenthesis(inner) = &bare.kind {
            bare = inner;
        }
        bare
    }

    /// Whether the parser has reported it, wholly or in part.
    pub(crate) fn is_poisoned(&self) -> bool {
        matches!(self.bare().kind, ExpressionKind::Error)
    }

    /// The text of a literal.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.bare().kind {
            ExpressionKind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The digits of a number, with its sign.
    pub(crate) fn number(&self) -> Option<String> {
        match &self.bare().kind {
            ExpressionKind::Number(digits) => Some(digits.clone()),
            ExpressionKind::Unary { operator: UnaryOperator::Negate, operand } => {
                operand.number().map(|digits| format!("-{digits}"))
            }
            _ => None,
        }
    }

    /// A whole number that is not negative.
    pub(crate) fn count(&self) -> Option<u64> {
        self.number().and_then(|it| it.parse().ok())
    }

    /// The items of a list.
    pub(crate) fn items(&self) -> Option<&[Self]> {
        match &self.bare().kind {
            ExpressionKind::List(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of an object.
    pub(crate) fn entries(&self) -> Option<&[Entry]> {
        match &self.bare().kind {
            ExpressionKind::Object(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value of one entry of an object.
    pub(crate) fn entry(&self, key: &str) -> Option<&Self> {
        self.entries()?.iter().find(|it| it.key.text == key).map(|it| &it.value)
    }

    /// Function and arguments of a call.
    pub(crate) fn call(&self) -> Option<(&Name, &[Self])> {
        match &self.bare().kind {
            ExpressionKind::Call { name, arguments } => Some((name, arguments)),
            _ => None,
        }
    }

    /// `a.b.c` as its names.
    pub(crate) fn path(&self) -> Option<Vec<Name>> {
        match &self.kind {
            ExpressionKind::Name(text) => Some(vec![Name { text: text.clone(), span: self.span }]),
            ExpressionKind::Member { of, name } => {
                let mut path = of.path()?;
                path.push(name.clone());
                Some(path)
            }
            _ => None,
        }
    }

    /// What it is, for messages: "a text", "a list", …
    pub(crate) fn description(&self) -> &'static str {
        match &self.bare().kind {
            ExpressionKind::Number(_) => "a number",
            ExpressionKind::Bool(_) => "`true` or `false`",
            ExpressionKind::Null => "`null`",
            ExpressionKind::Text(_) | ExpressionKind::Template(_) => "a text",
            ExpressionKind::Name(_) | ExpressionKind::Member { .. } => "a name",
            ExpressionKind::Call { .. } => "a call",
            ExpressionKind::List(_) => "a list",
            ExpressionKind::Object(_) => "an object",
            ExpressionKind::For { .. } => "a `for`",
            _ => "an expression",
        }
    }
}

/// `a.b.c` as one name with the span of all.
pub(crate) fn joined(path: &[Name]) -> Name {
    let text = path.iter().map(|it| it.text.as_str()).collect::<Vec<_>>().join(".");
    let first = path.first().map(|it| it.span).unwrap_or_default();
    let last: Span = path.last().map_or(first, |it| it.span);
    Name { text, span: first.to(last) }
}
