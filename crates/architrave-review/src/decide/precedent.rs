//! What people decided before, and what it leaves: a record that was accepted by hand binds the table that decides the
//! same thing; an option that somebody rejected is not proposed again.

use architrave_model::graph::Graph;

use super::choose::Barred;
use super::table::Table;
use crate::words::words;

/// Something that people decided before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Precedent {
    /// A person accepted a record of their own that names a product.
    Chose {
        /// How it is called, e.g. "record 0003".
        record: String,
        /// What it names, lower case, e.g. `rabbitmq`.
        product: String,
    },
    /// A person said no to an option of a table.
    Rejected {
        /// How it is called, e.g. "record 0004".
        record: String,
        /// Id of the table.
        decision: String,
        /// Name of the option.
        option: String,
    },
}

/// The accepted records of people in the graph. Records that decisions of ours were written to do not bind us: they
/// are superseded when another outcome is accepted.
pub(super) fn of(graph: &Graph) -> Vec<Precedent> {
    let accepted = graph
        .decisions
        .iter()
        .filter(|it| it.decides.is_none() && it.status.value().is_some_and(|it| it == "accepted"));
    accepted
        .filter_map(|it| {
            let number = it.node.id.trim_start_matches("decision:");
            let record = format!("record {number}");
            let product = it.chosen.value()?.replace('`', "'").replace(char::is_control, " ");
            Some(Precedent::Chose { record, product })
        })
        .collect()
}

/// What precedents rule out in a table.
pub(super) fn barred(table: &Table, precedents: &[&Precedent]) -> Barred {
    let mut barred = Barred::new();
    for precedent in precedents {
        match precedent {
            Precedent::Chose { record, product } => {
                let words = words(product);
                let names = |at: &usize| {
                    table.options.get(*at).is_some_and(|it| {
                        it.products.iter().any(|it| words.iter().any(|word| word == it))
                    })
                };
                let meant: Vec<usize> = (0..table.options.len()).filter(names).collect();
                if meant.is_empty() {
                    continue;
                }
                for at in (0..table.options.len()).filter(|it| !meant.contains(it)) {
                    let why = format!("{record}, which was accepted, chose `{product}`");
                    barred.entry(at).or_insert(why);
                }
            }
            Precedent::Rejected { record, decision, option } if *decision == table.id => {
                if let Some(at) = table.options.iter().position(|it| it.name == *option) {
                    barred.insert(at, format!("{record} rejected it"));
                }
            }
            Precedent::Rejected { .. } => {}
        }
    }
    barred
}
