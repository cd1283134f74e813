//! The facts that decisions rest on and questions ask for: how each is read from the graph, assumed in it,
//! written and compared. Tables and questions name them; nothing else reads needs for a decision.

mod capacity;
mod design;
mod law;
mod load;
mod people;
mod promise;
mod shape;
mod value;

use architrave_model::graph::{Graph, Known, Provenance};

pub use value::{FactValue, Unit};

/// One fact about a system.
#[derive(Debug, Clone, Copy)]
pub struct Fact {
    /// Stable, `snake_case`; what tables and questions call it.
    pub name: &'static str,
    /// As a person calls it, e.g. "teams that release on their own".
    pub title: &'static str,
    /// How its values are written.
    pub unit: Unit,
    /// Values that systems like this really have, smallest first. What a question tries.
    pub plausible: &'static [FactValue],
    /// Taken where nobody says otherwise.
    pub default: FactValue,
    /// What the graph says.
    pub read: fn(&Graph) -> Known<FactValue>,
    /// Makes the graph say it, as an assumption; none for facts that follow from the design itself.
    pub assume: Option<fn(&mut Graph, FactValue)>,
}

/// Facts by subject, in reading order.
const SUBJECTS: &[&[Fact]] = &[
    people::FACTS,
    load::FACTS,
    promise::FACTS,
    law::FACTS,
    shape::FACTS,
    design::FACTS,
    design::OF_LOAD,
    capacity::FACTS,
];

/// All facts.
pub fn facts() -> impl Iterator<Item = &'static Fact> {
    SUBJECTS.iter().copied().flatten()
}

/// The fact with this name.
#[must_use]
pub fn fact(name: &str) -> Option<&'static Fact> {
    facts().find(|it| it.name == name)
}

/// What to ask for in order to know a fact better: the fact itself, or those that it is worked out from, as far as
/// nobody stated them.
#[must_use]
pub fn asked_for(fact: &Fact, graph: &Graph) -> Vec<&'static str> {
    let is_worked_out = capacity::FACTS.iter().any(|it| it.name == fact.name);
    let names = match fact.assume {
        Some(_) => vec![fact.name],
        None if is_worked_out => capacity::FROM.to_vec(),
        None => design::load_behind(fact.name).unwrap_or_default().to_vec(),
    };
    let is_stated = |name: &str| {
        self::fact(name).is_some_and(|it| {
            (it.read)(graph).origin().is_some_and(|it| it.provenance != Provenance::Assumed)
                && !(it.read)(graph).is_absent()
        })
    };
    names.into_iter().filter(|it| !is_stated(it)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_has_its_own_name_and_something_to_try() {
        let mut names = std::collections::BTreeSet::new();
        for fact in facts() {
            assert!(names.insert(fact.name), "{} is there twice", fact.name);
            let tries = fact.plausible.len();
            assert!(
                fact.assume.is_none() || tries >= 2,
                "{} has {tries} plausible values",
                fact.name
            );
        }
    }

    #[test]
    fn what_is_assumed_is_what_is_read() {
        for fact in facts() {
            let Some(assume) = fact.assume else { continue };
            for value in fact.plausible {
                let mut graph = Graph::default();
                assume(&mut graph, *value);
                assert_eq!((fact.read)(&graph).value(), Some(value), "{}", fact.name);
            }
        }
    }
}
