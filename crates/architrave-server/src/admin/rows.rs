//! Tenants and users, created by the administrator.

use architrave_engine::{Failure, Problem, ports::Written};
use architrave_model::EntityId;
use http::{StatusCode, header};

use super::{
    desk::{AdminDesk, AdminRequest},
    form::Form,
};
use crate::answer::{Parts, insert_text, names};

/// Longest issuer and longest subject (OpenID Connect Core, 2: 255 ASCII characters; issuers are URLs).
const LINK_LENGTH_MAX: usize = 2_048;

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
    // Issuer and subject are the person that this user is; `data` is the body of a create request.
    let mut form = Form::read(&request.body, &["tenant", "issuer", "subject", "data"])?;
    form.together("issuer", "subject");
    form.require("data");
    let tenant = form.id("tenant");
    let issuer = form.text("issuer", 1..=LINK_LENGTH_MAX);
    let link = issuer.zip(form.text("subject", 1..=LINK_LENGTH_MAX));
    let body = form.body("data");
    form.finish()?;
    answer(within_data(desk.engine.admin_create(entity, tenant, body, link).await)?)
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

/// Places are told as they are in the request, where the row's members stand below `data`.
fn within_data(written: Result<Written, Failure>) -> Result<Written, Failure> {
    let move_down = |problem: &mut Problem| {
        for pointer in problem.errors.iter_mut().filter_map(|it| it.pointer.as_mut()) {
            pointer.insert_str(0, "/data");
        }
    };
    match written {
        Ok(mut written) => {
            written.answer.problem.as_mut().into_iter().for_each(move_down);
            Ok(written)
        }
        Err(Failure::Problem(mut problem)) => {
            move_down(&mut problem);
            Err(Failure::Problem(problem))
        }
        Err(fault) => Err(fault),
    }
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
