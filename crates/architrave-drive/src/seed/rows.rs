//! Creates the rows of one entity.

use std::sync::Arc;

use architrave_model::EntityId;
use architrave_plan::{Operation, OperationKind};
use serde_json::Value;

use super::{
    Work,
    batch::{self, Answered, Item, OPERATIONS_MAX},
    counts::needs,
    look,
    report::Report,
    store::{Made, Seen, Visible},
};
use crate::{DriveError, generate::Generator};

/// How many rows are tried in the place of one that was refused.
const ATTEMPTS_MAX: u64 = 4;
/// Rows that are made before the first of them are referred to by later ones, in a tree.
const TREE_STEP: usize = 20;

pub(crate) async fn make(
    work: &Arc<Work>,
    entity: EntityId,
    count: u64,
    made: &mut Made,
    report: &mut Report,
) -> Result<(), DriveError> {
    let name = work.plan.system.entity_path(entity);
    let create = work
        .plan
        .operations
        .iter()
        .find(|it| it.kind == OperationKind::Create && it.entity == Some(entity));
    let Some(operation) = create else { return Ok(()) };
    let who = work.callers.who_may(&operation.name);
    let generator = Generator::new(&work.plan, work.options.seed);
    let is_open = |it: &&usize| {
        let class = work.callers.get(**it).map(|it| it.class);
        class.is_some_and(|class| !generator.sent_by(class).is_closed(entity))
    };
    let Some(caller) = who.iter().find(is_open).or(who.first()).copied() else {
        report.refuse(&name, "none of the callers may create it");
        return Ok(());
    };
    let mut others = needs(&work.plan, entity);
    // A tree grows step by step; everything else is made in one go.
    let step = if others.remove(&entity) { TREE_STEP } else { usize::MAX };
    let visible = look::visible(work, caller, others).await?;
    work.progress.begin(&name, count);
    let mut done = 0;
    let indexes: Vec<u64> = (0..count).collect();
    for indexes in indexes.chunks(step) {
        let mut open = indexes.to_vec();
        for attempt in 0..ATTEMPTS_MAX {
            let maker = Maker { work, entity, caller, operation, attempt, visible: &visible };
            let answered = maker.send(&open, made, report).await?;
            let is_last = attempt + 1 == ATTEMPTS_MAX;
            open.clear();
            for (item, answer) in answered {
                match answer {
                    Ok(shown) => {
                        done += 1;
                        made.add(entity, caller, &shown);
                    }
                    Err(_) if !is_last => open.push(item.index),
                    Err(reason) => report.refuse(&name, &reason),
                }
            }
            if open.is_empty() {
                break;
            }
        }
    }
    work.progress.end();
    report.did(&name, done);
    Ok(())
}

struct Maker<'a> {
    work: &'a Arc<Work>,
    entity: EntityId,
    caller: usize,
    operation: &'a Operation,
    attempt: u64,
    visible: &'a Visible,
}

impl Maker<'_> {
    async fn send(
        &self,
        indexes: &[u64],
        made: &Made,
        report: &mut Report,
    ) -> Result<Vec<(Item, Answered)>, DriveError> {
        let mut generator = Generator::new(&self.work.plan, self.work.options.seed);
        if let Some(caller) = self.work.callers.get(self.caller) {
            generator = generator.sent_by(caller.class);
        }
        let seen = Seen {
            made,
            visible: self.visible,
            user_entity: self.work.plan.system.identity.user,
            user: self.work.callers.get(self.caller).and_then(|it| it.user.as_ref()),
        };
        let mut items = Vec::new();
        for index in indexes {
            match generator.create(self.entity, *index, self.attempt, &seen) {
                Ok(body) => items.push(Item {
                    index: *index,
                    caller: self.caller,
                    operation: self.operation.name.clone(),
                    path: self.operation.path.clone(),
                    body: Some(Value::Object(body)),
                }),
                Err(reason) => {
                    report.refuse(&self.work.plan.system.entity_path(self.entity), &reason)
                }
            }
        }
        let batches = items.chunks(OPERATIONS_MAX).map(<[Item]>::to_vec).collect();
        batch::send(self.work, batches).await
    }
}
