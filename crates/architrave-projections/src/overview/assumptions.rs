//! `overview/assumptions.md`: everything that was taken for lack of better, in one place.

use architrave_model::Assumption;

use crate::{
    Document, Material, Projection, Room,
    page::{Page, code, escape, link, prose},
};

/// `overview/assumptions.md`
pub(crate) const PROJECTION: Projection =
    Projection { name: "assumptions", room: Room::Overview, write };

const PATH: &str = "overview/assumptions.md";
const TITLE: &str = "Assumptions";

fn write(material: &Material<'_>) -> Vec<Document> {
    let all = &material.assessment.assumptions;
    if all.is_empty() {
        return Vec::new();
    }
    let mut page = Page::new(TITLE);
    let (asked, others): (Vec<&Assumption>, Vec<&Assumption>) =
        all.iter().partition(|it| it.question.is_some());
    let matter = asked.iter().filter(|it| it.because.starts_with("another")).count();
    page.paragraph(&format!(
        "{} values in these documents were taken because nobody stated or measured them. {}",
        all.len(),
        match matter {
            0 => "No plausible other answer to a question would change a decision.".to_owned(),
            1 => "One of them could change a decision: answer it first.".to_owned(),
            count => format!("{count} of them could change a decision: answer these first."),
        }
    ));
    if !asked.is_empty() {
        page.heading(2, "What somebody knows");
        page.paragraph("Each is replaced by an answer: `architrave questions PATH --answer Q…=…` writes it into the blueprint.");
        page.table(
            &["What", "Taken", "Another answer", "Rests on it", "Question"],
            &asked.iter().map(|it| row(it, true)).collect::<Vec<_>>(),
        );
    }
    if !others.is_empty() {
        page.heading(2, "What only measuring tells");
        page.paragraph(&format!(
            "A load run replaces the times of requests; {} tells what the others do.",
            link("the capacity model", PATH, "quality/capacity.md")
        ));
        page.table(
            &["What", "Taken", "Why so", "Rests on it"],
            &others.iter().map(|it| row(it, false)).collect::<Vec<_>>(),
        );
    }
    vec![Document {
        path: PATH.to_owned(),
        title: TITLE.to_owned(),
        summary: "Every value that nobody stated or measured, why it was taken so, and what would replace it."
            .to_owned(),
        text: page.finish(),
    }]
}

fn row(it: &Assumption, is_asked: bool) -> Vec<String> {
    let mut row = vec![
        escape(&it.what),
        escape(&it.value),
        prose(&it.because),
        it.used_by.iter().map(|it| escape(it)).collect::<Vec<_>>().join(", "),
    ];
    if is_asked {
        row.push(it.question.as_deref().map(code).unwrap_or_default());
    }
    row
}
