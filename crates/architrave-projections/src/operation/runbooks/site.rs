//! What every runbook of a system says alike: where things are, who is there, whom a failure hits.

use std::collections::BTreeSet;

use architrave_model::{System, words};
use architrave_plan::{Operation, OperationKind, Plan};

use super::{failures, path};
use crate::{
    Material,
    alert::watches,
    audience, names,
    page::{code, escape, link},
    speech,
};

/// Most operations that are named one by one.
const NAMED_MAX: usize = 8;

/// Health with its reason.
pub(super) const HEALTH: &str = "curl -s http://127.0.0.1:8081/health/ready";

/// The administrator's view: plan, position, queue.
pub(super) const STATUS: &str = "curl -s -H \"Authorization: Bearer $(cat data/root.token)\" http://127.0.0.1:8081/admin/v1/status";

/// What the log says of refused and failed requests, counted by operation and reason.
pub(super) const FAILED: &str = "jq -r 'select(.status >= 500) | [.operation, .status, .problem] | @tsv' server.log | sort | uniq -c | sort -rn | head";

/// Who is there and when.
pub(super) fn escalation(material: &Material<'_>) -> String {
    let plan = material.plan;
    let Some(constraints) = &plan.system.constraints else {
        return "Nobody is declared to be on call (no block `constraints`): decide who takes a page before there is one."
            .to_owned();
    };
    let team = constraints.team.map_or_else(
        || "the team".to_owned(),
        |it| format!("the team of {it} (declared in `constraints`)"),
    );
    match constraints.on_call.as_ref().map(|it| it.text.as_str()) {
        Some("business_hours") => format!(
            "On call is {team}, in business hours (`on_call`): a page of the night waits for the morning."
        ),
        Some(other) => format!("On call is {team}: {} (`on_call`).", escape(other)),
        None => format!("Ask {team}; nobody is declared to be on call (`on_call`)."),
    }
}

/// Operations and who calls them, one item each; counted where there are many.
pub(super) fn hits(plan: &Plan, operations: &[&Operation]) -> Vec<String> {
    if operations.len() > NAMED_MAX {
        let commands: Vec<&str> = operations
            .iter()
            .filter(|it| matches!(it.kind, OperationKind::Command(_)))
            .map(|it| it.name.as_str())
            .collect();
        let mut items = vec![format!(
            "{} of {} operations{}",
            operations.len(),
            plan.operations.len(),
            roles(&plan.system)
        )];
        if !commands.is_empty() {
            items.push(format!("among them the commands {}", words::list(&commands)));
        }
        return items;
    }
    operations.iter().map(|it| hit(plan, it)).collect()
}

fn hit(plan: &Plan, operation: &Operation) -> String {
    let request = format!("{} {}", names::method(operation.method), operation.path);
    let rule = audience::rule(plan, operation);
    let who = rule.map_or_else(|| "nobody".to_owned(), |it| speech::who(&plan.system, &it.expr));
    format!("{} ({}): {who}", code(&operation.name), code(&request))
}

fn roles(system: &System) -> String {
    let roles = &system.identity.roles;
    if roles.is_empty() {
        return String::new();
    }
    format!(": all callers, whatever their role ({})", words::list(roles))
}

/// Every operation, in short.
pub(super) fn everybody(plan: &Plan) -> Vec<String> {
    let all: Vec<&Operation> = plan.operations.iter().collect();
    let mut items = hits(plan, &all);
    let users = plan.system.workload.as_ref().and_then(|it| it.users);
    items.extend(
        users.map(|it| format!("up to {} people (declared in `workload`)", words::grouped(it))),
    );
    items
}

/// Every operation that writes, in short.
pub(super) fn writers(plan: &Plan) -> Vec<String> {
    let all: Vec<&Operation> = plan.operations.iter().filter(|it| it.kind.is_write()).collect();
    let mut items = hits(plan, &all);
    items.push("nobody who reads: reads do not wait for the writer".to_owned());
    items
}

/// The objectives whose budgets suffer, as links would be too many: by name.
pub(super) fn objectives(system: &System) -> Option<String> {
    let names: Vec<&str> = system.slos.iter().map(|it| it.name.text.as_str()).collect();
    (!names.is_empty()).then(|| format!("the budgets of the objectives {}", words::list(&names)))
}

/// A question in PromQL.
pub(super) fn promql(tells: &str, query: String) -> (String, &'static str, String) {
    (tells.to_owned(), "promql", query)
}

/// A command.
pub(super) fn shell(tells: &str, command: &str) -> (String, &'static str, String) {
    (tells.to_owned(), "sh", command.to_owned())
}

/// Titles of runbooks as links from one of them; plain where this system has no such page.
pub(super) struct Links {
    slugs: BTreeSet<String>,
}

impl Links {
    pub(super) fn new(material: &Material<'_>) -> Self {
        let watches = watches(material);
        let alerts = watches.iter().flat_map(|it| &it.alerts).map(|it| it.runbook.clone());
        let failures = failures::runbooks(material).into_iter().map(|it| it.slug);
        Self { slugs: alerts.chain(failures).collect() }
    }

    pub(super) fn to(&self, from: &str, title: &str, slug: &str) -> String {
        if self.slugs.contains(slug) {
            link(title, &path(from), &path(slug))
        } else {
            title.to_owned()
        }
    }
}
