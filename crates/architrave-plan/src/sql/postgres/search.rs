//! Search in PostgreSQL: one statement for all tiers, so that all of them see the same state.

use super::security::searched;
use crate::{
    Plan, SearchPlan,
    sql::{
        Dialect, Parameter, Statement, Uncompilable,
        builder::{Builder, Reach, all_of},
        quoted,
        read::{FilterText, Show, matching, selected},
    },
};

/// What a page of a search is asked for.
#[derive(Debug, Clone, Copy)]
pub struct SearchText<'a> {
    /// Conditions, all of which hold.
    pub filters: &'a [FilterText],
    /// The tiers that are asked, in the order of the answer.
    pub tiers: &'a [usize],
    /// Whether the first of them goes on from a row: [`Parameter::Cursor`]`(0)`, its id.
    pub has_cursor: bool,
    /// Whether rows before the cursor are asked for, nearest first.
    pub is_backward: bool,
    /// Most rows.
    pub limit: u32,
}

/// A page of a search, tier by tier, each with the newest rows first. The number of a row's tier stands behind what is
/// shown of it. [`Parameter::Tier`] has the query of each tier.
///
/// Tiers are joined by `UNION ALL`, which PostgreSQL answers one after the other, and not at all behind the limit,
/// unless it works in parallel: sessions that run this have to forbid that. `OFFSET 0` keeps the planner from walking
/// the table in the order of ids until enough rows match, which looks cheap to it and is not for a seldom word.
///
/// # Errors
/// A rule without SQL, or an entity without search.
pub fn page(plan: &Plan, show: Show<'_>, text: SearchText<'_>) -> Result<Statement, Uncompilable> {
    let entity = show.shape.entity;
    let Some(search) = &plan[entity].search else {
        return Err(Uncompilable {
            what: "search in an entity without it".to_owned(),
            span: plan.system[entity].span,
        });
    };
    let mut b = Builder::new(plan, Dialect::Postgres, Reach::Single);
    let (direction, sign) = if text.is_backward { ("", ">") } else { (" DESC", "<") };
    let limit = text.limit;
    let mut branches = Vec::with_capacity(text.tiers.len());
    for (position, class) in text.tiers.iter().enumerate() {
        let query = b.parameter(Parameter::Tier(*class));
        let mut conditions = vec![matches(search, &query)];
        conditions.extend(matching(&mut b, show.shape, text.filters)?);
        let id = b.id_column(entity, "t");
        if text.has_cursor && position == 0 {
            let cursor = b.parameter(Parameter::Cursor(0));
            conditions.push(format!("{id} {sign} {cursor}"));
        }
        let select = selected(&mut b, show)?;
        branches.push(format!(
            "(SELECT {select}, {class} FROM (SELECT t.* FROM {} t WHERE {} OFFSET 0) t \
             ORDER BY {id}{direction} LIMIT {limit})",
            searched(plan, entity),
            all_of(&conditions)
        ));
    }
    // A query in brackets takes no second limit; several of them joined need their own.
    let text = match branches.as_slice() {
        [one] => one.clone(),
        all => format!("{} LIMIT {limit}", all.join(" UNION ALL ")),
    };
    Ok(b.finish(text))
}

/// Whether a row has words; the query is a text, which the server reads.
pub(in crate::sql) fn matches(search: &SearchPlan, query: &str) -> String {
    format!("t.{} @@ {query}::text::tsquery", quoted(&search.physical))
}
