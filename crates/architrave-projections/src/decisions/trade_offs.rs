//! `decisions/trade-offs.md`: what is optimised for, what is given up, and what would turn each decision.

use std::collections::BTreeMap;

use architrave_model::{
    decision::{Decision, Flip, Input},
    graph::Provenance,
};

use super::chosen;
use crate::{
    Document, Material, Projection, Room, decided,
    page::{Page, escape, link, mermaid, prose},
};

/// `decisions/trade-offs.md`
pub(crate) const PROJECTION: Projection =
    Projection { name: "trade-offs", room: Room::Decisions, write };

const PATH: &str = "decisions/trade-offs.md";
/// Facts that are drawn; the rest is in the table.
const DRAWN_MAX: usize = 12;

/// A fact and the decisions that it would turn.
type Turning<'d> = (&'d Input, Vec<(&'d Decision, &'d Flip)>);

fn write(material: &Material<'_>) -> Vec<Document> {
    let decisions = &material.assessment.decisions;
    if decisions.is_empty() {
        return Vec::new();
    }
    let mut page = Page::new("Trade-offs");
    let turning = turning(decisions);
    facts(&mut page, &turning);
    page.heading(2, "Gained and given up");
    for decision in decisions {
        one(&mut page, decision, material);
    }
    close_calls(&mut page, decisions);
    vec![Document {
        path: PATH.to_owned(),
        title: "Trade-offs".to_owned(),
        summary: "What the design is optimised for, what it gives up for that, and which facts would turn it."
            .to_owned(),
        text: page.finish(),
    }]
}

/// Facts with the decisions that they would turn, those that turn most first.
fn turning(decisions: &[Decision]) -> Vec<Turning<'_>> {
    let mut by_fact: BTreeMap<&str, Turning<'_>> = BTreeMap::new();
    for decision in decisions {
        for input in &decision.inputs {
            for flip in &input.flips {
                let entry = by_fact.entry(&input.fact).or_insert_with(|| (input, Vec::new()));
                entry.1.push((decision, flip));
            }
        }
    }
    let mut all: Vec<Turning<'_>> = by_fact.into_values().collect();
    // Stable: among equals in the order of names.
    all.sort_by_key(|it| std::cmp::Reverse(it.1.len()));
    all
}

fn facts(page: &mut Page, turning: &[Turning<'_>]) {
    if turning.is_empty() {
        return;
    }
    page.heading(2, "What the design turns on");
    page.paragraph(
        "Each of these facts alone would change a decision, everything else being as it is. Those that are assumed are \
         worth asking first.",
    );
    page.diagram(
        "Facts, and the decisions that they would turn; assumed facts are dashed.",
        &drawn(turning),
    );
    let mut rows = Vec::new();
    for (input, turned) in turning {
        for (at, (decision, flip)) in turned.iter().enumerate() {
            let fact = if at == 0 { said(input) } else { String::new() };
            rows.push(vec![fact, escape(&flip.condition), link_to(decision), escape(&flip.option)]);
        }
    }
    page.table(&["Fact, as it is", "Were it", "then", "becomes"], &rows);
}

fn drawn(turning: &[Turning<'_>]) -> String {
    let mut lines = vec!["flowchart LR".to_owned()];
    let mut decided: Vec<&Decision> = Vec::new();
    for (input, turned) in turning.iter().take(DRAWN_MAX) {
        let from = mermaid::identifier(&format!("fact_{}", input.fact));
        let text = mermaid::label(&format!("{}: {}", input.title, input.value));
        lines.push(format!("  {from}([\"{text}\"])"));
        let arrow = if input.provenance == Provenance::Assumed { "-.->" } else { "-->" };
        let mut seen: Vec<&str> = Vec::new();
        for (decision, _) in turned {
            if seen.contains(&decision.id.as_str()) {
                continue;
            }
            seen.push(&decision.id);
            if !decided.iter().any(|it| it.id == decision.id) {
                decided.push(decision);
            }
            let to = mermaid::identifier(&decision.id);
            lines.push(format!("  {from} {arrow} {to}"));
        }
    }
    for decision in decided {
        let id = mermaid::identifier(&decision.id);
        lines.push(format!(
            "  {id}[\"{}\"]",
            mermaid::label(&format!("{} {}", decision.id, decision.title))
        ));
    }
    lines.join("\n")
}

fn said(input: &Input) -> String {
    let note = if input.provenance == Provenance::Assumed { " *(assumed)*" } else { "" };
    format!("{}: {}{note}", escape(&input.title), escape(&input.value))
}

/// Within this page: the heading of a decision.
fn link_to(decision: &Decision) -> String {
    format!("{} {}", decision.id, escape(&decided::words(decision)))
}

fn one(page: &mut Page, decision: &Decision, material: &Material<'_>) {
    let Some(chosen) = chosen(decision) else { return };
    page.heading(3, &format!("{}: {}", decision.id, decision.title));
    let record = material
        .assessment
        .records
        .iter()
        .rev()
        .find(|it| it.decision == decision.id && it.chosen == decision.chosen);
    let why = format!("Because {}.", escape(&decision.because));
    page.paragraph(&match record {
        Some(it) => {
            let path = format!("decisions/{}", it.path);
            let number = format!("record {:04}", it.number);
            format!("{why} The whole of it: {}.", link(&number, PATH, &path))
        }
        None => why,
    });
    let gained = chosen.good.iter().map(|it| format!("**Gained**: {}", prose(it)));
    let given_up = chosen.bad.iter().map(|it| format!("**Given up**: {}", prose(it)));
    let here = decision.consequences.iter().map(|it| format!("**Here**: {it}"));
    let left = decision.options.iter().filter(|it| it.name != decision.chosen);
    let instead = left.map(|it| match &it.ruled_out {
        Some(why) => format!("**Could not be**: {} ({})", escape(&it.title), escape(why)),
        None => format!("**Could be**: {}", escape(&it.title)),
    });
    page.list(gained.chain(given_up).chain(here).chain(instead));
}

fn close_calls(page: &mut Page, decisions: &[Decision]) {
    let close: Vec<String> = decisions
        .iter()
        .filter(|it| it.is_close_call)
        .filter_map(|it| {
            let first = it.comparison.first()?;
            let best = it.options.iter().find(|option| option.name == first.option)?;
            let what = if first.option == it.chosen {
                let near = it
                    .tips
                    .iter()
                    .min_by_key(|tip| tip.tips_at_permille.abs_diff(u32::from(tip.weight) * 10))?;
                let other = it.options.iter().find(|option| option.name == near.option)?;
                format!(
                    "“{}” would come first if {} weighed {}.{} % rather than {} %",
                    escape(&other.title),
                    near.criterion,
                    near.tips_at_permille / 10,
                    near.tips_at_permille % 10,
                    near.weight
                )
            } else {
                format!(
                    "by marks alone “{}” would come first; the table's row decides otherwise",
                    escape(&best.title)
                )
            };
            Some(format!("{}: {what}", link_to(it)))
        })
        .collect();
    if close.is_empty() {
        return;
    }
    page.heading(2, "Close calls");
    page.paragraph(
        "Here tastes decide as much as facts; a person should weigh them before accepting.",
    );
    page.list(close);
}
