//! Who acts: the people whose tokens we have, and what each of them may do.

use std::collections::BTreeSet;

use architrave_plan::CallerClass;
use serde_json::{Value, json};

use crate::{
    DriveError,
    client::{Call, Client, member},
};

/// A token and whose it is.
#[derive(Debug, Clone)]
pub struct Token {
    /// E.g. `merchant`.
    pub name: String,
    /// The token itself.
    pub text: String,
}

/// One who acts.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) name: String,
    pub(crate) token: String,
    /// The caller's user as a row to refer to.
    pub(crate) user: Option<Value>,
    /// What rules can tell of them without a row.
    pub(crate) class: CallerClass,
    operations: BTreeSet<String>,
}

/// All who act, in the order in which they are preferred.
#[derive(Clone)]
pub(crate) struct Callers(Vec<Caller>);

impl Callers {
    /// Asks the backend what each may do.
    pub(crate) async fn ask(
        client: &Client,
        roles: &[String],
        tokens: Vec<Token>,
    ) -> Result<Self, DriveError> {
        let mut callers = Vec::new();
        for token in tokens {
            let call = Call::get("/v1/me").token(Some(&token.text));
            let reply = client.send_until_settled(&call, 10).await?;
            if !reply.is_success() {
                let what = format!(
                    "the token of {} was not accepted: {}",
                    token.name,
                    problem(&reply.json())
                );
                return Err(DriveError::new(what, "start the server again to renew dev.json"));
            }
            let me = reply.json();
            let operations = member(&me, "operations").as_array().into_iter().flatten();
            callers.push(Caller {
                class: class(roles, &me),
                name: token.name,
                token: token.text,
                user: member(&me, "user").as_str().map(|it| json!({ "id": it })),
                operations: operations.filter_map(|it| it.as_str().map(str::to_owned)).collect(),
            });
        }
        Ok(Self(callers))
    }

    /// Positions of those who are not refused an operation outright, in order.
    pub(crate) fn who_may(&self, operation: &str) -> Vec<usize> {
        let all = self.0.iter().enumerate();
        all.filter(|(_, it)| it.operations.contains(operation)).map(|(index, _)| index).collect()
    }

    pub(crate) fn get(&self, index: usize) -> Option<&Caller> {
        self.0.get(index)
    }
}

/// A caller's class, from what `/v1/me` says of them.
fn class(roles: &[String], me: &Value) -> CallerClass {
    let held: Vec<&str> =
        member(me, "roles").as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let bits = roles.iter().take(64).enumerate().filter(|(_, it)| held.contains(&it.as_str()));
    let is_true = |name| member(me, name).as_bool().unwrap_or_default();
    CallerClass {
        roles: bits.fold(0, |roles, (bit, _)| roles | 1 << bit),
        is_authenticated: is_true("is_authenticated"),
        is_system: is_true("is_system"),
        has_id: member(me, "id").is_string(),
        has_user: member(me, "user").is_string(),
        has_tenant: member(me, "tenant").is_string(),
    }
}

/// A problem in one line.
pub(crate) fn problem(body: &Value) -> String {
    let title = member(body, "title").as_str().unwrap_or("no explanation");
    let detail = member(body, "detail").as_str().unwrap_or("");
    let errors = member(body, "errors").as_array().into_iter().flatten();
    let errors = errors.map(|it| {
        let place =
            member(it, "pointer").as_str().or(member(it, "parameter").as_str()).unwrap_or("");
        // Positions differ from batch to batch and from row to row; the reason is the same.
        let place = place.split("/body").nth(1).unwrap_or(place);
        let is_position = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
        let parts = place.split('/').map(|it| if is_position(it) { "*" } else { it });
        let place = parts.collect::<Vec<_>>().join("/");
        let detail = member(it, "detail").as_str().unwrap_or("");
        // What concerns the whole row has no place.
        if place.is_empty() { detail.to_owned() } else { format!("{place}: {detail}") }
    });
    let errors: BTreeSet<String> = errors.collect();
    if errors.is_empty() && (detail.is_empty() || detail == title) {
        return title.to_owned();
    }
    if errors.is_empty() {
        return format!("{title}. {detail}").trim().to_owned();
    }
    format!("{title}; {}", errors.into_iter().collect::<Vec<_>>().join("; "))
}
