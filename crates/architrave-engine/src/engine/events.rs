//! Paging through the journal: what happened, as far as the caller may see it.

use std::{cell::RefCell, collections::BTreeSet, sync::Arc};

use architrave_model::{ContextId, EntityId};
use architrave_plan::{EventData, EventType, RowFilter};

use super::{Engine, Failure, ReadReply, ReadRequest};
use crate::{
    Caller, Fault, Problem, ProblemDetail, Rows,
    evaluate::{Overlay, Stop, View, World},
    ports::{EventsRead, JournalEvent, Position, StoredEvent},
    query::{Bad, Choice},
    show::{Viewer, scalar},
};

/// Events of a page unless the caller says.
const LIMIT_DEFAULT: u32 = 100;
/// Most events of a page; more is coerced.
const LIMIT_MAX: u32 = 1_000;
/// Most pages of the store that are looked through for one answer: a caller who may see little gets a
/// short page and goes on from its end.
const PAGES_MAX: u32 = 8;
/// Most rounds of loading for the rules of one page, as in a transaction.
const ROUNDS_MAX: u32 = 16;

/// What is asked of the journal.
struct Asked {
    after: Position,
    context: Option<ContextId>,
    limit: u32,
}

impl Engine {
    pub(super) async fn read_events(
        &self,
        request: &ReadRequest<'_>,
        out: &mut Vec<u8>,
    ) -> Result<ReadReply, Failure> {
        let asked = self.asked(request.query)?;
        let entities = self.visible_entities(request.caller, asked.context);
        let mut end = asked.after;
        let mut is_complete = false;
        let mut shown = 0;
        out.extend_from_slice(b"{\"items\":[");
        for _ in 0..PAGES_MAX {
            let read = EventsRead {
                tenant: request.caller.tenant,
                entities: entities.clone(),
                after: end,
                count_max: asked.limit - shown,
            };
            let page = self.store.events(&read).wait().await?;
            if page.must_refetch {
                return Err(must_refetch().into());
            }
            shown += self.write_events(request.caller, &page.events, shown > 0, out).await?;
            end = page.end.unwrap_or(end);
            is_complete = page.is_complete;
            if is_complete || shown >= asked.limit {
                break;
            }
        }
        out.extend_from_slice(b"],\"next\":");
        scalar::write_text(out, &end.to_string());
        out.extend_from_slice(b",\"is_complete\":");
        scalar::write_bool(out, is_complete);
        out.push(b'}');
        Ok(ReadReply::default())
    }

    fn asked(&self, query: &[(String, String)]) -> Result<Asked, Problem> {
        let mut bad = Bad::default();
        let mut after = None;
        let mut context = None;
        let mut limit = LIMIT_DEFAULT;
        for (index, (name, value)) in query.iter().enumerate() {
            if query.iter().take(index).any(|(it, _)| it == name) {
                bad.repeated(name);
                continue;
            }
            match name.as_str() {
                "after" => after = Some(value.as_str()),
                "limit" => match crate::query::parse_limit(value, LIMIT_MAX) {
                    Ok(it) => limit = it,
                    Err(detail) => bad.invalid(name, detail),
                },
                "context" => {
                    let mut contexts = (0..).map(ContextId).zip(&self.plan().system.contexts);
                    context = contexts.find(|(_, it)| it.name.text == *value).map(|(id, _)| id);
                    if context.is_none() {
                        bad.invalid(name, "There is no such context.".to_owned());
                    }
                }
                _ => bad.unknown(name),
            }
        }
        bad.into_result()?;
        let after = match after {
            Some(text) => text.parse().map_err(|_| {
                Problem::of("invalid-cursor", "`after` is no position of this journal.")
            })?,
            None => Position { seq: 0, idx: 0, epoch: self.epoch() },
        };
        Ok(Asked { after, context, limit })
    }

    /// The journal's present history.
    fn epoch(&self) -> u32 {
        self.store.status().position.map_or(0, |it| it.epoch)
    }

    /// Roots that the caller may see rows of.
    fn visible_entities(&self, caller: &Caller, context: Option<ContextId>) -> Vec<EntityId> {
        let system = &self.plan().system;
        let is_seen = |id: &EntityId| {
            system[*id].owner.is_none()
                && context.is_none_or(|it| system[*id].context == it)
                && self.selections.shape(*id, caller.class).rows != RowFilter::Nothing
        };
        system.entity_ids().filter(is_seen).collect()
    }

    /// Writes the events that the caller may see; how many.
    async fn write_events(
        &self,
        caller: &Caller,
        events: &[StoredEvent],
        is_behind_others: bool,
        out: &mut Vec<u8>,
    ) -> Result<u32, Failure> {
        let mut rows = Rows::default();
        for _ in 0..ROUNDS_MAX {
            let needs = RefCell::new(BTreeSet::new());
            let start = out.len();
            let mut count = 0;
            let mut is_pending = false;
            for event in events {
                let before = out.len();
                if is_behind_others || count > 0 {
                    out.push(b',');
                }
                match self.write_event(caller, event, &rows, &needs, out) {
                    Ok(true) => count += 1,
                    Ok(false) => out.truncate(before),
                    Err(_) => {
                        is_pending = true;
                        out.truncate(before);
                    }
                }
            }
            if !is_pending {
                return Ok(count);
            }
            out.truncate(start);
            let needs: Vec<_> = needs.into_inner().into_iter().collect();
            self.store.load(caller.tenant, &needs, &mut rows).wait().await?;
        }
        Err(Fault::new("rules about events need more rows than a page may load", "").into())
    }

    /// Writes one event; `false` where the caller may not see it.
    fn write_event(
        &self,
        caller: &Caller,
        stored: &StoredEvent,
        rows: &Rows,
        needs: &RefCell<BTreeSet<crate::ports::Need>>,
        out: &mut Vec<u8>,
    ) -> Result<bool, Stop> {
        let event = &stored.event;
        let Some(kind) = self.event_type(event) else { return Ok(false) };
        // The rule is asked about the row as the journal has it, with its parts of that moment.
        let image = self.image(event);
        let world = World { loaded: rows, changed: &image, needs };
        let viewer =
            Viewer { prepared: &self.prepared, caller, now_us: self.clock.now_us(), world: &world };
        let selection = self.selections.get(&Choice::all(event.entity, caller.class));
        let view = View::new(event.entity, Arc::clone(&event.row));
        if !viewer.sees(&selection.shape.rows, &view)? {
            return Ok(false);
        }
        out.extend_from_slice(b"{\"position\":");
        scalar::write_text(out, &stored.position.to_string());
        out.extend_from_slice(b",\"time\":");
        scalar::write_timestamp(out, stored.at_us);
        out.extend_from_slice(b",\"actor\":");
        match &stored.actor {
            Some(actor) => scalar::write_uuid(out, actor),
            None => scalar::write_null(out),
        }
        out.extend_from_slice(b",\"context\":");
        scalar::write_text(out, &self.plan().system[kind.context].name.text);
        out.extend_from_slice(b",\"type\":");
        scalar::write_text(out, &kind.name);
        out.extend_from_slice(b",\"id\":");
        scalar::write_uuid(out, &event.id);
        out.extend_from_slice(b",\"version\":");
        scalar::write_int(out, i64::try_from(event.version).unwrap_or(i64::MAX));
        out.extend_from_slice(b",\"data\":");
        match &kind.data {
            EventData::Row => viewer.write_row(&selection, &view, out)?,
            EventData::Carries(members) => {
                viewer.write_members(&selection, members, &view, out)?;
            }
            EventData::Own(_) if event.own.is_some() => {
                out.extend_from_slice(event.own.as_deref().unwrap_or_default().as_bytes());
            }
            EventData::Nothing | EventData::Own(_) => scalar::write_null(out),
        }
        out.push(b'}');
        Ok(true)
    }

    fn event_type(&self, event: &JournalEvent) -> Option<&EventType> {
        let mut types = self.plan().event_types.iter();
        types.find(|it| it.entity == Some(event.entity) && it.event == event.event)
    }

    /// The row and its parts as the journal has them.
    fn image(&self, event: &JournalEvent) -> Overlay {
        let mut image = Overlay::default();
        image.rows.insert((event.entity, event.id), Some(Arc::clone(&event.row)));
        for (_, part) in &self.plan()[event.entity].parts {
            image.parts.insert((*part, event.id), Vec::new());
        }
        for (part, list) in &event.parts {
            let table = &self.plan()[*part];
            for row in list {
                let Some((place, _)) = table.parent else { continue };
                if let architrave_model::Value::Uuid(above) = crate::evaluate::column(row, place) {
                    image.parts.entry((*part, *above)).or_default().push(Arc::clone(row));
                }
                if let Some(id) = crate::evaluate::row_id(&self.prepared, *part, row) {
                    for (_, inner) in &table.parts {
                        image.parts.entry((*inner, id)).or_default();
                    }
                }
            }
        }
        image
    }
}

/// Never a silent gap: who holds a position of another history starts again.
fn must_refetch() -> Problem {
    let detail = "The journal's history has changed, or no longer reaches back to this position. Read the \
                  rows again, then go on from the position that reading gives.";
    Problem::of("invalid-cursor", detail).with(vec![ProblemDetail {
        pointer: None,
        parameter: Some("after".to_owned()),
        code: "must-refetch".to_owned(),
        detail: detail.to_owned(),
    }])
}
