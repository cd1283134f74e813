//! EVO-01: an operation that callers of the last release can no longer use as they did.

use std::collections::BTreeMap;

use architrave_model::graph::{
    Graph, Known, ManifestKind, Node, Operation, Origin, Parameter, ParameterPlace,
};

use super::compare::{self, Break};
use crate::{
    Family, Input, Rule, Source, Verdicts,
    subjects::{called, decided, list},
    tell::day::written,
};

pub(super) const RULE: Rule = Rule {
    id: "EVO-01",
    name: "breaking-api",
    family: Family::Evolution,
    title: "what callers rely on is no longer so",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Blueprint, Input::OpenApi],
    sources: &[
        Source {
            title: "Breaking changes (oasdiff)",
            url: "https://github.com/oasdiff/oasdiff/blob/main/docs/BREAKING-CHANGES.md",
        },
        Source {
            title: "Zalando RESTful API guidelines: compatibility",
            url: "https://opensource.zalando.com/restful-api-guidelines/#compatibility",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("breaking_api.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    let Some(before) = &graph.before else { return };
    let released: Vec<&Operation> = decided(before).collect();
    if released.is_empty() {
        return;
    }
    let now: BTreeMap<String, &Operation> = decided(graph).map(|it| (key(it), it)).collect();
    if now.is_empty() {
        return say.cannot_tell(
            &graph.system,
            "the contract as it is now: only its earlier state was found",
        );
    }
    let mut broken = Broken::default();
    for operation in released {
        match now.get(&key(operation)) {
            None => gone(graph, operation, say),
            Some(it) => judge_kept(operation, it, &mut broken, say),
        }
    }
    for it in broken.0 {
        it.say(say);
    }
}

/// What breaks, and whose callers it breaks: many operations share one schema.
#[derive(Default)]
struct Broken(Vec<Shared>);

struct Shared {
    key: (String, String),
    first: Break,
    operations: Vec<String>,
}

impl Broken {
    fn add(&mut self, operation: &Operation, it: Break) {
        let body = match it.what.split(' ').next() {
            Some("request") => operation.request.value(),
            Some("answer") => operation.response.value(),
            _ => None,
        };
        let own = || called(operation);
        let schema = body.and_then(|it| it.schema_name.clone()).unwrap_or_else(own);
        let key = (schema, it.what.clone());
        match self.0.iter_mut().find(|it| it.key == key) {
            Some(known) => known.operations.push(own()),
            None => self.0.push(Shared { key, first: it, operations: vec![own()] }),
        }
    }
}

impl Shared {
    fn say(self, say: &mut Verdicts) {
        let Some((name, others)) = self.operations.split_first() else { return };
        let node = Node {
            id: format!("change:{name} {}", self.first.what),
            name: name.clone(),
            origin: self.first.origin,
        };
        let mut failure =
            say.fail(&node, format!("`{name}` {}", self.first.title)).help(self.first.help);
        if !others.is_empty() {
            failure = failure.because(format!("the same of {}", list(others)));
        }
        if self.first.is_weak {
            failure.matters(2, 2);
        }
    }
}

/// Method and path; what stands between braces is a name that callers never see.
fn key(operation: &Operation) -> String {
    let segments = operation.path.split('/').map(|it| if it.starts_with('{') { "{}" } else { it });
    format!("{} {}", operation.method, segments.collect::<Vec<_>>().join("/"))
}

fn gone(graph: &Graph, old: &Operation, say: &mut Verdicts) {
    let name = called(old);
    let mut contracts = graph.manifests.iter().filter(|it| it.kind == ManifestKind::OpenApi);
    let place = match (contracts.next(), contracts.next()) {
        (Some(only), None) => only.node.origin,
        _ => Origin { span: None, ..graph.system.origin },
    };
    let node = Node { id: format!("change:{name} gone"), name: name.clone(), origin: place };
    let ended = old.sunset_day.value().filter(|day| **day <= graph.as_of_day);
    if ended.is_some() {
        return say.pass(&node);
    }
    let failure = say
        .fail(&node, format!("`{name}` is gone"))
        .help("offer it until its announced end: mark it `deprecated`, send `Sunset`, and remove it after that day");
    match old.sunset_day.value() {
        Some(day) => {
            failure.because(format!("its end was announced for {}", written(*day))).matters(3, 2)
        }
        None => failure.because("no end was ever announced for it"),
    };
}

fn judge_kept(old: &Operation, now: &Operation, broken: &mut Broken, say: &mut Verdicts) {
    let breaks = breaks(old, now);
    if breaks.is_empty() {
        return say.pass(&now.node);
    }
    for it in breaks {
        broken.add(now, it);
    }
}

fn breaks(old: &Operation, now: &Operation) -> Vec<Break> {
    let mut found = Vec::new();
    if let (Some(old), Some(now)) = (old.request.value(), now.request.value()) {
        found.extend(compare::sent(old, now).into_iter().map(|it| of("request", it)));
    }
    if let (Some(old), Some(now)) = (old.response.value(), now.response.value()) {
        found.extend(compare::told(old, now).into_iter().map(|it| of("answer", it)));
    }
    found.extend(now.parameters.iter().filter_map(|it| parameter(old, it)));
    found.extend(auth(old, now));
    found.extend(statuses(old, now));
    found
}

fn of(body: &str, it: Break) -> Break {
    Break { what: format!("{body} {}", it.what), ..it }
}

fn parameter(old: &Operation, now: &Parameter) -> Option<Break> {
    // Path parameters are part of the path, whatever they are called.
    if now.place == ParameterPlace::Path {
        return None;
    }
    let name = &now.name;
    let before = old.parameters.iter().find(|it| it.name == *name && it.place == now.place);
    let is_demanded = now.is_required.value() == Some(&true);
    let (what, title) = match before {
        None if is_demanded => {
            ("required", format!("demands the parameter `{name}`, which did not exist"))
        }
        Some(it) if is_demanded && it.is_required.value() == Some(&false) => {
            ("required", format!("demands the parameter `{name}`, which could be left out"))
        }
        Some(it)
            if !it.type_text.is_empty()
                && !now.type_text.is_empty()
                && compare::refuses_type(&it.type_text, &now.type_text) =>
        {
            (
                "type",
                format!(
                    "takes the parameter `{name}` as `{}` and no longer as `{}`",
                    now.type_text, it.type_text
                ),
            )
        }
        _ => return None,
    };
    Some(Break {
        what: format!("parameter {name} {what}"),
        title,
        origin: now.origin,
        help: format!("let `{name}` be what it was, and take the new form under another name"),
        is_weak: false,
    })
}

/// Who could call without saying who they are, and now must.
fn auth(old: &Operation, now: &Operation) -> Option<Break> {
    let (Known::Absent(_), Known::Is(schemes, origin)) = (&old.auth, &now.auth) else {
        return None;
    };
    (!schemes.is_empty()).then(|| Break {
        what: "auth".to_owned(),
        title: "asks who is calling: before, it did not".to_owned(),
        origin: Origin { span: now.node.origin.span.or(origin.span), ..*origin },
        help: "tell callers how to sign in and by when, and offer the protected form beside the open one until then".to_owned(),
        is_weak: false,
    })
}

/// Successes by which callers go.
fn statuses(old: &Operation, now: &Operation) -> Option<Break> {
    let (before, after) = (old.statuses.value()?, now.statuses.value()?);
    let covers =
        |code: &u16| after.contains(code) || after.contains(&(code / 100)) || after.contains(&0);
    let gone = before.iter().find(|it| (200..300).contains(*it) && !covers(it))?;
    let instead: Vec<String> =
        after.iter().filter(|it| (200..300).contains(*it)).map(|it| it.to_string()).collect();
    let now_said = if instead.is_empty() { "nothing else".to_owned() } else { instead.join(", ") };
    Some(Break {
        what: format!("status {gone}"),
        title: format!("no longer answers {gone}, but {now_said}"),
        origin: now.node.origin,
        help: format!("go on answering {gone}: clients compare the code"),
        is_weak: false,
    })
}
