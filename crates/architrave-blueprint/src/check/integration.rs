//! `integration`: systems of others that we call (`operation`) and that call us (`callback`).

use architrave_model::{
    Base, Callback, CircuitBreaker, EventId, EventPayload, IntegrationAuth, IntegrationError,
    IntegrationId, IntegrationOperation, Name, OutboundRequest, Setting, Terms, Ty, Verify,
};

use super::webhook::retry;
use crate::codes;
use crate::expression::place::{InputScope, Language, roots};
use crate::expression::{Place, field_ty};
use crate::fields::{FieldReader, Home, of_object};
use crate::reader::{Reader, setting};
use crate::report::{error, listed, unknown};
use crate::resolve::casing::{self, Casing};
use crate::syntax::ast::{Block, Expression};
use crate::units;

/// Functions that make a request, and their methods.
const METHODS: [(&str, &str); 5] =
    [("get", "GET"), ("post", "POST"), ("put", "PUT"), ("patch", "PATCH"), ("delete", "DELETE")];

fn ids(reader: &Reader<'_>) -> impl Iterator<Item = IntegrationId> + use<> {
    (0..u32::try_from(reader.system.integrations.len()).unwrap_or(u32::MAX)).map(IntegrationId)
}

/// Reads the inputs of all operations, which sagas refer to.
pub(crate) fn read_inputs(reader: &mut Reader<'_>) {
    for (id, block) in ids(reader).zip(reader.blocks.integrations.clone()) {
        let context = reader.system[id].context;
        for child in block.blocks("operation") {
            let mut fields = FieldReader {
                system: &reader.system,
                names: &reader.names,
                context,
                home: Home::Input,
                findings: Vec::new(),
            };
            let input = fields.read(&of_object(child.setting("input")));
            reader.findings.extend(fields.findings);
            reader.system[id].operations.push(IntegrationOperation {
                name: child.name(),
                doc: child.doc.clone(),
                input,
                request: None,
                output: Vec::new(),
                idempotency_key: None,
                errors: Vec::new(),
                span: child.span,
            });
        }
    }
}

/// Reads everything else.
pub(crate) fn read(reader: &mut Reader<'_>) {
    for (id, block) in ids(reader).zip(reader.blocks.integrations.clone()) {
        connection(reader, id, block);
        for (position, child) in block.blocks("operation").enumerate() {
            operation(reader, id, position, child);
        }
        for child in block.blocks("callback") {
            callback(reader, id, child);
        }
    }
}

fn connection(reader: &mut Reader<'_>, id: IntegrationId, block: &Block) {
    let base_url = block.setting("base_url");
    if base_url.is_none() && block.block("operation").is_some() {
        reader.findings.push(
            error(
                codes::MISSING_SETTING,
                block.kind.span,
                "this integration does not say its `base_url`",
                "",
            )
            .help(r#"add `base_url = env("SOME_URL")`"#),
        );
    }
    if let Some(value) = base_url
        && let Some(text) = value.text()
        && !(text.starts_with("https://") || text.starts_with("http://"))
    {
        reader.findings.push(
            error(codes::UNREADABLE_QUANTITY, value.span, "this is not an address", "")
                .help(r#"write "https://…", or `env("SOME_URL")`"#),
        );
    }
    let auth = block.setting("auth").and_then(|it| auth(reader, it));
    let retry = block.setting("retry").and_then(|it| retry(reader, it));
    let duration =
        |value: Option<&Expression>| value.and_then(Expression::text).and_then(units::duration);
    let breaker = block.setting("circuit_breaker").and_then(|it| {
        Some(CircuitBreaker {
            failures_ppm: it.entry("failures")?.text().and_then(units::percent_ppm)?,
            window_us: duration(it.entry("window"))?,
            open_for_us: duration(it.entry("open_for"))?,
        })
    });
    let bulkhead = block.setting("bulkhead").and_then(|it| {
        let concurrent = it.entry("concurrent")?.count()?;
        let queue = it.entry("queue").and_then(Expression::count).unwrap_or(0);
        Some((u32::try_from(concurrent).ok()?, u32::try_from(queue).ok()?))
    });
    let latency = super::quality::latency(reader, block.setting("latency"));
    let integration = &mut reader.system[id];
    integration.latency = latency;
    integration.base_url = base_url.and_then(setting);
    integration.auth = auth;
    integration.timeout_us = duration(block.setting("timeout"));
    integration.retry = retry;
    integration.circuit_breaker = breaker;
    integration.bulkhead = bulkhead;
    integration.availability_ppm =
        block.setting("availability").and_then(Expression::text).and_then(units::percent_ppm);
    integration.terms = terms(block);
}

/// Where it runs, and what was agreed on personal data.
pub(super) fn terms(block: &Block) -> Terms {
    let text = |name: &str| {
        let value = block.setting(name)?;
        Some(Name { text: value.text()?.to_owned(), span: value.span })
    };
    Terms { region: text("region"), processing_agreement: text("processing_agreement") }
}

/// A secret that is written into the blueprint is no secret.
fn secret_of(reader: &mut Reader<'_>, value: &Expression) -> Option<Setting> {
    let found = setting(value);
    match &found {
        Some(Setting::Secret(_)) => {}
        _ if value.is_poisoned() => {}
        _ => reader.findings.push(
            error(codes::WRITTEN_SECRET, value.span, "a secret never stands in a blueprint", "")
                .help(r#"write `secret("SOME_NAME")`: it is read when the system starts"#),
        ),
    }
    found
}

fn auth(reader: &mut Reader<'_>, value: &Expression) -> Option<IntegrationAuth> {
    let (function, arguments) = value.call()?;
    match (function.text.as_str(), arguments) {
        ("bearer", [token]) => Some(IntegrationAuth::Bearer(secret_of(reader, token)?)),
        ("basic", [user, password]) => {
            let user = setting(user);
            Some(IntegrationAuth::Basic(user?, secret_of(reader, password)?))
        }
        ("header", [name, value]) => {
            let name = name.text().map(str::to_owned);
            Some(IntegrationAuth::Header(name?, secret_of(reader, value)?))
        }
        _ => {
            if ["bearer", "basic", "header"].contains(&function.text.as_str()) {
                reader.findings.push(
                    error(codes::WRONG_ARGUMENTS, value.span, format!("`{}` takes other arguments", function.text), "")
                        .help(r#"write `bearer(secret("KEY"))`, `basic("user", secret("PASSWORD"))` or `header("Name", secret("KEY"))`"#),
                );
            }
            None
        }
    }
}

fn operation(reader: &mut Reader<'_>, id: IntegrationId, position: usize, block: &Block) {
    let context = reader.system[id].context;
    let Some(operation) = reader.system[id].operations.get(position) else { return };
    let members = operation.input.iter().map(|it| (it.name.text.clone(), field_ty(it))).collect();
    let mut place = Place::new("an operation", Language::Integration, roots::OPERATION);
    place.context = Some(context);
    place.input = Some(InputScope::Operation(members));
    let request = block.setting("request").and_then(|it| request(reader, it, &place));
    let idempotency_key = block.setting("idempotency_key").map(|it| key(reader, it, &place));
    place.what = "an answer";
    place.roots = roots::ANSWER;
    let mut output = Vec::new();
    for entry in block.setting("output").and_then(Expression::entries).unwrap_or_default() {
        reader.findings.extend(casing::check(&entry.key, Casing::Snake, "a member"));
        output.push((entry.key.text.clone(), reader.infer(&entry.value, &place)));
    }
    let mut errors: Vec<IntegrationError> = Vec::new();
    for child in block.blocks("error") {
        let Some(when) = child.setting("when") else { continue };
        let code = child.name();
        if errors.iter().any(|it| it.code.text == code.text) {
            let title = format!("the error `{}` is declared twice", code.text);
            let finding = error(codes::NAME_TAKEN, code.span, title, "");
            reader.findings.push(finding.help("join both conditions with `||`"));
        }
        errors.push(IntegrationError { code, when: reader.condition(when, &place) });
    }
    if let Some(operation) = reader.system[id].operations.get_mut(position) {
        operation.request = request;
        operation.idempotency_key = idempotency_key;
        operation.output = output;
        operation.errors = errors;
    }
}

fn request(
    reader: &mut Reader<'_>,
    value: &Expression,
    place: &Place<'_>,
) -> Option<OutboundRequest> {
    let (function, arguments) = value.call()?;
    let (name, method) = METHODS.iter().find(|(name, _)| *name == function.text)?;
    let has_body = *name != "get" && *name != "delete";
    let (path, body) = match arguments {
        [path] => (path, None),
        [path, body] if has_body => (path, Some(body)),
        _ => {
            let form = if has_body { "(\"/path\", { … })" } else { "(\"/path\")" };
            reader.findings.push(
                error(
                    codes::WRONG_ARGUMENTS,
                    value.span,
                    format!("`{name}` takes other arguments"),
                    "",
                )
                .help(format!("write `{name}{form}`")),
            );
            return None;
        }
    };
    if let Some(text) = path.text()
        && !text.starts_with('/')
    {
        reader.findings.push(
            error(
                codes::WRONG_ARGUMENTS,
                path.span,
                "a path below the base URL begins with `/`",
                "",
            )
            .fix(crate::report::replace(
                "add the `/`",
                path.span,
                format!("\"/{text}\""),
            )),
        );
    }
    let path = reader.expect(path, &Ty::of(Base::Text), place);
    let body = body.map(|it| reader.expect(it, &Ty::of(Base::Json), place));
    Some(OutboundRequest { method, path, body })
}

/// A key: something that is there and can be written as text.
fn key(reader: &mut Reader<'_>, value: &Expression, place: &Place<'_>) -> architrave_model::Expr {
    let key = reader.infer(value, place);
    let is_key = matches!(
        key.ty.base,
        Base::Poison | Base::Text | Base::Uuid | Base::Row(_) | Base::Int | Base::Json
    ) && !key.ty.is_optional;
    if !is_key {
        let finding =
            error(codes::TYPE_MISMATCH, value.span, "this cannot tell one call from another", "");
        reader.findings.push(finding.help("name a text, an id or an `int` that is always there"));
    }
    key
}

fn callback(reader: &mut Reader<'_>, id: IntegrationId, block: &Block) {
    let context = reader.system[id].context;
    let name = block.name();
    if let Some(first) = reader.system[id].callbacks.iter().find(|it| it.name.text == name.text) {
        let first = first.name.span;
        let title = format!("the callback `{}` is declared twice", name.text);
        reader.findings.push(
            error(codes::NAME_TAKEN, name.span, title, "")
                .because(first, "first declared here")
                .help("give one of them another name"),
        );
    }
    let mut place = Place::new("a callback", Language::Integration, roots::CALLBACK);
    place.context = Some(context);
    let verify = block.setting("verify").and_then(|it| verify(reader, it));
    let when = block.setting("when").map(|it| reader.condition(it, &place));
    let dedupe = block.setting("dedupe").map(|it| key(reader, it, &place));
    let emit = block.setting("emit").and_then(|it| emitted(reader, it, context));
    let payload = payload(reader, emit, block, &place);
    reader.system[id].callbacks.push(Callback {
        name,
        doc: block.doc.clone(),
        verify,
        when,
        dedupe,
        emit,
        payload,
        span: block.span,
    });
}

fn verify(reader: &mut Reader<'_>, value: &Expression) -> Option<Verify> {
    let (_, arguments) = value.call()?;
    let header = match arguments.first().and_then(Expression::call) {
        Some((function, [name])) if function.text == "header" => name.text().map(str::to_owned),
        _ => None,
    };
    let (Some(header), [_, shared]) = (header, arguments) else {
        reader.findings.push(
            error(
                codes::WRONG_ARGUMENTS,
                value.span,
                "this does not say how the sender proves who they are",
                "",
            )
            .help(r#"write `hmac_sha256(header("Signature"), secret("KEY"))`"#),
        );
        return None;
    };
    Some(Verify { header, secret: secret_of(reader, shared)? })
}

fn emitted(
    reader: &mut Reader<'_>,
    ast: &Expression,
    context: architrave_model::ContextId,
) -> Option<EventId> {
    let event = reader.event(ast, context)?;
    if reader.system[event].entity.is_some() {
        reader.findings.push(
            error(
                codes::EVENT_SHAPE,
                ast.span,
                "a callback changes no row, so it cannot tell of one",
                "",
            )
            .because(reader.system[event].name.span, "belongs to an entity")
            .help("declare an event of the context, with a payload"),
        );
        return None;
    }
    Some(event)
}

fn payload(
    reader: &mut Reader<'_>,
    emit: Option<EventId>,
    block: &Block,
    place: &Place<'_>,
) -> Vec<(String, architrave_model::Expr)> {
    let record = block.setting("payload");
    let Some(event) = emit else { return Vec::new() };
    let EventPayload::Own(fields) = &reader.system[event].payload else { return Vec::new() };
    let members: Vec<(String, Ty)> =
        fields.iter().map(|it| (it.name.text.clone(), field_ty(it))).collect();
    let mut given = Vec::new();
    let mut is_misspelt = false;
    for entry in record.and_then(Expression::entries).unwrap_or_default() {
        match members.iter().find(|(name, _)| *name == entry.key.text) {
            Some((name, ty)) => given.push((name.clone(), reader.expect(&entry.value, ty, place))),
            None => {
                let title = format!("the event has no member `{}`", entry.key.text);
                let known = members.iter().map(|(name, _)| name.as_str());
                reader.findings.push(unknown(codes::UNKNOWN_NAME, &entry.key, title, known));
                is_misspelt = true;
            }
        }
    }
    let missing: Vec<&str> = members
        .iter()
        .filter(|(name, ty)| !ty.is_optional && !given.iter().any(|(it, _)| it == name))
        .map(|(name, _)| name.as_str())
        .collect();
    if !missing.is_empty() && !is_misspelt {
        let title = format!("nothing fills {} of the event", listed(&missing));
        let span = record.map_or(block.name().span, |it| it.span);
        let declared = reader.system[event].name.span;
        reader.findings.push(
            error(codes::MISSING_INPUT, span, title, "")
                .because(declared, "declared here")
                .help("add it to `payload`"),
        );
    }
    given
}
