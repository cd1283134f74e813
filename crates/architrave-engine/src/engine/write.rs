//! Writing: from a request to a job that the store runs.

use std::sync::{Arc, OnceLock};

use architrave_model::EntityId;
use architrave_plan::{InputShape, Operation, OperationKind, refuses_outright};
use uuid::Uuid;

use super::{Engine, Failure, WriteRequest};
use crate::{
    Caller, Fault, Problem, ProblemDetail,
    decide::{Action, Job, Memory, Task, hash, refused, remembered_key},
    input::{Given, Json, Mode, convert, parse_uuid, read_json},
    ports::Written,
};

/// Who writes, and under which names it is kept.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    pub(super) caller: Caller,
    pub(super) is_admin: bool,
    /// For the journal: 0 normal, 2 operator.
    pub(super) kind: u8,
    pub(super) tenant: Option<Uuid>,
    pub(super) operation: String,
    pub(super) request_id: String,
    pub(super) traceparent: String,
}

impl Engine {
    /// Runs a write and answers once it is durable. Refusals are answers too ([`crate::ports::Answer::problem`]).
    ///
    /// # Errors
    /// A fault; a problem where the request is refused before the transaction.
    pub async fn write(&self, request: WriteRequest) -> Result<Written, Failure> {
        let operation = self.operation(request.operation)?;
        let class = &request.caller.class;
        // Nothing that anonymous callers can send would help: the same for every row, hence nothing is given away.
        if !class.is_authenticated && refuses_outright(&self.prepared.plan, operation, class) {
            return Err(refused(&request.caller, "").into());
        }
        if operation.kind == OperationKind::Batch {
            return self.batch(operation, request).await;
        }
        let body = body(&request.body)?;
        let memory = self.memory(operation, &request, None);
        let action = self.action(operation, request.id.as_deref(), body.as_ref());
        let task = Task::new(action, request.if_match);
        let writer = Writer {
            tenant: request.caller.tenant,
            caller: request.caller,
            is_admin: false,
            kind: 0,
            operation: operation.name.clone(),
            request_id: request.request_id,
            traceparent: request.traceparent,
        };
        self.run(self.job(writer, vec![task], memory)).await
    }

    /// Hands a job to the store and waits until it is durable.
    pub(super) async fn run(&self, mut job: Job) -> Result<Written, Failure> {
        if let Some(memory) = &job.memory {
            job.claim = Some(self.in_flight.claim(&memory.key)?);
        }
        let replayed = Arc::clone(&job.replayed);
        let mut written = self.store.write(Box::new(job)).await?;
        if written.answer.is_replayed {
            written.position = replayed.get().copied();
        }
        Ok(written)
    }

    pub(super) fn job(&self, writer: Writer, tasks: Vec<Task>, memory: Option<Memory>) -> Job {
        Job {
            prepared: Arc::clone(&self.prepared),
            selections: Arc::clone(&self.selections),
            dice: Arc::clone(&self.dice),
            caller: writer.caller,
            tenant: writer.tenant,
            is_admin: writer.is_admin,
            kind: writer.kind,
            tasks,
            is_batch: false,
            memory,
            claim: None,
            link: None,
            operation: writer.operation,
            request_id: writer.request_id,
            traceparent: writer.traceparent,
            replayed: Arc::new(OnceLock::new()),
            origins: Vec::new(),
            decided_at_us: 0,
        }
    }

    /// What to remember of a request that came with an idempotency key.
    pub(super) fn memory(
        &self,
        operation: &Operation,
        request: &WriteRequest,
        index: Option<usize>,
    ) -> Option<Memory> {
        let key = request.idempotency_key.as_deref()?;
        let caller = &request.caller;
        let fingerprint =
            hash(&[request.id.as_deref().unwrap_or_default().as_bytes(), &request.body]);
        Some(Memory {
            key: remembered_key(caller, &operation.name, key, index, &fingerprint),
            fingerprint,
            remember_us: self.settings.remember_us,
            is_sensitive: self.is_sensitive(operation.entity),
        })
    }

    /// Whether answers may hold fields that are encrypted at rest; those of a batch may.
    fn is_sensitive(&self, entity: Option<EntityId>) -> bool {
        let is_encrypted =
            |table: &architrave_plan::Table| table.columns.iter().any(|it| it.encryption.is_some());
        let plan = &self.prepared.plan;
        match entity {
            Some(entity) => {
                is_encrypted(&plan[entity])
                    || plan[entity].parts.iter().any(|(_, part)| self.is_sensitive(Some(*part)))
            }
            None => plan.tables.iter().any(is_encrypted),
        }
    }

    /// What an operation does with this id and body.
    pub(super) fn action(
        &self,
        operation: &Operation,
        id: Option<&str>,
        body: Option<&Json>,
    ) -> Action {
        let missing = || {
            let problem = Problem::of("not-found", "There is no such row, or you may not see it.");
            Action::Refused(Box::new(problem))
        };
        let Some(entity) = operation.entity else { return missing() };
        let plan = &self.prepared.plan;
        let at = entity.0 as usize;
        if operation.kind == OperationKind::Create {
            let given = self.given(plan.creates.get(at), Some(entity), Mode::Whole, body);
            return Action::Create { entity, path: operation.path.clone(), given };
        }
        let Some(id) = id.and_then(parse_uuid) else { return missing() };
        match operation.kind {
            OperationKind::Update => {
                let given = self.given(plan.updates.get(at), Some(entity), Mode::Merge, body);
                Action::Update { entity, id, given }
            }
            OperationKind::Delete => Action::Delete { entity, id },
            OperationKind::Restore => Action::Restore { entity, id },
            OperationKind::Command(command) => {
                let shape = plan.commands.get(command.0 as usize);
                let given = self.given(shape, None, Mode::Whole, body);
                Action::Command { command, id, given }
            }
            _ => missing(),
        }
    }

    /// A body as typed members; no body is an empty object.
    pub(super) fn given(
        &self,
        shape: Option<&InputShape>,
        owner: Option<EntityId>,
        mode: Mode,
        body: Option<&Json>,
    ) -> Result<Given, Vec<ProblemDetail>> {
        let none = InputShape::default();
        let empty = Json::Object(Vec::new());
        let shape = shape.unwrap_or(&none);
        convert(&self.prepared, shape, owner, mode, body.unwrap_or(&empty))
    }
}

/// The body's JSON; none where there is no body.
pub(super) fn body(bytes: &[u8]) -> Result<Option<Json>, Failure> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    Ok(Some(read_json(bytes)?))
}

impl Engine {
    /// A fault that a path through the code cannot have.
    pub(super) fn unplanned(what: &str) -> Failure {
        Fault::new(what, "").into()
    }
}
