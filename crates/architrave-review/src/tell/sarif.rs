//! A review as SARIF 2.1.0 (OASIS), as code hosts and editors take it.

use architrave_model::{Level, Outcome, Verdict};
use serde_json::{Value, json};

use super::{
    Report,
    place::{Place, Places},
};
use crate::Rule;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(super) fn written(report: &Report) -> Value {
    let places = Places::of(&report.files);
    let rules: Vec<&Rule> = report.rules().collect();
    let told = |it: &&Verdict| matches!(it.outcome, Outcome::Fail | Outcome::Waived);
    let results = report.review.verdicts.iter().filter(told);
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "architrave",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|it| described(it)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results.map(|it| result(it, report, &rules, &places)).collect::<Vec<_>>(),
        }],
    })
}

fn described(rule: &Rule) -> Value {
    let tags = rule.maps.iter().map(|(catalogue, name)| format!("{catalogue}: {name}"));
    json!({
        "id": rule.id,
        "name": rule.name,
        "shortDescription": { "text": rule.title },
        "help": { "text": rule.page, "markdown": rule.page },
        "defaultConfiguration": { "level": level(rule.level()) },
        "properties": {
            "family": rule.family.name(),
            "tags": std::iter::once(rule.family.name().to_owned()).chain(tags).collect::<Vec<_>>(),
        },
    })
}

fn result(verdict: &Verdict, report: &Report, rules: &[&Rule], places: &Places<'_>) -> Value {
    let all: Vec<(Place<'_>, &str)> = verdict
        .places
        .iter()
        .filter_map(|(span, label)| Some((places.place(*span)?, label.as_str())))
        .collect();
    let mut words = vec![format!("{}.", verdict.title)];
    words.extend(verdict.because.iter().map(|it| format!("{it}.")));
    words.extend(Some(format!("Help: {}.", verdict.help)).filter(|_| !verdict.help.is_empty()));
    let mut result = json!({
        "ruleId": verdict.rule,
        "ruleIndex": rules.iter().position(|it| it.id == verdict.rule),
        "level": level(verdict.level),
        "message": { "text": words.join(" ") },
        "locations": all.iter().take(1).map(|it| location(it, verdict)).collect::<Vec<_>>(),
        "relatedLocations": all.iter().skip(1).map(|it| location(it, verdict)).collect::<Vec<_>>(),
        "partialFingerprints": { "architraveFindingId/v1": verdict.id() },
        "properties": { "level": verdict.level.name(), "subject": verdict.subject },
    });
    let Value::Object(object) = &mut result else { return result };
    if let Some(waiver) = &verdict.waiver {
        let why = format!("{} ({})", waiver.reason, waiver.owner);
        let suppression = json!([{ "kind": "external", "justification": why }]);
        object.insert("suppressions".to_owned(), suppression);
    } else if report.comparison.is_some() {
        let state = if report.is_new(verdict) { "new" } else { "unchanged" };
        object.insert("baselineState".to_owned(), state.into());
    }
    result
}

fn location((place, label): &(Place<'_>, &str), verdict: &Verdict) -> Value {
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": address(place.file) },
            "region": {
                "startLine": place.line,
                "startColumn": place.column,
                "endLine": place.end_line,
                "endColumn": place.end_column,
            },
        },
        "logicalLocations": [{ "fullyQualifiedName": verdict.subject }],
    });
    if let (Value::Object(object), false) = (&mut location, label.is_empty()) {
        object.insert("message".to_owned(), json!({ "text": label }));
    }
    location
}

/// SARIF knows three levels.
fn level(level: Level) -> &'static str {
    match level {
        Level::Critical | Level::High => "error",
        Level::Elevated | Level::Medium => "warning",
        Level::Low | Level::Info => "note",
    }
}

/// A reference of RFC 3986, relative where the path is: everything but unreserved characters and `/` is escaped. A path
/// from the root is a URI of its own, since a relative reference must not begin with a slash (SARIF1004).
fn address(path: &str) -> String {
    use std::fmt::Write as _;
    let path = path.strip_prefix("./").unwrap_or(path);
    let mut address = String::with_capacity(path.len());
    if path.starts_with('/') {
        address.push_str("file://");
    }
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                address.push(char::from(byte));
            }
            b'\\' => address.push('/'),
            _ => {
                let _ = write!(address, "%{byte:02X}");
            }
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn paths_are_references_that_every_reader_takes() {
        for (path, expected) in [
            ("./deploy/web.yaml", "deploy/web.yaml"),
            ("a b/ü.sql", "a%20b/%C3%BC.sql"),
            ("/srv/shop/compose.yaml", "file:///srv/shop/compose.yaml"),
        ] {
            assert_eq!(address(path), expected);
        }
    }
}
