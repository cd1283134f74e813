//! What the administrator and the sign-in do: users from claims, tenants, API keys, the sweep.

use std::sync::Arc;

use architrave_model::EntityId;
use architrave_plan::CallerClass;
use uuid::Uuid;

use super::{
    Engine, Failure, SignIn,
    sweep::PURGE,
    write::{Writer, body},
};
use crate::{
    Caller, Credentials, Problem,
    decide::{Action, Task},
    input::{Json, Misfit, Mode},
    ports::{ApiKeyRecord, Change, Position, Written},
};

/// The journal's name for a first sign-in.
const SIGN_IN: &str = "system.sign_in";
/// Times that a first sign-in is tried again when another one of the same person was faster.
const SIGN_IN_TRIES_MAX: u32 = 3;

impl Engine {
    /// The user of a person, created from their claims at the first sign-in.
    ///
    /// # Errors
    /// `user-incomplete` where a required claim is missing; a fault.
    pub async fn sign_in(&self, person: SignIn) -> Result<Uuid, Failure> {
        let Some(entity) = self.plan().system.identity.user else {
            return Err(Problem::of("user-incomplete", "This system has no users.").into());
        };
        let mut last = Problem::of("internal-error", "");
        for _ in 0..SIGN_IN_TRIES_MAX {
            let known = self.store.link(person.tenant, &person.issuer, &person.subject);
            if let Some(user) = known.wait().await? {
                return Ok(user);
            }
            let written = self.provision(entity, &person).await?;
            match (written.answer.problem, written.answer.location) {
                (None, Some(location)) => {
                    let id = location.rsplit('/').next().and_then(crate::input::parse_uuid);
                    if let Some(id) = id {
                        return Ok(id);
                    }
                }
                (Some(problem), _) if problem.status == 422 => {
                    return Err(incomplete(problem).into());
                }
                // Somebody else was faster with the same link, which the next try finds; or a unique value
                // (an address) belongs to another user: never taken over, since the issuer may not own it.
                (Some(problem), _) if problem.code == "not-unique" => last = incomplete(problem),
                (Some(problem), _) => last = problem,
                (None, None) => {}
            }
        }
        Err(last.into())
    }

    async fn provision(&self, entity: EntityId, person: &SignIn) -> Result<Written, Failure> {
        let system = &self.plan().system;
        let mut members = Vec::new();
        for (field, claim) in &system.identity.provision {
            let name = system[entity].fields.get(*field).map(|it| it.name.text.clone());
            if let (Some(name), Some(value)) = (name, person.claims.get(claim)) {
                members.push((name, Json::Text(value.clone())));
            }
        }
        let link = Some((person.issuer.clone(), person.subject.clone()));
        self.create_as_admin(entity, person.tenant, &Json::Object(members), link, SIGN_IN).await
    }

    /// Creates a row as the administrator: no access rules, everything else applies. `body` is the JSON of a
    /// create request. For tenants and users; `link` ties a new user to a person at an issuer.
    ///
    /// # Errors
    /// As for a create; a fault.
    pub async fn admin_create(
        &self,
        entity: EntityId,
        tenant: Option<Uuid>,
        body_json: Vec<u8>,
        link: Option<(String, String)>,
    ) -> Result<Written, Failure> {
        let json = body(&body_json)?.unwrap_or(Json::Object(Vec::new()));
        self.check_tenant(entity, tenant).await?;
        self.create_as_admin(entity, tenant, &json, link, "system.admin_create").await
    }

    /// A row of a tenant needs a tenant that is there.
    pub(super) async fn check_tenant(
        &self,
        entity: EntityId,
        tenant: Option<Uuid>,
    ) -> Result<(), Failure> {
        if !self.plan().system.is_tenanted(entity) {
            return Ok(());
        }
        let is_there = match tenant {
            Some(tenant) => self.store.tenant_exists(tenant).wait().await?,
            None => false,
        };
        if is_there {
            return Ok(());
        }
        Err(Problem::of("tenant-unknown", "Name a tenant that exists.").into())
    }

    async fn create_as_admin(
        &self,
        entity: EntityId,
        tenant: Option<Uuid>,
        json: &Json,
        link: Option<(String, String)>,
        operation: &str,
    ) -> Result<Written, Failure> {
        let shape = self.plan().creates.get(entity.0 as usize);
        let given = self.given(shape, Some(entity), Mode::Whole, Some(json));
        let tenant = tenant.filter(|_| self.plan().system.is_tenanted(entity));
        let path = String::new();
        let task = Task::new(Action::Create { entity, path, given }, None);
        let mut job = self.job(administrator(tenant, operation), vec![task], None);
        job.link = link;
        self.run(job).await
    }

    /// Stores a new API key.
    ///
    /// # Errors
    /// `not-found` for an unknown tenant or user, `invalid-body` for roles that keys may not hold; a fault.
    pub async fn create_api_key(&self, record: ApiKeyRecord) -> Result<Position, Failure> {
        let identity = &self.plan().system.identity;
        let allowed = identity.api_key.as_ref().map(|it| it.roles.as_slice()).unwrap_or_default();
        let errors: Vec<_> = record
            .roles
            .iter()
            .enumerate()
            .filter(|(_, role)| !allowed.contains(role))
            .map(|(index, role)| {
                let detail = format!("API keys may not hold the role `{role}`.");
                Misfit::new("not-allowed", detail).at(&format!("/roles/{index}"))
            })
            .collect();
        if !errors.is_empty() {
            return Err(crate::decide::invalid(errors).into());
        }
        let missing = |what: &str| Problem::of("not-found", format!("There is no such {what}."));
        let has_tenants = identity.tenant.is_some();
        let is_tenant_there = match record.tenant {
            Some(tenant) => has_tenants && self.store.tenant_exists(tenant).wait().await?,
            None => !has_tenants,
        };
        if !is_tenant_there {
            return Err(missing("tenant").into());
        }
        if let (Some(user), Some(entity)) = (record.user, identity.user) {
            let mut rows = crate::Rows::default();
            let needs = [crate::ports::Need::Row(entity, user)];
            self.store.load(record.tenant, &needs, &mut rows).wait().await?;
            if !matches!(rows.rows.get(&(entity, user)), Some(Some(_))) {
                return Err(missing("user").into());
            }
        }
        let tenant = record.tenant;
        self.change_directory(tenant, Change::CreateApiKey(record), "system.create_api_key").await
    }

    /// Revokes an API key.
    ///
    /// # Errors
    /// `not-found`; a fault.
    pub async fn revoke_api_key(&self, id: &str) -> Result<Position, Failure> {
        let Some(record) = self.store.api_key(id).wait().await? else {
            return Err(Problem::of("not-found", "There is no such API key.").into());
        };
        let change = Change::RevokeApiKey { id: id.to_owned(), at_us: self.clock.now_us() };
        self.change_directory(record.tenant, change, "system.revoke_api_key").await
    }

    async fn change_directory(
        &self,
        tenant: Option<Uuid>,
        change: Change,
        operation: &str,
    ) -> Result<Position, Failure> {
        let task = Task::new(Action::Directory { changes: vec![change], status: 204 }, None);
        let job = self.job(administrator(tenant, operation), vec![task], None);
        let written = self.run(job).await?;
        match (written.answer.problem, written.position) {
            (Some(problem), _) => Err(problem.into()),
            (None, Some(position)) => Ok(position),
            (None, None) => Err(Self::unplanned("a change of the directory has no position")),
        }
    }
}

pub(super) fn administrator(tenant: Option<Uuid>, operation: &str) -> Writer {
    let class = CallerClass {
        is_authenticated: true,
        is_system: true,
        has_tenant: tenant.is_some(),
        ..CallerClass::default()
    };
    Writer {
        caller: Caller {
            class,
            id: None,
            user: None,
            tenant,
            ip: None,
            scopes: Arc::from([]),
            credentials: Credentials::System,
        },
        is_admin: true,
        // Signing in and sweeping need the administrator's rights; nobody pressed a button.
        kind: if matches!(operation, SIGN_IN | PURGE) { 0 } else { 2 },
        tenant,
        operation: operation.to_owned(),
        request_id: String::new(),
        traceparent: String::new(),
    }
}

/// A claim is missing, or holds what the field does not take.
fn incomplete(problem: Problem) -> Problem {
    let names: Vec<String> = problem
        .errors
        .iter()
        .filter_map(|it| it.pointer.as_deref())
        .map(|it| it.trim_start_matches('/').to_owned())
        .collect();
    let detail = format!("Your sign-in does not give a usable {}.", names.join(", "));
    Problem::of("user-incomplete", detail).with(problem.errors)
}
