//! C4, deployment: on what it runs and where, as the decisions have it, and what it must be given.

use architrave_model::{
    Assessment, Channel, ChannelProvider, Integration, IntegrationAuth, Outcome, Setting, System,
    civil::day_text, decision::Decision,
};

use super::c4::{Diagram, Kind};
use crate::{
    Document, Material, Projection, Room, decided,
    page::{Page, code, count, escape, link, prose},
};

/// `structure/deployment.md`
pub(crate) const PROJECTION: Projection =
    Projection { name: "deployment", room: Room::Structure, write };

const PATH: &str = "structure/deployment.md";
const TITLE: &str = "Deployment";

/// Decisions about where and how it runs, in the order of the page.
const DECISIONS: &[&str] = &["compute", "primary_store", "recovery", "edge", "rollout"];

fn write(material: &Material<'_>) -> Vec<Document> {
    let assessment = material.assessment;
    let system = &material.plan.system;
    let Some(layout) = Layout::of(assessment) else { return Vec::new() };
    let mut page = Page::new(TITLE);
    page.paragraph(&layout.sentence(system));
    page.diagram(
        "Where everything runs; dotted is what flows for the day on which something is lost.",
        &layout.diagram(system),
    );
    page.heading(2, "Why so");
    let found = DECISIONS.iter().filter_map(|it| decided::by(assessment, it));
    page.table(
        &["Question", "Decided", "Because", "Record"],
        &found.map(|it| why(assessment, it)).collect::<Vec<_>>(),
    );
    not_yet(&mut page, material, &layout);
    given(&mut page, system);
    probes(&mut page, assessment);
    vec![Document {
        path: PATH.to_owned(),
        title: TITLE.to_owned(),
        summary: "Machines, zones and copies as decided, and what the process must be given (C4, deployment).".to_owned(),
        text: page.finish(),
    }]
}

fn why(assessment: &Assessment, decision: &Decision) -> Vec<String> {
    vec![
        escape(&decision.question),
        decided::option(decision).map(|it| escape(&it.title)).unwrap_or_default(),
        prose(&decision.because),
        decided::link(assessment, decision, PATH),
    ]
}

/// What the decisions come to.
struct Layout {
    is_embedded: bool,
    is_partitioned: bool,
    has_replicas: bool,
    recovery: String,
    compute: String,
    /// Machines or replicas of the process, where the capacity model says how many, with the spare ones.
    nodes: Option<(u64, u64)>,
}

impl Layout {
    fn of(assessment: &Assessment) -> Option<Self> {
        let chosen = |name| decided::by(assessment, name).map(|it| it.chosen.as_str());
        let store = chosen("primary_store")?;
        let capacity = assessment.capacity.as_ref();
        let peak = capacity.and_then(|it| it.loads.iter().find(|it| it.factor_permille == 1_000));
        let nodes = peak.and_then(|it| it.nodes).map(|it| (it.for_load, it.spare));
        let staged = assessment.stages.first().map(|it| (it.nodes, 0));
        Some(Self {
            is_embedded: store == "sqlite",
            is_partitioned: store == "postgresql_partitioned",
            has_replicas: store == "postgresql_replicas",
            recovery: chosen("recovery").unwrap_or_default().to_owned(),
            compute: chosen("compute").unwrap_or_default().to_owned(),
            nodes: nodes.or(staged),
        })
    }

    /// Replicas of the process; SQLite has room for one. None where nobody reckoned.
    fn processes(&self) -> Option<u64> {
        if self.is_embedded || self.compute == "single_machine" {
            return Some(1);
        }
        self.nodes.map(|(load, spare)| load.saturating_add(spare).max(1))
    }

    fn place(&self) -> &'static str {
        match self.compute.as_str() {
            "single_machine" => "a virtual machine",
            "kubernetes" => "the cluster",
            "serverless_container" | "managed_containers" => "a container platform",
            _ => "a machine",
        }
    }

    fn sentence(&self, system: &System) -> String {
        let region = match system.regions.as_slice() {
            [] => "No region is named in the blueprint.".to_owned(),
            regions => format!("It runs in {}.", architrave_model::words::list(regions)),
        };
        let processes = self.processes().map(|it| usize::try_from(it).unwrap_or(usize::MAX));
        let processes = processes
            .map_or("Several processes".to_owned(), |it| count(it, "process", "processes"));
        let store = match (self.is_embedded, self.is_partitioned, self.has_replicas) {
            (true, ..) => "with its database in it",
            (_, true, _) => "over several PostgreSQL primaries, each with some of the tenants",
            (.., true) => "over a PostgreSQL primary with read replicas",
            _ => "over one PostgreSQL primary",
        };
        let recovery = match self.recovery.as_str() {
            "warm_standby" => "A standby in another zone confirms every write, and takes over.",
            "log_shipping" => "The write-ahead log is shipped to a machine that stands ready.",
            "active_active" => "Every region serves and writes.",
            "backup_and_restore" => "What is lost is restored from a backup kept elsewhere.",
            _ => "",
        };
        format!("{region} {processes} of the backend on {}, {store}. {recovery}", self.place())
    }

    fn diagram(&self, system: &System) -> String {
        let mut out = Diagram::new("LR");
        out.element("callers", Kind::Person, "Callers", "HTTPS", "");
        let region = system.regions.first().map_or("one region", String::as_str);
        out.frame("region", region);
        out.frame("zone_a", "zone A");
        out.frame("place", self.place());
        let replicas = match self.processes() {
            Some(1) => "1 process".to_owned(),
            Some(many) => format!("{many} replicas"),
            None => "several replicas".to_owned(),
        };
        out.element("process", Kind::Container, "The backend", "architrave serve", &replicas);
        if self.is_embedded {
            out.element("store", Kind::Store, "The database", "SQLite", "on the machine's disk");
        }
        out.end();
        if !self.is_embedded {
            let shards = if self.is_partitioned { "primaries by tenant" } else { "primary" };
            out.element("store", Kind::Store, "The database", "PostgreSQL", shards);
        }
        out.end();
        self.others(&mut out);
        out.end();
        if self.recovery == "backup_and_restore" || self.recovery == "log_shipping" {
            out.element("copies", Kind::Store, "Backups", "another provider or region", "");
            out.arrow("store", "copies", "copies", true);
        }
        out.arrow("callers", "process", "", false);
        out.arrow("process", "store", if self.is_embedded { "" } else { "SQL over TLS" }, false);
        out.finish()
    }

    fn others(&self, out: &mut Diagram) {
        match self.recovery.as_str() {
            "warm_standby" => {
                out.frame("zone_b", "zone B");
                out.element("standby", Kind::Store, "Standby", "takes over", "");
                out.end();
                out.arrow("store", "standby", "every write, confirmed", true);
            }
            "log_shipping" => {
                out.frame("zone_b", "zone B");
                out.element("standby", Kind::Container, "A machine that stands ready", "", "");
                out.end();
                out.arrow("store", "standby", "the log, as it is written", true);
            }
            _ => {}
        }
        if self.has_replicas {
            out.element("replica", Kind::Store, "Read replica", "PostgreSQL", "");
            out.arrow("store", "replica", "follows", true);
            out.arrow("process", "replica", "reads", false);
        }
    }
}

/// What the decisions say and is not so yet: the diagram shows where it goes.
fn not_yet(page: &mut Page, material: &Material<'_>, layout: &Layout) {
    let assessment = material.assessment;
    let mut items = Vec::new();
    let today = assessment.graph.stores.first().and_then(|it| it.product.value());
    if let Some(product) = today.filter(|it| *it == "sqlite" && !layout.is_embedded) {
        items.push(format!(
            "**The database** is {} in the process for now, which is what `architrave serve` has: one process, one machine.",
            escape(product)
        ));
    }
    let declared = unserved(&material.plan.system);
    if !declared.is_empty() {
        items.push(format!(
            "**What happens by itself** ({}) is declared and checked, and not run yet by `architrave serve`.",
            declared.join(", ")
        ));
    }
    items.extend(accepted(assessment));
    if items.is_empty() {
        return;
    }
    page.heading(2, "Where it is not there yet");
    page.list(items);
    page.paragraph(&format!(
        "How it gets there is in {}.",
        link("the roadmap", PATH, "delivery/roadmap.md")
    ));
}

/// What the server reads and does not run yet.
fn unserved(system: &System) -> Vec<String> {
    let counts = [
        (system.sagas.len(), "saga", "sagas"),
        (system.schedules.len(), "schedule", "schedules"),
        (system.projections.len(), "projection", "projections"),
        (system.webhooks.len(), "webhook", "webhooks"),
        (system.integrations.len(), "integration", "integrations"),
        (system.notifications.len(), "notification", "notifications"),
    ];
    counts.iter().filter(|it| it.0 > 0).map(|it| count(it.0, it.1, it.2)).collect()
}

/// Findings against these decisions, with who took them upon themselves.
fn accepted(assessment: &Assessment) -> Vec<String> {
    let decisions = DECISIONS.iter().filter_map(|it| decided::by(assessment, it));
    let rules: Vec<&String> = decisions.flat_map(|it| &it.confirm).collect();
    let open = assessment.verdicts.iter().filter(|it| {
        matches!(it.outcome, Outcome::Waived | Outcome::Fail)
            && rules.iter().any(|rule| *rule == it.rule)
    });
    let told = open.map(|it| {
        let until = it.waiver.as_ref().map(|waiver| {
            format!(
                " Accepted by {} until {}: {}",
                escape(&waiver.owner),
                day_text(i64::from(waiver.until_day)),
                escape(&waiver.reason)
            )
        });
        format!("**{}**: {}.{}", it.rule, prose(&it.title), until.unwrap_or_default())
    });
    told.collect()
}

/// Settings that are read when the process starts.
fn given(page: &mut Page, system: &System) {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut add = |setting: &Setting, what: String| {
        let (name, kind) = match setting {
            Setting::Text(_) => return,
            Setting::Env(name) => (name, "environment"),
            Setting::Secret(name) => (name, "secret"),
        };
        let known = rows.iter_mut().find(|it| it.first() == Some(&code(name)));
        match known.and_then(|it| it.last_mut()) {
            Some(uses) if !uses.contains(&what) => uses.push_str(&format!("; {what}")),
            Some(_) => {}
            None => rows.push(vec![code(name), kind.to_owned(), what]),
        }
    };
    if let Some(login) = &system.identity.oidc {
        add(&login.issuer, "who signs the tokens of callers".to_owned());
        add(&login.audience, "whom tokens must be meant for".to_owned());
    }
    for it in &system.integrations {
        integration(it, &mut add);
    }
    for it in &system.channels {
        channel(it, &mut add);
    }
    if rows.is_empty() {
        return;
    }
    page.heading(2, "What the process must be given");
    page.table(&["Name", "Kind", "For"], &rows);
    page.paragraph("A secret is read when the process starts, and shown neither in answers, logs nor these pages.");
}

fn integration(it: &Integration, add: &mut impl FnMut(&Setting, String)) {
    let name = escape(&it.name.text);
    if let Some(url) = &it.base_url {
        add(url, format!("where {name} is"));
    }
    match &it.auth {
        Some(IntegrationAuth::Bearer(key) | IntegrationAuth::Header(_, key)) => {
            add(key, format!("proves to {name} who calls"));
        }
        Some(IntegrationAuth::Basic(user, password)) => {
            add(user, format!("proves to {name} who calls"));
            add(password, format!("proves to {name} who calls"));
        }
        None => {}
    }
    for callback in &it.callbacks {
        if let Some(verify) = &callback.verify {
            add(
                &verify.secret,
                format!("proves that {} comes from {name}", code(&callback.name.text)),
            );
        }
    }
}

fn channel(it: &Channel, add: &mut impl FnMut(&Setting, String)) {
    let name = escape(&it.name.text);
    match &it.provider {
        Some(ChannelProvider::Smtp(url)) => add(url, format!("where {name} is handed over")),
        Some(ChannelProvider::WebPush(key)) => add(key, format!("signs messages of {name}")),
        None => {}
    }
}

/// What a platform asks to know whether a process lives and can take work.
fn probes(page: &mut Page, assessment: &Assessment) {
    let items: Vec<String> = assessment
        .graph
        .services
        .iter()
        .flat_map(|it| {
            let asks =
                [("whether it lives", &it.liveness), ("whether it can take work", &it.readiness)];
            asks.into_iter()
                .filter_map(|(what, probe)| Some(format!("{what}: {}", code(&probe.value()?.asks))))
        })
        .collect();
    if items.is_empty() {
        return;
    }
    page.heading(2, "What the platform may ask it");
    page.list(items);
}
