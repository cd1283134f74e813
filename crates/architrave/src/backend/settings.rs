//! `env("NAME")` and `secret("NAME")`: read from the environment when a backend starts.

use std::collections::BTreeSet;

use architrave_model::{ChannelProvider, IntegrationAuth, Setting, System, Verify};

/// A setting's value; none where its variable is not set. An empty variable counts as not set.
#[must_use]
pub fn resolve(setting: &Setting) -> Option<String> {
    match setting {
        Setting::Text(text) => Some(text.clone()),
        Setting::Env(name) | Setting::Secret(name) => {
            std::env::var(name).ok().filter(|it| !it.is_empty())
        }
    }
}

/// Names of variables that a blueprint refers to and that are not set.
#[must_use]
pub fn unset(system: &System) -> Vec<String> {
    let mut settings: Vec<&Setting> = Vec::new();
    if let Some(login) = &system.identity.oidc {
        settings.extend([&login.issuer, &login.audience]);
    }
    for integration in &system.integrations {
        settings.extend(&integration.base_url);
        match &integration.auth {
            Some(IntegrationAuth::Bearer(it) | IntegrationAuth::Header(_, it)) => settings.push(it),
            Some(IntegrationAuth::Basic(user, password)) => settings.extend([user, password]),
            None => {}
        }
        for callback in &integration.callbacks {
            if let Some(Verify { secret, .. }) = &callback.verify {
                settings.push(secret);
            }
        }
    }
    for channel in &system.channels {
        match &channel.provider {
            Some(ChannelProvider::Smtp(it) | ChannelProvider::WebPush(it)) => settings.push(it),
            None => {}
        }
    }
    let names = settings.into_iter().filter(|it| resolve(it).is_none());
    let names = names.filter_map(|it| match it {
        Setting::Env(name) | Setting::Secret(name) => Some(name.clone()),
        Setting::Text(_) => None,
    });
    names.collect::<BTreeSet<_>>().into_iter().collect()
}
