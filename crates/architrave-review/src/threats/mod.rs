//! The threat model: where boundaries of trust are crossed, what somebody could do at each crossing, and which
//! verdicts answer it.

mod catalogue;
mod crossing;

use architrave_model::{
    Crossing, CrossingKind, Level, Outcome, Threat, ThreatAnswer, Verdict, graph::Graph, words,
};

use catalogue::{CATALOGUE, Entry};

/// Where data crosses a boundary of trust, from the outside in.
#[must_use]
pub fn crossings(graph: &Graph) -> Vec<Crossing> {
    crossing::all(graph)
}

/// What somebody could do at each crossing, in the order of the crossings; answered by verdicts that are already
/// judged and waived.
#[must_use]
pub fn threats(crossings: &[Crossing], verdicts: &[Verdict]) -> Vec<Threat> {
    crossings
        .iter()
        .flat_map(|crossing| {
            let entries = CATALOGUE.iter().filter(|it| it.kind == crossing.kind);
            let entries =
                entries.filter(|it| !it.needs_personal_data || !crossing.personal_data.is_empty());
            entries.map(|entry| threat(crossing, entry, verdicts))
        })
        .collect()
}

fn threat(crossing: &Crossing, entry: &Entry, verdicts: &[Verdict]) -> Threat {
    let slug = entry.category.title().to_lowercase().replace(' ', "-");
    let data = words::list(&crossing.personal_data);
    let told = |text: &&str| {
        text.replace("{from}", &crossing.from.name)
            .replace("{to}", &crossing.to.name)
            .replace("{data}", &data)
    };
    Threat {
        id: format!("{slug}@{}", crossing.id),
        crossing: crossing.id.clone(),
        category: entry.category,
        scenario: told(&entry.scenario),
        level: Level::of(entry.impact, entry.likelihood),
        answer: answer(crossing, entry, verdicts),
        served_so: entry.served_so.iter().map(told).collect(),
    }
}

/// A failure opens it, then a waiver accepts it, then what holds mitigates it. What cannot be told is open where
/// nothing else answers.
fn answer(crossing: &Crossing, entry: &Entry, verdicts: &[Verdict]) -> ThreatAnswer {
    let about: Vec<&Verdict> = verdicts
        .iter()
        .filter(|it| entry.rules.contains(&it.rule) && concerns(crossing, &it.subject))
        .collect();
    let of = |outcome: Outcome| about.iter().filter(move |it| it.outcome == outcome);
    let failed: Vec<String> =
        of(Outcome::Fail).map(|it| format!("`{}`: {}", it.id(), it.title)).collect();
    if !failed.is_empty() {
        return ThreatAnswer::Open(failed);
    }
    let accepted: Vec<_> =
        of(Outcome::Waived).filter_map(|it| Some((it.id(), it.waiver.clone()?))).collect();
    if !accepted.is_empty() {
        return ThreatAnswer::Accepted(accepted);
    }
    let holding: Vec<(&'static str, u32)> = entry
        .rules
        .iter()
        .map(|rule| (*rule, of(Outcome::Pass).filter(|it| it.rule == *rule).count()))
        .filter(|it| it.1 > 0)
        .map(|(rule, count)| (rule, u32::try_from(count).unwrap_or(u32::MAX)))
        .collect();
    if !holding.is_empty() || !entry.served_so.is_empty() {
        return ThreatAnswer::Mitigated(holding);
    }
    // What several elements lack alike is said once.
    let mut lacking: Vec<(&'static str, &str)> =
        of(Outcome::CannotTell).map(|it| (it.rule, it.title.as_str())).collect();
    lacking.dedup();
    let unknown: Vec<String> =
        lacking.iter().map(|(rule, what)| format!("`{rule}` cannot tell {what}")).collect();
    ThreatAnswer::Open(if unknown.is_empty() { vec![entry.unanswered.to_owned()] } else { unknown })
}

/// Whether a verdict about an element says something of a crossing. What is said of the whole system, of operations,
/// tables and the like concerns the crossings of our own process.
fn concerns(crossing: &Crossing, subject: &str) -> bool {
    if crossing.subjects.iter().any(|it| it == subject) {
        return true;
    }
    let is_own = matches!(crossing.kind, CrossingKind::Callers | CrossingKind::Store);
    let kind = subject.split(':').next().unwrap_or_default();
    is_own && !matches!(kind, "edge" | "consumer" | "external" | "step" | "process" | "store")
}

#[cfg(test)]
mod tests;
