//! Rate limits and size limits in words and as data.

use architrave_model::RateKey;
use architrave_plan::{Operation, Plan, RateLimit};

use crate::json::{Json, object};

/// The limits that apply to an operation: the system's, then its own.
pub(crate) fn of<'a>(
    plan: &'a Plan,
    operation: &'a Operation,
) -> impl Iterator<Item = &'a RateLimit> {
    plan.limits.iter().chain(&operation.rate_limits)
}

/// One sentence per kind of limit.
pub(crate) fn in_words(plan: &Plan, operation: &Operation) -> Option<String> {
    let limits: Vec<String> = of(plan, operation).map(sentence).collect();
    (!limits.is_empty()).then(|| format!("Limits: {}.", limits.join("; ")))
}

/// One limit in words.
pub(crate) fn sentence(limit: &RateLimit) -> String {
    format!(
        "`{}` {} requests per {} and {}",
        limit.name,
        limit.count,
        period(limit.period_us),
        key(limit.key)
    )
}

fn period(us: i64) -> String {
    match us {
        1_000_000 => "second".to_owned(),
        60_000_000 => "minute".to_owned(),
        3_600_000_000 => "hour".to_owned(),
        86_400_000_000 => "day".to_owned(),
        _ => format!("{} seconds", us / 1_000_000),
    }
}

fn key(key: RateKey) -> &'static str {
    match key {
        RateKey::Ip => "address",
        RateKey::Id => "caller",
        RateKey::User => "user",
        RateKey::Tenant => "tenant",
    }
}

/// The same for programs.
pub(crate) fn as_json(plan: &Plan, operation: &Operation) -> Option<Json> {
    let limits: Vec<Json> = of(plan, operation)
        .map(|it| {
            object([
                ("policy", it.name.as_str().into()),
                ("requests", it.count.into()),
                ("seconds", (it.period_us / 1_000_000).into()),
                ("per", key(it.key).into()),
            ])
        })
        .collect();
    (!limits.is_empty()).then_some(Json::Array(limits))
}
