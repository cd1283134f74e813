//! Reading: one row, or a page of rows.

use architrave_model::EntityId;
use architrave_plan::{Operation, OperationKind, RowFilter};

use super::{Engine, Failure, ReadReply, ReadRequest};
use crate::{
    Caller, Fault, Problem,
    decide::refused,
    input::parse_uuid,
    ports::{Read, ReadAnswer, ReadList, ReadOne},
    query::{Asker, Choice, Cursor, ListRequest, page_link},
    show::{etag, list_etag, scalar},
};

/// Most rows that `Prefer: count=exact` counts.
const COUNT_MAX: u64 = 10_000;

impl Engine {
    /// Answers a read by appending the JSON body to `out`. Does not suspend where the store answers on the spot.
    ///
    /// # Errors
    /// A problem of the operation's list, or a fault. `out` is then as before.
    pub async fn read(
        &self,
        request: &ReadRequest<'_>,
        out: &mut Vec<u8>,
    ) -> Result<ReadReply, Failure> {
        let before = out.len();
        let reply = self.read_kind(request, out).await;
        if reply.is_err() {
            out.truncate(before);
        }
        reply
    }

    async fn read_kind(
        &self,
        request: &ReadRequest<'_>,
        out: &mut Vec<u8>,
    ) -> Result<ReadReply, Failure> {
        let operation = self.operation(request.operation)?;
        match (operation.kind, operation.entity) {
            (OperationKind::Read, Some(entity)) => {
                self.read_one(operation, entity, request, out).await
            }
            (OperationKind::List, Some(entity)) => {
                self.read_list(operation, entity, request, out).await
            }
            (OperationKind::Me, _) => self.read_me(request, out),
            (OperationKind::Events, _) => self.read_events(request, out).await,
            _ => Err(Fault::new(format!("`{}` does not read", operation.name), "").into()),
        }
    }

    pub(super) fn operation(
        &self,
        id: architrave_plan::OperationId,
    ) -> Result<&Operation, Failure> {
        let found = self.prepared.plan.operations.get(id.0 as usize);
        found.ok_or_else(|| {
            Fault::new("a request names an operation that is not planned", "").into()
        })
    }

    fn asker<'a>(
        &'a self,
        operation: &'a Operation,
        entity: EntityId,
        caller: &'a Caller,
    ) -> Asker<'a> {
        Asker {
            prepared: &self.prepared,
            selections: &self.selections,
            entity,
            operation: &operation.name,
            caller,
        }
    }

    async fn read_one(
        &self,
        operation: &Operation,
        entity: EntityId,
        request: &ReadRequest<'_>,
        out: &mut Vec<u8>,
    ) -> Result<ReadReply, Failure> {
        let choice = if request.query.is_empty() {
            Choice::all(entity, request.caller.class)
        } else {
            self.asker(operation, entity, request.caller).row(request.query)?
        };
        let selection = self.selections.get(&choice);
        let missing = || Problem::of("not-found", "There is no such row, or you may not see it.");
        if selection.shape.rows == RowFilter::Nothing {
            // Whoever has not signed in is told to: the same for every id, hence nothing is given away.
            let is_anonymous = !request.caller.class.is_authenticated;
            let problem = is_anonymous.then(|| refused(request.caller, ""));
            return Err(problem.unwrap_or_else(missing).into());
        }
        let id = request.id.and_then(parse_uuid).ok_or_else(missing)?;
        let read = Read::One(ReadOne {
            id,
            selection,
            caller: request.caller.clone(),
            now_us: self.clock.now_us(),
        });
        let start = out.len();
        let answer = self.store.read(&read, out).wait().await?;
        if !answer.is_found {
            return Err(missing().into());
        }
        let tag = etag(answer.version, out.get(start..).unwrap_or_default());
        Ok(ReadReply { etag: Some(tag), ..ReadReply::default() })
    }

    async fn read_list(
        &self,
        operation: &Operation,
        entity: EntityId,
        request: &ReadRequest<'_>,
        out: &mut Vec<u8>,
    ) -> Result<ReadReply, Failure> {
        let shape = self.selections.shape(entity, request.caller.class);
        if shape.rows == RowFilter::Nothing {
            return Err(refused(request.caller, "You may not list these rows.").into());
        }
        let list = self.asker(operation, entity, request.caller).list(request.query)?;
        let start = out.len();
        out.extend_from_slice(b"{\"items\":");
        let place = list.cursor.as_ref().map(|it| it.values.clone());
        let is_backward = list.cursor.as_ref().is_some_and(|it| it.is_backward);
        let read = Read::List(ReadList {
            selection: self.selections.get(&list.choice),
            query_key: list.query_key,
            filters: list.filters.clone(),
            search: list.search.clone(),
            sort: list.sort.clone(),
            cursor: place,
            is_backward,
            limit: list.limit,
            count_max: request.counts_exactly.then_some(COUNT_MAX),
            caller: request.caller.clone(),
            now_us: self.clock.now_us(),
        });
        let answer = self.store.read(&read, out).wait().await?;
        let mut reply = self.links(&operation.path, request.query, &list, &answer);
        for (name, link) in [("next", &reply.next), ("prev", &reply.prev)] {
            out.push(b',');
            scalar::write_text(out, name);
            out.push(b':');
            match link {
                Some(link) => scalar::write_text(out, link),
                None => scalar::write_null(out),
            }
        }
        // More than the bound is no exact number: then none is given, and the preference not applied.
        if let Some(total) = answer.total.filter(|it| request.counts_exactly && *it <= COUNT_MAX) {
            reply.has_count = true;
            out.extend_from_slice(b",\"total\":");
            scalar::write_int(out, i64::try_from(total).unwrap_or(i64::MAX));
        }
        out.push(b'}');
        reply.etag = Some(list_etag(out.get(start..).unwrap_or_default()));
        Ok(reply)
    }

    /// The pages around: behind the last row and before the first, as far as there are any.
    fn links(
        &self,
        path: &str,
        query: &[(String, String)],
        list: &ListRequest,
        answer: &ReadAnswer,
    ) -> ReadReply {
        let is_backward = list.cursor.as_ref().is_some_and(|it| it.is_backward);
        let came_from = list.cursor.is_some();
        let (has_next, has_prev) =
            if is_backward { (came_from, answer.has_more) } else { (answer.has_more, came_from) };
        let link = |place: &Option<Vec<_>>, is_backward: bool| {
            let cursor = Cursor { is_backward, values: place.clone()? };
            let text = cursor.seal(self.selections.key(), &list.bound_to);
            Some(page_link(path, query, &text))
        };
        ReadReply {
            etag: None,
            next: has_next.then(|| link(&answer.last, false)).flatten(),
            prev: has_prev.then(|| link(&answer.first, true)).flatten(),
            has_count: false,
        }
    }
}
