//! Which budgets a request draws from.

use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

use architrave_engine::{
    Caller, Fault, Problem,
    ports::{LimitKey, Limiter, Taken},
};
use architrave_model::RateKey;
use architrave_plan::{OperationId, Plan, RateLimit};
use http::HeaderMap;

use crate::answer::{insert_text, names};

/// One budget per key.
#[derive(Debug, Clone)]
struct Policy {
    /// Number within the process.
    number: u32,
    name: String,
    count: u32,
    period_us: i64,
    key: RateKey,
}

/// All policies of a plan.
pub(crate) struct Policies {
    limiter: Arc<dyn Limiter>,
    anonymous: Option<Policy>,
    signed_in: Option<Policy>,
    /// By operation.
    operations: Vec<Vec<Policy>>,
    is_switched_on: bool,
}

/// What the budgets of one request said, for its headers.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    policies: String,
    state: String,
    /// The refusal, if one of them was used up.
    pub(crate) problem: Option<Problem>,
}

impl Policies {
    pub(crate) fn new(plan: &Plan, limiter: Arc<dyn Limiter>, is_switched_on: bool) -> Self {
        let mut number = 0;
        let mut of = |it: &RateLimit| {
            number += 1;
            let RateLimit { name, count, period_us, key } = it.clone();
            Policy { number, name, count, period_us, key }
        };
        let mut general = |name: &str| plan.limits.iter().find(|it| it.name == name).map(&mut of);
        let (anonymous, signed_in) = (general("anonymous"), general("signed-in"));
        let operations =
            plan.operations.iter().map(|it| it.rate_limits.iter().map(&mut of).collect());
        Self { operations: operations.collect(), limiter, anonymous, signed_in, is_switched_on }
    }

    /// Takes from every budget that applies. All are asked, also when one refuses, so that the answer can
    /// tell all of them.
    pub(crate) async fn take(
        &self,
        operation: OperationId,
        caller: &Caller,
        now_us: i64,
    ) -> Result<Budget, Fault> {
        let mut budget = Budget::default();
        if !self.is_switched_on || caller.class.is_system {
            return Ok(budget);
        }
        let general = if caller.class.is_authenticated { &self.signed_in } else { &self.anonymous };
        let own = self.operations.get(operation.0 as usize).map_or(&[][..], Vec::as_slice);
        for policy in general.iter().chain(own) {
            let Some(subject) = subject(policy.key, caller) else { continue };
            let key = LimitKey { policy: policy.number, subject };
            let taken = self.limiter.take(&key, policy.count, policy.period_us, now_us).wait();
            budget.note(policy, taken.await?);
        }
        Ok(budget)
    }

    /// Takes from the own budgets of the operations of a batch, once for each of them.
    pub(crate) async fn take_batched(
        &self,
        operations: &[OperationId],
        caller: &Caller,
        now_us: i64,
        budget: &mut Budget,
    ) -> Result<(), Fault> {
        let mut taken: BTreeMap<u32, (&Policy, Taken)> = BTreeMap::new();
        for operation in operations {
            let own = self.operations.get(operation.0 as usize).map_or(&[][..], Vec::as_slice);
            for policy in own {
                let Some(subject) = subject(policy.key, caller) else { continue };
                let key = LimitKey { policy: policy.number, subject };
                let it = self.limiter.take(&key, policy.count, policy.period_us, now_us).wait();
                taken.insert(policy.number, (policy, it.await?));
            }
        }
        // The last answer of a budget is the strictest: each budget stands in the headers once.
        taken.into_values().for_each(|(policy, it)| budget.note(policy, it));
        Ok(())
    }

    /// Whether the own budgets of operations count for this caller.
    pub(crate) fn counts_operations(&self, caller: &Caller) -> bool {
        self.is_switched_on
            && !caller.class.is_system
            && self.operations.iter().any(|it| !it.is_empty())
    }

    /// Counts a request whose credentials were refused as one without any, so that guessing is bounded.
    pub(crate) async fn take_refused(&self, address: IpAddr, now_us: i64) -> Result<Budget, Fault> {
        let mut budget = Budget::default();
        let Some(policy) = self.anonymous.as_ref().filter(|it| it.key == RateKey::Ip) else {
            return Ok(budget);
        };
        if self.is_switched_on {
            let key = LimitKey { policy: policy.number, subject: address_key(address) };
            let taken = self.limiter.take(&key, policy.count, policy.period_us, now_us).wait();
            budget.note(policy, taken.await?);
        }
        Ok(budget)
    }
}

impl Budget {
    fn note(&mut self, policy: &Policy, taken: Taken) {
        let separator = if self.policies.is_empty() { "" } else { ", " };
        let window_s = (policy.period_us / 1_000_000).max(1);
        self.policies.push_str(separator);
        self.policies.push_str(&format!("\"{}\";q={};w={window_s}", policy.name, policy.count));
        self.state.push_str(separator);
        self.state
            .push_str(&format!("\"{}\";r={};t={}", policy.name, taken.remaining, taken.reset_s));
        if !taken.is_allowed {
            let wait_s = taken.retry_after_s.max(1);
            let longest = self.problem.as_ref().and_then(|it| it.retry_after_s).unwrap_or(0);
            let detail = format!("The limit `{}` is used up.", policy.name);
            let mut problem = Problem::of("quota-exceeded", detail);
            problem.retry_after_s = Some(wait_s.max(longest));
            self.problem = Some(problem);
        }
    }

    /// Adds the headers of draft-ietf-httpapi-ratelimit-headers.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        if !self.policies.is_empty() {
            insert_text(headers, &names::RATE_LIMIT_POLICY, &self.policies);
            insert_text(headers, &names::RATE_LIMIT, &self.state);
        }
    }
}

/// Whom a policy counts; none where the key is null, so that the policy does not apply.
fn subject(key: RateKey, caller: &Caller) -> Option<[u8; 16]> {
    match key {
        RateKey::Ip => caller.ip.map(address_key),
        RateKey::Id => caller.id.map(uuid::Uuid::into_bytes),
        RateKey::User => caller.user.map(uuid::Uuid::into_bytes),
        RateKey::Tenant => caller.tenant.map(uuid::Uuid::into_bytes),
    }
}

/// IPv4 as it is; IPv6 by its /64, which is what one customer gets.
fn address_key(address: IpAddr) -> [u8; 16] {
    match address.to_canonical() {
        IpAddr::V4(it) => it.to_ipv6_mapped().octets(),
        IpAddr::V6(it) => (it.to_bits() & !u128::from(u64::MAX)).to_be_bytes(),
    }
}
