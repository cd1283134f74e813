//! Decides: which option of a table fits a system, why, and what would change it. Pure: no clock, no network.
//!
//! Three layers. *Gates* remove options that cannot work. *Rows*, read from the top, choose: the first whose
//! conditions hold and whose option is still there. *Marks* compare the options for people; they choose
//! nothing, because weights are tastes. The tables are data (`tables/*.toml`), each row with its source and
//! how far it can be trusted; a test proves that every table answers every system and that no row is dead.

mod choose;
mod condition;
mod sensitivity;
mod table;
pub mod told;

use architrave_model::{decision::Decision, graph::Graph};

use table::{Table, tables};

/// Every decision about a system, in the order of the tables.
#[must_use]
pub fn decide(graph: &Graph) -> Vec<Decision> {
    tables().iter().filter_map(|table| choose::choose(table, graph)).collect()
}

/// What every table chooses, without the reasons: (id, name, option). Cheap enough to try many worlds.
#[must_use]
pub fn chosen(graph: &Graph) -> Vec<(&'static str, &'static str, &'static str)> {
    let choose = |table: &'static Table| {
        Some((table.id.as_str(), table.name.as_str(), choose::chosen(table, graph)?))
    };
    tables().iter().filter_map(choose).collect()
}
