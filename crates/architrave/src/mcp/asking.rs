//! Asks a person through the client, where the client offers it; whoever does not is answered without.

use std::{collections::VecDeque, sync::Mutex};

use architrave_engine::ports::Dice as _;
use rmcp::{
    ErrorData, RoleServer,
    model::{
        ElicitRequest, ElicitRequestParams, ElicitationSchema, InputRequest, InputRequests,
        InputRequiredResult,
    },
    service::RequestContext,
};
use serde_json::Value;

use super::{
    desk::Desk,
    tool::{Answer, Refusal},
};
use crate::world::SystemDice;

/// Most questions that wait for an answer; older ones are forgotten and have to be asked anew.
const PENDING_MAX: usize = 32;
/// The name under which the client sends what the person said.
pub(super) const REPLY: &str = "reply";

/// How a tool asks.
#[derive(Clone, Copy)]
pub(super) struct Asking {
    /// What to ask before these arguments are acted upon; none where nothing has to be.
    pub(super) form: fn(&Desk, &Value) -> Result<Option<Form>, Refusal>,
    /// Acts upon the arguments and what the person filled in.
    pub(super) call: fn(&Desk, Value, Value) -> Result<Answer, Refusal>,
}

/// What a person is asked: primitive fields, none nested.
#[derive(Debug, Clone)]
pub(super) struct Form {
    /// What it is about.
    pub(super) message: String,
    /// JSON Schema of the fields.
    pub(super) schema: Value,
}

impl Form {
    /// As the protocol asks it.
    pub(super) fn request(self) -> Result<ElicitRequest, ErrorData> {
        let schema: ElicitationSchema = serde_json::from_value(self.schema)
            .map_err(|error| ErrorData::internal_error(error.to_string(), None))?;
        Ok(ElicitRequest::new(ElicitRequestParams::FormElicitationParams {
            meta: None,
            message: self.message,
            requested_schema: schema,
        }))
    }

    /// As an answer that has to be completed by a person.
    pub(super) fn required(self, state: String) -> Result<InputRequiredResult, ErrorData> {
        let request = InputRequest::Elicitation(self.request()?);
        let requests = InputRequests::from([(REPLY.to_owned(), request)]);
        Ok(InputRequiredResult::new(Some(requests), Some(state)))
    }
}

/// Whether the client can show a form. One that says nothing of kinds shows forms.
pub(super) fn can_ask(context: &RequestContext<RoleServer>) -> bool {
    let offered = context.client_capabilities().and_then(|it| it.elicitation);
    offered.is_some_and(|it| it.form.is_some() || it.url.is_none())
}

/// What a person said: the fields they filled in, or a refusal where they would not.
pub(super) fn said(reply: &Value) -> Result<Value, Refusal> {
    match reply.get("action").and_then(Value::as_str) {
        Some("accept") => Ok(reply.get("content").cloned().unwrap_or_default()),
        Some("decline" | "cancel") => Err(Refusal::new(
            "the user would not say; nothing was done",
            "do not ask the same again; go on without it, or let the user use the command line",
        )),
        _ => Err(Refusal::new("what the user said cannot be read", "call the tool once more")),
    }
}

/// Calls that wait for what a person says. The client sees nothing of them but a random name.
#[derive(Debug, Default)]
pub(super) struct Pending {
    calls: Mutex<VecDeque<(String, String, Value)>>,
    dice: SystemDice,
}

impl Pending {
    /// Remembers a call; the name under which it is taken up again.
    pub(super) fn keep(&self, tool: &str, arguments: &Value) -> String {
        let mut key = [0; 16];
        self.dice.fill(&mut key);
        let key: String = key.iter().map(|it| format!("{it:02x}")).collect();
        let mut calls = self.calls.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if calls.len() >= PENDING_MAX {
            calls.pop_front();
        }
        calls.push_back((key.clone(), tool.to_owned(), arguments.clone()));
        key
    }

    /// Whether this very call was kept under the name; once.
    pub(super) fn take(&self, key: &str, tool: &str, arguments: &Value) -> bool {
        let mut calls = self.calls.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let kept = calls.iter().position(|it| it.0 == key);
        let kept = kept.and_then(|at| calls.remove(at));
        kept.is_some_and(|it| it.1 == tool && it.2 == *arguments)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reply_belongs_to_one_call_and_is_taken_once() {
        let pending = Pending::default();
        let key = pending.keep("adr", &json!({ "number": 1 }));
        assert!(!pending.take("forged", "adr", &json!({ "number": 1 })));
        assert!(pending.take(&key, "adr", &json!({ "number": 1 })));
        assert!(!pending.take(&key, "adr", &json!({ "number": 1 })));
        let key = pending.keep("adr", &json!({ "number": 1 }));
        assert!(!pending.take(&key, "adr", &json!({ "number": 2 })), "of another call");
        let first = pending.keep("adr", &json!({}));
        for _ in 0..PENDING_MAX {
            pending.keep("adr", &json!({}));
        }
        assert!(!pending.take(&first, "adr", &json!({})), "the oldest is forgotten");
    }
}
