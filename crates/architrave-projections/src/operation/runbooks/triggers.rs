//! Runbooks of triggers: a decision is to be made anew, a stage of growth ends.

use architrave_model::{
    capacity::Stage,
    decision::{Decision, Trigger},
    words,
};

use super::{
    Runbook,
    site::{promql, shell},
};
use crate::{
    Material,
    alert::trigger,
    decided,
    page::{code, escape, sentence},
};

pub(super) fn runbooks(material: &Material<'_>) -> Vec<Runbook> {
    let assessment = material.assessment;
    let decisions = assessment.decisions.iter().filter(|it| !it.triggers.is_empty());
    let stages = assessment.stages.iter().enumerate().filter_map(|(position, stage)| {
        let trigger = stage.trigger.as_ref()?;
        Some(of_stage(stage, assessment.stages.get(position + 1), trigger))
    });
    decisions.map(of_decision).chain(stages).collect()
}

fn title(decision: &Decision, option: &str) -> String {
    let found = decision.options.iter().find(|it| it.name == option);
    escape(found.map_or(option, |it| it.title.as_str()))
}

fn of_decision(decision: &Decision) -> Runbook {
    let inputs: Vec<String> =
        decision.inputs.iter().filter(|it| !it.flips.is_empty()).map(input).collect();
    let chosen = title(decision, &decision.chosen);
    let mut hits = vec![format!(
        "nobody yet: it is told early. It is about \"{}\", answered by **{chosen}** because {}",
        escape(&decision.question),
        escape(&decision.because)
    )];
    hits.extend(inputs);
    let ask = decision
        .triggers
        .iter()
        .map(|it| promql(&format!("{}:", escape(&it.title)), it.expression.clone()));
    let decide = shell("What the tables say with the numbers of today:", "architrave decide PATH");
    Runbook {
        slug: trigger::decision_runbook(decision),
        title: format!("Decide anew: {}", decided::words(decision)),
        alerts: trigger::decision_alerts(decision),
        means: format!(
            "a measurement has reached the point at which the decision {} ({}) was to be looked at again.",
            code(&decision.id),
            decided::words(decision)
        ),
        hits,
        ask: ask.chain([decide]).collect(),
        do_this: vec![
            "Write the measured number into the blueprint where an assumption or an older number stands (`workload`, `constraints`).".to_owned(),
            format!("Run `architrave decide PATH`: it says whether {} still comes out as before, and what it would take.", code(&decision.id)),
            "With another outcome: the new record is proposed, supersedes the old one, and waits for a person.".to_owned(),
            "With the same outcome: raise the threshold in the table of the decision, with the measurement as its source.".to_owned(),
        ],
        undo: "A decision is never rewritten; another outcome is another record.".to_owned(),
        over: format!(
            "The record of {} has been accepted anew, and the alert is silent or has a new threshold.",
            code(&decision.id)
        ),
    }
}

fn input(input: &architrave_model::decision::Input) -> String {
    let flips: Vec<String> = input
        .flips
        .iter()
        .map(|it| format!("{} ({})", escape(&it.value), escape(&it.option)))
        .collect();
    format!(
        "{}: {} now; another outcome at {}",
        escape(&input.title),
        escape(&input.value),
        flips.join(", ")
    )
}

fn of_stage(stage: &Stage, next: Option<&Stage>, trigger: &Trigger) -> Runbook {
    let to = next.map_or_else(
        || "the next stage".to_owned(),
        |it| format!("{} ({})", it.id, escape(&it.title)),
    );
    let mut do_this: Vec<String> =
        next.map(|it| it.steps.iter().map(|it| sentence(it)).collect()).unwrap_or_default();
    if do_this.is_empty() {
        do_this.push(
            "Run `architrave capacity PATH` with new measurements: no further stage is known."
                .to_owned(),
        );
    }
    let holds = stage
        .holds_until_milli_per_s
        .map_or_else(String::new, |it| format!(" It holds until {}.", words::short_rate(it)));
    let lead = next.map_or(stage.lead_time_days, |it| it.lead_time_days);
    Runbook {
        slug: trigger::stage_runbook(stage),
        title: format!("Leave stage {}", stage.id),
        alerts: vec![trigger::stage_alert(stage)],
        means: format!(
            "Stage {} ({}) comes to its end.{holds} First to break is {}.",
            escape(&stage.id),
            escape(&stage.title),
            escape(&stage.breaks_first)
        ),
        hits: vec![format!(
            "nobody yet: the move to {to} takes {lead} days, and this is told so much ahead"
        )],
        ask: vec![
            promql(&format!("{}:", escape(&trigger.title)), trigger.expression.clone()),
            shell(
                "How far the present stage goes, with what was measured:",
                "architrave capacity PATH",
            ),
        ],
        do_this,
        undo: next.map_or_else(String::new, |it| {
            format!("What is given up by the move: {}", escape(&it.gives_up))
        }),
        over: format!("{to} serves, and the trigger is below its threshold there."),
    }
}
