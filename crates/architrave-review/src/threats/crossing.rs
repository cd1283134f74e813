//! Finds the crossings of a graph: callers, the administrator, the issuer of tokens, stores, systems of others.

use std::collections::{BTreeMap, BTreeSet};

use architrave_model::{
    Crossing, CrossingKind, Party, Zone,
    graph::{
        AuthScheme, Consumer, ConsumerKind, Edge, EdgeKind, External, Graph, Known, Operation,
        Payload, Table,
    },
};

pub(super) fn all(graph: &Graph) -> Vec<Crossing> {
    let mut found = Vec::new();
    found.extend(callers(graph));
    found.extend(callbacks(graph));
    found.extend(administration(graph));
    found.extend(sign_in(graph));
    found.extend(stores(graph));
    for external in &graph.externals {
        found.extend(outbound(graph, external, CrossingKind::Call));
        found.extend(outbound(graph, external, CrossingKind::Message));
    }
    found.extend(webhooks(graph));
    found
}

fn party(id: &str, name: &str, zone: Zone) -> Party {
    Party { id: id.to_owned(), name: name.to_owned(), zone }
}

/// The process that serves; where there are several they are told apart no further.
fn backend(graph: &Graph) -> Party {
    match graph.services.as_slice() {
        [only] => party(&only.node.id, &only.node.name, Zone::Application),
        _ => party("party:services", "the services", Zone::Application),
    }
}

/// Architrave ends no TLS itself.
fn proxy() -> Party {
    party("party:proxy", "the reverse proxy", Zone::Edge)
}

fn callers(graph: &Graph) -> Option<Crossing> {
    if graph.operations.is_empty() {
        return None;
    }
    let schemes: BTreeSet<&AuthScheme> =
        graph.operations.iter().filter_map(|it| it.auth.value()).flatten().collect();
    let schemes: Vec<&str> = schemes.into_iter().map(scheme).collect();
    let mut subjects: Vec<String> = graph.operations.iter().map(|it| it.node.id.clone()).collect();
    subjects.extend(graph.services.iter().map(|it| it.node.id.clone()));
    Some(Crossing {
        id: "crossing:callers->backend".to_owned(),
        kind: CrossingKind::Callers,
        from: party("party:callers", "callers", Zone::Internet),
        to: backend(graph),
        via: Some(proxy()),
        protocol: "HTTPS".to_owned(),
        authentication: (!schemes.is_empty()).then(|| schemes.join(" or ")),
        personal_data: shown(&graph.operations),
        subjects,
    })
}

/// Personal data in bodies, both ways.
fn shown(operations: &[Operation]) -> Vec<String> {
    let payloads = operations.iter().flat_map(|it| [&it.request, &it.response]);
    let fields = payloads.filter_map(Known::value).flat_map(|it: &Payload| &it.fields);
    let found: BTreeSet<String> =
        fields.filter_map(|it| it.personal.value()).map(|it| it.category.clone()).collect();
    found.into_iter().collect()
}

fn scheme(scheme: &AuthScheme) -> &'static str {
    match scheme {
        AuthScheme::OpenIdConnect => "token of the OpenID Connect issuer",
        AuthScheme::Bearer => "bearer token",
        AuthScheme::ApiKeyHeader => "API key in a header",
        AuthScheme::ApiKeyQuery => "API key in the address",
        AuthScheme::Basic => "name and password",
        AuthScheme::SharedSecretToken => "token signed with a shared secret",
        AuthScheme::Signature => "signature",
        AuthScheme::MutualTls => "client certificate",
        AuthScheme::Cookie => "cookie",
    }
}

/// Of a system that Architrave serves: others are administered in ways that no file tells.
fn administration(graph: &Graph) -> Option<Crossing> {
    if !graph.is_closed || graph.services.is_empty() {
        return None;
    }
    Some(Crossing {
        id: "crossing:administrator->backend".to_owned(),
        kind: CrossingKind::Administration,
        from: party("party:administrator", "the administrator", Zone::Operator),
        to: backend(graph),
        via: None,
        protocol: "HTTP on a listener of its own, loopback unless told otherwise".to_owned(),
        authentication: Some("root token from a file of the operator".to_owned()),
        personal_data: Vec::new(),
        subjects: Vec::new(),
    })
}

fn sign_in(graph: &Graph) -> Option<Crossing> {
    let uses_issuer = graph
        .operations
        .iter()
        .filter_map(|it| it.auth.value())
        .any(|it| it.contains(&AuthScheme::OpenIdConnect));
    uses_issuer.then(|| Crossing {
        id: "crossing:backend->issuer".to_owned(),
        kind: CrossingKind::SignIn,
        from: backend(graph),
        to: party("party:issuer", "the OpenID Connect issuer", Zone::ThirdParty),
        via: None,
        protocol: "HTTPS".to_owned(),
        authentication: None,
        personal_data: Vec::new(),
        subjects: Vec::new(),
    })
}

fn stores(graph: &Graph) -> Vec<Crossing> {
    graph
        .stores
        .iter()
        .map(|store| {
            let edges: Vec<&Edge> = graph
                .edges
                .iter()
                .filter(|it| it.to == store.node.id && it.kind != EdgeKind::Hint)
                .collect();
            let tables = graph
                .tables
                .iter()
                .filter(|table| table.store.as_ref().is_none_or(|it| *it == store.node.id));
            let is_remote = edges.iter().any(|it| it.is_remote.value() != Some(&false));
            let product = store.product.value().map_or("a store", String::as_str);
            let tables: Vec<&Table> = tables.collect();
            let mut subjects = vec![store.node.id.clone()];
            subjects.extend(edges.iter().map(|it| it.node.id.clone()));
            subjects.extend(tables.iter().map(|it| it.node.id.clone()));
            Crossing {
                id: format!("crossing:backend->{}", store.node.id.trim_start_matches("store:")),
                kind: CrossingKind::Store,
                from: backend(graph),
                to: party(&store.node.id, &format!("{} ({product})", store.node.name), Zone::Data),
                via: None,
                protocol: if is_remote { "SQL over the network" } else { "files on the same host" }
                    .to_owned(),
                authentication: (!is_remote).then(|| "permissions of the file system".to_owned()),
                personal_data: kept(&tables),
                subjects,
            }
        })
        .collect()
}

fn kept(tables: &[&Table]) -> Vec<String> {
    let columns = tables.iter().flat_map(|it| &it.columns);
    let found: BTreeSet<String> =
        columns.filter_map(|it| it.personal.value()).map(|it| it.category.clone()).collect();
    found.into_iter().collect()
}

/// Calls of, or messages through, a system of somebody else.
fn outbound(graph: &Graph, external: &External, kind: CrossingKind) -> Option<Crossing> {
    let wanted = match kind {
        CrossingKind::Message => EdgeKind::Publishes,
        _ => EdgeKind::Calls,
    };
    let edges: Vec<&Edge> =
        graph.edges.iter().filter(|it| it.to == external.node.id && it.kind == wanted).collect();
    if edges.is_empty() {
        return None;
    }
    let encrypted: BTreeSet<Option<bool>> =
        edges.iter().map(|it| it.is_encrypted.value().copied()).collect();
    let protocol = match (encrypted.contains(&Some(false)), encrypted.contains(&None)) {
        (true, _) => "HTTP",
        (false, true) if kind == CrossingKind::Message => {
            "as its address says, from the environment"
        }
        (false, true) => "HTTPS or HTTP, as its address says, from the environment",
        (false, false) => "HTTPS",
    };
    let schemes: BTreeSet<&AuthScheme> = edges.iter().filter_map(|it| it.auth.value()).collect();
    let schemes: Vec<&str> = schemes.into_iter().map(scheme).collect();
    let mut subjects = vec![external.node.id.clone()];
    for edge in &edges {
        subjects.push(edge.node.id.clone());
        subjects.push(edge.from.clone());
    }
    subjects.sort_unstable();
    subjects.dedup();
    Some(Crossing {
        id: format!("crossing:backend->{}", external.node.name),
        kind,
        from: backend(graph),
        to: party(&external.node.id, &external.node.name, Zone::ThirdParty),
        via: None,
        protocol: protocol.to_owned(),
        authentication: (!schemes.is_empty()).then(|| schemes.join(" or ")),
        personal_data: union(edges.iter().map(|it| &it.personal_data)),
        subjects,
    })
}

fn union<'k>(all: impl Iterator<Item = &'k Known<Vec<String>>>) -> Vec<String> {
    let found: BTreeSet<String> = all.filter_map(Known::value).flatten().cloned().collect();
    found.into_iter().collect()
}

fn of_kind(graph: &Graph, kind: ConsumerKind) -> impl Iterator<Item = &Consumer> {
    graph.consumers.iter().filter(move |it| it.kind.value() == Some(&kind))
}

fn signature(consumer: &Consumer) -> Option<String> {
    consumer.signature.value().map(|it| format!("signature ({it})"))
}

/// Systems of others that tell us something: by the name in front of the message's.
fn callbacks(graph: &Graph) -> Vec<Crossing> {
    let mut by_sender: BTreeMap<String, Vec<&Consumer>> = BTreeMap::new();
    for consumer in of_kind(graph, ConsumerKind::InboundWebhook) {
        let name = &consumer.node.name;
        let sender = name.rsplit_once('.').map_or(name.as_str(), |it| it.0);
        by_sender.entry(sender.to_owned()).or_default().push(consumer);
    }
    by_sender
        .into_iter()
        .map(|(sender, consumers)| Crossing {
            id: format!("crossing:{sender}->backend"),
            kind: CrossingKind::Callback,
            from: party(&format!("external:{sender}"), &sender, Zone::ThirdParty),
            to: backend(graph),
            via: Some(proxy()),
            protocol: "HTTPS".to_owned(),
            authentication: consumers.iter().find_map(|it| signature(it)),
            personal_data: union(consumers.iter().map(|it| &it.personal_data)),
            subjects: consumers.iter().map(|it| it.node.id.clone()).collect(),
        })
        .collect()
}

fn webhooks(graph: &Graph) -> Vec<Crossing> {
    of_kind(graph, ConsumerKind::OutboundWebhook)
        .map(|it| Crossing {
            id: format!("crossing:{}->subscribers", it.node.name),
            kind: CrossingKind::Webhook,
            from: backend(graph),
            to: party(
                &format!("party:subscribers of {}", it.node.name),
                &format!("subscribers of {}", it.node.name),
                Zone::Internet,
            ),
            via: None,
            protocol: "HTTPS".to_owned(),
            authentication: signature(it),
            personal_data: union(std::iter::once(&it.personal_data)),
            subjects: vec![it.node.id.clone()],
        })
        .collect()
}
