//! A blueprint's text out of tables or a contract: a draft that checks and serves, with every guess marked.
//!
//! Start reading at [`draft`]: tables (or, without any, resources of a contract) become a sketch, the sketch
//! gets people, parts, states and names, and is written.

mod columns;
mod contract;
mod layout;
mod names;
mod relations;
mod sketch;
mod tables;
mod write;

use crate::Import;
use sketch::Sketch;

/// A drafted blueprint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// The text, laid out in the standard way; empty where nothing was found to draft from.
    pub text: String,
    /// What had to be guessed, each with its place, in the order of the text.
    pub guesses: Vec<String>,
    /// What was not taken over, with the reason.
    pub left_out: Vec<String>,
}

/// Drafts a blueprint from the tables of an import, or from the operations of a contract where there are none.
/// Total: whatever was imported, the text checks without errors.
#[must_use]
pub fn draft(import: &Import) -> Draft {
    let mut sketch = Sketch::default();
    if import.graph.tables.is_empty() {
        contract::sketch(&import.graph, &mut sketch);
    } else {
        tables::sketch(&import.graph, &mut sketch);
        let operations = import.graph.operations.len();
        if operations > 0 {
            let text =
                format!("{operations} operations of a contract: the tables say what is kept");
            sketch.left_out.push(text);
        }
    }
    if sketch.entities.is_empty() {
        return Draft { left_out: sketch.left_out, ..Draft::default() };
    }
    relations::settle(&mut sketch);
    names::settle(&mut sketch);
    let (text, guesses) = write::write(&sketch);
    let left_out = sketch.left_out.iter().map(|it| layout::one_line(it)).collect();
    Draft { text, guesses, left_out }
}
