//! Requests that change something: creates, updates, commands, each on rows on which it succeeds.

use architrave_model::{CommandId, Scalar};
use architrave_plan::{InputKind, InputShape, OperationKind};
use serde_json::{Map, Value};

use super::{Prepared, Preparing, rows, stock::Use};
use crate::{
    DriveError,
    client::member,
    generate::Generator,
    random::Random,
    seed::{
        counts::needs,
        look,
        store::{Made, Seen, Visible},
    },
};

/// Requests of a class that can be sent again and again.
const VARIANTS: usize = 1_000;
/// Rows in their first state that changes without a transition are sent to.
const ROWS_IN_FIRST_STATE: u64 = 200;
/// How often a row is made up before a member that can be changed is found in it.
const MEMBER_TRIES: u64 = 8;
/// Bodies are made as of rows that were refused once: what a rule may forbid is left out.
const CAREFUL: u64 = 1;

/// How often requests of an operation can be sent.
pub(super) fn uses(it: &Preparing<'_>) -> Use {
    match it.operation.kind {
        OperationKind::Create | OperationKind::Delete => Use::Once,
        OperationKind::Command(command) if has_transition(it, command) => Use::Once,
        _ => Use::Again,
    }
}

fn has_transition(it: &Preparing<'_>, command: CommandId) -> bool {
    it.work.plan.system[command].transition.is_some()
}

/// So many requests that can be sent once, or why there are none.
pub(super) async fn once(
    it: &Preparing<'_>,
    count: u64,
    batch: u64,
) -> Result<Result<Vec<Prepared>, String>, DriveError> {
    let seed = rows::seed(it, batch);
    if let OperationKind::Command(command) = it.operation.kind {
        let Some(way) = rows::way_to(it, command) else {
            return Ok(Err("no way through the states leads to it".to_owned()));
        };
        let ids = rows::fresh(it, count, seed, &way).await?;
        return Ok(ids.and_then(|ids| commands(it, command, seed, &ids)));
    }
    if it.operation.kind == OperationKind::Delete {
        // Rows of its own, which nobody refers to and no other request asks for.
        let ids = rows::fresh(it, count, seed, &[]).await?;
        let delete = |id: String| request(it.operation.path.replace("{id}", &id), Map::new());
        return Ok(ids.map(|ids| ids.into_iter().map(delete).collect()));
    }
    let visible = look::visible(it.work, it.caller, needs(&it.work.plan, it.entity)).await?;
    let bodies = (0..count).map(|index| {
        let body = with_seen(it, seed, &visible, |generator, seen| {
            generator.create(it.entity, index, CAREFUL, seen)
        })?;
        Ok(request(it.operation.path.clone(), body))
    });
    Ok(bodies.collect())
}

/// Requests that can be sent again and again, or why there are none.
pub(super) async fn again(
    it: &Preparing<'_>,
    seen: &[Value],
) -> Result<Result<Vec<Prepared>, String>, DriveError> {
    let seed = rows::seed(it, 0);
    let ids = if it.work.plan.system[it.entity].lifecycle.is_some() {
        match rows::fresh(it, ROWS_IN_FIRST_STATE, seed, &[]).await? {
            Ok(ids) => ids,
            Err(reason) => return Ok(Err(reason)),
        }
    } else {
        let ids = seen.iter().filter_map(|it| member(it, "id").as_str());
        ids.map(str::to_owned).collect()
    };
    let mut random = Random::new(seed, "load: rows", 0);
    let picked = (0..VARIANTS).filter_map(|_| random.pick(&ids).cloned());
    let picked: Vec<String> = picked.collect();
    if let OperationKind::Command(command) = it.operation.kind {
        return Ok(commands(it, command, seed, &picked));
    }
    let visible = look::visible(it.work, it.caller, needs(&it.work.plan, it.entity)).await?;
    let Some(shape) = it.work.plan.updates.get(it.entity.0 as usize) else {
        return Ok(Err("it takes nothing".to_owned()));
    };
    let requests = picked.iter().zip(0..).map(|(id, index)| {
        let body = change(it, shape, seed, index, &visible)?;
        Ok(request(it.operation.path.replace("{id}", id), body))
    });
    Ok(requests.collect())
}

/// One request for each row.
fn commands(
    it: &Preparing<'_>,
    command: CommandId,
    seed: u64,
    ids: &[String],
) -> Result<Vec<Prepared>, String> {
    let requests = ids.iter().zip(0..).map(|(id, index)| {
        let body = with_seen(it, seed, &Visible::new(), |generator, seen| {
            generator.input(command, index, seen)
        })?;
        Ok(request(it.operation.path.replace("{id}", id), body))
    });
    requests.collect()
}

/// A body that changes one member of a row.
fn change(
    it: &Preparing<'_>,
    shape: &InputShape,
    seed: u64,
    index: u64,
    visible: &Visible,
) -> Result<Map<String, Value>, String> {
    for attempt in 0..MEMBER_TRIES {
        let index = index.saturating_mul(MEMBER_TRIES) + attempt;
        let mut body = with_seen(it, seed, visible, |generator, seen| {
            generator.create(it.entity, index, CAREFUL, seen)
        })?;
        let names = changeable(it, shape);
        if let Some((name, value)) = names.into_iter().find_map(|it| body.remove_entry(it)) {
            return Ok(Map::from_iter([(name, value)]));
        }
    }
    Err("none of its members can be changed without breaking something".to_owned())
}

/// Members that can be changed, those first whose change breaks least: a text is a text, while a price may be
/// what another row is compared with.
fn changeable<'a>(it: &Preparing<'_>, shape: &'a InputShape) -> Vec<&'a str> {
    let indexes = &it.work.plan[it.entity].indexes;
    let is_unique = |name: &str| {
        indexes
            .iter()
            .any(|it| it.unique_paths.iter().any(|path| path.split('.').next() == Some(name)))
    };
    let open = shape.members.iter().filter(|it| !is_unique(&it.name) && it.pattern.is_none());
    let mut ranked: Vec<(u8, &str)> = open
        .filter_map(|it| {
            let rank = match &it.kind {
                InputKind::Scalar(Scalar::Text) => 0,
                InputKind::Scalar(Scalar::String { .. }) => 1,
                InputKind::Scalar(Scalar::Money | Scalar::Decimal { .. }) => 4,
                InputKind::Scalar(_) => 2,
                InputKind::Object { .. } => 3,
                InputKind::Ref(_) | InputKind::List { .. } | InputKind::Parts(_) => return None,
            };
            Some((rank, it.name.as_str()))
        })
        .collect();
    ranked.sort_by_key(|it| it.0);
    ranked.into_iter().map(|it| it.1).collect()
}

/// Lets the generator make something that its caller may send and refer to.
fn with_seen<T>(
    it: &Preparing<'_>,
    seed: u64,
    visible: &Visible,
    make: impl FnOnce(&Generator<'_>, &Seen<'_>) -> T,
) -> T {
    let caller = it.work.callers.get(it.caller);
    let mut generator = Generator::new(&it.work.plan, seed);
    if let Some(caller) = caller {
        generator = generator.sent_by(caller.class);
    }
    let seen = Seen {
        made: &Made::default(),
        visible,
        user_entity: it.work.plan.system.identity.user,
        user: caller.and_then(|it| it.user.as_ref()),
    };
    make(&generator, &seen)
}

fn request(path: String, body: Map<String, Value>) -> Prepared {
    let body = (!body.is_empty()).then(|| Value::Object(body).to_string().into());
    Prepared { path: path.into(), body }
}
