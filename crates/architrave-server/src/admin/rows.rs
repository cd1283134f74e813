//! Tenants and users, created by the administrator.

use architrave_engine::{Failure, Problem, ports::Written};
use architrave_model::EntityId;
use http::{StatusCode, header};
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::desk::{AdminDesk, AdminRequest};
use crate::answer::{Parts, insert_text, names};

/// `POST /admin/v1/users`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewUser<'a> {
    tenant: Option<Uuid>,
    /// Issuer and subject go together: the person that this user is.
    issuer: Option<String>,
    subject: Option<String>,
    /// The body of a create request of the user entity.
    #[serde(borrow)]
    data: &'a RawValue,
}

/// Creates a tenant; the body is that of a create request of the tenant entity.
pub(crate) async fn create_tenant(
    desk: &AdminDesk,
    request: AdminRequest,
) -> Result<Parts, Failure> {
    let entity = declared(desk.engine.plan().system.identity.tenant, "tenants")?;
    answer(desk.engine.admin_create(entity, None, request.body, None).await?)
}

/// Creates a user, and ties them to a person at an issuer.
pub(crate) async fn create_user(desk: &AdminDesk, request: AdminRequest) -> Result<Parts, Failure> {
    let entity = declared(desk.engine.plan().system.identity.user, "users")?;
    let user: NewUser<'_> = read(&request.body)?;
    let link = match (user.issuer, user.subject) {
        (Some(issuer), Some(subject)) => Some((issuer, subject)),
        (None, None) => None,
        _ => return Err(Problem::of("invalid-body", "`issuer` and `subject` go together.").into()),
    };
    let body = user.data.get().as_bytes().to_vec();
    answer(desk.engine.admin_create(entity, user.tenant, body, link).await?)
}

/// Tenants, a page at a time: `?after=`.
pub(crate) async fn list_tenants(
    desk: &AdminDesk,
    request: &AdminRequest,
) -> Result<Parts, Failure> {
    let entity = declared(desk.engine.plan().system.identity.tenant, "tenants")?;
    let [after] = request.ids(["after"])?;
    let mut body = Vec::new();
    desk.engine.admin_list(entity, None, after, &mut body).await?;
    Ok(Parts::json(StatusCode::OK, body))
}

/// Users of a tenant, a page at a time: `?tenant=&after=`.
pub(crate) async fn list_users(desk: &AdminDesk, request: &AdminRequest) -> Result<Parts, Failure> {
    let entity = declared(desk.engine.plan().system.identity.user, "users")?;
    let [tenant, after] = request.ids(["tenant", "after"])?;
    let mut body = Vec::new();
    desk.engine.admin_list(entity, tenant, after, &mut body).await?;
    Ok(Parts::json(StatusCode::OK, body))
}

fn declared(entity: Option<EntityId>, what: &str) -> Result<EntityId, Problem> {
    entity.ok_or_else(|| Problem::of("not-found", format!("The blueprint declares no {what}.")))
}

/// Reads a body, or says what does not fit.
pub(super) fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        let is_shape = error.classify() == serde_json::error::Category::Data;
        let code = if is_shape { "invalid-body" } else { "malformed-request" };
        Problem::of(code, format!("The body does not fit: {error}."))
    })
}

fn answer(written: Written) -> Result<Parts, Failure> {
    let answer = written.answer;
    if let Some(problem) = answer.problem {
        return Err(problem.into());
    }
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::CREATED);
    let mut parts = Parts::json(status, answer.body);
    if let Some(etag) = &answer.etag {
        insert_text(&mut parts.headers, &header::ETAG, etag);
    }
    if let Some(position) = written.position {
        insert_text(&mut parts.headers, &names::POSITION, &position.to_string());
    }
    Ok(parts)
}
