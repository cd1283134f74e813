//! Where new settings and blocks go in a block, whichever way it is written.

use architrave_model::Span;

use crate::syntax::ast::{Block, Item};

/// Spaces of one level, as the layout has them.
const INDENT: &str = "  ";

/// What is added to one block.
pub(super) struct Additions {
    pub(super) block: Block,
    /// Settings, behind those that are there.
    pub(super) settings: Vec<String>,
    /// Settings or blocks, behind everything.
    pub(super) at_end: Vec<String>,
}

impl Additions {
    /// Raw edits; indentation and columns are the layout's business.
    pub(super) fn edits(&self, file: &str) -> Option<Vec<(Span, String)>> {
        let block = &self.block;
        let inside = Span { start: block.open.end, end: block.close.start, ..block.span };
        let inner = file.get(inside.start as usize..inside.end as usize)?;
        let outer_indent = indent_of(file, block);
        let indent = format!("{outer_indent}{INDENT}");
        if inner.contains('\n') {
            let settings = self.settings_behind(file, inner, &indent)?;
            return Some(settings.into_iter().chain(self.before_close(file, &indent)?).collect());
        }
        let all = self.settings.iter().chain(&self.at_end).map(|it| indented(it, &indent));
        let all = all.collect::<Vec<String>>().join("\n");
        if inner.trim().is_empty() {
            return Some(vec![(inside, format!("\n{all}\n{outer_indent}"))]);
        }
        // One line holds one setting: what was there moves to a line of its own.
        Some(vec![
            (inside.before(), format!("\n{indent}")),
            (inside.after(), format!("\n{all}\n{outer_indent}")),
        ])
    }

    /// Behind the last setting that stands before the first block; at the top where there is none.
    fn settings_behind(
        &self,
        file: &str,
        inner: &str,
        indent: &str,
    ) -> Option<Option<(Span, String)>> {
        if self.settings.is_empty() {
            return Some(None);
        }
        let block = &self.block;
        let settings = indented(&self.settings.join("\n"), indent);
        let leading = block.items.iter().map_while(|it| match it {
            Item::Attribute(attribute) => Some(attribute.span),
            Item::Block(_) => None,
        });
        let behind = leading.last();
        let anchor = behind.map_or(block.open.end, |it| it.end);
        let rest = file.get(anchor as usize..block.close.start as usize)?;
        let Some(line_end) = rest.find('\n') else {
            // The last setting and the closing brace share a line.
            let at = Span { start: anchor, end: anchor, ..block.span };
            return Some(Some((at, format!("\n{settings}"))));
        };
        let line_end = line_end - usize::from(rest.get(..line_end)?.ends_with('\r'));
        let at = anchor + u32::try_from(line_end).ok()?;
        let is_followed_by_block = behind.is_none() && !inner.trim().is_empty();
        let has_gap =
            rest.get(line_end..)?.trim_start_matches(['\r', ' ', '\t']).starts_with("\n\n");
        let gap = if is_followed_by_block && !has_gap { "\n" } else { "" };
        let text = format!("\n{settings}{gap}");
        Some(Some((Span { start: at, end: at, ..block.span }, text)))
    }

    /// In front of the closing brace, with a line between blocks of several lines.
    fn before_close(&self, file: &str, indent: &str) -> Option<Option<(Span, String)>> {
        if self.at_end.is_empty() {
            return Some(None);
        }
        let block = &self.block;
        let close = block.close.start;
        let before = file.get(..close as usize)?;
        let line_start = before.rfind('\n').map_or(0, |it| it + 1);
        let is_own_line = before.get(line_start..)?.trim().is_empty();
        let has_items = !block.items.is_empty() || !self.settings.is_empty();
        let mut text = String::new();
        for (position, it) in self.at_end.iter().enumerate() {
            if it.contains('\n') && (has_items || position > 0) {
                text.push('\n');
            }
            text.push_str(&indented(it, indent));
            text.push('\n');
        }
        Some(Some(if is_own_line {
            let at = u32::try_from(line_start).ok()?;
            (Span { start: at, end: at, ..block.span }, text)
        } else {
            (Span { start: close, end: close, ..block.span }, format!("\n{text}"))
        }))
    }
}

/// The space with which the block's line begins.
fn indent_of(file: &str, block: &Block) -> String {
    let before = file.get(..block.span.start as usize).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |it| it + 1);
    let line = before.get(start..).unwrap_or_default();
    line.chars().take_while(|it| matches!(it, ' ' | '\t')).collect()
}

fn indented(text: &str, indent: &str) -> String {
    let lines = text.lines();
    let lines = lines.map(|it| if it.is_empty() { String::new() } else { format!("{indent}{it}") });
    lines.collect::<Vec<_>>().join("\n")
}
