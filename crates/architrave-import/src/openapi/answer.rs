//! What an operation answers: statuses, bodies, headers.

use architrave_model::graph::{Known, Origin};

use super::document::Document;
use crate::yaml::Node;

/// The answers of one operation.
pub(super) struct Answers<'d, 'a> {
    document: &'d Document<'a>,
    /// Status as written, and the answer.
    all: Vec<(&'a str, Node<'a>)>,
    whole: Option<Node<'a>>,
}

impl<'d, 'a> Answers<'d, 'a> {
    pub(super) fn new(document: &'d Document<'a>, operation: Node<'a>) -> Self {
        let whole = operation.get("responses");
        let named = whole.into_iter().flat_map(Node::named);
        let all = named.filter_map(|(status, it)| Some((status, document.resolve(it)?))).collect();
        Self { document, all, whole }
    }

    pub(super) fn origin(&self, otherwise: Origin) -> Origin {
        self.whole.map_or(otherwise, |it| Origin::observed(it.span()))
    }

    /// Codes in order; a range by its first digit, `default` as 0.
    pub(super) fn statuses(&self) -> Vec<u16> {
        let mut codes: Vec<u16> = self.all.iter().filter_map(|it| status(it.0)).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    pub(super) fn has(&self, code: u16) -> bool {
        self.all.iter().any(|it| status(it.0) == Some(code))
    }

    /// The schema of the first answer that is a success.
    pub(super) fn schema(&self) -> Option<Node<'a>> {
        let success = self.all.iter().filter(|it| it.0.starts_with('2'));
        success.filter_map(|it| self.schema_of(it.1)).next()
    }

    fn schema_of(&self, answer: Node<'a>) -> Option<Node<'a>> {
        if self.document.is_version_2 {
            return answer.get("schema");
        }
        schema_of_content(answer.get("content")?)
    }

    /// Names of all headers of all answers, in lower case.
    pub(super) fn headers(&self) -> Vec<String> {
        let headers = self.all.iter().filter_map(|it| it.1.get("headers"));
        headers.flat_map(Node::named).map(|it| it.0.to_lowercase()).collect()
    }

    /// Whether refusals are RFC 9457; unknown where no refusal shows a body.
    pub(super) fn has_problem_details(&self) -> Known<bool> {
        let refusals =
            self.all.iter().filter(|it| matches!(status(it.0), Some(0 | 4 | 5 | 400..=599)));
        let mut found = Known::Unknown;
        for (_, answer) in refusals {
            let origin = Origin::observed(answer.span());
            let types = answer.get("content").into_iter().flat_map(Node::named);
            if types.into_iter().any(|it| it.0.starts_with("application/problem+")) {
                return Known::Is(true, origin);
            }
            let Some(schema) = self.schema_of(*answer).and_then(|it| self.document.resolve(it))
            else {
                continue;
            };
            let has = |name: &str| schema.path(&["properties", name]).is_some();
            if has("type") && has("title") && has("status") {
                return Known::Is(true, origin);
            }
            found = Known::Is(false, origin);
        }
        found
    }

    /// Whether a success shows an example, or has nothing to show.
    pub(super) fn has_example(&self) -> bool {
        let success = self.all.iter().filter(|it| it.0.starts_with('2')).map(|it| it.1);
        let mut shows: Vec<Node<'a>> = success.filter(|it| self.schema_of(*it).is_some()).collect();
        if shows.is_empty() {
            return true;
        }
        shows.iter_mut().any(|answer| {
            let media = answer.get("content").into_iter().flat_map(Node::named).map(|it| it.1);
            let own = media.chain([*answer]).any(has_example);
            own || self.schema_of(*answer).is_some_and(|it| self.schema_has_example(it))
        })
    }

    fn schema_has_example(&self, schema: Node<'a>) -> bool {
        let Some(schema) = self.document.resolve(schema) else { return false };
        let items = schema.get("items").and_then(|it| self.document.resolve(it));
        [Some(schema), items].into_iter().flatten().any(|it| {
            let members = it.get("properties").into_iter().flat_map(Node::named).map(|it| it.1);
            has_example(it) || members.into_iter().any(has_example)
        })
    }
}

fn has_example(node: Node<'_>) -> bool {
    node.get("example").is_some() || node.get("examples").is_some()
}

/// A number; a range by its first digit; `default` as 0.
fn status(text: &str) -> Option<u16> {
    if text == "default" {
        return Some(0);
    }
    if let [first @ b'1'..=b'5', b'X' | b'x', b'X' | b'x'] = text.as_bytes() {
        return Some(u16::from(first - b'0'));
    }
    text.parse().ok().filter(|it| (100..600).contains(it))
}

/// The schema of a body, JSON where there is a choice.
pub(super) fn schema_of_content(content: Node<'_>) -> Option<Node<'_>> {
    let json = content.named().find(|it| it.0.contains("json"));
    json.or_else(|| content.named().next())?.1.get("schema")
}

/// What headers are for, by their names in lower case.
pub(super) mod header_names {
    /// Whether one of them counts requests.
    pub(crate) fn is_rate(headers: &[String]) -> bool {
        headers.iter().any(|it| it.contains("ratelimit") || it.contains("rate-limit"))
    }

    /// Whether one of them follows a request through the system.
    pub(crate) fn is_correlation(headers: &[String]) -> bool {
        const NAMES: &[&str] =
            &["traceparent", "request-id", "correlation-id", "trace-id", "requestid"];
        headers.iter().any(|it| NAMES.iter().any(|name| it.contains(name)))
    }
}
