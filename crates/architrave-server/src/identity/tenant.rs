//! The tenant of a request: by claim, else by host name.

use std::sync::Arc;

use architrave_engine::{Fault, ports::Store};
use architrave_model::TenantSource;
use quick_cache::sync::Cache;
use uuid::Uuid;

use super::claims::Claims;

/// How long a tenant that was found is remembered, in microseconds: what another node changes takes effect within it.
const REMEMBERED_US: i64 = 1_000_000;
/// Most tenants remembered.
const REMEMBERED_MAX: usize = 4_096;
/// Longest host name (RFC 1035).
const HOST_BYTES_MAX: usize = 253;

/// Finds tenants, and remembers them for a short while.
pub(crate) struct Tenants {
    store: Arc<dyn Store>,
    sources: Vec<TenantSource>,
    by_host: Cache<String, (Uuid, i64)>,
    by_id: Cache<Uuid, i64>,
}

impl Tenants {
    pub(crate) fn new(store: Arc<dyn Store>, sources: Vec<TenantSource>) -> Self {
        Self {
            store,
            sources,
            by_host: Cache::new(REMEMBERED_MAX),
            by_id: Cache::new(REMEMBERED_MAX),
        }
    }

    /// Whether somebody who has not signed in can belong to a tenant at all.
    pub(crate) fn are_found_by_host(&self) -> bool {
        self.sources.iter().any(|it| matches!(it, TenantSource::Host(_)))
    }

    /// The tenant of a request; the first source that answers wins.
    pub(crate) async fn find(
        &self,
        claims: Option<&Claims>,
        host: Option<&str>,
        now_us: i64,
    ) -> Result<Option<Uuid>, Fault> {
        for source in &self.sources {
            let found = match source {
                TenantSource::Claim(name) => match claims.and_then(|it| it.text(name)) {
                    Some(id) => self.by_claim(id, now_us).await?,
                    None => None,
                },
                TenantSource::Host(field) => match host {
                    Some(host) => self.by_host(*field, host, now_us).await?,
                    None => None,
                },
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// The tenant with this id, if there is one.
    pub(crate) async fn by_claim(&self, id: &str, now_us: i64) -> Result<Option<Uuid>, Fault> {
        let Ok(id) = Uuid::try_parse(id) else { return Ok(None) };
        if self.by_id.get(&id).is_some_and(|until_us| now_us < until_us) {
            return Ok(Some(id));
        }
        if !self.store.tenant_exists(id).wait().await? {
            return Ok(None);
        }
        self.by_id.insert(id, now_us + REMEMBERED_US);
        Ok(Some(id))
    }

    async fn by_host(&self, field: usize, host: &str, now_us: i64) -> Result<Option<Uuid>, Fault> {
        let Some(host) = host_name(host) else { return Ok(None) };
        if let Some((id, until_us)) = self.by_host.get(host.as_str())
            && now_us < until_us
        {
            return Ok(Some(id));
        }
        let found = self.store.tenant_by_field(field, &host).wait().await?;
        // Only what was found is remembered: made-up names must not push real ones out.
        if let Some(id) = found {
            self.by_host.insert(host, (id, now_us + REMEMBERED_US));
        }
        Ok(found)
    }
}

/// A host name without port and trailing dot, lower case.
fn host_name(host: &str) -> Option<String> {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.strip_suffix('.').unwrap_or(name);
    (1..=HOST_BYTES_MAX).contains(&name.len()).then(|| name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names_are_compared_without_port_and_case() {
        for (host, name) in [
            ("Shop.Example", Some("shop.example")),
            ("shop.example:8080", Some("shop.example")),
            ("shop.example.", Some("shop.example")),
            ("127.0.0.1:80", Some("127.0.0.1")),
            ("[::1]:80", Some("[::1]")),
            ("[::1]", Some("[::1]")),
            ("", None),
            (":80", None),
        ] {
            assert_eq!(host_name(host).as_deref(), name, "{host}");
        }
    }
}
