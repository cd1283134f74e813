//! C4, level 2: what runs, what keeps data, and what flows between them.

use architrave_model::{ChannelProvider, FieldType, Scalar, System, decision::Decision};

use super::{
    c4::{Diagram, Kind},
    parties::callers,
};
use crate::{
    Document, Material, Projection, Room, decided,
    page::{Page, code, escape, link, prose},
};

/// `structure/containers.md`
pub(crate) const PROJECTION: Projection =
    Projection { name: "containers", room: Room::Structure, write };

const PATH: &str = "structure/containers.md";
const TITLE: &str = "Containers";

fn write(material: &Material<'_>) -> Vec<Document> {
    let system = &material.plan.system;
    let mut page = Page::new(TITLE);
    introduction(&mut page, material);
    page.diagram("What runs, and what flows between it and the outside.", &diagram(material));
    page.heading(2, "What each is for");
    page.table(&["Container", "What it does", "Keeps", "Decided by"], &rows(material));
    page.paragraph(&format!(
        "The process consists of {}; {} shows how they use each other.",
        contexts(system),
        link("the architecture", PATH, "overview/architecture.md"),
    ));
    vec![Document {
        path: PATH.to_owned(),
        title: TITLE.to_owned(),
        summary: "What runs and what keeps data, with the decisions behind it (C4, level 2)."
            .to_owned(),
        text: page.finish(),
    }]
}

fn contexts(system: &System) -> String {
    let links = system
        .contexts
        .iter()
        .map(|it| link(&it.name.text, PATH, &format!("structure/components-{}.md", it.name.text)));
    let links: Vec<String> = links.collect();
    match links.as_slice() {
        [] => "no context yet".to_owned(),
        [only] => format!("the context {only}"),
        [first @ .., last] => format!("the contexts {} and {last}", first.join(", ")),
    }
}

fn introduction(page: &mut Page, material: &Material<'_>) {
    let Some(topology) = decided::by(material.assessment, "topology") else { return };
    let Some(option) = decided::option(topology) else { return };
    page.paragraph(&format!(
        "{}: {} ({}).",
        escape(&option.title),
        prose(&topology.because),
        decided::link(material.assessment, topology, PATH)
    ));
}

/// The store that was decided on; what runs today where nothing was.
fn store(material: &Material<'_>) -> (String, bool) {
    let decision = decided::by(material.assessment, "primary_store");
    match decision.and_then(decided::option) {
        Some(option) => (option.title.clone(), option.name == "sqlite"),
        None => ("SQLite, embedded".to_owned(), true),
    }
}

fn has_files(system: &System) -> bool {
    system.entities.iter().flat_map(|it| &it.fields).any(|it| is_file(&it.ty))
}

fn is_file(ty: &FieldType) -> bool {
    matches!(
        ty,
        FieldType::Scalar(Scalar::File { .. }) | FieldType::List { item: Scalar::File { .. }, .. }
    )
}

fn has_background(system: &System) -> bool {
    !(system.sagas.is_empty()
        && system.schedules.is_empty()
        && system.webhooks.is_empty()
        && system.notifications.is_empty())
}

fn diagram(material: &Material<'_>) -> String {
    let system = &material.plan.system;
    let mut out = Diagram::new("TB");
    for caller in callers(material.plan) {
        out.element(&caller.id, Kind::Person, &caller.name, "", "");
        out.arrow(&caller.id, "process", "HTTPS, JSON", false);
    }
    let (store, is_embedded) = store(material);
    out.frame("system", &system.name.text);
    out.element(
        "process",
        Kind::Container,
        "The backend",
        "one process, architrave serve",
        &parts(system),
    );
    out.element("store", Kind::Store, "The database", &store, "rows, journal, search index");
    if has_files(system) {
        out.element("files", Kind::Store, "Files", "beside the database", "");
    }
    out.end();
    out.arrow(
        "process",
        "store",
        if is_embedded { "in the process" } else { "SQL over TLS" },
        false,
    );
    if has_files(system) {
        out.arrow("process", "files", "reads and writes", false);
    }
    if system.identity.oidc.is_some() {
        out.element("issuer", Kind::External, "Identity provider", "", "");
        out.arrow("process", "issuer", "HTTPS: its keys", false);
    }
    for it in &system.integrations {
        let id = format!("integration:{}", it.name.text);
        out.element(&id, Kind::External, &it.name.text, "", "");
        out.arrow("process", &id, "HTTPS", false);
        if !it.callbacks.is_empty() {
            out.arrow(&id, "process", "HTTPS, signed", true);
        }
    }
    for it in &system.channels {
        let id = format!("channel:{}", it.name.text);
        let by = match it.provider {
            Some(ChannelProvider::Smtp(_)) => "SMTP",
            _ => "HTTPS",
        };
        out.element(&id, Kind::External, &it.name.text, "", "");
        out.arrow("process", &id, by, true);
    }
    for it in &system.webhooks {
        let id = format!("webhook:{}", it.name.text);
        out.element(&id, Kind::External, "Subscribers", &it.name.text, "");
        out.arrow("process", &id, "HTTPS, signed", true);
    }
    out.finish()
}

/// What the process does beside answering.
fn parts(system: &System) -> String {
    let parts = [
        ("sagas", !system.sagas.is_empty()),
        ("schedules", !system.schedules.is_empty()),
        ("webhooks", !system.webhooks.is_empty()),
        ("notifications", !system.notifications.is_empty()),
    ];
    let parts: Vec<&str> = parts.into_iter().filter(|it| it.1).map(|it| it.0).collect();
    if parts.is_empty() { "API".to_owned() } else { format!("API, {}", parts.join(", ")) }
}

fn rows(material: &Material<'_>) -> Vec<Vec<String>> {
    let plan = material.plan;
    let system = &plan.system;
    let decision = |names: &[&str]| {
        let found = names.iter().filter_map(|it| decided::by(material.assessment, it));
        let linked = |it: &Decision| decided::link(material.assessment, it, PATH);
        found.map(linked).collect::<Vec<_>>().join(", ")
    };
    let mut does = format!(
        "answers {} operations at {}",
        plan.operations.len(),
        link("one API", PATH, "contracts/openapi.json")
    );
    if has_background(system) {
        does.push_str(&format!("; {} follow from the journal", background(system)));
    }
    let tables = plan.tables.len();
    let mut rows = vec![
        vec![
            "**The backend**".to_owned(),
            does,
            "nothing: it may be stopped and started at any time".to_owned(),
            decision(&["topology", "compute"]),
        ],
        vec![
            format!("**The database**: {}", escape(&store(material).0)),
            "commits a change and its journal record in one transaction".to_owned(),
            format!(
                "{tables} {}, described in {}",
                if tables == 1 { "table" } else { "tables" },
                link("the entities", PATH, "data/erd.md")
            ),
            decision(&["primary_store", "recovery"]),
        ],
    ];
    if has_files(system) {
        rows.push(vec![
            "**Files**".to_owned(),
            "hold what people upload; rows refer to them".to_owned(),
            files(system),
            String::new(),
        ]);
    }
    rows
}

fn background(system: &System) -> String {
    let counts = [
        (system.sagas.len(), "saga", "sagas"),
        (system.schedules.len(), "schedule", "schedules"),
        (system.projections.len(), "projection", "projections"),
        (system.webhooks.len(), "webhook", "webhooks"),
        (system.notifications.len(), "notification", "notifications"),
    ];
    let there = counts.iter().filter(|it| it.0 > 0);
    let words: Vec<String> = there.map(|it| crate::page::count(it.0, it.1, it.2)).collect();
    words.join(", ")
}

fn files(system: &System) -> String {
    let fields = system.entities.iter().flat_map(|entity| {
        let files = entity.fields.iter().filter(|it| is_file(&it.ty));
        files.map(|it| code(&format!("{}.{}", entity.name.text, it.name.text)))
    });
    fields.collect::<Vec<_>>().join(", ")
}
