//! What every request of the API needs: made once, shared by all.

use std::sync::Arc;

use architrave_engine::{Engine, Fault, ports::Limiter};
use architrave_plan::{Operation, OperationId};

use crate::{
    accept::Bounds,
    answer::Cors,
    identity::{Identity, Network},
    limits::Policies,
    pages::{Page, PreparedPage},
    router::Router,
    telemetry::{Log, Metrics},
};

/// What a desk is made from.
pub(crate) struct DeskConfig<'a> {
    pub(crate) pages: &'a [Page],
    pub(crate) trusted_proxies: &'a [Network],
    pub(crate) has_limits: bool,
    pub(crate) bounds: Bounds,
    pub(crate) log: Arc<Log>,
    pub(crate) limiter: Arc<dyn Limiter>,
}

/// What every request of the API needs.
pub(crate) struct Desk {
    pub(crate) engine: Arc<Engine>,
    pub(crate) router: Router,
    pub(crate) pages: Vec<PreparedPage>,
    pub(crate) identity: Arc<Identity>,
    pub(crate) policies: Policies,
    pub(crate) cors: Cors,
    pub(crate) trusted_proxies: Vec<Network>,
    pub(crate) bounds: Bounds,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) log: Arc<Log>,
}

impl Desk {
    pub(crate) fn new(
        engine: Arc<Engine>,
        identity: Arc<Identity>,
        metrics: Arc<Metrics>,
        config: DeskConfig<'_>,
    ) -> Result<Self, Fault> {
        let plan = engine.plan();
        let paths = config.pages.iter().map(|it| it.path.as_str());
        Ok(Self {
            router: Router::new(&plan.operations, paths)?,
            pages: config.pages.iter().map(PreparedPage::new).collect(),
            policies: Policies::new(plan, config.limiter, config.has_limits),
            cors: Cors::new(&plan.cors),
            trusted_proxies: config.trusted_proxies.to_vec(),
            bounds: config.bounds,
            log: config.log,
            identity,
            metrics,
            engine,
        })
    }

    pub(crate) fn operation(&self, id: OperationId) -> Option<&Operation> {
        self.engine.plan().operations.get(id.0 as usize)
    }
}
