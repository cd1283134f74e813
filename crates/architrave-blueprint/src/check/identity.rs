//! `identity`: who people and tenants are, which roles there are, how callers sign in.

use architrave_model::{
    ApiKeyLogin, EntityId, FieldType, Finding, Identity, OidcLogin, Setting, Span, TenantSource,
    UniqueScope,
};

use super::system::texts;
use crate::codes;
use crate::reader::{Reader, is_poisoned, setting};
use crate::report::{error, listed, replace};
use crate::resolve::names::{IdentityNames, Symbol};
use crate::syntax::ast::{Block, Expression};

/// Callers are folded into classes by their roles, one bit each.
const ROLES_MAX: usize = 64;

/// Reads what other blocks refer to: entities and roles.
pub(crate) fn read_names(reader: &mut Reader<'_>) {
    let Some(block) = reader.tops("identity").into_iter().next() else { return };
    let written = block.setting("roles");
    reader.names.identity = IdentityNames {
        // Required, so that its lack is reported there.
        has_user: true,
        has_tenant: block.setting("tenant").is_some(),
        has_poisoned_roles: written.is_none_or(|it| {
            it.items().is_none_or(|items| items.iter().any(|it| it.text().is_none()))
        }),
    };
    let user = entity(reader, block.setting("user"));
    let tenant = entity(reader, block.setting("tenant"));
    if let (Some(user), true, Some(at)) = (user, user == tenant, block.setting("tenant")) {
        let name = reader.system[user].name.text.clone();
        reader.findings.push(
            error(codes::WRONG_KIND_OF_NAME, at.span, "a person is not a tenant", "")
                .help(format!("name the entity that a {name} belongs to, or leave `tenant` out")),
        );
    }
    let roles = roles(reader, block);
    reader.system.identity =
        Identity { user, tenant, roles, span: block.span, ..Identity::default() };
}

fn entity(reader: &mut Reader<'_>, path: Option<&Expression>) -> Option<EntityId> {
    reader.resolve(path?, None, "an entity", |symbol| match symbol {
        Symbol::Entity(entity) => Some(entity),
        _ => None,
    })
}

fn roles(reader: &mut Reader<'_>, block: &Block) -> Vec<String> {
    let mut roles: Vec<String> = Vec::new();
    let items = block.setting("roles").and_then(Expression::items).unwrap_or_default();
    for item in items {
        let Some(role) = item.text() else { continue };
        let is_word = !role.is_empty()
            && role.len() <= 64
            && role
                .bytes()
                .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || b"_-.:".contains(&it));
        if !is_word {
            reader.findings.push(
                error(codes::UNKNOWN_WORD, item.span, "this cannot be a role", "")
                    .help("use lower-case letters, digits, `_`, `-`, `.` and `:`"),
            );
        } else if roles.iter().any(|it| it == role) {
            let title = format!("the role \"{role}\" stands here twice");
            reader
                .findings
                .push(error(codes::DECLARED_TWICE, item.span, title, "").help("leave one out"));
            continue;
        }
        roles.push(role.to_owned());
    }
    if let Some(surplus) = items.get(ROLES_MAX) {
        reader.findings.push(
            error(codes::TOO_MANY, surplus.span, format!("there are more than {ROLES_MAX} roles"), "")
                .help("callers are told apart by their roles; use fields of the user entity for finer rules"),
        );
    }
    roles
}

/// Reads the rest, once fields are known.
pub(crate) fn read_logins(reader: &mut Reader<'_>) {
    let Some(block) = reader.tops("identity").into_iter().next() else { return };
    tenant_from(reader, block);
    provision(reader, block);
    for login in block.blocks("login") {
        let is_repeated = match login.name().text.as_str() {
            "oidc" => {
                let before = reader.system.identity.oidc.is_some();
                oidc(reader, login);
                before
            }
            "api_key" => {
                let before = reader.system.identity.api_key.is_some();
                api_key(reader, login);
                before
            }
            _ => false,
        };
        if is_repeated {
            reader.findings.push(
                error(codes::DECLARED_TWICE, login.name().span, "this login is declared twice", "")
                    .help("keep one of the two"),
            );
        }
    }
}

fn tenant_from(reader: &mut Reader<'_>, block: &Block) {
    let Some(list) = block.setting("tenant_from") else {
        if let (Some(_), Some(tenant)) = (reader.system.identity.tenant, block.setting("tenant")) {
            reader.findings.push(
                error(
                    codes::MISSING_SETTING,
                    tenant.span,
                    "nothing says which tenant a request belongs to",
                    "",
                )
                .help(r#"add `tenant_from = [claim("tenant")]`"#),
            );
        }
        return;
    };
    let Some(tenant) = reader.system.identity.tenant else {
        if block.setting("tenant").is_none() {
            reader.findings.push(
                error(codes::NO_SUCH_IDENTITY, list.span, "there are no tenants", "")
                    .help("add `tenant = context.Entity`, or leave `tenant_from` out"),
            );
        }
        return;
    };
    for item in list.items().unwrap_or_default() {
        let source = match item.call() {
            Some((function, [argument])) if function.text == "claim" => {
                claim(reader, argument).map(TenantSource::Claim)
            }
            Some((function, [argument])) if function.text == "host" => {
                host(reader, tenant, argument)
            }
            Some((function, _)) if ["claim", "host"].contains(&function.text.as_str()) => {
                reader.findings.push(
                    error(codes::WRONG_ARGUMENTS, item.span, "this names no source", "")
                        .help(r#"write `claim("name")` or `host(Entity.field)`"#),
                );
                None
            }
            _ => None,
        };
        reader.system.identity.tenant_from.extend(source);
    }
}

fn claim(reader: &mut Reader<'_>, argument: &Expression) -> Option<String> {
    let name = argument.text().filter(|it| !it.is_empty());
    if name.is_none() && !argument.is_poisoned() {
        reader.findings.push(
            error(codes::WRONG_ARGUMENTS, argument.span, "a claim's name is written in quotes", "")
                .help(r#"write `claim("name")`"#),
        );
    }
    name.map(str::to_owned)
}

/// `host(accounts.Shop.domain)`: a field of the tenant that is unique in the whole store.
fn host(reader: &mut Reader<'_>, tenant: EntityId, argument: &Expression) -> Option<TenantSource> {
    let mut path = argument.path()?;
    let field_name = path.pop()?;
    let symbol = match reader.names.resolve(&path, None) {
        Ok(symbol) => symbol,
        Err(finding) => {
            reader.findings.push(finding);
            return None;
        }
    };
    if symbol != Symbol::Entity(tenant) {
        let name = reader.system.entity_path(tenant);
        reader.findings.push(
            error(codes::WRONG_KIND_OF_NAME, argument.span, "a host name leads to a tenant", "")
                .help(format!("name a field of `{name}`")),
        );
        return None;
    }
    let position = reader.field(tenant, &field_name)?;
    let field = reader.system[tenant].fields.get(position)?;
    let is_right = field.unique == Some(UniqueScope::Global) && !field.is_optional;
    if !is_right && !is_poisoned(&field.ty) {
        reader.findings.push(
            error(
                codes::NO_SUCH_IDENTITY,
                argument.span,
                "a host name must lead to one tenant",
                "",
            )
            .because(field.name.span, "not unique")
            .help("make the field `unique` and not optional"),
        );
    }
    Some(TenantSource::Host(position))
}

fn provision(reader: &mut Reader<'_>, block: &Block) {
    let Some(record) = block.setting("provision") else { return };
    let Some(user) = reader.system.identity.user else { return };
    // A field that is filled in a wrong way is not missing as well.
    let (mut provided, mut written) = (Vec::new(), Vec::new());
    for entry in record.entries().unwrap_or_default() {
        let field = reader.field(user, &entry.key);
        let claim = match entry.value.call() {
            Some((function, [argument])) if function.text == "claim" => claim(reader, argument),
            _ => {
                reader.findings.push(
                    error(
                        codes::WRONG_VALUE_KIND,
                        entry.value.span,
                        "a new user's field comes from a claim",
                        "",
                    )
                    .help(r#"write `claim("name")`"#),
                );
                None
            }
        };
        written.extend(field);
        if let (Some(field), Some(claim)) = (field, claim) {
            provided
                .extend(fillable(reader, user, field, entry.key.span).then_some((field, claim)));
        }
    }
    missing_fields(reader, user, &written, record.span);
    reader.system.identity.provision = provided;
}

/// Whether text from a claim can fill a field.
fn fillable(reader: &mut Reader<'_>, user: EntityId, field: usize, span: Span) -> bool {
    let Some(declared) = reader.system[user].fields.get(field) else { return false };
    let is_fillable = matches!(declared.ty, FieldType::Scalar(_)) || is_poisoned(&declared.ty);
    if !is_fillable {
        let title = format!("a claim cannot fill `{}`", declared.name.text);
        reader.findings.push(
            error(codes::TYPE_MISMATCH, span, title, "")
                .because(declared.name.span, "declared here")
                .help("claims are plain values"),
        );
    }
    is_fillable
}

/// Fields without which no user can be made.
fn missing_fields(reader: &mut Reader<'_>, user: EntityId, written: &[usize], span: Span) {
    let missing: Vec<(Span, String)> = reader.system[user]
        .fields
        .iter()
        .enumerate()
        .filter(|(position, field)| {
            super::entity::is_required(field) && !written.contains(position)
        })
        .map(|(_, field)| (field.name.span, field.name.text.clone()))
        .collect();
    let Some((declared, _)) = missing.first() else { return };
    let names: Vec<&str> = missing.iter().map(|(_, name)| name.as_str()).collect();
    reader.findings.push(
        error(
            codes::MISSING_INPUT,
            span,
            format!("a new user would have no {}", listed(&names)),
            "",
        )
        .because(*declared, "required here")
        .help("fill it from a claim, give it a default, or make it optional"),
    );
}

fn allowed(reader: &mut Reader<'_>, login: &Block, settings: &[&str]) {
    for attribute in login.attributes() {
        let name = &attribute.name;
        if ["issuer", "audience", "roles", "profile"].contains(&name.text.as_str())
            && !settings.contains(&name.text.as_str())
        {
            let title = format!("`login {}` has no setting `{}`", login.name().text, name.text);
            reader.findings.push(
                error(codes::UNKNOWN_SETTING, name.span, title, "")
                    .help(format!("known here: {}", listed(settings))),
            );
        }
    }
}

fn oidc(reader: &mut Reader<'_>, login: &Block) {
    allowed(reader, login, &["issuer", "audience", "roles", "profile"]);
    for needed in ["issuer", "audience"] {
        if login.setting(needed).is_none() {
            reader.findings.push(missing(login, needed));
        }
    }
    let roles_claim = match login.setting("roles") {
        None => "roles".to_owned(),
        Some(value) => match value.call() {
            Some((function, [argument])) if function.text == "claim" => {
                claim(reader, argument).unwrap_or_default()
            }
            _ => {
                reader.findings.push(
                    error(
                        codes::WRONG_VALUE_KIND,
                        value.span,
                        "a token's roles come from a claim",
                        "",
                    )
                    .help(r#"write `claim("roles")`"#),
                );
                String::new()
            }
        },
    };
    let read =
        |name: &str| login.setting(name).and_then(setting).unwrap_or(Setting::Text(String::new()));
    let profile = login.setting("profile").and_then(Expression::text);
    reader.system.identity.oidc = Some(OidcLogin {
        issuer: read("issuer"),
        audience: read("audience"),
        roles_claim,
        is_generic: profile == Some("generic"),
        span: login.span,
    });
}

fn missing(login: &Block, name: &str) -> Finding {
    let title = format!("this `login` does not say its `{name}`");
    error(codes::MISSING_SETTING, login.kind.span, title, "").help(format!("add `{name} = …`"))
}

fn api_key(reader: &mut Reader<'_>, login: &Block) {
    allowed(reader, login, &["roles"]);
    let list = login.setting("roles");
    if let Some(list) = list
        && list.items().is_none()
        && !list.is_poisoned()
    {
        reader.findings.push(
            error(codes::WRONG_VALUE_KIND, list.span, "an API key's roles are a list of texts", "")
                .help(r#"write `roles = ["role"]`"#),
        );
    }
    for item in list.and_then(Expression::items).unwrap_or_default() {
        if let Some(role) = item.text() {
            let undeclared =
                crate::expression::undeclared_role(&reader.system, &reader.names, role, item.span);
            reader.findings.extend(undeclared);
        } else if !item.is_poisoned() {
            let finding =
                error(codes::WRONG_VALUE_KIND, item.span, "a role is written in quotes", "");
            let fix = item.path().map(|path| {
                let text = crate::view::joined(&path).text;
                replace("add the quotes", item.span, format!("\"{text}\""))
            });
            reader.findings.push(match fix {
                Some(fix) => finding.fix(fix),
                None => finding.help("write a declared role"),
            });
        }
    }
    reader.system.identity.api_key = Some(ApiKeyLogin { roles: texts(list), span: login.span });
}
