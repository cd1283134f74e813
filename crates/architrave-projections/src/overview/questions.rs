//! What nobody has said yet: each question with both worlds, and everything that is assumed meanwhile.

use std::collections::BTreeMap;

use architrave_model::{Assumption, OpenQuestion};

use crate::{
    Document, Material, Projection, Room,
    page::{Page, code, count, escape, prose},
};

/// `overview/questions.md`
pub(crate) const PROJECTION: Projection =
    Projection { name: "questions", room: Room::Overview, write };

/// Most outcomes that are told for a question.
const OUTCOMES_MAX: usize = 12;

fn write(material: &Material<'_>) -> Vec<Document> {
    let assessment = material.assessment;
    if assessment.questions.is_empty() && assessment.assumptions.is_empty() {
        return Vec::new();
    }
    let title = "Open questions and assumptions";
    let mut page = Page::new(title);
    let questions = assessment.questions.len();
    page.paragraph(&match questions {
        0 => "No answer that anybody could give would change a decision, a verdict or a number. What is assumed all the \
              same stands here."
            .to_owned(),
        _ => format!(
            "{} whose answer would change a decision, a verdict or a number; the weightiest first. Until somebody \
             answers, the default is taken. `architrave questions PATH --answer ID=VALUE` writes an answer into the \
             blueprint.",
            count(questions, "question", "questions")
        ),
    });
    for question in &assessment.questions {
        section(&mut page, question);
    }
    assumptions(&mut page, &assessment.assumptions);
    vec![Document {
        path: "overview/questions.md".to_owned(),
        title: title.to_owned(),
        summary: "What nobody has said yet, what each answer would change, and what is assumed meanwhile.".to_owned(),
        text: page.finish(),
    }]
}

fn section(page: &mut Page, question: &OpenQuestion) {
    page.heading(2, &format!("{}: {}", question.id, question.text));
    page.paragraph(&format!(
        "Taken for now: **{}**. Plausible: {}. Answer with {}.",
        escape(&question.default),
        question.plausible.iter().map(|it| escape(it)).collect::<Vec<_>>().join(", "),
        escape(&question.form),
    ));
    let (now, then) = (&question.with_default, &question.otherwise);
    let rows = differences(&now.outcomes, &then.outcomes);
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
fn differences(now: &[(String, String)], then: &[(String, String)]) -> Vec<Vec<String>> {
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
        vec![format!("{}{of}", escape(&rule)), escape(&was), escape(&is)]
    };
    rows.into_iter().map(row).collect()
}

fn assumptions(page: &mut Page, assumptions: &[Assumption]) {
    if assumptions.is_empty() {
        return;
    }
    page.heading(2, "Everything that is assumed");
    let row = |it: &Assumption| {
        vec![
            escape(&it.what),
            escape(&it.value),
            prose(&it.because),
            it.used_by.iter().map(|it| escape(it)).collect::<Vec<_>>().join(", "),
            it.question.as_deref().map(escape).unwrap_or_default(),
        ]
    };
    let head = ["What", "Taken as", "Because", "Rests on it", "Question"];
    page.table(&head, &assumptions.iter().map(row).collect::<Vec<_>>());
}
