//! Batches: many writes in one request, each addressed as on its own.
//!
//! `{"atomic":true,"operations":[{"method":"POST","path":"/v1/orders","body":{…}},
//! {"method":"POST","path":"/v1/orders/{0.id}/place"}]}`: `{0.id}` in a path and `{"$ref":"0.id"}` in a
//! body stand for the id of the row that an earlier operation is about.

use architrave_plan::{Idempotency, Method, Operation, OperationId, OperationKind};
use uuid::Uuid;

use super::{
    Engine, Failure, WriteRequest,
    write::{Writer, body},
};
use crate::{
    ProblemDetail,
    decide::{Ids, Task, batch_answer, invalid, problem_answer},
    input::{ERRORS_MAX, Json, Misfit, parse_uuid, step},
    ports::{Answer, Position, Written},
    show::Tags,
};

/// Most operations of a batch: a transaction of this size takes the writer some milliseconds.
const OPERATIONS_MAX: usize = 100;

/// One operation of a batch as it was sent.
struct Entry<'a> {
    id_of_operation: OperationId,
    operation: &'a Operation,
    /// The path's id, or what stands for it.
    id: Option<String>,
    if_match: Option<String>,
    body: Option<Json>,
}

impl Engine {
    /// The operations that a batch's body names, as far as it can be read: each draws from its own
    /// budgets, or a batch would be a way around them.
    #[must_use]
    pub fn batched(&self, bytes: &[u8]) -> Vec<OperationId> {
        let Ok(Some(json)) = body(bytes) else { return Vec::new() };
        let (_, entries) = Reader { engine: self, errors: Vec::new() }.read(&json);
        entries.iter().map(|it| it.id_of_operation).collect()
    }

    pub(super) async fn batch(
        &self,
        operation: &Operation,
        request: WriteRequest,
    ) -> Result<Written, Failure> {
        let json = body(&request.body)?.unwrap_or(Json::Null);
        let mut reader = Reader { engine: self, errors: Vec::new() };
        let (is_atomic, entries) = reader.read(&json);
        if request.idempotency_key.is_none() {
            reader.check_keys(&entries);
        }
        if !reader.errors.is_empty() {
            return Ok(Written { answer: problem_answer(invalid(reader.errors)), position: None });
        }
        if is_atomic {
            self.batch_atomic(operation, &request, entries).await
        } else {
            self.batch_each(operation, &request, entries).await
        }
    }

    /// All operations in one transaction.
    async fn batch_atomic(
        &self,
        operation: &Operation,
        request: &WriteRequest,
        entries: Vec<Entry<'_>>,
    ) -> Result<Written, Failure> {
        let now_us = self.clock.now_us();
        let mut ids: Vec<Option<Uuid>> = Vec::with_capacity(entries.len());
        let mut tasks = Vec::with_capacity(entries.len());
        for entry in &entries {
            let id = entry.id.as_deref().map(|it| fill_path(it, &ids));
            // The id of a new row is drawn now, so that the operations behind it can name it.
            let mut drawn = Ids::default();
            let own = match entry.operation.kind {
                OperationKind::Create => Some(drawn.draw(&*self.dice, now_us)),
                _ => id.as_deref().and_then(parse_uuid),
            };
            let json = entry.body.as_ref().map(|it| fill_body(it, &ids));
            let action = self.action(entry.operation, id.as_deref(), json.as_ref());
            ids.push(own);
            tasks.push(Task { ids: drawn, ..Task::new(action, entry.if_match.clone()) });
        }
        let memory = self.memory(operation, request, None);
        let mut job = self.job(writer(operation, request), tasks, memory);
        job.is_batch = true;
        self.run(job).await
    }

    /// Each operation in a transaction of its own. The key of the request stands for one key per
    /// operation, so that a repeated batch goes on where it was cut off.
    async fn batch_each(
        &self,
        operation: &Operation,
        request: &WriteRequest,
        entries: Vec<Entry<'_>>,
    ) -> Result<Written, Failure> {
        let mut ids: Vec<Option<Uuid>> = Vec::with_capacity(entries.len());
        let mut answers: Vec<Answer> = Vec::with_capacity(entries.len());
        let mut position: Option<Position> = None;
        for (index, entry) in entries.iter().enumerate() {
            let id = entry.id.as_deref().map(|it| fill_path(it, &ids));
            let json = entry.body.as_ref().map(|it| fill_body(it, &ids));
            let action = self.action(entry.operation, id.as_deref(), json.as_ref());
            let task = Task::new(action, entry.if_match.clone());
            let memory = self.memory(operation, request, Some(index));
            let written =
                self.run(self.job(writer(operation, request), vec![task], memory)).await?;
            let location = written.answer.location.as_deref();
            let created = location.and_then(|it| it.rsplit('/').next()).and_then(parse_uuid);
            ids.push(match entry.operation.kind {
                OperationKind::Create => created,
                _ => id.as_deref().and_then(parse_uuid),
            });
            position = position.max(written.position);
            answers.push(written.answer);
        }
        let mut answer = batch_answer(&answers, &trace_id(&request.traceparent));
        answer.status = 207;
        answer.is_replayed = answers.iter().all(|it| it.is_replayed);
        Ok(Written { answer, position })
    }
}

fn writer(operation: &Operation, request: &WriteRequest) -> Writer {
    Writer {
        tenant: request.caller.tenant,
        caller: request.caller.clone(),
        is_admin: false,
        kind: 0,
        operation: operation.name.clone(),
        request_id: request.request_id.clone(),
        traceparent: request.traceparent.clone(),
    }
}

/// The second part of a `traceparent`.
fn trace_id(traceparent: &str) -> String {
    traceparent.split('-').nth(1).unwrap_or_default().to_owned()
}

struct Reader<'a> {
    engine: &'a Engine,
    errors: Vec<ProblemDetail>,
}

impl<'a> Reader<'a> {
    fn report(&mut self, code: &'static str, detail: impl Into<String>, pointer: &str) {
        if self.errors.len() < ERRORS_MAX {
            self.errors.push(Misfit::new(code, detail).at(pointer));
        }
    }

    /// The members of an object; those that nobody knows are reported.
    fn members<'j>(
        &mut self,
        json: &'j Json,
        known: &[&str],
        pointer: &str,
    ) -> &'j [(String, Json)] {
        let Json::Object(members) = json else {
            let detail = format!("Must be an object, not {}.", json.type_name());
            self.report("wrong-type", detail, pointer);
            return &[];
        };
        for (name, _) in members.iter().filter(|(name, _)| !known.contains(&name.as_str())) {
            self.report("unknown-member", "There is no such member.", &step(pointer, name));
        }
        members
    }

    fn read(&mut self, json: &Json) -> (bool, Vec<Entry<'a>>) {
        self.members(json, &["atomic", "operations"], "");
        let is_atomic = match json.member("atomic") {
            None | Some(Json::Bool(true)) => true,
            Some(Json::Bool(false)) => false,
            Some(other) => {
                let detail = format!("Must be true or false, not {}.", other.type_name());
                self.report("wrong-type", detail, "/atomic");
                true
            }
        };
        let entries = match json.member("operations") {
            Some(Json::List(items)) if (1..=OPERATIONS_MAX).contains(&items.len()) => items,
            Some(Json::List(items)) => {
                let code = if items.is_empty() { "too-few" } else { "too-many" };
                let detail = format!("Must have 1 to {OPERATIONS_MAX} items.");
                self.report(code, detail, "/operations");
                return (is_atomic, Vec::new());
            }
            Some(other) => {
                let detail = format!("Must be an array, not {}.", other.type_name());
                self.report("wrong-type", detail, "/operations");
                return (is_atomic, Vec::new());
            }
            None => {
                if matches!(json, Json::Object(_)) {
                    self.report("required", "Must be there.", "/operations");
                }
                return (is_atomic, Vec::new());
            }
        };
        let read = |(index, it): (usize, &Json)| {
            let entry = self.entry(it, &format!("/operations/{index}"), index);
            if let Some(entry) = &entry {
                self.check_references(entry, index);
            }
            entry
        };
        (is_atomic, entries.iter().enumerate().filter_map(read).collect())
    }

    fn entry(&mut self, json: &Json, pointer: &str, index: usize) -> Option<Entry<'a>> {
        self.members(json, &["method", "path", "if_match", "body"], pointer);
        let method = self.text(json, "method", pointer, true);
        let path = self.text(json, "path", pointer, true);
        let if_match = self.text(json, "if_match", pointer, false);
        if if_match.is_some_and(|it| Tags::read(it).is_none()) {
            self.report("format", "Must be `*`, or tags in quotes.", &step(pointer, "if_match"));
        }
        let (method, path) = (method?, path?);
        let Some((id_of_operation, operation, id)) = self.find(method, path) else {
            let detail = format!("No operation that writes answers to {method} {path}.");
            self.report("not-found", detail, &step(pointer, "path"));
            return None;
        };
        if let Some(reference) = id.as_deref().and_then(reference_of_path)
            && earlier(reference, index).is_none()
        {
            let detail = "Must name the id of an earlier operation, e.g. {0.id}.";
            self.report("not-found", detail, &step(pointer, "path"));
        }
        let body = json.member("body").filter(|it| **it != Json::Null).cloned();
        Some(Entry { id_of_operation, operation, id, if_match: if_match.map(str::to_owned), body })
    }

    /// Reports operations that take place only with an idempotency key, in a batch that has none.
    fn check_keys(&mut self, entries: &[Entry<'_>]) {
        for (index, entry) in entries.iter().enumerate() {
            if entry.operation.idempotency == Idempotency::Required {
                let detail = "This takes place only in a batch with an `Idempotency-Key`.";
                self.report("idempotency-key-required", detail, &format!("/operations/{index}"));
            }
        }
    }

    fn text<'j>(
        &mut self,
        json: &'j Json,
        name: &str,
        pointer: &str,
        is_required: bool,
    ) -> Option<&'j str> {
        match json.member(name) {
            Some(Json::Text(text)) => return Some(text),
            None | Some(Json::Null) if !is_required => {}
            None if !matches!(json, Json::Object(_)) => {}
            None => self.report("required", "Must be there.", &step(pointer, name)),
            Some(other) => {
                let detail = format!("Must be a string, not {}.", other.type_name());
                self.report("wrong-type", detail, &step(pointer, name));
            }
        }
        None
    }

    /// The operation behind a method and a path, and the path's id.
    fn find(
        &self,
        method: &str,
        path: &str,
    ) -> Option<(OperationId, &'a Operation, Option<String>)> {
        let operations = (0..).map(OperationId).zip(&self.engine.prepared.plan.operations);
        let mut writes =
            operations.filter(|(_, it)| it.kind.is_write() && it.kind != OperationKind::Batch);
        writes.find_map(|(id, it)| {
            let is_method = match it.method {
                Method::Get => false,
                Method::Post => method == "POST",
                Method::Patch => method == "PATCH",
                Method::Delete => method == "DELETE",
            };
            matched(&it.path, path).filter(|_| is_method).map(|row| (id, it, row))
        })
    }

    /// Reports references in a body that name no earlier operation.
    fn check_references(&mut self, entry: &Entry<'_>, index: usize) {
        let Some(body) = &entry.body else { return };
        let mut wrong = Vec::new();
        each_reference(body, &format!("/operations/{index}/body"), &mut |reference, pointer| {
            if earlier(reference, index).is_none() {
                wrong.push(pointer.to_owned());
            }
        });
        for pointer in wrong {
            let detail = "Must name the id of an earlier operation, e.g. {\"$ref\":\"0.id\"}.";
            self.report("not-found", detail, &pointer);
        }
    }
}

/// Whether a path fits a template: none if not, else the text where the id stands.
fn matched(template: &str, path: &str) -> Option<Option<String>> {
    let mut id = None;
    let (mut wanted, mut found) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), found.next()) {
            (None, None) => return Some(id),
            (Some("{id}"), Some(text)) if !text.is_empty() => id = Some(text.to_owned()),
            (Some(wanted), Some(found)) if wanted == found => {}
            _ => return None,
        }
    }
}

/// `{0.id}` → `0.id`
fn reference_of_path(id: &str) -> Option<&str> {
    id.strip_prefix('{')?.strip_suffix('}')
}

/// `0.id` → 0, if that is before this operation.
fn earlier(reference: &str, index: usize) -> Option<usize> {
    let at: usize = reference.strip_suffix(".id")?.parse().ok()?;
    (at < index).then_some(at)
}

fn reference_of_body(json: &Json) -> Option<&str> {
    match json {
        Json::Object(members) => match members.as_slice() {
            [(name, Json::Text(reference))] if name == "$ref" => Some(reference),
            _ => None,
        },
        _ => None,
    }
}

fn each_reference(json: &Json, pointer: &str, visit: &mut dyn FnMut(&str, &str)) {
    if let Some(reference) = reference_of_body(json) {
        return visit(reference, pointer);
    }
    match json {
        Json::List(items) => {
            for (index, item) in items.iter().enumerate() {
                each_reference(item, &step(pointer, &index.to_string()), visit);
            }
        }
        Json::Object(members) => {
            for (name, value) in members {
                each_reference(value, &step(pointer, name), visit);
            }
        }
        _ => {}
    }
}

/// The path's id with its reference filled in. One to an operation that was refused stays as it is and
/// names no row.
fn fill_path(id: &str, ids: &[Option<Uuid>]) -> String {
    let known = reference_of_path(id).and_then(|it| resolved(it, ids));
    known.map_or_else(|| id.to_owned(), |it| it.to_string())
}

fn fill_body(json: &Json, ids: &[Option<Uuid>]) -> Json {
    if let Some(reference) = reference_of_body(json) {
        // The nil id belongs to no row: what refers to a refused operation is refused as "not found".
        return Json::Text(resolved(reference, ids).unwrap_or_default().to_string());
    }
    match json {
        Json::List(items) => Json::List(items.iter().map(|it| fill_body(it, ids)).collect()),
        Json::Object(members) => Json::Object(
            members.iter().map(|(name, it)| (name.clone(), fill_body(it, ids))).collect(),
        ),
        other => other.clone(),
    }
}

fn resolved(reference: &str, ids: &[Option<Uuid>]) -> Option<Uuid> {
    earlier(reference, ids.len()).and_then(|at| ids.get(at).copied().flatten())
}
