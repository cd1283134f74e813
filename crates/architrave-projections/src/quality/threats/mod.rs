//! The threat model: what somebody could do at each crossing of a boundary of trust, and what answers it. A page for
//! people and a model for Threagile.

mod threagile;

use architrave_model::{Assessment, Crossing, Level, Threat, ThreatAnswer, civil};

use crate::{
    Document, Material, Projection, Room,
    page::{Page, code, escape, link},
};

/// `quality/threats.md` and `quality/threats.threagile.yaml`
pub(crate) const PROJECTION: Projection =
    Projection { name: "threats", room: Room::Quality, write };

const PATH: &str = "quality/threats.md";

fn write(material: &Material<'_>) -> Vec<Document> {
    let assessment = material.assessment;
    if assessment.threats.is_empty() {
        return Vec::new();
    }
    let mut page = Page::new("Threat model");
    introduction(&mut page, assessment);
    waiting(&mut page, material);
    open(&mut page, assessment);
    for (at, crossing) in assessment.crossings.iter().enumerate() {
        section(&mut page, assessment, at + 1, crossing);
    }
    let page = Document {
        path: PATH.to_owned(),
        title: "Threat model".to_owned(),
        summary:
            "What somebody could do where data crosses a boundary of trust, and what answers it."
                .to_owned(),
        text: page.finish(),
    };
    let model = Document {
        path: "quality/threats.threagile.yaml".to_owned(),
        title: "Threat model for Threagile".to_owned(),
        summary:
            "The same parties, data and crossings as a model of Threagile, for a second opinion."
                .to_owned(),
        text: threagile::model(material),
    };
    vec![page, model]
}

fn introduction(page: &mut Page, assessment: &Assessment) {
    let count = |wanted: fn(&ThreatAnswer) -> bool| {
        assessment.threats.iter().filter(|it| wanted(&it.answer)).count()
    };
    page.paragraph(&format!(
        "{} threats at the {} crossings of {}: {} mitigated, {} accepted, {} open. They follow STRIDE (spoofing, \
         tampering, repudiation, information disclosure, denial of service, elevation of privilege). The level says how \
         much each would matter if nothing answered it: likelihood times impact, in the bands of Threagile.",
        assessment.threats.len(),
        assessment.crossings.len(),
        link("Data flow and boundaries of trust", PATH, "structure/data-flow.md"),
        count(|it| matches!(it, ThreatAnswer::Mitigated(_))),
        count(|it| matches!(it, ThreatAnswer::Accepted(_))),
        count(|it| matches!(it, ThreatAnswer::Open(_))),
    ));
    page.paragraph(&format!(
        "A rule mitigates only where it was judged and holds; {} prints each with its reasons and {} its manual page. \
         *The way it is served* is what Architrave does for every system, whatever the blueprint says.",
        code("architrave review"),
        code("architrave explain RULE"),
    ));
}

/// What nothing answers, the weightiest first.
fn open(page: &mut Page, assessment: &Assessment) {
    let mut open: Vec<&Threat> =
        assessment.threats.iter().filter(|it| matches!(it.answer, ThreatAnswer::Open(_))).collect();
    if open.is_empty() {
        return;
    }
    open.sort_by_key(|it| it.level);
    page.heading(2, "Open");
    page.list(open.iter().map(|it| {
        format!("**{}**: {}. {}", it.level.name(), scenario(it), answer(assessment, it))
    }));
}

/// What is judged and does not run yet.
fn waiting(page: &mut Page, material: &Material<'_>) {
    let crossings = &material.assessment.crossings;
    if let Some(numbers) = crate::running::waiting(&material.plan.system, crossings) {
        page.paragraph(&format!(
            "{numbers}: declared and judged, so that they are ready when a later version runs them."
        ));
    }
}

fn section(page: &mut Page, assessment: &Assessment, number: usize, crossing: &Crossing) {
    let threats: Vec<&Threat> =
        assessment.threats.iter().filter(|it| it.crossing == crossing.id).collect();
    if threats.is_empty() {
        return;
    }
    page.heading(2, &format!("{number}. From {} to {}", crossing.from.name, crossing.to.name));
    let rows: Vec<Vec<String>> = threats
        .iter()
        .map(|it| {
            vec![
                it.category.title().to_owned(),
                scenario(it),
                level(it.level),
                answer(assessment, it),
            ]
        })
        .collect();
    page.table(&["Threat", "What somebody could do", "Level", "Answer"], &rows);
}

/// The scenario with its names of data as code.
fn scenario(threat: &Threat) -> String {
    let mut out = String::new();
    for (at, part) in threat.scenario.split('`').enumerate() {
        out.push_str(&if at % 2 == 1 { code(part) } else { escape(part) });
    }
    out
}

fn level(level: Level) -> String {
    level.name().to_owned()
}

/// Every answer ends in who or what answers.
fn answer(assessment: &Assessment, threat: &Threat) -> String {
    let mut parts = Vec::new();
    match &threat.answer {
        ThreatAnswer::Mitigated(rules) => {
            parts.extend(rules.iter().map(|(id, count)| rule(assessment, id, *count)));
            if !threat.served_so.is_empty() {
                let so: Vec<String> = threat.served_so.iter().map(|it| escape(it)).collect();
                parts.push(format!("the way it is served: {}", so.join("; ")));
            }
            format!("*mitigated by* {}", parts.join("; "))
        }
        ThreatAnswer::Accepted(waivers) => {
            parts.extend(waivers.iter().map(|(id, waiver)| {
                format!(
                    "{} of {} until {}: {}",
                    code(id),
                    escape(&waiver.owner),
                    civil::day_text(i64::from(waiver.until_day)),
                    escape(&waiver.reason)
                )
            }));
            format!("*accepted by waiver* {}", parts.join("; "))
        }
        ThreatAnswer::Open(why) => {
            parts.extend(why.iter().map(|it| {
                let mut out = String::new();
                for (at, part) in it.split('`').enumerate() {
                    out.push_str(&if at % 2 == 1 { code(part) } else { escape(part) });
                }
                out
            }));
            format!("*open*: {}", parts.join("; "))
        }
    }
}

/// `SEC-03 object-level-policy-missing (17 elements)`
fn rule(assessment: &Assessment, id: &str, count: u32) -> String {
    let name = assessment.rules.iter().find(|it| it.id == id).map_or("", |it| it.name);
    let elements = if count == 1 { "1 element".to_owned() } else { format!("{count} elements") };
    format!("{} {name} ({elements})", code(id))
}
