//! Rules of the security family, in the order of their ids.

mod authn_without_authz;
mod container_escape_surface;
mod datastore_exposed;
mod file_upload_unchecked;
mod flat_network;
mod names;
mod no_rate_limit;
mod object_level_policy_missing;
mod over_posting;
mod ownership;
mod plaintext_transport;
mod public_operation_without_auth;
mod secret_in_config;
mod sensitive_at_rest_plain;
mod sensitive_field_exposed;
mod ssrf_target;
mod supply_chain_open;
mod unauthenticated_webhook;
mod unbounded_input;
mod weak_auth_scheme;

use crate::Rule;

/// To add one: a file and a page beside this one, a `mod` line and a line here.
pub(super) const RULES: &[Rule] = &[
    public_operation_without_auth::RULE,
    authn_without_authz::RULE,
    object_level_policy_missing::RULE,
    over_posting::RULE,
    sensitive_field_exposed::RULE,
    secret_in_config::RULE,
    plaintext_transport::RULE,
    sensitive_at_rest_plain::RULE,
    weak_auth_scheme::RULE,
    no_rate_limit::RULE,
    unbounded_input::RULE,
    datastore_exposed::RULE,
    container_escape_surface::RULE,
    flat_network::RULE,
    ssrf_target::RULE,
    unauthenticated_webhook::RULE,
    supply_chain_open::RULE,
    file_upload_unchecked::RULE,
];
