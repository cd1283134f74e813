//! `delivery/deployment.md`: what it needs to run, how a release goes, and how to take each kind of change back.

use architrave_model::{
    ChannelProvider, IntegrationAuth, Setting, System, civil, decision::Decision, words,
};
use architrave_plan::{Plan, metric, pending};

use crate::{
    Document, Material, Projection, Room,
    alert::{BUDGET_LEFT, indicators},
    operation::{has_encrypted, runbook_path},
    page::{Page, code, escape, link},
};

/// `delivery/deployment.md`
pub(crate) const PROJECTION: Projection =
    Projection { name: "deployment", room: Room::Delivery, write };

pub(crate) const PATH: &str = "delivery/deployment.md";

/// Time within which requests in work are finished when the process is asked to stop, in seconds.
const DRAIN_S: i64 = 10;

fn write(material: &Material<'_>) -> Vec<Document> {
    let plan = material.plan;
    let mut page = Page::new("Deployment and rollback");
    decided(&mut page, material);
    needs(&mut page, plan);
    start_and_stop(&mut page, plan);
    release(&mut page, material);
    schema(&mut page, &plan.system);
    rollback(&mut page, plan);
    never(&mut page, plan);
    vec![Document {
        path: PATH.to_owned(),
        title: "Deployment and rollback".to_owned(),
        summary: "What it needs to run, how a release goes and is judged, and how each kind of change is taken back.".to_owned(),
        text: page.finish(),
    }]
}

/// Where it runs and how versions take over.
fn decided(page: &mut Page, material: &Material<'_>) {
    let find = |id: &str| material.assessment.decisions.iter().find(|it| it.id == id);
    let items: Vec<String> = ["D-10", "D-11"].into_iter().filter_map(find).map(decision).collect();
    page.list(items);
    let is_otherwise = |id: &str, here: &str| find(id).is_some_and(|it| it.chosen != here);
    let waits = is_otherwise("D-10", "single_machine") || is_otherwise("D-11", "in_place");
    let regions = &material.plan.system.regions;
    let place =
        if regions.is_empty() { String::new() } else { format!(" in {}", words::list(regions)) };
    page.paragraph(&format!(
        "What is there: one process{place} that holds its database (SQLite) in its data folder. A second process on the same folder is \
         refused, so that a release stops the old version before the new one starts.{}",
        if waits {
                " What is decided above asks for several that share a database server, which this version does not speak to yet: until then it runs and is released as below."
            } else { "" }
    ));
}

fn decision(decision: &Decision) -> String {
    let chosen = decision.options.iter().find(|it| it.name == decision.chosen);
    format!(
        "{} \"{}\": **{}**, because {}{}",
        decision.id,
        escape(&decision.question),
        escape(chosen.map_or(decision.chosen.as_str(), |it| it.title.as_str())),
        escape(&decision.because),
        if decision.is_open { " (open: a fact that nobody stated could change it)" } else { "" }
    )
}

fn needs(page: &mut Page, plan: &Plan) {
    page.heading(2, "What it needs");
    let row = |what: &str, value: &str, who: &str| {
        vec![what.to_owned(), value.to_owned(), who.to_owned()]
    };
    let mut rows = vec![
        row(
            "port 8080 (`--listen`)",
            "the API, without TLS",
            "the proxy that ends TLS, and nobody else",
        ),
        row(
            "port 8081 (`--admin-listen`)",
            "health, figures, the administrator's API",
            "Prometheus and administrators; never the internet",
        ),
        row(
            "the blueprint and `architrave.lock`",
            "read at the start",
            "the release; keep both in version control",
        ),
        row(
            "the data folder (`--data`)",
            "database, log, tokens; on a disk of its own that keeps what it syncs",
            "this process alone",
        ),
    ];
    if has_encrypted(plan) {
        rows.push(row(
            "the key file (`ARCHITRAVE_KEY_FILE`)",
            "keys of encrypted fields; without it the database does not open",
            "this process; a copy where secrets are kept",
        ));
    }
    page.table(&["What", "For", "Who may reach it"], &rows);
    let variables = variables(&plan.system);
    if variables.is_empty() {
        return;
    }
    page.paragraph("Variables that the blueprint names, read once at the start:");
    let rows: Vec<Vec<String>> = variables
        .iter()
        .map(|it| {
            vec![
                code(&it.name),
                if it.is_secret {
                    "secret: from a secret store, never in a file of the release".to_owned()
                } else {
                    "setting".to_owned()
                },
                escape(&it.used_by),
                if it.is_needed {
                    "yes: it does not start without".to_owned()
                } else {
                    "not by this version; it says so at the start".to_owned()
                },
            ]
        })
        .collect();
    page.table(&["Variable", "Kind", "Used by", "Needed"], &rows);
}

struct Variable {
    name: String,
    is_secret: bool,
    used_by: String,
    is_needed: bool,
}

/// Variables by what uses them, in the order of the blueprint, each once per use.
fn variables(system: &System) -> Vec<Variable> {
    let mut found = Vec::new();
    let mut add = |setting: &Setting, used_by: String, is_needed: bool| {
        let (name, is_secret) = match setting {
            Setting::Env(name) => (name, false),
            Setting::Secret(name) => (name, true),
            Setting::Text(_) => return,
        };
        found.push(Variable { name: name.clone(), is_secret, used_by, is_needed });
    };
    if let Some(it) = &system.identity.oidc {
        add(&it.issuer, "the issuer of tokens".to_owned(), true);
        add(&it.audience, "the audience of tokens".to_owned(), true);
    }
    for it in &system.integrations {
        let name = format!("{}.{}", system[it.context].name.text, it.name.text);
        it.base_url.iter().for_each(|url| add(url, format!("{name}: its address"), false));
        match &it.auth {
            Some(IntegrationAuth::Bearer(value) | IntegrationAuth::Header(_, value)) => {
                add(value, format!("{name}: our credential"), false)
            }
            Some(IntegrationAuth::Basic(user, password)) => [user, password]
                .into_iter()
                .for_each(|value| add(value, format!("{name}: our credential"), false)),
            None => {}
        }
        for callback in &it.callbacks {
            if let Some(verify) = &callback.verify {
                add(&verify.secret, format!("{name}: signature of {}", callback.name.text), false);
            }
        }
    }
    for it in &system.channels {
        if let Some(ChannelProvider::Smtp(value) | ChannelProvider::WebPush(value)) = &it.provider {
            add(value, format!("channel {}", it.name.text), false);
        }
    }
    found
}

fn start_and_stop(page: &mut Page, plan: &Plan) {
    page.heading(2, "Start and stop");
    let pending: Vec<String> = pending(&plan.system)
        .iter()
        .map(|it| format!("{} ({})", it.kind, it.names.join(", ")))
        .collect();
    let mut items = vec![
        "**Start** reads, checks and plans the blueprint, brings the database to it where that only adds, and listens. An error leaves everything as it was, the old database included.".to_owned(),
        format!("**Ready** is 200 from `/health/ready`; `{}` shows the hash of the plan ({} as these pages were written).", metric::BUILD.name, code(&plan.hash)),
        format!("**Stop** by `SIGTERM`: nothing new is accepted, what was accepted is finished within {DRAIN_S} s. Give the service manager at least {} s before it kills.", DRAIN_S * 3 / 2),
    ];
    if !pending.is_empty() {
        items.push(format!(
            "**Checked, but not run by this version**: {}.",
            escape(&pending.join("; "))
        ));
    }
    page.list(items);
}

fn release(page: &mut Page, material: &Material<'_>) {
    page.heading(2, "A release");
    let gate = gate(material);
    page.steps([
        "On a branch: `architrave check PATH`, and `architrave review PATH --against main --fail-on high`, which names what breaks callers, consumers or a version that still runs.".to_owned(),
        "On a copy of the data, with `--locked`: `architrave serve PATH --data copy --locked --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0`. It starts, or lists what would be lost.".to_owned(),
        format!("Make a copy of the database ({}). It is the only way back for some changes below.", link("how", PATH, crate::operation::RECOVERY_PATH)),
        format!("Stop the old version (at most {DRAIN_S} s), start the new one on the same folder. Callers see refused connections meanwhile and repeat."),
        format!("**Gate 1**, at once: `/health/ready` answers 200 and `{}` has the new plan. Otherwise take it back.", metric::BUILD.name),
        gate,
    ]);
    let availability = indicators(material).into_iter().filter(|it| it.latency_us.is_none());
    let tightest =
        availability.min_by_key(|it| i128::from(it.window_us) * i128::from(it.budget_ppm()));
    if let Some(it) = tightest {
        let budget_us = i128::from(it.window_us) * i128::from(it.budget_ppm()) / 1_000_000;
        let releases = budget_us / i128::from(DRAIN_S * 1_000_000);
        page.paragraph(&format!(
            "The tightest promise is {}: {} in {}. A release that stops for {DRAIN_S} s takes {} of it; {} such releases would use all of it up.",
            link(&it.objective, PATH, crate::quality::slos::PATH),
            words::time(i64::try_from(budget_us).unwrap_or(i64::MAX)),
            words::time(it.window_us),
            words::short_percent(u64::try_from(i128::from(DRAIN_S) * 1_000_000_000_000 / budget_us.max(1)).unwrap_or(u64::MAX)),
            releases
        ));
    }
}

/// What is watched for an hour after a release.
fn gate(material: &Material<'_>) -> String {
    let all = indicators(material);
    if all.is_empty() {
        return format!(
            "**Gate 2**, for an hour: {} is silent. No objective is declared, so that slower answers go unnoticed.",
            link("RequestsFail", PATH, &runbook_path("requests-fail"))
        );
    }
    format!(
        "**Gate 2**, for an hour: no `…BurnsFast` alert, and `{BUDGET_LEFT}` does not fall faster than before. Otherwise {}.",
        link("take it back", PATH, &runbook_path("bad-release"))
    )
}

fn schema(page: &mut Page, system: &System) {
    page.heading(2, "Changes of stored data");
    page.paragraph(
        "A release adds first and removes later. The start applies what only adds (entities, optional fields, fields with a default, indexes) in one \
         transaction, and refuses with a list what would lose values. A rename goes by a `moved` block: the lock keeps the column where it is.",
    );
    let day = |day: Option<i32>| {
        day.map_or_else(|| "no day set".to_owned(), |it| civil::day_text(it.into()))
    };
    let moved = system.moved.iter().map(|it| {
        format!(
            "{} is being renamed: callers are to know the new name by {} (`sunset`)",
            code(&it.from.text),
            day(it.sunset)
        )
    });
    let removed = system.removed.iter().map(|it| {
        format!(
            "{} is going away by {}: {}",
            code(&it.from.text),
            day(it.sunset),
            escape(&it.reason)
        )
    });
    let items: Vec<String> = moved.chain(removed).collect();
    if !items.is_empty() {
        page.paragraph("In progress:");
        page.list(items);
        if pending(system).iter().any(|it| it.kind == "moved" || it.kind == "removed") {
            page.paragraph("This version does not yet serve both names or announce the day: tell callers yourself before a release that renames.");
        }
    }
}

fn rollback(page: &mut Page, plan: &Plan) {
    page.heading(2, "Taking it back");
    let row = |what: &str, how: &str, loses: &str| {
        vec![what.to_owned(), how.to_owned(), loses.to_owned()]
    };
    let mut rows = vec![
        row(
            "the program",
            "start the version before on the same folder and blueprint",
            "nothing; a database that a newer format has touched is refused by the older program, then go forward",
        ),
        row("rules, guards, limits, objectives, comments", "start the blueprint before", "nothing"),
        row(
            "new entities and fields, nothing in them yet",
            "start the blueprint before; empty columns and tables go",
            "nothing",
        ),
        row(
            "new entities and fields with values",
            "refused with the list: keep them in the blueprint, take back the rest",
            "nothing",
        ),
        row(
            "a rename (`moved`)",
            "turn the block around",
            "nothing; callers who have moved on must be told again",
        ),
        row(
            "a tighter bound or a field that became required",
            "start the blueprint before",
            "nothing; what was refused meanwhile was refused",
        ),
        row(
            "a removal that was released",
            "put the field back; its values are gone with the release that dropped them",
            "the values, unless the copy of step 3 is put back",
        ),
    ];
    if has_encrypted(plan) {
        rows.push(row("encryption of a field", "keep it: what is sealed stays sealed", "nothing"));
    }
    page.table(&["Change", "How", "What that loses"], &rows);
}

/// What happened once and stays.
fn never(page: &mut Page, plan: &Plan) {
    page.heading(2, "What cannot be taken back");
    let system = &plan.system;
    let mut items = vec![
        "what callers wrote while the release was out: putting the copy of step 3 back loses it, so that it is the last resort".to_owned(),
    ];
    let events: Vec<&str> = system.events.iter().map(|it| it.name.text.as_str()).collect();
    if !events.is_empty() {
        items.push(format!("events that were read: {} and the changes of rows are history; another event corrects them", words::list(&events)));
    }
    let sequences: Vec<String> = system
        .entity_ids()
        .flat_map(|id| {
            let of = system[id]
                .fields
                .iter()
                .filter(|it| matches!(it.ty, architrave_model::FieldType::Sequence { .. }));
            of.map(move |it| format!("{}.{}", system.entity_path(id), it.name.text))
                .collect::<Vec<_>>()
        })
        .collect();
    if !sequences.is_empty() {
        items.push(format!("numbers that were given out: {}", words::list(&sequences)));
    }
    page.list(items);
}
