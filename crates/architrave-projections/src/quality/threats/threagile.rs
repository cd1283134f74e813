//! The model in the format of Threagile (version 1.0.0, `support/schema.json`): written as JSON values, which YAML
//! reads as they are, so that no name can break the file.

use architrave_model::{Crossing, CrossingKind, Party, Zone, civil};

use crate::{
    Material,
    json::{Json, object},
    page::mermaid,
};

/// The whole file.
pub(super) fn model(material: &Material<'_>) -> String {
    let assessment = material.assessment;
    let system = &material.plan.system;
    let crossings = &assessment.crossings;
    let title = system.name.text.as_str();
    let boundaries = Zone::ALL.into_iter().filter(|it| *it != Zone::Internet);
    let boundaries = boundaries.filter_map(|it| boundary(crossings, it)).collect();
    let model = object([
        ("threagile_version", "1.0.0".into()),
        ("title", title.into()),
        ("date", civil::day_text(i64::from(assessment.as_of_day)).into()),
        ("author", object([("name", "Architrave".into())])),
        ("business_criticality", "important".into()),
        ("business_overview", object([("description", system.doc.as_str().into())])),
        (
            "technical_overview",
            object([("description", "Written from the blueprint; see threats.md.".into())]),
        ),
        ("tags_available", Json::Array(Vec::new())),
        ("data_assets", Json::Object(data_assets(material))),
        ("technical_assets", Json::Object(technical_assets(crossings))),
        ("trust_boundaries", Json::Object(boundaries)),
        ("shared_runtimes", Json::Object(Vec::new())),
    ]);
    let mut text =
        String::from("# Run it with Threagile 1.0 for a second opinion on threats.md.\n");
    text.push_str(&model.to_pretty());
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// Ids of Threagile: letters, digits and hyphens.
fn id(text: &str) -> String {
    let id = mermaid::identifier(text).to_lowercase().replace('_', "-");
    id.trim_matches('-').to_owned()
}

/// Kinds of personal data, and everything else as one.
fn data_assets(material: &Material<'_>) -> Vec<(String, Json)> {
    let mut kinds: Vec<&str> = material
        .assessment
        .crossings
        .iter()
        .flat_map(|it| it.personal_data.iter().map(String::as_str))
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    let asset = |id: String, description: String, confidentiality: &str| {
        object([
            ("id", id.into()),
            ("description", description.into()),
            ("usage", "business".into()),
            ("quantity", "many".into()),
            ("confidentiality", confidentiality.into()),
            ("integrity", "critical".into()),
            ("availability", "important".into()),
        ])
    };
    let personal = kinds.into_iter().map(|kind| {
        let description = format!("Personal data of the class {kind}");
        (format!("Personal data: {kind}"), asset(personal_id(kind), description, "confidential"))
    });
    let rest = asset(
        BUSINESS.to_owned(),
        "Everything else that the system stores".to_owned(),
        "restricted",
    );
    personal.chain([("Business data".to_owned(), rest)]).collect()
}

const BUSINESS: &str = "business-data";

fn personal_id(kind: &str) -> String {
    format!("personal-{}", id(kind))
}

fn parties(crossings: &[Crossing]) -> Vec<&Party> {
    let mut parties: Vec<&Party> = Vec::new();
    for party in crossings.iter().flat_map(|it| [&it.from, &it.to]) {
        if !parties.iter().any(|it| it.id == party.id) {
            parties.push(party);
        }
    }
    parties
}

fn technical_assets(crossings: &[Crossing]) -> Vec<(String, Json)> {
    parties(crossings)
        .into_iter()
        .map(|it| (it.name.clone(), technical_asset(crossings, it)))
        .collect()
}

fn technical_asset(crossings: &[Crossing], party: &Party) -> Json {
    let (kind, technology, is_ours) = match party.zone {
        Zone::Application => ("process", "web-service-rest", true),
        Zone::Data => ("datastore", "database", true),
        Zone::Operator => ("external-entity", "devops-client", false),
        Zone::Edge => ("process", "reverse-proxy", false),
        Zone::Internet | Zone::ThirdParty => ("external-entity", "unknown-technology", false),
    };
    let links: Vec<(String, Json)> = crossings
        .iter()
        .filter(|it| it.from.id == party.id)
        .map(|it| (format!("to {}", it.to.name), communication_link(it)))
        .collect();
    let stored: Vec<String> = crossings
        .iter()
        .filter(|it| it.kind == CrossingKind::Store && it.to.id == party.id)
        .flat_map(assets)
        .collect();
    object([
        ("id", id(&party.id).into()),
        ("description", party.name.as_str().into()),
        ("type", kind.into()),
        ("usage", if party.zone == Zone::Operator { "devops" } else { "business" }.into()),
        ("used_as_client_by_human", matches!(party.zone, Zone::Operator).into()),
        ("out_of_scope", (!is_ours).into()),
        ("size", "service".into()),
        ("technology", technology.into()),
        ("internet", (party.zone == Zone::Internet).into()),
        ("machine", "virtual".into()),
        ("encryption", "none".into()),
        ("owner", Json::Null),
        ("confidentiality", if is_ours { "confidential" } else { "restricted" }.into()),
        ("integrity", if is_ours { "critical" } else { "operational" }.into()),
        ("availability", if is_ours { "important" } else { "operational" }.into()),
        ("multi_tenant", false.into()),
        ("redundant", false.into()),
        ("custom_developed_parts", is_ours.into()),
        ("data_assets_processed", Json::Array(Vec::new())),
        ("data_assets_stored", Json::Array(stored.into_iter().map(Json::from).collect())),
        ("data_formats_accepted", Json::Array(vec!["json".into()])),
        ("communication_links", Json::Object(links)),
    ])
}

/// Ids of what crosses.
fn assets(crossing: &Crossing) -> Vec<String> {
    let personal = crossing.personal_data.iter().map(|it| personal_id(it));
    let business = !matches!(crossing.kind, CrossingKind::SignIn);
    personal.chain(business.then(|| BUSINESS.to_owned())).collect()
}

fn communication_link(crossing: &Crossing) -> Json {
    let protocol = match crossing.kind {
        CrossingKind::Store => "local-file-access",
        CrossingKind::Administration => "http",
        CrossingKind::Message => "unknown-protocol",
        CrossingKind::Call if crossing.protocol == "HTTP" => "http",
        CrossingKind::Callers
        | CrossingKind::SignIn
        | CrossingKind::Call
        | CrossingKind::Callback
        | CrossingKind::Webhook => "https",
    };
    let authentication = match (&crossing.authentication, crossing.kind) {
        (None, _) => "none",
        (Some(_), CrossingKind::Store) => "externalized",
        (Some(_), _) => "token",
    };
    let authorization = match (crossing.kind, &crossing.authentication) {
        (CrossingKind::Callers, Some(_)) => "enduser-identity-propagation",
        (_, Some(_)) => "technical-user",
        (_, None) => "none",
    };
    let sent: Vec<Json> = assets(crossing).into_iter().map(Json::from).collect();
    let is_two_way = matches!(
        crossing.kind,
        CrossingKind::Callers | CrossingKind::Administration | CrossingKind::Store
    );
    let received = if is_two_way { sent.clone() } else { Vec::new() };
    object([
        ("target", id(&crossing.to.id).into()),
        ("description", crossing.protocol.as_str().into()),
        ("protocol", protocol.into()),
        ("authentication", authentication.into()),
        ("authorization", authorization.into()),
        ("vpn", false.into()),
        ("ip_filtered", false.into()),
        ("readonly", (crossing.kind == CrossingKind::SignIn).into()),
        (
            "usage",
            if crossing.kind == CrossingKind::Administration { "devops" } else { "business" }
                .into(),
        ),
        ("data_assets_sent", Json::Array(sent)),
        ("data_assets_received", Json::Array(received)),
    ])
}

fn boundary(crossings: &[Crossing], zone: Zone) -> Option<(String, Json)> {
    let inside: Vec<Json> = parties(crossings)
        .into_iter()
        .filter(|it| it.zone == zone)
        .map(|it| id(&it.id).into())
        .collect();
    if inside.is_empty() {
        return None;
    }
    let title = zone.title();
    let kind = match zone {
        Zone::Application => "execution-environment",
        Zone::Internet | Zone::Edge | Zone::ThirdParty => "network-virtual-lan",
        Zone::Operator | Zone::Data => "network-on-prem",
    };
    let boundary = object([
        ("id", format!("zone-{}", id(title)).into()),
        ("description", title.into()),
        ("type", kind.into()),
        ("technical_assets_inside", Json::Array(inside)),
        ("trust_boundaries_nested", Json::Array(Vec::new())),
    ]);
    Some((title.to_owned(), boundary))
}
