//! Comment lines directly above an item are its documentation.

use super::Parser;
use crate::syntax::token::{Kind, Token};

impl Parser<'_> {
    /// The text of the comment lines directly above the token at `at`, without their markers.
    pub(super) fn documentation(&self, at: usize) -> String {
        let mut first = at;
        while let Some(above) = first.checked_sub(2) {
            let (comment, line_end) = (self.token(above), self.token(first - 1));
            let is_line =
                line_end.kind == Kind::Newline && comment.is_comment() && comment.is_first;
            if !is_line {
                break;
            }
            first = above;
        }
        let comments = (first..at).step_by(2).map(|it| self.token(it));
        let lines: Vec<String> = comments.flat_map(|it| self.comment_lines(it)).collect();
        lines.join("\n").trim_matches('\n').to_owned()
    }

    fn comment_lines(&self, comment: Token) -> Vec<String> {
        let text = comment.text(self.text);
        if comment.kind == Kind::LineComment {
            let text = text.strip_prefix("//").or(text.strip_prefix('#')).unwrap_or(text);
            return vec![text.strip_prefix(' ').unwrap_or(text).trim_end().to_owned()];
        }
        let text = text.strip_prefix("/*").unwrap_or(text);
        let text = text.strip_suffix("*/").unwrap_or(text);
        let lines = text.lines().map(|line| {
            let line = line.trim();
            let line = line.strip_prefix('*').unwrap_or(line);
            line.strip_prefix(' ').unwrap_or(line).to_owned()
        });
        lines.collect()
    }
}
