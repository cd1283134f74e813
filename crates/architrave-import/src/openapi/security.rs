//! Who may call, as far as a contract says: schemes, what holds for all, what an operation says otherwise.

use architrave_model::graph::{Audience, AuthScheme, Known, Origin, Provenance};

use super::document::Document;
use crate::yaml::Node;

/// How callers of an operation prove who they are, and who they can be.
pub(super) fn of<'a>(
    document: &Document<'a>,
    operation: Node<'a>,
) -> (Known<Vec<AuthScheme>>, Known<Audience>) {
    let Some(asked) = operation.get("security").or_else(|| document.root.get("security")) else {
        // Schemes that nobody asks for: taken for open. No scheme at all: a gateway may ask for one.
        if schemes(document).is_none() {
            return (Known::Unknown, Known::Unknown);
        }
        let origin = Origin { provenance: Provenance::Assumed, span: Some(operation.span()) };
        return (Known::Absent(origin), Known::Is(Audience::Anonymous, origin));
    };
    let origin = Origin::observed(asked.span());
    let mut found = Vec::new();
    let mut is_optional = false;
    let mut has_scopes = false;
    for alternative in asked.items() {
        let mut names = alternative.named().peekable();
        is_optional |= names.peek().is_none();
        for (name, scopes) in names {
            has_scopes |= scopes.items().next().is_some();
            found.extend(scheme(document, name));
        }
    }
    let is_open = asked.items().next().is_none();
    found.sort();
    found.dedup();
    if is_open || (is_optional && found.is_empty()) {
        return (Known::Absent(origin), Known::Is(Audience::Anonymous, origin));
    }
    let audience = match (is_optional, has_scopes) {
        (true, _) => Audience::Anonymous,
        (false, true) => Audience::Some,
        (false, false) => Audience::SignedIn,
    };
    // A scheme that the document does not define, or of a kind nobody here knows, is still one.
    let auth = if found.is_empty() { Known::Unknown } else { Known::Is(found, origin) };
    (auth, Known::Is(audience, origin))
}

fn schemes<'a>(document: &Document<'a>) -> Option<Node<'a>> {
    let found = if document.is_version_2 {
        document.root.get("securityDefinitions")
    } else {
        document.root.path(&["components", "securitySchemes"])
    };
    found.filter(|it| it.named().next().is_some())
}

fn scheme<'a>(document: &Document<'a>, name: &str) -> Option<AuthScheme> {
    let scheme = document.resolve(schemes(document)?.get(name)?)?;
    let text = |key: &str| scheme.get(key).and_then(Node::as_text).unwrap_or_default();
    match (text("type"), text("in"), text("scheme").to_ascii_lowercase().as_str()) {
        ("basic", ..) | ("http", _, "basic" | "digest") => Some(AuthScheme::Basic),
        ("http", _, "bearer") => Some(AuthScheme::Bearer),
        ("apiKey", "header", _) => Some(AuthScheme::ApiKeyHeader),
        ("apiKey", "query", _) => Some(AuthScheme::ApiKeyQuery),
        ("apiKey", "cookie", _) => Some(AuthScheme::Cookie),
        ("oauth2" | "openIdConnect", ..) => Some(AuthScheme::OpenIdConnect),
        ("mutualTLS", ..) => Some(AuthScheme::MutualTls),
        _ => None,
    }
}
