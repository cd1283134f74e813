//! Runbooks of failures that no single alert names: what breaks, who depends on it, what brings it back.

mod callers;
mod outside;
mod store;

use architrave_model::IntegrationId;
use architrave_plan::Plan;

pub(crate) use callers::encrypted_fields;

use super::Runbook;
use crate::Material;

pub(super) fn runbooks(material: &Material<'_>) -> Vec<Runbook> {
    let plan = material.plan;
    let system = &plan.system;
    let mut all = vec![
        store::disk_full(plan),
        store::disk_failed(plan),
        store::data_damaged(plan),
        store::node_lost(material),
        store::bad_release(plan),
        store::copy_restored(plan),
    ];
    all.extend(has_encrypted(plan).then(|| callers::key_file_lost(plan)));
    all.extend(system.identity.oidc.is_some().then(|| callers::issuer_down(plan)));
    all.extend(system.identity.api_key.is_some().then(|| callers::leaked_key(plan)));
    all.extend(system.identity.tenant.is_some().then(|| callers::noisy_tenant(plan)));
    for (id, integration) in (0..).map(IntegrationId).zip(&system.integrations) {
        all.push(outside::integration_down(system, id, integration));
        all.push(outside::integration_slow(system, id, integration));
    }
    all.extend(system.sagas.iter().map(|it| outside::saga_stuck(system, it)));
    all
}

pub(crate) fn has_encrypted(plan: &Plan) -> bool {
    plan.tables.iter().any(|table| table.columns.iter().any(|it| it.encryption.is_some()))
}
