//! Schedules, projections, webhooks, notifications and the systems of others, as declared.

use architrave_model::{
    Backoff, Channel, ChannelProvider, Integration, IntegrationAuth, NotificationTarget, Retry,
    Setting, System, words,
};

use super::super::reactions;
use super::saga;
use crate::{
    page::{Page, code, escape},
    speech,
};

pub(super) fn sections(page: &mut Page, system: &System) {
    schedules(page, system);
    projections(page, system);
    webhooks(page, system);
    notifications(page, system);
    integrations(page, system);
}

fn within(system: &System, context: architrave_model::ContextId, name: &str) -> String {
    code(&format!("{}.{name}", system[context].name.text))
}

fn schedules(page: &mut Page, system: &System) {
    if system.schedules.is_empty() {
        return;
    }
    page.heading(2, "By the clock");
    let rows: Vec<Vec<String>> = system
        .schedules
        .iter()
        .map(|it| {
            let (party, what) = saga::target(system, it.run);
            let rows = it
                .for_each
                .as_ref()
                .map_or_else(|| "once".to_owned(), |rows| speech::condition(system, rows));
            vec![
                within(system, it.context, &it.name.text),
                format!("every {}", words::time(it.every_us)),
                rows,
                code(&format!("{party}.{what}")),
                escape(&it.doc),
            ]
        })
        .collect();
    page.lean_table(&["Schedule", "When", "For", "Runs", "Why"], &rows);
}

fn projections(page: &mut Page, system: &System) {
    if system.projections.is_empty() {
        return;
    }
    page.heading(2, "Numbers kept from events");
    let expressions = |all: &[(String, architrave_model::Expr)]| {
        let all: Vec<String> = all
            .iter()
            .map(|(name, expr)| {
                format!(
                    "{} as {}",
                    code(name),
                    code(&architrave_plan::expression_text(system, expr))
                )
            })
            .collect();
        all.join(", ")
    };
    let rows: Vec<Vec<String>> = system
        .projections
        .iter()
        .map(|it| {
            let from: Vec<String> =
                it.from.iter().map(|id| code(&reactions::event_name(system, *id))).collect();
            let read = it
                .read
                .as_ref()
                .map_or_else(|| "nobody".to_owned(), |rule| speech::who(system, &rule.expr));
            vec![
                within(system, it.context, &it.name.text),
                from.join(", "),
                expressions(&it.key),
                expressions(&it.set),
                read,
                escape(&it.doc),
            ]
        })
        .collect();
    page.lean_table(&["Projection", "From", "One row per", "Holds", "Read by", "Why"], &rows);
}

fn webhooks(page: &mut Page, system: &System) {
    if system.webhooks.is_empty() {
        return;
    }
    page.heading(2, "Events sent to subscribers");
    let rows: Vec<Vec<String>> = system
        .webhooks
        .iter()
        .map(|it| {
            let events: Vec<String> =
                it.events.iter().map(|id| code(&reactions::event_name(system, *id))).collect();
            let who = it
                .subscribe
                .as_ref()
                .map_or_else(|| "nobody".to_owned(), |rule| speech::who(system, &rule.expr));
            vec![
                within(system, it.context, &it.name.text),
                events.join(", "),
                who,
                if it.signing.is_empty() { "**unsigned**".to_owned() } else { code(&it.signing) },
                it.retry.as_ref().map_or_else(|| "not declared".to_owned(), retry),
                escape(&it.doc),
            ]
        })
        .collect();
    page.lean_table(
        &["Webhook", "Events", "Subscribed by", "Signed with", "Attempts", "Why"],
        &rows,
    );
}

fn notifications(page: &mut Page, system: &System) {
    if system.notifications.is_empty() {
        return;
    }
    page.heading(2, "Messages to people");
    let text = |expr: &Option<architrave_model::Expr>| {
        expr.as_ref().map_or_else(String::new, |it| {
            code(architrave_plan::expression_text(system, it).trim_matches('"'))
        })
    };
    let rows: Vec<Vec<String>> = system
        .notifications
        .iter()
        .map(|it| {
            let to = match &it.to {
                Some(NotificationTarget::User(expr)) => speech::condition(system, expr),
                Some(NotificationTarget::Address(address)) => code(address),
                None => "nobody".to_owned(),
            };
            let via: Vec<String> = it.via.iter().map(|id| code(&system[*id].name.text)).collect();
            vec![
                within(system, it.context, &it.name.text),
                code(&reactions::event_name(system, it.on)),
                to,
                via.join(", then "),
                text(&it.subject),
            ]
        })
        .collect();
    page.lean_table(&["Notification", "When", "To", "Through", "Subject"], &rows);
    page.list(system.channels.iter().map(|it| channel(system, it)));
}

fn channel(system: &System, channel: &Channel) -> String {
    let provider = match &channel.provider {
        Some(ChannelProvider::Smtp(setting)) => {
            format!("e-mail through {}", self::setting(setting))
        }
        Some(ChannelProvider::WebPush(setting)) => {
            format!("browser push, signed with {}", self::setting(setting))
        }
        None => "no provider".to_owned(),
    };
    let from = channel.from.as_ref().map_or_else(String::new, |it| format!(" from {}", code(it)));
    format!("channel {}: {provider}{from}", within(system, channel.context, &channel.name.text))
}

fn integrations(page: &mut Page, system: &System) {
    for integration in &system.integrations {
        let name = format!("{}.{}", system[integration.context].name.text, integration.name.text);
        page.heading(2, &format!("Calls to {name}"));
        page.paragraph(&of_integration(integration));
        let rows: Vec<Vec<String>> = integration
            .operations
            .iter()
            .map(|it| {
                let request = it.request.as_ref().map_or_else(String::new, |request| {
                    let path = architrave_plan::expression_text(system, &request.path);
                    code(&format!("{} {}", request.method, path.trim_matches('"')))
                });
                let key = it.idempotency_key.as_ref().map_or_else(
                    || "**not safe to repeat**".to_owned(),
                    |key| speech::condition(system, key),
                );
                let errors: Vec<String> = it
                    .errors
                    .iter()
                    .map(|error| {
                        format!(
                            "{} if {}",
                            code(&error.code.text),
                            speech::condition(system, &error.when)
                        )
                    })
                    .collect();
                vec![code(&it.name.text), request, key, errors.join("; "), escape(&it.doc)]
            })
            .collect();
        page.lean_table(&["Operation", "Request", "Repeated by key", "Refusals", "Why"], &rows);
        page.list(integration.callbacks.iter().map(|it| {
            let verify = it.verify.as_ref().map_or_else(
                || "**unsigned**".to_owned(),
                |verify| format!("signed with HMAC-SHA-256 in {}", code(&verify.header)),
            );
            let dedupe = it.dedupe.as_ref().map_or_else(
                || "a repeated message acts twice".to_owned(),
                |key| format!("repeated messages are known by {}", speech::condition(system, key)),
            );
            let emit = it.emit.map_or_else(String::new, |id| {
                format!("; becomes {}", code(&reactions::event_name(system, id)))
            });
            format!("calls us back as {}: {verify}; {dedupe}{emit}", code(&it.name.text))
        }));
    }
}

fn of_integration(integration: &Integration) -> String {
    let mut parts = Vec::new();
    if !integration.doc.is_empty() {
        parts.push(escape(&integration.doc));
    }
    let address = integration
        .base_url
        .as_ref()
        .map_or_else(|| "an address that nobody declared".to_owned(), setting);
    let auth = match &integration.auth {
        Some(IntegrationAuth::Bearer(it)) => format!("a bearer token from {}", setting(it)),
        Some(IntegrationAuth::Basic(user, password)) => {
            format!("name {} and password {}", setting(user), setting(password))
        }
        Some(IntegrationAuth::Header(name, it)) => {
            format!("the header {} from {}", code(name), setting(it))
        }
        None => "nothing that says who we are".to_owned(),
    };
    parts.push(format!("Reached at {address}, with {auth}."));
    let mut limits = saga::of_call(integration, None);
    if let Some(breaker) = &integration.circuit_breaker {
        limits.push(format!(
            "after {} failures within {} it is left alone for {}",
            words::percent(u64::from(breaker.failures_ppm)),
            words::time(breaker.window_us),
            words::time(breaker.open_for_us)
        ));
    }
    if let Some((concurrent, queue)) = integration.bulkhead {
        limits.push(format!("at most {concurrent} calls at once, {queue} waiting"));
    }
    parts.push(format!("{}.", capitalized(&limits.join("; "))));
    parts.join(" ")
}

/// `4 attempts, waiting from 200 ms, doubled up to 5 s`
pub(super) fn retry(retry: &Retry) -> String {
    let grows = match retry.backoff {
        Backoff::Constant => format!("waiting {} between them", words::time(retry.first_us)),
        Backoff::Exponential => format!(
            "waiting from {} doubled up to {}, spread at random",
            words::time(retry.first_us),
            words::time(retry.max_us)
        ),
    };
    format!("at most {} attempts, {grows}", retry.attempts_max)
}

/// Where a setting comes from; a secret's value is nowhere.
fn setting(setting: &Setting) -> String {
    match setting {
        Setting::Text(text) => code(text),
        Setting::Env(name) => format!("the variable {}", code(name)),
        Setting::Secret(name) => format!("the secret {}", code(name)),
    }
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect()
}
