//! What nobody has said yet: each question with both worlds, and everything that is assumed meanwhile.

use std::collections::BTreeMap;

use architrave_model::OpenQuestion;

use crate::{
    Document, Material, Projection, Room, decided,
    page::{Page, code, count, escape, link, prose},
};

/// `overview/questions.md`
pub(crate) const PROJECTION: Projection =
    Projection { name: "questions", room: Room::Overview, write };

const PATH: &str = "overview/questions.md";

/// Most outcomes that are told for a question.
const OUTCOMES_MAX: usize = 12;

fn write(material: &Material<'_>) -> Vec<Document> {
    let assessment = material.assessment;
    if assessment.questions.is_empty() {
        return Vec::new();
    }
    let title = "Open questions";
    let mut page = Page::new(title);
    let questions = assessment.questions.len();
    page.paragraph(&format!(
        "{} whose answer would change a decision, a verdict or a number; the weightiest first. Until somebody answers, \
         the default is taken; everything that is taken so stands among {}. `architrave questions PATH --answer \
         ID=VALUE` writes an answer into the blueprint.",
        count(questions, "question", "questions"),
        link("the assumptions", PATH, "overview/assumptions.md"),
    ));
    for question in &assessment.questions {
        section(&mut page, material, question);
    }
    vec![Document {
        path: PATH.to_owned(),
        title: title.to_owned(),
        summary: "What nobody has said yet, what each answer would change, and how to find it out."
            .to_owned(),
        text: page.finish(),
    }]
}

fn section(page: &mut Page, material: &Material<'_>, question: &OpenQuestion) {
    page.heading(2, &format!("{}: {}", question.id, question.text));
    page.paragraph(&format!(
        "Taken for now: **{}**. Plausible: {}. Answer with {}.",
        escape(&question.default),
        question.plausible.iter().map(|it| escape(it)).collect::<Vec<_>>().join(", "),
        escape(&question.form),
    ));
    let (now, then) = (&question.with_default, &question.otherwise);
    let rows = differences(material, &now.outcomes, &then.outcomes);
    let more = rows.len().saturating_sub(OUTCOMES_MAX);
    let head = [
        "What it changes",
        &format!("with {}", escape(&now.answer)),
        &format!("with {}", escape(&then.answer)),
    ];
    let shown: Vec<Vec<String>> = rows.into_iter().take(OUTCOMES_MAX).collect();
    page.table(&head, &shown);
    if more > 0 {
        page.paragraph(&format!("And {}.", count(more, "more outcome", "more outcomes")));
    }
    page.paragraph(&format!("To find out: {}.", escape(question.hint.trim_end_matches('.'))));
}

/// Outcomes of one kind that change alike stand in one row: "OPS-11 of accounts, catalog, sales".
fn differences(
    material: &Material<'_>,
    now: &[(String, String)],
    then: &[(String, String)],
) -> Vec<Vec<String>> {
    let mut rows: Vec<(String, Vec<String>, String, String)> = Vec::new();
    let after: BTreeMap<&str, &str> =
        then.iter().map(|(what, it)| (what.as_str(), it.as_str())).collect();
    let before: BTreeMap<&str, &str> =
        now.iter().map(|(what, it)| (what.as_str(), it.as_str())).collect();
    let only_then = then.iter().filter(|it| !before.contains_key(it.0.as_str()));
    for (what, _) in now.iter().chain(only_then) {
        let was = before.get(what.as_str()).copied().unwrap_or("not asked");
        let is = after.get(what.as_str()).copied().unwrap_or("not asked");
        if was == is {
            continue;
        }
        let (rule, subject) = what.split_once('@').unwrap_or((what, ""));
        match rows.iter_mut().find(|it| it.0 == rule && it.2 == was && it.3 == is) {
            Some(known) if !subject.is_empty() => known.1.push(subject.to_owned()),
            _ => {
                let subjects =
                    if subject.is_empty() { Vec::new() } else { vec![subject.to_owned()] };
                rows.push((rule.to_owned(), subjects, was.to_owned(), is.to_owned()));
            }
        }
    }
    let row = |(rule, subjects, was, is): (String, Vec<String>, String, String)| {
        let subjects: Vec<String> = subjects.iter().map(|it| code(it)).collect();
        let of =
            if subjects.is_empty() { String::new() } else { format!(": {}", subjects.join(", ")) };
        vec![
            format!("{}{of}", named(material, &rule)),
            outcome(material, &rule, &was),
            outcome(material, &rule, &is),
        ]
    };
    rows.into_iter().map(row).collect()
}

/// A decision by its record, a rule with what it looks for; anything else as it is called.
fn named(material: &Material<'_>, what: &str) -> String {
    let assessment = material.assessment;
    let id = what.split(' ').next().unwrap_or(what);
    if let Some(decision) = assessment.decisions.iter().find(|it| it.id == id) {
        let link = decided::link(assessment, decision, PATH);
        return format!("{link} {}", escape(&decided::words(decision)));
    }
    match assessment.rules.iter().find(|it| it.id == what) {
        Some(rule) => format!("{} ({})", code(what), prose(rule.summary)),
        None => escape(what),
    }
}

/// An option by its title, a verdict as it is.
fn outcome(material: &Material<'_>, what: &str, outcome: &str) -> String {
    let id = what.split(' ').next().unwrap_or(what);
    let decision = material.assessment.decisions.iter().find(|it| it.id == id);
    let option = decision.and_then(|it| it.options.iter().find(|it| it.name == outcome));
    option.map_or_else(|| escape(outcome), |it| escape(&it.title))
}
