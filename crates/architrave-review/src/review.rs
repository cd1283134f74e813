//! Asks every rule and gathers what they say.

use architrave_model::{Level, Outcome, Verdict, graph::Graph};

use crate::{Rule, Verdicts, rules};

/// What all rules say of one system.
#[derive(Debug, Clone, Default)]
pub struct Review {
    /// Failures first; within an outcome by level, rule and subject. A rule with nothing to judge has one
    /// verdict about `system`: not applicable.
    pub verdicts: Vec<Verdict>,
}

impl Review {
    /// How many verdicts have this outcome.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        self.verdicts.iter().filter(|it| it.outcome == outcome).count()
    }

    /// Brings verdicts whose outcome or level has changed back into order.
    pub(crate) fn sort(&mut self) {
        self.verdicts.sort_by(|a, b| key(a).cmp(&key(b)));
    }
}

/// Judges a system by all rules. Pure: the same graph gives the same bytes.
#[must_use]
pub fn review(graph: &Graph) -> Review {
    let mut review = Review { verdicts: rules().flat_map(|rule| judge(rule, graph)).collect() };
    review.sort();
    review
}

fn judge(rule: &Rule, graph: &Graph) -> Vec<Verdict> {
    let mut said = Verdicts::of(rule);
    (rule.judge)(graph, &mut said);
    let list = said.into_list();
    if list.is_empty() { vec![not_applicable(rule)] } else { list }
}

fn not_applicable(rule: &Rule) -> Verdict {
    Verdict {
        rule: rule.id,
        subject: "system".to_owned(),
        subject_name: String::new(),
        outcome: Outcome::NotApplicable,
        level: rule.level(),
        title: String::new(),
        places: Vec::new(),
        help: String::new(),
        proposal: None,
        because: Vec::new(),
        waiver: None,
    }
}

fn key(verdict: &Verdict) -> (Outcome, Level, &'static str, &str) {
    (verdict.outcome, verdict.level, verdict.rule, &verdict.subject)
}
