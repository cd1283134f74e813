//! Whose tokens are accepted.

use architrave_engine::Fault;
use architrave_model::{Setting, System};
use architrave_server::{IssuerConfig, KeySource};

use super::settings::resolve;
use crate::dev;

/// The blueprint's issuer, with its settings read from the environment; none where it declares none.
///
/// # Errors
/// Where a variable is not set.
pub(super) fn declared(system: &System) -> Result<Vec<IssuerConfig>, Fault> {
    let Some(login) = &system.identity.oidc else { return Ok(Vec::new()) };
    let needed = |setting: &Setting, what: &str| {
        resolve(setting).ok_or_else(|| {
            let name = match setting {
                Setting::Env(name) | Setting::Secret(name) => name.as_str(),
                Setting::Text(_) => "",
            };
            Fault::new(
                format!("the {what} of `login oidc` is not known: {name} is not set"),
                format!("set {name} in the environment, or use --dev to try things out"),
            )
        })
    };
    Ok(vec![IssuerConfig {
        issuer: needed(&login.issuer, "issuer")?,
        audience: needed(&login.audience, "audience")?,
        roles_claim: login.roles_claim.clone(),
        is_generic: login.is_generic,
        keys: KeySource::Discovery,
    }])
}

/// The issuer of `--dev`.
pub(super) fn development(system: &System, issuer: &dev::DevIssuer) -> IssuerConfig {
    let login = system.identity.oidc.as_ref();
    IssuerConfig {
        issuer: dev::ISSUER.to_owned(),
        audience: dev::audience(system),
        roles_claim: dev::roles_claim(system),
        is_generic: login.is_some_and(|it| it.is_generic),
        keys: KeySource::Development(issuer.key_set().to_string()),
    }
}
