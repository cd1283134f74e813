//! How it works, for whoever has to change it: contexts, who uses whom and why, who calls, what happens.

use std::fmt::Write as _;

use architrave_model::{ContextId, System};

use super::{flows, paths};
use crate::{
    Document, Material, Projection, Room, decided,
    page::{Page, code, count, escape, link, mermaid, prose},
    structure::{Caller, Use, callers, holds, uses},
};

/// `overview/architecture.md`
pub(crate) const PROJECTION: Projection =
    Projection { name: "architecture", room: Room::Overview, write };

const PATH: &str = "overview/architecture.md";

fn write(material: &Material<'_>) -> Vec<Document> {
    let system = &material.plan.system;
    let title = "Architecture";
    let uses = uses(system);
    let mut page = Page::new(title);
    page.paragraph(&escape(&system.doc));
    style(&mut page, material);
    if !system.contexts.is_empty() {
        page.diagram(
            "Contexts and who uses whom; dotted where a context only hears of events. Grey is outside.",
            &diagram(system, &uses),
        );
        contexts(&mut page, material, &uses);
    }
    paths::section(&mut page, material, PATH);
    who(&mut page, material);
    if has_flows(system) {
        page.heading(2, "What happens by itself");
        flows::sections(&mut page, system, PATH);
    }
    further(&mut page);
    vec![Document {
        path: PATH.to_owned(),
        title: title.to_owned(),
        summary: "Contexts, who uses whom and for what, who calls, and what happens by itself."
            .to_owned(),
        text: page.finish(),
    }]
}

fn has_flows(system: &System) -> bool {
    !(system.sagas.is_empty()
        && system.schedules.is_empty()
        && system.projections.is_empty()
        && system.webhooks.is_empty()
        && system.notifications.is_empty())
}

fn style(page: &mut Page, material: &Material<'_>) {
    let assessment = material.assessment;
    let told = ["topology", "primary_store", "compute"].iter().filter_map(|name| {
        let decision = decided::by(assessment, name)?;
        let option = decided::option(decision)?;
        Some(format!(
            "**{}** ({}): {}.",
            escape(&option.title),
            decided::link(assessment, decision, PATH),
            prose(&decision.because)
        ))
    });
    page.list(told);
}

fn diagram(system: &System, uses: &[Use]) -> String {
    let mut out = String::from(
        "flowchart LR\n    classDef context fill:#1168bd,stroke:#0b4884,color:#ffffff\n    classDef outside fill:#6f6f6f,stroke:#545454,color:#ffffff\n",
    );
    for context in &system.contexts {
        let _infallible = writeln!(
            out,
            "    {}[\"<b>{}</b>\"]:::context",
            mermaid::identifier(&context.name.text),
            mermaid::label(&context.name.text),
        );
    }
    for it in uses {
        let (from, to) = (&system[it.from].name.text, &system[it.to].name.text);
        let arrow = if it.only_listens() { "-.->" } else { "-->" };
        let label =
            if it.kinds.is_empty() { "nothing yet".to_owned() } else { it.kinds.join(", ") };
        let _infallible = writeln!(
            out,
            "    {} {arrow}|\"{}\"| {}",
            mermaid::identifier(from),
            mermaid::label(&label),
            mermaid::identifier(to)
        );
    }
    let integrations = system.integrations.iter().map(|it| (it.context, &it.name.text));
    let channels = system.channels.iter().map(|it| (it.context, &it.name.text));
    for (context, name) in integrations.chain(channels) {
        let id = mermaid::identifier(&format!("outside:{name}"));
        let _infallible = writeln!(
            out,
            "    {id}[\"{}\"]:::outside\n    {} --> {id}",
            mermaid::label(name),
            mermaid::identifier(&system[context].name.text)
        );
    }
    out
}

fn contexts(page: &mut Page, material: &Material<'_>, uses: &[Use]) {
    let plan = material.plan;
    let system = &plan.system;
    page.heading(2, "Contexts");
    for (context, id) in system.contexts.iter().zip((0..).map(ContextId)) {
        page.heading(3, &context.name.text);
        let parts =
            link("Its components", PATH, &format!("structure/components-{}.md", context.name.text));
        page.paragraph(&format!(
            "{} {} {parts} in detail.",
            escape(&context.doc),
            holds(system, id)
        ));
        page.list(uses.iter().filter(|it| it.from == id).map(|it| {
            let to = code(&system[it.to].name.text);
            if it.reasons.is_empty() {
                return format!("may use {to}, and does not");
            }
            format!("uses {to}: {}", it.reasons.join("; "))
        }));
    }
}

fn who(page: &mut Page, material: &Material<'_>) {
    let callers = callers(material.plan);
    if callers.is_empty() {
        return;
    }
    page.heading(2, "Who calls it");
    page.list(callers.iter().map(caller));
    page.paragraph(&format!(
        "{} has the limits and the systems behind it.",
        link("The system context", PATH, "structure/context.md")
    ));
}

fn caller(it: &Caller<'_>) -> String {
    let operations = count(it.operations.len(), "operation", "operations");
    if it.beyond_anonymous == 0 {
        return format!("**{}**, with {}: {operations}", escape(&it.name), escape(&it.proof));
    }
    format!(
        "**{}**, with {}: {operations}, {} of them closed to callers without credentials",
        escape(&it.name),
        escape(&it.proof),
        it.beyond_anonymous
    )
}

fn further(page: &mut Page) {
    page.heading(2, "Where to read on");
    let link = |title: &str, to: &str, about: &str| format!("{}: {about}", link(title, PATH, to));
    page.list([
        link("Containers", "structure/containers.md", "what runs and what keeps data"),
        link("Entities and their relations", "data/erd.md", "what is stored"),
        link("Deployment", "structure/deployment.md", "where it runs"),
        link(
            "Reference of the API",
            "contracts/reference.html",
            "every operation with fields, refusals, examples",
        ),
    ]);
}
