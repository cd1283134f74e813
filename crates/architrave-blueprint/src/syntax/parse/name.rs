//! Names: what HCL allows and blueprints do not.

use architrave_model::Name;

use super::Parser;
use super::say::{edit, error, quoted};
use crate::syntax::code;
use crate::syntax::token::Token;

/// Where a name stands decides what a `-` in it was meant to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Left of `=`, a kind, a label, behind a point: only a name.
    Name,
    /// In a value, where it may have been meant as a subtraction.
    Value,
}

impl Parser<'_> {
    /// The name a token stands for; what is wrong with it is reported, and mended in the tree so
    /// that nothing else has to be said about it.
    pub(super) fn name(&mut self, token: Token, place: Place) -> Name {
        let span = self.span(token);
        let text = token.text(self.text).to_owned();
        if text.contains('-') {
            return self.dashed(token, text, place);
        }
        let is_good = text.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
            && text.bytes().next().is_some_and(|it| it.is_ascii_alphabetic());
        if !is_good {
            let (title, label) = if text.starts_with('_') {
                (format!("the name {} begins with `_`", quoted(&text)), "begins with `_`")
            } else {
                let title = format!("the name {} has letters beyond a to z", quoted(&text));
                (title, "not only a to z, 0 to 9 and `_`")
            };
            let finding = error(code::NAME, span, title, label);
            self.report(finding.help(
                "names begin with a letter from a to z and go on with letters, digits and `_`",
            ));
        }
        Name { text, span }
    }

    fn dashed(&mut self, token: Token, text: String, place: Place) -> Name {
        let span = self.span(token);
        let underscored = text.trim_matches('-').replace('-', "_");
        let title = format!("the name {} has a `-` in it", quoted(&text));
        let finding = error(code::DASH_IN_NAME, span, title, "names are written with `_`");
        let fix = edit("write it with `_`", span, &underscored, place == Place::Name);
        let finding = if place == Place::Name {
            finding.fix(fix)
        } else {
            let spaced = text.split('-').filter(|it| !it.is_empty()).collect::<Vec<_>>();
            let help = format!(
                "write `{underscored}` if it is one name, `{}` if it is a subtraction",
                spaced.join(" - ")
            );
            finding.help(help).fix(fix)
        };
        self.report(finding);
        Name { text: underscored, span }
    }
}
