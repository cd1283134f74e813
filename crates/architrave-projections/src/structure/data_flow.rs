//! Where data flows and which boundaries of trust it crosses: one diagram, and a table that says what each crossing
//! carries, how, and who proves who they are.

use std::fmt::Write as _;

use architrave_model::{Crossing, Party, Zone};

use crate::{
    Document, Material, Projection, Room,
    page::{Page, code, escape, link, mermaid},
    running,
};

/// `structure/data-flow.md`
pub(crate) const PROJECTION: Projection =
    Projection { name: "data-flow", room: Room::Structure, write };

const PATH: &str = "structure/data-flow.md";

fn write(material: &Material<'_>) -> Vec<Document> {
    let crossings = &material.assessment.crossings;
    if crossings.is_empty() {
        return Vec::new();
    }
    let mut page = Page::new("Data flow and boundaries of trust");
    introduction(&mut page, crossings);
    page.diagram(
        "Zones of trust with who is in them; each numbered arrow crosses a boundary and begins at whoever asks. Kinds \
         of personal data stand beside the number.",
        &diagram(crossings),
    );
    let rows: Vec<Vec<String>> =
        crossings.iter().enumerate().map(|(at, it)| row(at + 1, it)).collect();
    page.lean_table(
        &["No.", "From", "To", "How", "Proves who they are by", "Personal data"],
        &rows,
    );
    if let Some(numbers) = running::waiting(&material.plan.system, crossings) {
        page.paragraph(&format!(
            "{numbers}; what they are for is in {}.",
            link("What follows by itself", PATH, "behaviour/sagas.md")
        ));
    }
    page.paragraph(&format!(
        "What somebody could do at each of them, and what answers it, is in {}. How long data is kept and where it goes \
         is in {}.",
        link("Threat model", PATH, "quality/threats.md"),
        link("Data governance", PATH, "quality/governance.md"),
    ));
    vec![Document {
        path: PATH.to_owned(),
        title: "Data flow and boundaries of trust".to_owned(),
        summary: "Who sends what to whom, over which boundary, how, and with which proof."
            .to_owned(),
        text: page.finish(),
    }]
}

fn introduction(page: &mut Page, crossings: &[Crossing]) {
    let personal: Vec<&Crossing> =
        crossings.iter().filter(|it| !it.personal_data.is_empty()).collect();
    let mut third: Vec<String> = personal
        .iter()
        .filter(|it| it.to.zone == Zone::ThirdParty)
        .map(|it| code(&it.to.name))
        .collect();
    third.dedup();
    let mut text = format!(
        "A boundary of trust lies wherever somebody else decides what arrives. {} flows cross one",
        crossings.len()
    );
    let _infallible = match (personal.len(), third.is_empty()) {
        (0, _) => write!(text, "; none of them carries personal data."),
        (1, true) => write!(
            text,
            "; one of them carries personal data, and none of it goes to a third party."
        ),
        (count, true) => {
            write!(
                text,
                "; {count} of them carry personal data, and none of it goes to a third party."
            )
        }
        (count, false) => write!(
            text,
            "; {count} of them carry personal data. Of third parties, {} is given some.",
            third.join(" and ")
        ),
    };
    page.paragraph(&text);
}

/// A party as it is drawn. Whoever both asks and is asked stands on both sides of the application, so that every
/// arrow runs from left to right.
struct Drawn<'c> {
    party: &'c Party,
    asks: bool,
}

impl Drawn<'_> {
    fn id(&self) -> String {
        let side = if self.asks { "in" } else { "out" };
        match self.party.zone {
            Zone::Application | Zone::Edge => mermaid::identifier(&self.party.id),
            _ => mermaid::identifier(&format!("{}.{side}", self.party.id)),
        }
    }
}

/// Parties by zone and side, then the arrows.
fn diagram(crossings: &[Crossing]) -> String {
    let mut out = String::from("flowchart TB\n");
    let sides = Zone::ALL.into_iter().flat_map(|zone| [(zone, true), (zone, false)]);
    for (zone, asks) in sides {
        let members = members(crossings, zone, asks);
        if members.is_empty() {
            continue;
        }
        let side = if asks { "in" } else { "out" };
        let _infallible = writeln!(
            out,
            "    subgraph {}[\"{}\"]",
            mermaid::identifier(&format!("zone.{}.{side}", zone.title())),
            mermaid::label(zone.title())
        );
        for drawn in members {
            let (open, close) = shape(drawn.party);
            let _infallible = writeln!(
                out,
                "        {}{open}\"{}\"{close}",
                drawn.id(),
                mermaid::label(&drawn.party.name)
            );
        }
        out.push_str("    end\n");
    }
    for (at, crossing) in crossings.iter().enumerate() {
        arrow(&mut out, at + 1, crossing);
    }
    out
}

/// Everybody in a zone who asks, or who is asked, once, in the order of the crossings. The application and what stands
/// before it are drawn once.
fn members(crossings: &[Crossing], zone: Zone, asks: bool) -> Vec<Drawn<'_>> {
    let mut members: Vec<Drawn<'_>> = Vec::new();
    let is_middle = matches!(zone, Zone::Application | Zone::Edge);
    for crossing in crossings {
        let ends = match (is_middle, asks) {
            (true, true) => [Some(&crossing.from), Some(&crossing.to), crossing.via.as_ref()],
            (true, false) => [None, None, None],
            (false, true) => [Some(&crossing.from), None, None],
            (false, false) => [None, Some(&crossing.to), None],
        };
        for party in ends.into_iter().flatten() {
            if party.zone == zone && !members.iter().any(|it| it.party.id == party.id) {
                members.push(Drawn { party, asks });
            }
        }
    }
    members
}

fn shape(party: &Party) -> (&'static str, &'static str) {
    match party.zone {
        Zone::Data => ("[(", ")]"),
        Zone::Internet | Zone::Operator => ("([", "])"),
        Zone::Edge | Zone::ThirdParty | Zone::Application => ("[", "]"),
    }
}

fn arrow(out: &mut String, number: usize, crossing: &Crossing) {
    let label = if crossing.personal_data.is_empty() {
        number.to_string()
    } else {
        format!("{number} · {}", crossing.personal_data.join(", "))
    };
    let label = mermaid::label(&label);
    let from = Drawn { party: &crossing.from, asks: true }.id();
    let to = Drawn { party: &crossing.to, asks: false }.id();
    let _infallible = match &crossing.via {
        Some(via) => {
            let via = mermaid::identifier(&via.id);
            writeln!(out, "    {from} -->|\"{label}\"| {via} -->|\"{number}\"| {to}")
        }
        None => writeln!(out, "    {from} -->|\"{label}\"| {to}"),
    };
}

fn row(number: usize, crossing: &Crossing) -> Vec<String> {
    let how = crossing.via.as_ref().map_or_else(
        || crossing.protocol.clone(),
        |via| format!("{}, ended by {}", crossing.protocol, via.name),
    );
    let personal: Vec<String> = crossing.personal_data.iter().map(|it| escape(it)).collect();
    vec![
        number.to_string(),
        escape(&crossing.from.name),
        escape(&crossing.to.name),
        escape(&how),
        crossing.authentication.as_ref().map_or_else(|| "nothing".to_owned(), |it| escape(it)),
        personal.join(", "),
    ]
}
