//! EVO-13: a decision whose day to be looked at again has passed.

use architrave_model::graph::Graph;

use crate::{Family, Input, Rule, Source, Verdicts, subjects::count, tell::day::written};

pub(super) const RULE: Rule = Rule {
    id: "EVO-13",
    name: "decision-overdue",
    family: Family::Evolution,
    title: "a decision was to be looked at again by now",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Repository],
    sources: &[Source {
        title: "Markdown architectural decision records (MADR): More information, when to revisit",
        url: "https://adr.github.io/madr/",
    }],
    maps: &[],
    reads_names: false,
    page: include_str!("decision_overdue.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for decision in &graph.decisions {
        let holds = decision.status.value().is_some_and(|it| it == "accepted");
        let Some(day) = decision.review_by_day.value().filter(|_| holds) else { continue };
        if *day >= graph.as_of_day {
            say.pass(&decision.node);
            continue;
        }
        let late = usize::try_from(graph.as_of_day - day).unwrap_or(0);
        say.fail(
            &decision.node,
            format!(
                "this was to be looked at again on {}, {} ago",
                written(*day),
                count(late, "day")
            ),
        )
        .at_fact(&decision.review_by_day, "by this day")
        .help("ask whether its reasons still hold; then set a new day, or supersede it");
    }
}
