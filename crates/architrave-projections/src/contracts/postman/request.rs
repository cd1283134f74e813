//! One request of the collection.

use architrave_model::EntityId;
use architrave_plan::{Idempotency, Operation, OperationKind, Plan};

use super::{caller, script};
use crate::{
    example,
    json::{Json, object},
    names, refusals,
};

/// A request with its tests.
pub(super) struct Request {
    name: String,
    words: String,
    method: &'static str,
    path: String,
    caller: String,
    headers: Vec<(&'static str, String)>,
    body: Option<Json>,
    test: Vec<String>,
}

/// The variable with the id of a row of an entity.
pub(super) fn id_variable(plan: &Plan, id: EntityId) -> String {
    format!("{}_id", names::spoken(&names::entity(&plan.system, id)).replace(' ', "_"))
}

/// The variable with the tag that a row of an entity was last answered with.
pub(super) fn tag_variable(plan: &Plan, id: EntityId) -> String {
    format!("{}_etag", names::spoken(&names::entity(&plan.system, id)).replace(' ', "_"))
}

impl Request {
    /// A request as one caller sends it; nothing is asserted yet.
    pub(super) fn new(plan: &Plan, operation: &Operation, caller: &str) -> Self {
        let path = match operation.entity {
            Some(id) => {
                operation.path.replace("{id}", &format!("{{{{{}}}}}", id_variable(plan, id)))
            }
            None => operation.path.clone(),
        };
        let body = example::request(plan, operation).map(|it| with_variables(plan, it));
        let mut headers = Vec::new();
        if body.is_some() {
            let is_merge = operation.kind == OperationKind::Update;
            let kind = if is_merge { "application/merge-patch+json" } else { "application/json" };
            headers.push(("Content-Type", kind.to_owned()));
        }
        if operation.idempotency != Idempotency::None {
            headers.push(("Idempotency-Key", "{{$guid}}".to_owned()));
        }
        Self {
            name: operation.summary.clone(),
            words: operation.doc.clone(),
            method: names::method(operation.method),
            path,
            caller: caller.to_owned(),
            headers,
            body,
            test: Vec::new(),
        }
    }

    /// A request that may be refused as its contract says: what the rows allow is not known here.
    pub(super) fn any(plan: &Plan, operation: &Operation) -> Self {
        let mut request = Self::new(plan, operation, &caller::for_any(plan, operation));
        if let (true, Some(id)) = (operation.needs_if_match, operation.entity) {
            request.headers.push(("If-Match", format!("{{{{{}}}}}", tag_variable(plan, id))));
        }
        let refused: Vec<u16> =
            refusals::of_operation(plan, operation).into_iter().map(|it| it.status).collect();
        request.test.push(script::allowed(success(operation.kind), &refused));
        request.test.extend(answer(plan, operation).map(|it| script::shape(&it)));
        request.test.push(script::problem_if_refused());
        request.test.extend(operation.entity.map(|id| script::remember(plan, operation, id)));
        if operation.kind == OperationKind::Me {
            request.test.push(script::remember_me(plan));
        }
        request
    }

    /// Names it otherwise.
    pub(super) fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Adds a header.
    pub(super) fn with_header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Sends another body.
    pub(super) fn with_body(mut self, body: Json) -> Self {
        self.body = Some(body);
        self
    }

    /// Adds to what is asserted of the answer.
    pub(super) fn asserting(mut self, test: String) -> Self {
        self.test.push(test);
        self
    }

    /// As it stands in a collection.
    pub(super) fn item(&self) -> Json {
        let headers = self.headers.iter().map(|(name, value)| {
            object([("key", (*name).into()), ("value", value.as_str().into())])
        });
        let segments: Vec<&str> = self.path.split('/').skip(1).collect();
        let url = object([
            ("raw", format!("{{{{base_url}}}}{}", self.path).into()),
            ("host", vec!["{{base_url}}"].into()),
            ("path", segments.into()),
        ]);
        let token = object([
            ("key", "token".into()),
            ("value", format!("{{{{token_{}}}}}", self.caller).into()),
            ("type", "string".into()),
        ]);
        let auth = object([("type", "bearer".into()), ("bearer", Json::Array(vec![token]))]);
        let request = object([("method", self.method.into())])
            .with("url", url)
            .with("auth", auth)
            .with("header", Json::Array(headers.collect()))
            .with_text("description", &self.words);
        let request = match &self.body {
            Some(body) => {
                let language = object([("raw", object([("language", "json".into())]))]);
                let raw = object([
                    ("mode", "raw".into()),
                    ("raw", body.to_pretty().trim_end().into()),
                    ("options", language),
                ]);
                request.with("body", raw)
            }
            None => request,
        };
        let test =
            object([("listen", "test".into()), ("script", script::of(&self.test.join("\n")))]);
        object([
            ("name", self.name.as_str().into()),
            ("event", Json::Array(vec![test])),
            ("request", request),
        ])
    }
}

/// The status of a success.
pub(super) fn success(kind: OperationKind) -> u16 {
    match kind {
        OperationKind::Create => 201,
        OperationKind::Delete => 204,
        _ => 200,
    }
}

/// The schema of a success, by name.
pub(super) fn answer(plan: &Plan, operation: &Operation) -> Option<String> {
    let name = operation.entity.map(|id| names::entity(&plan.system, id)).unwrap_or_default();
    Some(match operation.kind {
        OperationKind::List => format!("{name}Page"),
        OperationKind::Read => format!("{name}Selection"),
        OperationKind::Delete => return None,
        OperationKind::Me => "Me".to_owned(),
        OperationKind::Events => "EventPage".to_owned(),
        OperationKind::Batch => "BatchResults".to_owned(),
        _ => name,
    })
}

/// Ids of example rows become the variables with ids of real ones.
pub(super) fn with_variables(plan: &Plan, json: Json) -> Json {
    match json {
        Json::Text(text) => {
            let entity = plan.system.entity_ids().find(|it| example::id(*it) == text);
            Json::Text(entity.map_or(text, |it| format!("{{{{{}}}}}", id_variable(plan, it))))
        }
        Json::Array(items) => {
            Json::Array(items.into_iter().map(|it| with_variables(plan, it)).collect())
        }
        Json::Object(members) => {
            let members = members.into_iter().map(|(name, it)| (name, with_variables(plan, it)));
            Json::Object(members.collect())
        }
        plain => plain,
    }
}
