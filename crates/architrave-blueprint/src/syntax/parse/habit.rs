//! Habits from other languages: what an unexpected word was probably meant to be.

use architrave_model::{Fix, Span};

use super::Parser;
use super::say::edit;
use crate::syntax::token::{Kind, Token};

/// What is written otherwise here.
struct Habit {
    /// As it was written.
    foreign: &'static str,
    /// As it is written in blueprints.
    ours: &'static str,
}

/// Words that join two values.
const BETWEEN: &[Habit] = &[
    Habit { foreign: "and", ours: "&&" },
    Habit { foreign: "AND", ours: "&&" },
    Habit { foreign: "or", ours: "||" },
    Habit { foreign: "OR", ours: "||" },
    Habit { foreign: "is", ours: "==" },
    Habit { foreign: "eq", ours: "==" },
    Habit { foreign: "of", ours: "in" },
];

impl Parser<'_> {
    /// What to do about an unexpected token, where a habit explains it.
    pub(super) fn habit(&self, token: Token) -> Option<(String, Option<Fix>)> {
        let (span, text) = (self.span(token), token.text(self.text));
        let before = self.source(self.previous);
        let is_glued = self.previous.end == token.start;
        let joined = BETWEEN.iter().find(|it| it.foreign == text && token.kind == Kind::Name);
        if let Some(habit) = joined {
            return Some(written(habit.foreign, habit.ours, span));
        }
        match token.kind {
            Kind::Assign if is_glued && before == "==" => {
                let help = "two `=` are enough: values are never converted to compare them";
                Some((help.into(), Some(edit("remove one `=`", span, "", true))))
            }
            Kind::Assign if !token.is_first => {
                let fix = edit("compare with `==`", span, "==", false);
                Some(("`=` sets; to compare, write `==`".into(), Some(fix)))
            }
            kind if kind.begins_value() && matches!(before, "not" | "NOT") => {
                // `!` binds tighter than `not` elsewhere: `not a == b` is not `!a == b`.
                let gap = Span { end: token.start, ..self.previous };
                let is_bound = kind == Kind::LeftParenthesis;
                Some((
                    format!("`{before}` is written `!`; around a comparison `!(…)`"),
                    Some(edit("write `!`", gap, "!", is_bound)),
                ))
            }
            Kind::Quote if is_glued && self.is_word_before() => {
                let help =
                    format!("the arguments of a function stand in parentheses: `{before}(…)`");
                Some((help, None))
            }
            Kind::LeftParenthesis if is_glued => {
                Some(("only the name of a function can stand before `(`".into(), None))
            }
            Kind::Name if is_glued && before == "\"" => {
                Some(("a quote inside of a text is written `\\\"`".into(), None))
            }
            Kind::Name if before.bytes().all(|it| it.is_ascii_digit()) && !before.is_empty() => {
                Some((format!("an amount with a unit is a text: `\"{before} {text}\"`"), None))
            }
            _ => None,
        }
    }
}

impl Parser<'_> {
    /// Whether a name was taken last.
    fn is_word_before(&self) -> bool {
        self.source(self.previous).starts_with(|it: char| it.is_ascii_alphabetic())
    }
}

fn written(foreign: &str, ours: &str, span: Span) -> (String, Option<Fix>) {
    let fix = edit(&format!("write `{ours}`"), span, ours, true);
    (format!("`{foreign}` is written `{ours}`"), Some(fix))
}
