//! Numbers of sequences. The row of a sequence stays taken until the transaction ends, so that numbers have no gaps:
//! where the transaction is given up they are drawn again.

use std::collections::BTreeMap;

use architrave_engine::ports::Need;
use architrave_model::EntityId;
use architrave_plan::{ColumnId, Plan};
use tokio_postgres::Error;
use uuid::Uuid;

use super::turn::Turn;
use crate::postgres::{
    session::Session,
    value::{Bound, Raw},
};

const DRAW: &str = "INSERT INTO architrave.sequence (tenant, in_table, name, period, n) VALUES ($1, $2, $3, $4, $5) \
                    ON CONFLICT (tenant, in_table, name, period) DO UPDATE SET n = sequence.n + excluded.n RETURNING n";

/// Tenant, table, column and period: what counts for itself.
type Sequence<'a> = (Uuid, EntityId, ColumnId, &'a str);

/// Draws the numbers that jobs ask for: one statement per sequence, however many jobs.
pub(super) async fn draw(
    session: &Session,
    plan: &Plan,
    turns: &mut [Turn],
    asked: &[Vec<Need>],
) -> Result<(), Error> {
    let mut wanted: BTreeMap<Sequence<'_>, Vec<(usize, u32)>> = BTreeMap::new();
    for (at, (turn, needs)) in turns.iter().zip(asked).enumerate() {
        for need in needs {
            if let Need::Sequence { entity, column, period, count } = need {
                let key = (turn.tenant.unwrap_or_default(), *entity, *column, period.as_str());
                wanted.entry(key).or_default().push((at, *count));
            }
        }
    }
    // In the order of their keys, as every node takes them.
    for ((tenant, entity, column, period), jobs) in wanted {
        let table = &plan[entity];
        let name = table.column(column).map_or("", |it| it.physical.as_str());
        let total: i64 = jobs.iter().map(|(_, count)| i64::from(*count)).sum();
        let parameters = vec![
            Bound::Uuid(tenant),
            Bound::Text(table.physical.as_str().into()),
            Bound::Text(name.into()),
            Bound::Text(period.into()),
            Bound::Int(total),
        ];
        let rows = session.rows(DRAW, parameters).await?;
        let last: Option<Raw<'_>> = rows.first().and_then(|it| it.try_get(0).ok().flatten());
        let mut next = last.and_then(Raw::int).unwrap_or_default() - total + 1;
        for (at, count) in jobs {
            let end = next + i64::from(count);
            if let Some(turn) = turns.get_mut(at) {
                turn.has_drawn = true;
                let key = (entity, column, period.to_owned());
                turn.rows.sequences.insert(key, (next..end).collect());
            }
            next = end;
        }
    }
    Ok(())
}
