//! FIT-01: more services than the team and the domain bear.

use architrave_model::graph::{Graph, Known};

use super::units::{names, units};
use crate::measure::words::list;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "FIT-01",
    name: "premature-microservices",
    family: Family::Fit,
    title: "cut into more services than the team and the domain bear",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Blueprint, Input::Compose, Input::Kubernetes],
    sources: &[
        Source {
            title: "MonolithFirst (Martin Fowler)",
            url: "https://martinfowler.com/bliki/MonolithFirst.html",
        },
        Source {
            title: "Microservices assessment and readiness (Microsoft)",
            url: "https://learn.microsoft.com/en-us/azure/architecture/guide/technology-choices/microservices-assessment",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("premature_microservices.md"),
    judge,
};

/// Fewer are not called microservices by anybody.
const UNITS_MIN: usize = 3;
/// People that one more service needs (judgement; the same as for products with data).
const PEOPLE_PER_UNIT: usize = 3;
/// Services that a team which releases on its own can look after (judgement).
const UNITS_PER_TEAM: usize = 3;

fn judge(graph: &Graph, say: &mut Verdicts) {
    let units = units(graph);
    if units.is_empty() {
        return;
    }
    if units.len() < UNITS_MIN {
        return say.pass(&graph.system);
    }
    let reasons = reasons(graph, units.len());
    let Some((first, _)) = reasons.first() else {
        return if graph.needs.team.is_unknown() {
            say.cannot_tell(
                &graph.system,
                "how many people build and operate it (`team` in `constraints`)",
            );
        } else {
            say.pass(&graph.system);
        };
    };
    let mut failure = say
        .fail(&graph.system, format!("{} services, {first}", units.len()))
        .help("merge those that change together into one service with a module for each; cut one out again when it needs its own scaling or its own team")
        .because(format!("deployed on their own: {} (observed)", list(&names(&units))));
    let mut is_first = true;
    for (reason, span) in reasons {
        failure = if is_first { failure.at(span, reason) } else { failure.also(span, reason) };
        is_first = false;
    }
    failure.because(format!(
        "{PEOPLE_PER_UNIT} people for each service, {UNITS_PER_TEAM} services for each team that releases on its own (judgement)"
    ));
}

/// What the services are too many for, and who says so.
fn reasons(graph: &Graph, units: usize) -> Vec<(String, Option<architrave_model::Span>)> {
    let needs = &graph.needs;
    let mut reasons = Vec::new();
    if let Known::Is(people, _) = needs.team {
        let people = usize::try_from(people).unwrap_or(usize::MAX);
        if units > (people / PEOPLE_PER_UNIT).max(UNITS_MIN - 1) {
            reasons.push((format!("{people} people build and operate them"), needs.team.span()));
        }
    }
    if let Known::Is(teams, _) = needs.release_teams {
        let most = usize::try_from(teams).unwrap_or(usize::MAX).saturating_mul(UNITS_PER_TEAM);
        if units > most {
            let said = if teams == 1 { "team releases" } else { "teams release" };
            reasons.push((format!("{teams} {said} them all"), needs.release_teams.span()));
        }
    }
    if let Known::Is(domain, _) = &needs.domain
        && matches!(domain.as_str(), "new" | "changing")
    {
        let said = if domain == "new" { "the domain is new" } else { "the domain still changes" };
        reasons.push((said.to_owned(), needs.domain.span()));
    }
    reasons
}
