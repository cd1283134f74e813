//! Data governance: which personal data there is, where it lies, who gets it, how long it is kept, and what becomes of
//! it when a person asks.

use std::collections::BTreeMap;

use architrave_model::{
    Base, EntityId, Expr, ExprKind, FieldType, Outcome, Root, RunTarget, System, Verdict, civil,
    graph::Graph,
};
use architrave_plan::{ColumnRole, EventData, Plan, pending};

use crate::{
    Document, Material, Projection, Room,
    page::{Page, code, escape, link},
    speech,
};

/// `quality/governance.md`
pub(crate) const PROJECTION: Projection =
    Projection { name: "governance", room: Room::Quality, write };

const PATH: &str = "quality/governance.md";

/// A column that holds personal data.
struct Place<'p> {
    entity: EntityId,
    path: &'p str,
    physical: String,
    is_encrypted: bool,
    has_lookup: bool,
}

fn write(material: &Material<'_>) -> Vec<Document> {
    let plan = material.plan;
    let classes = classes(plan);
    let has_law = plan.system.compliance.is_some();
    if classes.is_empty() && !has_law {
        return Vec::new();
    }
    let mut page = Page::new("Data governance");
    introduction(&mut page, material, &classes);
    kept(&mut page, plan, &classes);
    copies(&mut page, material, &classes);
    given(&mut page, material);
    retention(&mut page, material);
    rights(&mut page, material);
    judged(&mut page, material);
    vec![Document {
        path: PATH.to_owned(),
        title: "Data governance".to_owned(),
        summary: "Which personal data there is, where it lies, who gets it, how long it is kept, how it is erased."
            .to_owned(),
        text: page.finish(),
    }]
}

/// Classes of personal data with the columns that hold them.
fn classes(plan: &Plan) -> BTreeMap<&str, Vec<Place<'_>>> {
    let mut classes: BTreeMap<&str, Vec<Place<'_>>> = BTreeMap::new();
    for table in &plan.tables {
        for column in &table.columns {
            let Some(class) = &column.pii else { continue };
            if !matches!(column.role, ColumnRole::Field { .. }) {
                continue;
            }
            classes.entry(class).or_default().push(Place {
                entity: table.entity,
                path: &column.path,
                physical: format!("{}.{}", table.physical, column.physical),
                is_encrypted: column.encryption.is_some(),
                has_lookup: column.lookup.is_some(),
            });
        }
    }
    classes
}

fn introduction(
    page: &mut Page,
    material: &Material<'_>,
    classes: &BTreeMap<&str, Vec<Place<'_>>>,
) {
    let system = &material.plan.system;
    let needs = &material.assessment.graph.needs;
    let mut text = Vec::new();
    if let Some(compliance) = &system.compliance {
        let regimes: Vec<String> = compliance.regimes.iter().map(|it| code(&it.text)).collect();
        if !regimes.is_empty() {
            text.push(format!(
                "{} is declared to be subject to {}.",
                escape(&system.name.text),
                regimes.join(" and ")
            ));
        }
    }
    let columns: usize = classes.values().map(Vec::len).sum();
    let encrypted = classes.values().flatten().filter(|it| it.is_encrypted).count();
    if columns > 0 {
        text.push(format!(
            "It keeps {} of personal data in {}, {} encrypted by {}.",
            count(classes.len(), "class", "classes"),
            count(columns, "column", "columns"),
            if encrypted == columns && columns == 1 {
                "which is".to_owned()
            } else if encrypted == columns {
                "all of them".to_owned()
            } else {
                format!("{encrypted} of them")
            },
            if columns == 1 { "itself" } else { "themselves" },
        ));
    }
    let regions: Vec<String> = system.regions.iter().map(|it| code(it)).collect();
    if !regions.is_empty() {
        text.push(format!("It runs in {}.", regions.join(" and ")));
    }
    match needs.residency.value() {
        Some(residency) if !residency.is_empty() => {
            let residency: Vec<String> = residency.iter().map(|it| code(it)).collect();
            text.push(format!("Personal data must not leave {}.", residency.join(" and ")));
        }
        _ if !classes.is_empty() => text.push(
            "No region is declared that personal data must not leave (`residency` in `compliance`).".to_owned(),
        ),
        _ => {}
    }
    page.paragraph(&text.join(" "));
}

fn kept(page: &mut Page, plan: &Plan, classes: &BTreeMap<&str, Vec<Place<'_>>>) {
    if classes.is_empty() {
        return;
    }
    page.heading(2, "What is kept, and where");
    let rows: Vec<Vec<String>> = classes
        .iter()
        .flat_map(|(class, places)| {
            places.iter().map(|place| {
                let protected = match (place.is_encrypted, place.has_lookup) {
                    (true, true) => "encrypted, found by keyed hash",
                    (true, false) => "encrypted",
                    (false, _) => "**as it is**",
                };
                vec![
                    escape(class),
                    code(&format!("{}.{}", plan.system.entity_path(place.entity), place.path)),
                    code(&place.physical),
                    protected.to_owned(),
                    whose(&plan.system, place.entity),
                ]
            })
        })
        .collect();
    page.table(&["Class", "Field", "Column", "At rest", "Whose"], &rows);
}

/// Whose data a row is.
fn whose(system: &System, id: EntityId) -> String {
    let root = system.aggregate_root(id);
    match system[root].privacy.as_ref().map(|it| &it.subject) {
        Some(subject) if is_this(subject) => "the row's own person".to_owned(),
        Some(subject) => format!("its {}", speech::condition(system, subject)),
        None => "**nobody says**".to_owned(),
    }
}

fn is_this(expr: &Expr) -> bool {
    expr.kind == ExprKind::Root(Root::This)
}

/// What holds copies of the rows: journal, search index, stored answers, backups.
fn copies(page: &mut Page, material: &Material<'_>, classes: &BTreeMap<&str, Vec<Place<'_>>>) {
    if classes.is_empty() {
        return;
    }
    let plan = material.plan;
    let holders: Vec<EntityId> = {
        let mut all: Vec<EntityId> = classes.values().flatten().map(|it| it.entity).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    page.heading(2, "Copies of it");
    let mut items = Vec::new();
    let events: Vec<String> = plan
        .event_types
        .iter()
        .filter(|it| it.entity.is_some_and(|id| holders.contains(&id)))
        .filter(|it| matches!(it.data, EventData::Row | EventData::Carries(_)))
        .map(|it| code(&it.name))
        .collect();
    if !events.is_empty() {
        items.push(format!(
            "the **journal**, which keeps every change: {}. Encrypted fields are encrypted there too",
            events.join(", ")
        ));
    }
    let searched: Vec<String> = plan
        .tables
        .iter()
        .filter_map(|table| Some((table, table.search.as_ref()?)))
        .flat_map(|(table, search)| {
            search.columns.iter().filter_map(move |it| table.column(it.column))
        })
        .filter(|it| it.pii.is_some())
        .map(|it| code(&it.path))
        .collect();
    if !searched.is_empty() {
        items.push(format!("the **search index**, with the words of {}", searched.join(", ")));
    }
    items.push(
        "**answers kept for idempotency keys**, encrypted where they hold encrypted fields"
            .to_owned(),
    );
    let every = material.assessment.graph.needs.backup_every_us.value();
    items.push(match every {
        Some(us) => format!(
            "**backups**, every {} (declared): copies of the data folder; the keys are in a file of their own",
            speech::period(*us)
        ),
        None => "**backups**: none is declared. A copy of the data folder holds everything above; the keys are in a file \
                 of their own and belong somewhere else"
            .to_owned(),
    });
    page.list(items);
}

/// Who else gets personal data.
fn given(page: &mut Page, material: &Material<'_>) {
    let graph = &material.assessment.graph;
    let rows: Vec<Vec<String>> =
        graph.externals.iter().map(|it| processor(material, graph, &it.node.id)).collect();
    if rows.is_empty() {
        return;
    }
    page.heading(2, "Who else gets it");
    provided(page, &material.plan.system);
    page.table(&["Party", "Classes that go there", "Region", "Agreement on processing"], &rows);
}

/// What the issuer of tokens tells us of people.
fn provided(page: &mut Page, system: &System) {
    let provided: Vec<String> = system
        .identity
        .provision
        .iter()
        .map(|(field, claim)| {
            let name = system.identity.user.and_then(|it| system[it].fields.get(*field));
            format!("{} (claim {})", code(name.map_or("", |it| it.name.text.as_str())), code(claim))
        })
        .collect();
    if !provided.is_empty() {
        page.paragraph(&format!(
            "The OpenID Connect issuer gives rather than gets: at a person's first sign-in, {} of their token are stored.",
            provided.join(" and ")
        ));
    }
}

fn processor(material: &Material<'_>, graph: &Graph, id: &str) -> Vec<String> {
    let crossings = material.assessment.crossings.iter();
    let mut classes: Vec<String> = crossings
        .filter(|it| it.to.id == id)
        .flat_map(|it| it.personal_data.iter().map(|it| escape(it)))
        .collect();
    classes.sort_unstable();
    classes.dedup();
    classes.extend(ids_of_people(&material.plan.system, id));
    let external = graph.external(id);
    let region = external.and_then(|it| it.region.value());
    let agreement = external.and_then(|it| it.has_processing_agreement.value());
    let words = agreement_words(&material.plan.system, id);
    vec![
        code(id.trim_start_matches("external:")),
        if classes.is_empty() { "none".to_owned() } else { classes.join(", ") },
        region.map_or_else(|| "not declared".to_owned(), |it| code(it)),
        match (agreement, words) {
            (Some(true), Some(words)) => escape(&words),
            (Some(true), None) => "yes".to_owned(),
            _ => "not declared".to_owned(),
        },
    ]
}

/// Ids of people that steps of sagas send to an integration: they tell of a person too.
fn ids_of_people(system: &System, id: &str) -> Option<String> {
    let name = id.trim_start_matches("external:");
    let user = system.identity.user?;
    let mut found: Vec<String> = Vec::new();
    for step in system.sagas.iter().flat_map(|it| it.steps.iter().chain(&it.on_failure)) {
        let RunTarget::Operation(integration, _) = step.run else { continue };
        let own = &system[integration];
        if format!("{}.{}", system[own.context].name.text, own.name.text) != name {
            continue;
        }
        let people = step.input.iter().filter(|(_, it)| it.ty.base == Base::Row(user));
        found.extend(people.map(|(name, _)| code(name)));
    }
    found.sort_unstable();
    found.dedup();
    (!found.is_empty()).then(|| format!("the id of the person ({})", found.join(", ")))
}

/// The agreement as the author wrote it.
fn agreement_words(system: &System, id: &str) -> Option<String> {
    let name = id.trim_start_matches("external:");
    let integrations = system.integrations.iter().map(|it| (it.context, &it.name.text, &it.terms));
    let channels = system.channels.iter().map(|it| (it.context, &it.name.text, &it.terms));
    let (.., terms) = integrations
        .chain(channels)
        .find(|(context, own, _)| format!("{}.{own}", system[*context].name.text) == name)?;
    terms.processing_agreement.as_ref().map(|it| it.text.clone())
}

fn retention(page: &mut Page, material: &Material<'_>) {
    let system = &material.plan.system;
    let declared: Vec<EntityId> =
        system.entity_ids().filter(|it| system[*it].privacy.is_some()).collect();
    let audit = system.compliance.as_ref().and_then(|it| it.audit_retention_us);
    if declared.is_empty() && audit.is_none() {
        return;
    }
    page.heading(2, "How long it is kept");
    let mut items: Vec<String> = declared
        .iter()
        .filter_map(|id| {
            let privacy = system[*id].privacy.as_ref()?;
            let from = privacy
                .retain_from
                .as_ref()
                .map_or_else(|| "its creation".to_owned(), |it| speech::condition(system, it));
            let time = privacy.retain_for_us.map_or_else(
                || "no time is declared".to_owned(),
                |us| format!("{} from {from}", speech::period(us)),
            );
            Some(format!("{}: {time}", code(&system.entity_path(*id))))
        })
        .collect();
    if let Some(us) = audit {
        items.push(format!(
            "the journal, which is the audit trail: {} (`audit_retention`)",
            speech::period(us)
        ));
    }
    page.list(items);
    if pending(system).iter().any(|it| it.kind == "privacy") {
        page.paragraph(
            "**This version reads and checks these times and does not act on them yet**: nothing is removed by itself. Until \
             it is, whoever operates the system removes what is due.",
        );
    }
}

/// What a person can ask for.
fn rights(page: &mut Page, material: &Material<'_>) {
    let plan = material.plan;
    let system = &plan.system;
    let subjects: Vec<EntityId> =
        system.entity_ids().filter(|it| system[*it].privacy.is_some()).collect();
    if subjects.is_empty() {
        return;
    }
    page.heading(2, "When a person asks");
    let mut items = Vec::new();
    let own: Vec<String> = subjects
        .iter()
        .filter(|id| reads_own(plan, **id))
        .map(|id| code(&system.entity_path(*id)))
        .collect();
    if !own.is_empty() {
        items.push(format!(
            "**access and export**: signed in, they read what is about them in {} through the API, as JSON; who else \
             reads it is in {}",
            own.join(" and "),
            link("Who may do what", PATH, "quality/access.md")
        ));
    }
    if let Some(user) = system.identity.user.filter(|it| system[*it].access.update.is_some()) {
        items.push(format!(
            "**correction**: they change their own row of {} themselves",
            code(&system.entity_path(user))
        ));
    }
    let not_yet = pending(system).iter().any(|it| it.kind == "privacy");
    let graph = &material.assessment.graph;
    let has_keys = subjects.iter().all(|id| {
        let table = graph.table(&format!("table:{}", system.entity_path(*id)));
        table.and_then(|it| it.has_subject_key.value()) == Some(&true)
    });
    let erasure = match (has_keys, not_yet) {
        (true, false) => {
            "the key of the person is destroyed, and with it every encrypted field of theirs turns unreadable: in the rows, \
             in the journal and in backups"
        }
        _ => {
            "declared to make every encrypted field of theirs unreadable, in the journal and in backups too, by destroying a \
             key of their own. **This version keeps one key for all rows and does not erase by itself**: until it does, a \
             person is erased by overwriting their fields, and copies go with the journal and the backups"
        }
    };
    items.push(format!(
        "**erasure**: {erasure}. What is not encrypted stays in any case: {}",
        remaining(plan, &subjects)
    ));
    page.list(items);
}

/// Whether some rule lets the person read their own rows.
fn reads_own(plan: &Plan, id: EntityId) -> bool {
    let Some(rule) = &plan.system[id].access.read else { return false };
    let who = speech::who(&plan.system, &rule.expr);
    let subject = plan.system[id].privacy.as_ref().map(|it| &it.subject);
    match subject {
        Some(subject) if is_this(subject) => who.contains("the user whose row it is"),
        Some(subject) => who.contains(&format!("its {}", speech::condition(&plan.system, subject))),
        None => false,
    }
}

/// Fields about a person that outlive their key, besides ids and references.
fn remaining(plan: &Plan, subjects: &[EntityId]) -> String {
    let mut names = Vec::new();
    for id in subjects {
        let entity = &plan.system[*id];
        for column in &plan[*id].columns {
            let ColumnRole::Field { field, .. } = column.role else { continue };
            let is_reference =
                entity.fields.get(field).is_some_and(|it| matches!(it.ty, FieldType::Ref { .. }));
            if column.encryption.is_none() && !is_reference {
                names.push(code(&format!("{}.{}", entity.name.text, column.path)));
            }
        }
    }
    if names.is_empty() { "nothing but ids and references".to_owned() } else { names.join(", ") }
}

/// What the rules about the law say.
fn judged(page: &mut Page, material: &Material<'_>) {
    let assessment = material.assessment;
    let rules = assessment.rules.iter().filter(|it| it.family == "compliance");
    let rows: Vec<Vec<String>> = rules
        .filter_map(|rule| {
            let about: Vec<&Verdict> =
                assessment.verdicts.iter().filter(|it| it.rule == rule.id).collect();
            let outcome = told(&about)?;
            Some(vec![code(rule.id), escape(rule.summary), outcome])
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    page.heading(2, "What the review says");
    page.paragraph("Rules of the family *compliance* that are about something here; each names what would be wrong.");
    page.table(&["Rule", "Looks for", "Finds"], &rows);
}

/// The worst that a rule says; none where it is about nothing.
fn told(about: &[&Verdict]) -> Option<String> {
    let of = |outcome: Outcome| about.iter().filter(move |it| it.outcome == outcome);
    let failed: Vec<String> = of(Outcome::Fail)
        .map(|it| format!("{}: {}", code(&it.subject), escape(&it.title)))
        .collect();
    if !failed.is_empty() {
        return Some(format!("**open**: {}", failed.join("; ")));
    }
    let waived: Vec<String> = of(Outcome::Waived)
        .filter_map(|it| it.waiver.as_ref())
        .map(|it| {
            format!(
                "accepted by {} until {}: {}",
                escape(&it.owner),
                civil::day_text(i64::from(it.until_day)),
                escape(&it.reason)
            )
        })
        .collect();
    if !waived.is_empty() {
        return Some(waived.join("; "));
    }
    let mut unknown: Vec<String> = of(Outcome::CannotTell).map(|it| escape(&it.title)).collect();
    unknown.dedup();
    if !unknown.is_empty() {
        return Some(format!("cannot tell: {}", unknown.join("; ")));
    }
    let held = of(Outcome::Pass).count();
    (held > 0).then(|| format!("nothing, in {}", count(held, "place", "places")))
}

/// `1 class`, `3 classes`.
fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
