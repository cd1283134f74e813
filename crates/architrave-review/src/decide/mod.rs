//! Decides: which option of a table fits a system, why, and what would change it. Pure: no clock, no network.
//!
//! Three layers. *Gates* remove options that cannot work. *Rows*, read from the top, choose: the first whose
//! conditions hold and whose option is still there. *Marks* compare the options for people; they choose
//! nothing, because weights are tastes. The tables are data (`tables/*.toml`), each row with its source and
//! how far it can be trusted; a proof shows that every table answers every system and that no row is dead.

mod choose;
mod comparison;
mod condition;
pub mod page;
mod phrases;
mod precedent;
mod proof;
mod sensitivity;
mod table;
mod tables;
pub mod told;

use std::collections::BTreeMap;

use architrave_model::{decision::Decision, graph::Graph};

pub use precedent::Precedent;
pub use tables::{TableFault, Tables};

/// Every decision about a system, in the order of the tables. Records of people in the graph bind it.
#[must_use]
pub fn decide(graph: &Graph) -> Vec<Decision> {
    decide_by(Tables::ours(), graph, &[])
}

/// Decides by other tables, and with what people said no to.
#[must_use]
pub fn decide_by(tables: &Tables, graph: &Graph, precedents: &[Precedent]) -> Vec<Decision> {
    let of_people = precedent::of(graph);
    let all: Vec<&Precedent> = of_people.iter().chain(precedents).collect();
    let choose = |table| choose::choose(table, graph, &precedent::barred(table, &all));
    tables.all().iter().map(choose).collect()
}

/// What every table chooses, without the reasons: (id, name, option). Cheap enough to try many worlds.
#[must_use]
pub fn chosen(graph: &Graph) -> Vec<(&'static str, &'static str, &'static str)> {
    let of_people = precedent::of(graph);
    let all: Vec<&Precedent> = of_people.iter().collect();
    let choose = |table: &'static table::Table| {
        let option = choose::chosen(table, graph, &precedent::barred(table, &all))?;
        Some((table.id.as_str(), table.name.as_str(), option))
    };
    Tables::ours().all().iter().filter_map(choose).collect()
}

/// What a table would choose for facts as they were written ([`architrave_model::decision::Input::written`]); the
/// default for others. Precedents are left out: it tells what facts alone do.
#[must_use]
pub(crate) fn chosen_for(
    tables: &Tables,
    id: &str,
    facts: &BTreeMap<String, String>,
) -> Option<String> {
    let table = tables.all().iter().find(|it| it.id == id)?;
    choose::chosen_for(table, facts, &BTreeMap::new()).map(str::to_owned)
}
