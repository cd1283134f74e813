//! From credentials to a caller.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use architrave_engine::{
    Caller, Credentials, Engine, Failure, Fault, Problem, SignIn, ports::ApiKeyRecord,
};
use architrave_model::Identity as Declared;
use architrave_plan::CallerClass;
use quick_cache::{Weighter, sync::Cache};
use uuid::Uuid;

use super::{
    api_key::{SentApiKey, sha256},
    claims::Claims,
    credentials::{Sent, sent},
    issuer::{Issuer, IssuerConfig, SYSTEM_CLAIM},
    tenant::Tenants,
    token::{Opened, Rejection},
};
use crate::request::Intake;

/// How long a verified token is believed without looking again, in microseconds; never beyond its `exp`.
const TOKEN_REMEMBERED_US: i64 = 60_000_000;
/// Bytes of tokens and claims remembered.
const TOKEN_BYTES_REMEMBERED: u64 = 16 * 1024 * 1024;
/// How long a person's user row is remembered, in microseconds.
const PERSON_REMEMBERED_US: i64 = 1_000_000;
/// How long an API key is believed without looking again, in microseconds: the promise for revocation.
const KEY_REMEMBERED_US: i64 = 1_000_000;
/// Most API keys remembered.
const KEYS_REMEMBERED: usize = 10_000;

/// Finds out who asks.
pub(crate) struct Identity {
    engine: Arc<Engine>,
    issuers: Vec<Issuer>,
    tenants: Tenants,
    tokens: Cache<Box<str>, Arc<Verified>, TokenWeight>,
    api_keys: Cache<Box<str>, (Arc<ApiKeyRecord>, i64)>,
}

/// A token that has been verified.
struct Verified {
    issuer: Arc<str>,
    subject: Arc<str>,
    roles: u64,
    scopes: Arc<[String]>,
    is_system: bool,
    claims: Claims,
    until_us: i64,
    person: Mutex<Option<Person>>,
}

/// The user behind a token, in one tenant.
#[derive(Clone, Copy)]
struct Person {
    tenant: Option<Uuid>,
    user: Option<Uuid>,
    until_us: i64,
}

/// Weighs a remembered token by its bytes; claims are about as long as their encoding.
#[derive(Clone)]
struct TokenWeight;

impl Weighter<Box<str>, Arc<Verified>> for TokenWeight {
    fn weight(&self, token: &Box<str>, _: &Arc<Verified>) -> u64 {
        2 * token.len() as u64 + 512
    }
}

/// What is known of a request before its credentials have been looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrival<'a> {
    pub(crate) address: IpAddr,
    pub(crate) host: Option<&'a str>,
    pub(crate) now_us: i64,
}

impl Identity {
    pub(crate) fn new(
        engine: Arc<Engine>,
        configs: &[IssuerConfig],
        keys_fetch_interval_min: Duration,
    ) -> Result<Self, Fault> {
        let open = |it| Issuer::open(it, keys_fetch_interval_min);
        let issuers = configs.iter().map(open).collect::<Result<_, _>>()?;
        let sources = engine.plan().system.identity.tenant_from.clone();
        Ok(Self {
            issuers,
            tenants: Tenants::new(Arc::clone(engine.store()), sources),
            tokens: Cache::with_weighter(10_000, TOKEN_BYTES_REMEMBERED, TokenWeight),
            api_keys: Cache::new(KEYS_REMEMBERED),
            engine,
        })
    }

    pub(crate) fn issuers(&self) -> &[Issuer] {
        &self.issuers
    }

    /// Forgets an API key, so that its revocation is effective at once.
    pub(crate) fn forget_api_key(&self, id: &str) {
        self.api_keys.remove(id);
    }

    fn declared(&self) -> &Declared {
        &self.engine.plan().system.identity
    }

    /// Who asks. Refuses credentials that are not accepted, and requests without a tenant.
    pub(crate) async fn caller(
        &self,
        intake: &Intake<'_>,
        arrival: Arrival<'_>,
    ) -> Result<Caller, Failure> {
        match sent(intake)? {
            Sent::Nothing => self.anonymous(arrival).await,
            Sent::Token(text) => self.by_token(text, arrival).await,
            Sent::ApiKey(text) => self.by_api_key(text, arrival).await,
        }
    }

    async fn anonymous(&self, arrival: Arrival<'_>) -> Result<Caller, Failure> {
        if self.declared().tenant.is_some() && !self.tenants.are_found_by_host() {
            let detail = "Sign in: your credentials say to which tenant you belong.";
            return Err(Problem::of("unauthenticated", detail).into());
        }
        let tenant = self.tenant(None, arrival).await?;
        Ok(caller(Holder::default(), tenant, arrival))
    }

    async fn tenant(
        &self,
        claims: Option<&Claims>,
        arrival: Arrival<'_>,
    ) -> Result<Option<Uuid>, Failure> {
        if self.declared().tenant.is_none() {
            return Ok(None);
        }
        let found = self.tenants.find(claims, arrival.host, arrival.now_us).await?;
        match found {
            Some(tenant) => Ok(Some(tenant)),
            None => Err(tenant_unknown().into()),
        }
    }

    async fn by_token(&self, text: &str, arrival: Arrival<'_>) -> Result<Caller, Failure> {
        let verified = self.verified(text, arrival.now_us).await?;
        let tenant = self.tenant(Some(&verified.claims), arrival).await?;
        if verified.is_system {
            let holder =
                Holder { is_system: true, credentials: Credentials::System, ..Holder::default() };
            return Ok(caller(holder, tenant, arrival));
        }
        let user = self.user(&verified, tenant, arrival.now_us).await?;
        let holder = Holder {
            roles: verified.roles,
            id: Some(user.unwrap_or_else(|| person_id(&verified.issuer, &verified.subject))),
            user,
            scopes: Arc::clone(&verified.scopes),
            is_system: false,
            credentials: Credentials::Token {
                issuer: Arc::clone(&verified.issuer),
                subject: Arc::clone(&verified.subject),
            },
        };
        Ok(caller(holder, tenant, arrival))
    }

    /// The token's verdict, from memory where it is fresh.
    async fn verified(&self, text: &str, now_us: i64) -> Result<Arc<Verified>, Failure> {
        if let Some(known) = self.tokens.get(text)
            && now_us < known.until_us
        {
            return Ok(known);
        }
        let verified = Arc::new(self.verify(text, now_us).await?);
        self.tokens.insert(text.into(), Arc::clone(&verified));
        Ok(verified)
    }

    async fn verify(&self, text: &str, now_us: i64) -> Result<Verified, Failure> {
        let mut rejection = Rejection::Issuer;
        for issuer in &self.issuers {
            let opened = match Opened::read(text, issuer.expected.is_generic) {
                Ok(opened) => opened,
                Err(why) => {
                    rejection = why;
                    continue;
                }
            };
            if issuer.keys.current().is_none_or(|it| !opened.is_known(&it)) {
                // A fault here is told by the task that keeps keys fresh; what counts is what we have.
                let _ = issuer.keys.refresh().await;
            }
            let Some(keys) = issuer.keys.current() else {
                return Err(
                    Problem::of("unavailable", "The issuer of tokens is not reachable.").into()
                );
            };
            match opened.verify(text, &keys, &issuer.expected, now_us / 1_000_000) {
                Ok(claims) => return Ok(self.believe(issuer, claims, now_us)),
                Err(why) => rejection = why,
            }
        }
        Err(Problem::of("unauthenticated", rejection.detail()).into())
    }

    fn believe(&self, issuer: &Issuer, claims: Claims, now_us: i64) -> Verified {
        let mut scopes = claims.words("scope");
        scopes.extend(claims.words("scp"));
        let expires_us = claims.time("exp").unwrap_or(0).saturating_mul(1_000_000);
        let is_system = issuer.may_name_system
            && claims.get(SYSTEM_CLAIM).and_then(serde_json::Value::as_bool) == Some(true);
        Verified {
            issuer: Arc::clone(&issuer.name),
            subject: claims.text("sub").unwrap_or_default().into(),
            roles: self.roles(&claims.words(&issuer.roles_claim)),
            scopes: scopes.into(),
            is_system,
            claims,
            until_us: expires_us.min(now_us + TOKEN_REMEMBERED_US),
            person: Mutex::new(None),
        }
    }

    /// Declared roles as bits; others mean nothing here.
    fn roles(&self, names: &[String]) -> u64 {
        let declared = self.declared().roles.iter().take(64).enumerate();
        declared.fold(0, |bits, (i, role)| if names.contains(role) { bits | 1 << i } else { bits })
    }

    async fn user(
        &self,
        verified: &Verified,
        tenant: Option<Uuid>,
        now_us: i64,
    ) -> Result<Option<Uuid>, Failure> {
        if self.declared().user.is_none() {
            return Ok(None);
        }
        let known = *verified.person.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(person) = known
            && person.tenant == tenant
            && now_us < person.until_us
        {
            return Ok(person.user);
        }
        let (issuer, subject) = (&verified.issuer, &verified.subject);
        let user = match self.engine.store().link(tenant, issuer, subject).wait().await? {
            Some(user) => user,
            None => {
                let person = SignIn {
                    tenant,
                    issuer: issuer.to_string(),
                    subject: subject.to_string(),
                    claims: verified.claims.texts(),
                };
                self.engine.sign_in(person).await?
            }
        };
        let person = Person { tenant, user: Some(user), until_us: now_us + PERSON_REMEMBERED_US };
        *verified.person.lock().unwrap_or_else(PoisonError::into_inner) = Some(person);
        Ok(Some(user))
    }

    async fn by_api_key(&self, text: &str, arrival: Arrival<'_>) -> Result<Caller, Failure> {
        let refused = || Problem::of("unauthenticated", "The API key is not accepted.");
        let allowed = self.declared().api_key.as_ref().ok_or_else(refused)?;
        let key = SentApiKey::read(text).ok_or_else(refused)?;
        let record = self.api_key(key.id, arrival.now_us).await?.ok_or_else(refused)?;
        let is_over = |at_us: Option<i64>| at_us.is_some_and(|it| it <= arrival.now_us);
        // The secret comes first: whoever cannot prove the key learns nothing of its state.
        if !key.proves(&record.secret_sha256)
            || is_over(record.expires_at_us)
            || record.revoked_at_us.is_some()
        {
            return Err(refused().into());
        }
        let tenant = match record.tenant {
            Some(tenant) => Some(tenant),
            None => self.tenant(None, arrival).await?,
        };
        let roles: Vec<String> =
            record.roles.iter().filter(|it| allowed.roles.contains(it)).cloned().collect();
        let holder = Holder {
            roles: self.roles(&roles),
            id: Some(record.uuid),
            user: record.user,
            scopes: record.scopes.clone().into(),
            is_system: false,
            credentials: Credentials::ApiKey { key: record.id.as_str().into() },
        };
        Ok(caller(holder, tenant, arrival))
    }

    async fn api_key(&self, id: &str, now_us: i64) -> Result<Option<Arc<ApiKeyRecord>>, Fault> {
        if let Some((record, until_us)) = self.api_keys.get(id)
            && now_us < until_us
        {
            return Ok(Some(record));
        }
        let Some(record) = self.engine.store().api_key(id).wait().await? else { return Ok(None) };
        let record = Arc::new(record);
        self.api_keys.insert(id.into(), (Arc::clone(&record), now_us + KEY_REMEMBERED_US));
        Ok(Some(record))
    }
}

/// Who holds the credentials.
struct Holder {
    roles: u64,
    id: Option<Uuid>,
    user: Option<Uuid>,
    scopes: Arc<[String]>,
    is_system: bool,
    credentials: Credentials,
}

impl Default for Holder {
    fn default() -> Self {
        Self {
            roles: 0,
            id: None,
            user: None,
            scopes: Arc::new([]),
            is_system: false,
            credentials: Credentials::None,
        }
    }
}

fn caller(holder: Holder, tenant: Option<Uuid>, arrival: Arrival<'_>) -> Caller {
    Caller {
        class: CallerClass {
            roles: holder.roles,
            is_authenticated: holder.credentials != Credentials::None,
            is_system: holder.is_system,
            has_id: holder.id.is_some(),
            has_user: holder.user.is_some(),
            has_tenant: tenant.is_some(),
        },
        id: holder.id,
        user: holder.user,
        tenant,
        ip: Some(arrival.address),
        scopes: holder.scopes,
        credentials: holder.credentials,
    }
}

/// A stable id for a person where the blueprint has no entity of people: UUIDv8 of issuer and subject.
fn person_id(issuer: &str, subject: &str) -> Uuid {
    let hash = sha256(&format!("{issuer}\n{subject}"));
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

fn tenant_unknown() -> Problem {
    Problem::of("tenant-unknown", "Neither the credentials nor the host name belong to a tenant.")
}
