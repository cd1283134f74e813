//! The questions an architect may ask. Which of them are asked is worked out, not listed: see `open`.

use architrave_model::{Change, graph::Graph};

use crate::facts::{FactValue, Unit};

/// A question and where its answer is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question {
    /// Stable, e.g. `Q01`.
    pub(super) id: &'static str,
    /// The fact it asks for.
    pub(super) fact: &'static str,
    /// One sentence.
    pub(super) text: &'static str,
    /// How one comes by a good answer.
    pub(super) hint: &'static str,
    /// Where the answer stands in a blueprint.
    pub(super) place: Place,
}

/// Where an answer stands in a blueprint.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// A setting of a block at the top: its kind and the setting.
    Setting(&'static str, &'static str),
    /// One of a list of texts in a setting: kind, setting, the text.
    Listed(&'static str, &'static str, &'static str),
    /// An objective over everything that the system offers.
    Objective,
    /// So many regions of the system; which ones is the author's to say.
    Regions,
}

/// In the order of their ids.
pub(super) const QUESTIONS: &[Question] = &[
    Question {
        id: "Q01",
        fact: "team",
        text: "How many people build and operate this system?",
        hint: "count those who can be asked to mend it, not those who once worked on it",
        place: Place::Setting("constraints", "team"),
    },
    Question {
        id: "Q02",
        fact: "release_teams",
        text: "How many teams release on their own, without waiting for each other?",
        hint: "1 unless teams have their own backlog, their own tests and their own right to deploy",
        place: Place::Setting("constraints", "release_teams"),
    },
    Question {
        id: "Q03",
        fact: "domain",
        text: "How well is the domain known: new, changing, or stable?",
        hint: "look at how often things moved from one context to another in the last year",
        place: Place::Setting("constraints", "domain"),
    },
    Question {
        id: "Q04",
        fact: "peak",
        text: "How many requests arrive per second at the busiest time?",
        hint: "from the access log: the busiest minute divided by 60; or requests a day divided by 86,400, times 8",
        place: Place::Setting("workload", "peak"),
    },
    Question {
        id: "Q05",
        fact: "read_share",
        text: "What share of the requests only reads?",
        hint: "GET and HEAD in the access log, divided by all",
        place: Place::Setting("workload", "read_share"),
    },
    Question {
        id: "Q06",
        fact: "growth",
        text: "By how much does the load grow per month?",
        hint: "last month's busiest hour against the month before",
        place: Place::Setting("workload", "growth"),
    },
    Question {
        id: "Q07",
        fact: "spike",
        text: "How many times the usual peak must it survive?",
        hint: "the worst day so far, or the campaign that is planned",
        place: Place::Setting("workload", "spike"),
    },
    Question {
        id: "Q08",
        fact: "latency_p99",
        text: "How slow may one answer in a hundred be?",
        hint: "what users put up with, not what the system happens to do",
        place: Place::Objective,
    },
    Question {
        id: "Q09",
        fact: "availability",
        text: "How much of the time must it answer?",
        hint: "99.9% allows 43 minutes a month, 99.99% allows 4; ask what an hour of outage costs",
        place: Place::Objective,
    },
    Question {
        id: "Q10",
        fact: "rpo",
        text: "How much work may be lost when a machine is lost?",
        hint: "the work of how many minutes could be done again by hand?",
        place: Place::Setting("recovery", "rpo"),
    },
    Question {
        id: "Q11",
        fact: "rto",
        text: "How long may it take until it answers again?",
        hint: "from the alarm to the first good answer, at night",
        place: Place::Setting("recovery", "rto"),
    },
    Question {
        id: "Q13",
        fact: "first_release",
        text: "How long until the first release?",
        hint: "the date that was promised, in weeks from now",
        place: Place::Setting("constraints", "first_release"),
    },
    Question {
        id: "Q14",
        fact: "regions",
        text: "In how many regions must it run?",
        hint: "one, unless users far away wait too long or the law says so",
        place: Place::Regions,
    },
    Question {
        id: "Q16",
        fact: "has_residency",
        text: "Must personal data stay in named regions?",
        hint: "ask whoever signs contracts with customers",
        place: Place::Listed("compliance", "residency", "eu"),
    },
    Question {
        id: "Q17",
        fact: "isolation",
        text: "How far apart must tenants be kept: rows, schemas, or databases?",
        hint: "row unless a contract names separate storage, keys or backups",
        place: Place::Setting("workload", "isolation"),
    },
    Question {
        id: "Q18",
        fact: "largest_tenant",
        text: "What share of the load comes from the largest tenant?",
        hint: "group the access log by tenant",
        place: Place::Setting("workload", "largest_tenant"),
    },
    Question {
        id: "Q19",
        fact: "history",
        text: "What of the past must be told: nothing, who changed what, or how everything was on a given day?",
        hint: "auditors ask for a log; only disputes about the past ask for more",
        place: Place::Setting("compliance", "history"),
    },
    Question {
        id: "Q20",
        fact: "staleness",
        text: "How old may an answer be?",
        hint: "0s where people read what they have just written",
        place: Place::Setting("workload", "staleness"),
    },
    Question {
        id: "Q21",
        fact: "on_call",
        text: "When is somebody on call?",
        hint: "who was woken last time, and by what?",
        place: Place::Setting("constraints", "on_call"),
    },
    Question {
        id: "Q22",
        fact: "busy",
        text: "In what share of the time is there anything to do?",
        hint: "minutes of a week with at least one request, divided by 10,080",
        place: Place::Setting("workload", "busy"),
    },
    Question {
        id: "Q23",
        fact: "peak_to_mean",
        text: "How many times the mean is the peak?",
        hint: "the busiest minute of a week divided by its average minute",
        place: Place::Setting("workload", "peak_to_mean"),
    },
    Question {
        id: "Q24",
        fact: "runs_kubernetes",
        text: "Does the team run Kubernetes already?",
        hint: "somebody upgraded a cluster within the last year",
        place: Place::Listed("constraints", "uses", "kubernetes"),
    },
    Question {
        id: "Q25",
        fact: "runs_postgresql",
        text: "Does the team run PostgreSQL already?",
        hint: "somebody restored a database within the last year",
        place: Place::Listed("constraints", "uses", "postgresql"),
    },
    Question {
        id: "Q26",
        fact: "horizon",
        text: "How far ahead is it planned?",
        hint: "two years, unless machines are bought rather than rented",
        place: Place::Setting("workload", "horizon"),
    },
    Question {
        id: "Q27",
        fact: "client_kinds",
        text: "How many kinds of clients want the same data in different shapes?",
        hint: "a web page and an app that show the same things count as one; a partner's export counts as another",
        place: Place::Setting("workload", "client_kinds"),
    },
];

impl Place {
    /// What to write for an answer; none where it is the author's to say in other words.
    pub(super) fn changes(self, graph: &Graph, unit: Unit, value: FactValue) -> Vec<Change> {
        match self {
            Self::Setting(kind, name) => {
                vec![Change::SetTop { kind, name, value: written(unit, value) }]
            }
            Self::Listed(kind, name, word) => {
                let known = match name {
                    "residency" => &graph.needs.residency,
                    _ => &graph.needs.uses,
                };
                let mut words = known.value().cloned().unwrap_or_default();
                words.retain(|it| it != word);
                if value == FactValue::Flag(true) {
                    words.push(word.to_owned());
                }
                let words: Vec<String> = words.iter().map(|it| format!("{it:?}")).collect();
                vec![Change::SetTop { kind, name, value: format!("[{}]", words.join(", ")) }]
            }
            Self::Objective => objective(graph, unit, value).into_iter().collect(),
            Self::Regions => Vec::new(),
        }
    }
}

/// A value as a blueprint has it.
fn written(unit: Unit, value: FactValue) -> String {
    match (unit, value) {
        (Unit::Count(_), FactValue::Number(number)) => number.to_string(),
        (Unit::Flag, FactValue::Flag(flag)) => flag.to_string(),
        _ => format!("{:?}", unit.show(value)),
    }
}

/// An objective over all tables that somebody can read; of an existing system over all of it, which needs no names.
fn objective(graph: &Graph, unit: Unit, value: FactValue) -> Option<Change> {
    let mut covered: Vec<&str> =
        graph.operations.iter().filter_map(|it| it.node.name.strip_suffix(".list")).collect();
    covered.dedup();
    if covered.is_empty() && graph.is_closed {
        return None;
    }
    let (name, promise) = match unit {
        Unit::Ppm => ("answers", format!("availability = {}", written(unit, value))),
        _ => ("answers_fast", format!("latency = {{ p99 = {} }}", written(unit, value))),
    };
    let covers: Vec<String> = covered.iter().map(|it| format!("{it}.read")).collect();
    let covers = match graph.is_closed {
        true => format!("  covers = [{}]\n", covers.join(", ")),
        false => String::new(),
    };
    let text = format!("slo {name} {{\n{covers}  {promise}\n  window = \"30d\"\n}}\n");
    Some(Change::Add { inside: None, text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{fact, facts};

    #[test]
    fn every_question_asks_for_a_fact_that_can_be_assumed() {
        for question in QUESTIONS {
            let fact = fact(question.fact);
            assert!(
                fact.is_some_and(|it| it.assume.is_some()),
                "{}: {}",
                question.id,
                question.fact
            );
        }
        let mut ids: Vec<&str> = QUESTIONS.iter().map(|it| it.id).collect();
        assert!(ids.is_sorted(), "{ids:?}");
        ids.dedup();
        assert_eq!(ids.len(), QUESTIONS.len());
    }

    #[test]
    fn no_fact_that_can_be_assumed_goes_unasked() {
        // Asked for by the blueprint's own shape, or by the list of regimes itself.
        let unasked = ["tenants", "has_regime"];
        for fact in facts().filter(|it| it.assume.is_some() && !unasked.contains(&it.name)) {
            assert!(QUESTIONS.iter().any(|it| it.fact == fact.name), "{}", fact.name);
        }
    }
}
