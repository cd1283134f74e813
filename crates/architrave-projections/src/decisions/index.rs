//! `decisions/README.md`: every decision with its status, how far it can be trusted, and when it is looked at again.

use architrave_model::{
    civil::day_text,
    decision::{Decision, Record, RecordStatus},
};

use super::chosen;
use crate::{
    Document, Material, Projection, Room, decided,
    page::{Page, code, escape, link},
};

/// `decisions/README.md`
pub(crate) const PROJECTION: Projection =
    Projection { name: "decisions", room: Room::Decisions, write };

const PATH: &str = "decisions/README.md";

fn write(material: &Material<'_>) -> Vec<Document> {
    let assessment = material.assessment;
    if assessment.decisions.is_empty() && assessment.records.is_empty() {
        return Vec::new();
    }
    let mut page = Page::new("Decisions");
    page.paragraph(
        "Each decision comes from a table: gates rule options out, the first row that fits chooses. A record is \
         *proposed* until a person accepts it with `architrave adr accept`, and is superseded rather than rewritten.",
    );
    page.heading(2, "What is decided");
    let rows: Vec<Vec<String>> =
        assessment.decisions.iter().map(|it| row(it, &assessment.records)).collect();
    page.table(&["Decision", "Chosen", "Record", "Trust", "Look again by"], &rows);
    open(&mut page, &assessment.decisions);
    by_hand(&mut page, &assessment.records);
    earlier(&mut page, &assessment.records);
    let trade_offs = link("trade-offs", PATH, "decisions/trade-offs.md");
    page.paragraph(&format!("What is gained and given up, in one place: {trade_offs}."));
    vec![Document {
        path: PATH.to_owned(),
        title: "Decisions".to_owned(),
        summary: "What was decided, whether a person accepted it, and when to look again."
            .to_owned(),
        text: page.finish(),
    }]
}

fn row(decision: &Decision, records: &[Record]) -> Vec<String> {
    let is_live = |it: &&Record| {
        it.decision == decision.id
            && it.chosen == decision.chosen
            && matches!(it.status, RecordStatus::Proposed | RecordStatus::Accepted)
    };
    let record = records.iter().rev().find(is_live);
    let title = chosen(decision).map_or("nothing is left", |it| &it.title);
    let mut status = record.map_or("none".to_owned(), linked);
    // What a person accepted holds until a person accepts the next.
    let is_accepted = |it: &&Record| {
        it.decision == decision.id
            && it.chosen != decision.chosen
            && it.status == RecordStatus::Accepted
    };
    if let Some(holds) = records.iter().rev().find(is_accepted) {
        status.push_str(&format!("; until then {}: {}", linked(holds), escape(&holds.title)));
    }
    let again = record.and_then(|it| it.review_by_day).map(|it| day_text(i64::from(it)));
    let mut trust = decision.confidence.name().to_owned();
    if decision.is_open {
        trust.push_str(", open");
    }
    if decision.is_close_call {
        trust.push_str(", close call");
    }
    vec![
        format!("{} {}", decision.id, escape(&decided::words(decision))),
        escape(title),
        status,
        trust,
        again.unwrap_or_default(),
    ]
}

/// The record's number with its status.
fn linked(record: &Record) -> String {
    let path = format!("decisions/{}", record.path);
    format!("{}, {}", link(&format!("{:04}", record.number), PATH, &path), status(record))
}

/// `accepted by Jane Doe`
fn status(record: &Record) -> String {
    let name = record.status.name();
    if record.accepted_by.is_empty() || record.status != RecordStatus::Accepted {
        return name.to_owned();
    }
    format!("{name} by {}", escape(&record.accepted_by.join(", ")))
}

fn open(page: &mut Page, decisions: &[Decision]) {
    let open: Vec<String> = decisions
        .iter()
        .filter(|it| it.is_open)
        .map(|it| {
            let title = |fact: &String| {
                let input = it.inputs.iter().find(|input| input.fact == *fact);
                input.map_or_else(|| code(fact), |it| escape(&it.title))
            };
            let asked: Vec<String> = it.asks.iter().map(title).collect();
            format!("{} {}: {}", it.id, escape(&decided::words(it)), asked.join("; "))
        })
        .collect();
    if open.is_empty() {
        return;
    }
    page.heading(2, "What an answer could still change");
    page.paragraph(
        "These rest on something that nobody has said; a plausible answer would change them. `architrave questions` \
         asks for it.",
    );
    page.list(open);
}

fn by_hand(page: &mut Page, records: &[Record]) {
    let rows: Vec<Vec<String>> =
        records.iter().filter(|it| it.decision.is_empty()).map(listed).collect();
    if rows.is_empty() {
        return;
    }
    page.heading(2, "Written by people");
    page.paragraph(
        "Where an accepted one names a product that a table chooses among, the other options of that table are ruled \
         out.",
    );
    page.table(&["Record", "Title", "Status"], &rows);
}

fn earlier(page: &mut Page, records: &[Record]) {
    let is_over = |it: &&Record| {
        !it.decision.is_empty()
            && !matches!(it.status, RecordStatus::Proposed | RecordStatus::Accepted)
    };
    let rows: Vec<Vec<String>> = records.iter().filter(is_over).map(listed).collect();
    if rows.is_empty() {
        return;
    }
    page.heading(2, "No longer in force");
    page.table(&["Record", "Title", "Status"], &rows);
}

fn listed(record: &Record) -> Vec<String> {
    let path = format!("decisions/{}", record.path);
    let status = match record.superseded_by {
        Some(by) => format!("{} by {by:04}", record.status.name()),
        None => record.status.name().to_owned(),
    };
    vec![link(&format!("{:04}", record.number), PATH, &path), escape(&record.title), status]
}
