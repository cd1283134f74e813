//! C4, level 1: the system, who calls it, and what it relies on.

use architrave_model::{Channel, ChannelProvider, Integration, Name, System, Terms, words};

use super::{
    c4::{Diagram, Kind},
    parties::{Caller, callers, setting},
};
use crate::{
    Document, Material, Projection, Room, limits,
    page::{Page, code, escape, first_sentence, link},
};

/// `structure/context.md`
pub(crate) const PROJECTION: Projection =
    Projection { name: "context", room: Room::Structure, write };

const PATH: &str = "structure/context.md";
const TITLE: &str = "System context";

fn write(material: &Material<'_>) -> Vec<Document> {
    let system = &material.plan.system;
    let callers = callers(material.plan);
    let mut page = Page::new(TITLE);
    introduction(&mut page, system, &callers);
    page.diagram(
        &format!(
            "{} with those who call it above and what it relies on below; dotted where nobody waits for an answer.",
            escape(&system.name.text)
        ),
        &diagram(system, &callers),
    );
    calls(&mut page, material, &callers);
    relies(&mut page, system);
    told(&mut page, system);
    vec![Document {
        path: PATH.to_owned(),
        title: TITLE.to_owned(),
        summary: "Who calls the system, how they prove who they are, and what it relies on (C4, level 1)."
            .to_owned(),
        text: page.finish(),
    }]
}

fn introduction(page: &mut Page, system: &System, callers: &[Caller<'_>]) {
    let names: Vec<&str> = callers.iter().map(|it| it.name.as_str()).collect();
    let outside = system.integrations.len() + system.channels.len();
    let mut text = String::new();
    if !system.doc.is_empty() {
        text = format!("{} ", escape(&system.doc));
    }
    text.push_str(&format!(
        "{} is called by {}",
        escape(&system.name.text),
        if names.is_empty() { "nobody yet".to_owned() } else { words::list(&names) }
    ));
    text.push_str(&match outside {
        0 => " and relies on nobody else while it answers.".to_owned(),
        1 => " and relies on one system of somebody else.".to_owned(),
        count => format!(" and relies on {count} systems of others."),
    });
    page.paragraph(&text);
}

fn diagram(system: &System, callers: &[Caller<'_>]) -> String {
    let mut out = Diagram::new("TB");
    let name = &system.name.text;
    for caller in callers {
        out.element(&caller.id, Kind::Person, &caller.name, &caller.proof, "");
    }
    out.element("system", Kind::System, name, "", &first_sentence(&system.doc));
    for caller in callers {
        out.arrow(&caller.id, "system", "HTTPS, JSON", false);
    }
    if system.identity.oidc.is_some() {
        out.element("issuer", Kind::External, "Identity provider", "OpenID Connect", "");
        out.arrow("system", "issuer", "fetches its keys", false);
    }
    for it in &system.integrations {
        let id = format!("integration:{}", it.name.text);
        out.element(&id, Kind::External, &it.name.text, "", &first_sentence(&it.doc));
        let calls: Vec<&str> = it.operations.iter().map(|it| it.name.text.as_str()).collect();
        if !calls.is_empty() {
            out.arrow("system", &id, &calls.join(", "), false);
        }
        let tells: Vec<&str> = it.callbacks.iter().map(|it| it.name.text.as_str()).collect();
        if !tells.is_empty() {
            out.arrow(&id, "system", &tells.join(", "), true);
        }
    }
    for it in &system.channels {
        let id = format!("channel:{}", it.name.text);
        out.element(&id, Kind::External, &it.name.text, carrier(it), "");
        out.arrow("system", &id, "messages to people", true);
    }
    for it in &system.webhooks {
        let id = format!("webhook:{}", it.name.text);
        out.element(&id, Kind::External, "Subscribers", &it.name.text, "");
        out.arrow("system", &id, "signed events", true);
    }
    out.finish()
}

fn carrier(channel: &Channel) -> &'static str {
    match channel.provider {
        Some(ChannelProvider::Smtp(_)) => "e-mail by SMTP",
        Some(ChannelProvider::WebPush(_)) => "browser push",
        None => "",
    }
}

fn calls(page: &mut Page, material: &Material<'_>, callers: &[Caller<'_>]) {
    if callers.is_empty() {
        return;
    }
    let plan = material.plan;
    page.heading(2, "Who calls it");
    let row = |it: &Caller<'_>| {
        let writes = it.operations.iter().filter(|it| it.kind.is_write()).count();
        vec![
            format!("**{}**", escape(&it.name)),
            escape(&it.proof),
            format!("{} ({} change something)", it.operations.len(), writes),
        ]
    };
    let head = ["Caller", "Proves who they are with", "Operations open to them"];
    page.table(&head, &callers.iter().map(row).collect::<Vec<_>>());
    page.paragraph(&format!(
        "An operation that is open to a role may still refuse a row: each row is judged by a rule of its own. {} lists \
         every operation with its rule, of {} in all.",
        link("The reference of the API", PATH, "contracts/reference.html"),
        plan.operations.len()
    ));
    page.list(plan.limits.iter().map(|it| format!("How often: {}.", limits::sentence(it))));
    if let Some(tenant) = plan.system.identity.tenant {
        page.paragraph(&format!(
            "Every call belongs to one {}: {}.",
            code(&plan.system.entity_path(tenant)),
            tenant_from(&plan.system)
        ));
    }
}

fn tenant_from(system: &System) -> String {
    use architrave_model::TenantSource;
    let tenant = system.identity.tenant.map(|it| &system[it]);
    let source = |it: &TenantSource| match it {
        TenantSource::Claim(claim) => format!("the claim {} of the token says which", code(claim)),
        TenantSource::Host(field) => {
            let name = tenant.and_then(|it| it.fields.get(*field)).map_or("", |it| &it.name.text);
            format!("the host name is looked up in {}", code(name))
        }
    };
    system.identity.tenant_from.iter().map(source).collect::<Vec<_>>().join(", else ")
}

fn relies(page: &mut Page, system: &System) {
    let integrations = system.integrations.iter().map(|it| integration(system, it));
    let channels = system.channels.iter().map(|it| {
        let address = match &it.provider {
            Some(ChannelProvider::Smtp(at) | ChannelProvider::WebPush(at)) => setting(at),
            None => String::new(),
        };
        vec![
            format!("**{}**", escape(&it.name.text)),
            carrier(it).to_owned(),
            address,
            String::new(),
            terms(&it.terms),
        ]
    });
    let mut rows: Vec<Vec<String>> = Vec::new();
    if let Some(login) = &system.identity.oidc {
        rows.push(vec![
            "**Identity provider**".to_owned(),
            "its public keys, to check tokens with; the last ones fetched are kept".to_owned(),
            setting(&login.issuer),
            String::new(),
            String::new(),
        ]);
    }
    rows.extend(integrations.chain(channels));
    if rows.is_empty() {
        return;
    }
    page.heading(2, "What it relies on");
    page.table(&["System", "For", "Found at", "When it does not answer", "Terms"], &rows);
}

fn integration(system: &System, it: &Integration) -> Vec<String> {
    let calls: Vec<String> =
        it.operations.iter().map(|operation| code(&operation.name.text)).collect();
    let mut when = Vec::new();
    if let Some(timeout) = it.timeout_us {
        when.push(format!("given up after {}", words::time(timeout)));
    }
    if let Some(retry) = it.retry {
        when.push(format!(
            "{} attempts, waiting {} to {}",
            retry.attempts_max,
            words::time(retry.first_us),
            words::time(retry.max_us)
        ));
    }
    if let Some(breaker) = it.circuit_breaker {
        when.push(format!(
            "no calls for {} once {} of those within {} fail",
            words::time(breaker.open_for_us),
            words::percent(u64::from(breaker.failures_ppm)),
            words::time(breaker.window_us)
        ));
    }
    if let Some((at_once, waiting)) = it.bulkhead {
        when.push(format!("at most {at_once} calls at once, {waiting} waiting"));
    }
    vec![
        format!(
            "**{}** (context {})",
            escape(&it.name.text),
            escape(&system[it.context].name.text)
        ),
        format!("{}. {}", calls.join(", "), escape(&it.doc)).trim().to_owned(),
        it.base_url.as_ref().map(setting).unwrap_or_default(),
        when.join("; "),
        terms(&it.terms),
    ]
}

/// Where somebody else runs and on what terms; that nothing is said is news, where people's data is sent.
fn terms(terms: &Terms) -> String {
    let said = |name: &Option<Name>| name.as_ref().map(|it| escape(&it.text));
    match (said(&terms.region), said(&terms.processing_agreement)) {
        (Some(region), Some(agreement)) => format!("in {region}; {agreement}"),
        (Some(region), None) => format!("in {region}; no processing agreement is named"),
        (None, Some(agreement)) => format!("region not named; {agreement}"),
        (None, None) => "neither region nor processing agreement is named".to_owned(),
    }
}

fn told(page: &mut Page, system: &System) {
    let callbacks = system.integrations.iter().flat_map(|it| {
        it.callbacks.iter().map(move |callback| {
            let proof = callback.verify.as_ref().map_or_else(
                || "unsigned".to_owned(),
                |it| format!("signed in {} with {}", code(&it.header), setting(&it.secret)),
            );
            let event = callback.emit.map(|id| code(&system[id].name.text)).unwrap_or_default();
            vec![
                format!("{} → {}", escape(&it.name.text), escape(&system.name.text)),
                code(&callback.name.text),
                proof,
                format!("becomes {event}"),
            ]
        })
    });
    let webhooks = system.webhooks.iter().map(|it| {
        let events: Vec<&str> = it.events.iter().map(|id| system[*id].name.text.as_str()).collect();
        let repeat = it.retry.map(|retry| {
            format!(
                "; {} attempts, waiting {} to {}",
                retry.attempts_max,
                words::time(retry.first_us),
                words::time(retry.max_us)
            )
        });
        vec![
            format!("{} → subscribers", escape(&system.name.text)),
            code(&it.name.text),
            format!("signed with {}", code(&it.signing)),
            format!("{}{}", words::list(&events), repeat.unwrap_or_default()),
        ]
    });
    let rows: Vec<Vec<String>> = callbacks.chain(webhooks).collect();
    if rows.is_empty() {
        return;
    }
    page.heading(2, "What is told without being asked for");
    page.table(&["From and to", "Message", "Proof", "What it carries"], &rows);
}
