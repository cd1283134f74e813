//! Failures of who is believed: keys, tokens, tenants.

use architrave_model::{ExprKind, words};
use architrave_plan::{Plan, metric};

use super::super::{
    Runbook,
    site::{promql, shell},
};
use crate::page::code;

pub(super) fn key_file_lost(plan: &Plan) -> Runbook {
    let slug = "key-file-lost".to_owned();
    let fields = encrypted_fields(plan);
    Runbook {
        title: "The key file is lost or wrong".to_owned(),
        means: "The database does not open: it says which keys it was written with, and the file does not have them.".to_owned(),
        hits: vec![
            "everybody: without the keys it does not start".to_owned(),
            format!("for good, without any copy of the file: {} fields ({})", fields.len(), words::list(&fields)),
        ],
        ask: vec![
            shell("What it says at the start:", "tail -n 5 server.log"),
            shell("Which file it is given, and when that changed:", "ls -l \"$ARCHITRAVE_KEY_FILE\""),
            shell("Whether another copy is where you keep secrets:", "sha256sum \"$ARCHITRAVE_KEY_FILE\""),
        ],
        do_this: vec![
            "Put the copy of the file back that belongs to this folder; a wrong one is refused at the start and harms nothing.".to_owned(),
            "Never run `architrave keys new` over it: new keys open nothing old.".to_owned(),
            "No copy anywhere: the encrypted fields are gone for everyone, by design. What is not encrypted can be read with SQLite from a copy of the file; opening it for service again takes a new data folder.".to_owned(),
        ],
        undo: "Keep every key file that ever was: they are small.".to_owned(),
        over: "It starts, and a row with an encrypted field can be read.".to_owned(),
        slug,
        ..Runbook::default()
    }
}

/// `accounts.User.email`
pub(crate) fn encrypted_fields(plan: &Plan) -> Vec<String> {
    let system = &plan.system;
    let of = |id: architrave_model::EntityId| {
        let entity = &system[id];
        let fields = entity.fields.iter().filter(|it| it.encryption.is_some());
        fields.map(move |it| format!("{}.{}", system.entity_path(id), it.name.text))
    };
    let own = system.entity_ids().flat_map(of);
    let values = system.values.iter().flat_map(|value| {
        let fields = value.fields.iter().filter(|it| it.encryption.is_some());
        fields.map(|it| format!("{}.{}", value.name.text, it.name.text))
    });
    own.chain(values).collect()
}

pub(super) fn issuer_down(plan: &Plan) -> Runbook {
    let slug = "issuer-down".to_owned();
    let keys = plan.system.identity.api_key.is_some();
    Runbook {
        title: "The issuer of tokens is down".to_owned(),
        means: "Nobody can sign in anew. Tokens that are valid go on working: their signature is checked with the keys that were fetched last, without asking anybody.".to_owned(),
        hits: vec![
            "people whose token has expired: 401, until the issuer gives them a new one".to_owned(),
            "after a restart without reachable keys everybody with a token: 503 `unavailable`".to_owned(),
            if keys { "not API keys, and not what is open to everybody".to_owned() } else { "not what is open to everybody".to_owned() },
        ],
        ask: vec![
            shell("Whether it answers:", "curl -sS -m 5 \"$OIDC_ISSUER/.well-known/openid-configuration\" | head -c 300"),
            promql("How many are refused:", format!("sum by (status) (rate({}{{status=~\"401|503\"}}[5m]))", metric::REQUESTS.name)),
            shell("What the log says of fetching keys:", "jq -c 'select(.level != \"info\")' server.log | tail"),
        ],
        do_this: vec![
            "Do not restart: the fetched keys are in memory alone.".to_owned(),
            "Tell people that whoever is signed in stays so until their token ends.".to_owned(),
            "Wait for the issuer; keys are fetched again by themselves.".to_owned(),
        ],
        over: "A new token works, and 401s are where they were.".to_owned(),
        slug,
        ..Runbook::default()
    }
}

pub(super) fn leaked_key(plan: &Plan) -> Runbook {
    let slug = "api-key-leaked".to_owned();
    let roles = plan.system.identity.api_key.as_ref().map_or(&[][..], |it| &it.roles);
    let class = |operation: &&architrave_plan::Operation| {
        let rule = crate::audience::rule(plan, operation);
        rule.is_some_and(|it| mentions(&it.expr.kind, roles))
    };
    let reach: Vec<&architrave_plan::Operation> = plan.operations.iter().filter(class).collect();
    let mut hits =
        vec![format!("one tenant: a key is bound to it, and to the roles {}", words::list(roles))];
    if !reach.is_empty() {
        let names: Vec<&str> = reach.iter().map(|it| it.name.as_str()).collect();
        hits.push(format!(
            "what those roles open beyond what everybody may: {}",
            words::list(&names)
        ));
    }
    Runbook {
        title: "An API key has leaked".to_owned(),
        means: "Whoever has the key's text (`arc_…`) acts with its roles in its tenant until it is revoked or ends. The text is shown once and stored nowhere here.".to_owned(),
        hits,
        ask: vec![
            shell("Which keys there are, newest first:", "architrave api-key list PATH --data data"),
            shell("What keys of that tenant asked for lately:", "jq -r 'select(.caller == \"api_key\" and .tenant == \"TENANT\") | [.time, .operation, .status] | @tsv' server.log | tail -n 50"),
            shell("What they changed: events whose actor is the key's id:", "curl -s -H \"Authorization: Bearer TOKEN\" 'https://HOST/v1/events?limit=100' | jq '.items[] | select(.actor == \"KEY_UUID\")'"),
        ],
        do_this: vec![
            "Revoke it: `architrave api-key revoke PATH --data data ID`. It stops working at once.".to_owned(),
            "Make a new one for whoever used it: `architrave api-key create PATH --data data --name NAME --tenant TENANT --role ROLE`.".to_owned(),
            "Go through what it changed since it leaked; the journal has every change with its actor.".to_owned(),
        ],
        undo: "A revoked key stays revoked.".to_owned(),
        over: "The old key is answered 401, the new one works, and the changes have been looked through.".to_owned(),
        slug,
        ..Runbook::default()
    }
}

/// Whether a rule asks for one of these roles.
fn mentions(kind: &ExprKind, roles: &[String]) -> bool {
    match kind {
        ExprKind::HasRole(asked) => asked.iter().any(|it| roles.contains(it)),
        ExprKind::Or(all) | ExprKind::And(all) => all.iter().any(|it| mentions(&it.kind, roles)),
        _ => false,
    }
}

pub(super) fn noisy_tenant(plan: &Plan) -> Runbook {
    let slug = "noisy-tenant".to_owned();
    let system = &plan.system;
    let tenant = system.identity.tenant.map(|it| system.entity_path(it)).unwrap_or_default();
    let count = system.workload.as_ref().and_then(|it| it.tenants);
    let others = count.map_or_else(
        || "all other tenants: they share its processors and its one writer".to_owned(),
        |it| format!("the other {} tenants (declared in `workload`): they share processors and the one writer", words::grouped(it.saturating_sub(1))),
    );
    let per_tenant =
        plan.limits.iter().chain(plan.operations.iter().flat_map(|it| &it.rate_limits));
    let has_own = per_tenant.clone().any(|it| it.key == architrave_model::RateKey::Tenant);
    Runbook {
        title: "A noisy tenant".to_owned(),
        means: format!("One {} asks for so much that the others wait. Figures have no label for the tenant (there would be a series per tenant); the log has.", code(&tenant)),
        hits: vec![others, "not their data: the tenant is part of every key and query".to_owned()],
        ask: vec![
            shell("Who asks most, of the last 100,000 requests:", "tail -n 100000 server.log | jq -r '.tenant // empty' | sort | uniq -c | sort -rn | head -n 5"),
            shell("What for:", "tail -n 100000 server.log | jq -r 'select(.tenant == \"TENANT\") | [.operation, .caller] | @tsv' | sort | uniq -c | sort -rn | head"),
            shell("How long its requests take altogether, in seconds:", "tail -n 100000 server.log | jq -s '[.[] | select(.tenant == \"TENANT\") | .duration_us] | add / 1000000'"),
        ],
        do_this: vec![
            "One API key makes it: revoke the key after a word with its owner (`architrave api-key list`, `revoke`).".to_owned(),
            if has_own {
                "Lower the limit that is counted for `caller.tenant`, and release the blueprint.".to_owned()
            } else {
                "No limit is counted for `caller.tenant` yet: add one to the blueprint, e.g. `limits { signed_in = rate(\"600/min\", caller.tenant) }` in place of the present one, or as `rate_limit` of the operation.".to_owned()
            },
            "It is what a large tenant needs: look at the next stage of growth.".to_owned(),
        ],
        undo: "Put the limit back in the next release.".to_owned(),
        over: "No tenant makes more than its usual share, and latencies are within their objectives.".to_owned(),
        slug,
        ..Runbook::default()
    }
}
