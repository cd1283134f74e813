//! `channel` and `notification`: how people are told that something happened.

use architrave_model::{
    Base, ChannelId, ChannelProvider, ContextId, Expr, Notification, NotificationTarget, Ty,
};

use super::integration::terms;
use crate::codes;
use crate::expression::Place;
use crate::expression::place::{Language, roots};
use crate::expression::rules::stored_field;
use crate::literal::parse_scalar;
use crate::reader::{Reader, setting};
use crate::report::error;
use crate::resolve::names::Symbol;
use crate::syntax::ast::{Block, Expression};

/// Reads all channels, then all notifications.
pub(crate) fn read(reader: &mut Reader<'_>) {
    for (position, block) in reader.blocks.channels.clone().into_iter().enumerate() {
        channel(reader, ChannelId(u32::try_from(position).unwrap_or(u32::MAX)), block);
    }
    for (context, block) in reader.others("notification") {
        notification(reader, context, block);
    }
}

fn is_address(text: &str) -> bool {
    parse_scalar(&architrave_model::Scalar::Email, text, 0).is_ok()
}

fn check_address(reader: &mut Reader<'_>, value: &Expression) {
    if value.text().is_some_and(|it| !is_address(it)) {
        let finding =
            error(codes::UNREADABLE_QUANTITY, value.span, "this is not a mail address", "");
        reader.findings.push(finding.help(r#"write it as in "orders@shop.example""#));
    }
}

fn channel(reader: &mut Reader<'_>, id: ChannelId, block: &Block) {
    let value = block.setting("provider");
    let provider = value.and_then(Expression::call).and_then(|(function, arguments)| {
        let argument = arguments.first().and_then(setting);
        match (function.text.as_str(), argument, arguments.len()) {
            ("smtp", Some(server), 1) => Some(ChannelProvider::Smtp(server)),
            ("webpush", Some(key), 1) => Some(ChannelProvider::WebPush(key)),
            _ => None,
        }
    });
    if let (Some(value), None) = (value, &provider)
        && value.call().is_some_and(|(it, _)| ["smtp", "webpush"].contains(&it.text.as_str()))
    {
        reader.findings.push(
            error(
                codes::WRONG_ARGUMENTS,
                value.span,
                "this does not say who carries the messages",
                "",
            )
            .help(r#"write `smtp(env("SMTP_URL"))` or `webpush(secret("VAPID_KEY"))`"#),
        );
    }
    let from = block.setting("from");
    if let Some(from) = from {
        check_address(reader, from);
    } else if matches!(provider, Some(ChannelProvider::Smtp(_))) {
        reader.findings.push(
            error(codes::MISSING_SETTING, block.name().span, "mail needs a sender", "")
                .help(r#"add `from = "orders@shop.example"`"#),
        );
    }
    let channel = &mut reader.system[id];
    channel.provider = provider;
    channel.from = from.and_then(Expression::text).map(str::to_owned);
    channel.terms = terms(block);
}

fn notification(reader: &mut Reader<'_>, context: ContextId, block: &Block) {
    let on = block.setting("on").and_then(|it| reader.event(it, context));
    let mut place = Place::new("a notification", Language::Memory, roots::EVENT);
    place.context = Some(context);
    place.events = on.as_slice();
    let to = block.setting("to").and_then(|it| target(reader, it, &place));
    let via = via(reader, context, block.setting("via"));
    let mut text = |name: &str| {
        let expr = reader.expect(block.setting(name)?, &Ty::of(Base::Text), &place);
        hides_secrets(reader, &expr);
        Some(expr)
    };
    let (subject, text) = (text("subject"), text("text"));
    let is_mail =
        |id: &ChannelId| matches!(reader.system[*id].provider, Some(ChannelProvider::Smtp(_)));
    let mut findings = Vec::new();
    if block.setting("subject").is_none() && via.iter().any(is_mail) {
        findings.push(
            error(codes::MISSING_SETTING, block.name().span, "a mail needs a subject", "")
                .help(r#"add `subject = "…"`"#),
        );
    }
    if let (Some(NotificationTarget::Address(_)), Some(value)) = (&to, block.setting("via"))
        && !via.iter().all(is_mail)
    {
        findings.push(
            error(codes::TYPE_MISMATCH, value.span, "only mail reaches a fixed address", "")
                .help("leave the other channels out"),
        );
    }
    reader.findings.extend(findings);
    let Some(on) = on else { return };
    reader.system.notifications.push(Notification {
        name: block.name(),
        doc: block.doc.clone(),
        context,
        on,
        to,
        via,
        subject,
        text,
        span: block.span,
    });
}

/// A fixed address, or a reference to a user.
fn target(
    reader: &mut Reader<'_>,
    value: &Expression,
    place: &Place<'_>,
) -> Option<NotificationTarget> {
    if let Some(address) = value.text() {
        check_address(reader, value);
        return Some(NotificationTarget::Address(address.to_owned()));
    }
    let expr = reader.infer(value, place);
    let user = reader.system.identity.user;
    let is_user = match &expr.ty.base {
        Base::Poison => true,
        // An `identity` that names something else has been reported.
        Base::Row(entity) => match user {
            Some(user) => *entity == user,
            None => reader.names.identity.has_user,
        },
        _ => false,
    };
    if !is_user {
        reader.findings.push(
            error(
                codes::TYPE_MISMATCH,
                value.span,
                "a notification goes to a user or an address",
                "",
            )
            .help("name a reference to the user entity, or an address in quotes"),
        );
    }
    Some(NotificationTarget::User(expr))
}

fn via(reader: &mut Reader<'_>, context: ContextId, value: Option<&Expression>) -> Vec<ChannelId> {
    let Some(value) = value else { return Vec::new() };
    let items = value.items().unwrap_or(std::slice::from_ref(value));
    if items.is_empty() {
        let finding = error(codes::EMPTY, value.span, "no channel is named here", "");
        reader.findings.push(finding.help("name at least one channel"));
    }
    let mut channels: Vec<ChannelId> = Vec::new();
    for item in items {
        let channel = reader.resolve(item, Some(context), "a channel", |symbol| match symbol {
            Symbol::Channel(channel) => Some(channel),
            _ => None,
        });
        match channel {
            Some(channel) if channels.contains(&channel) => {
                let finding =
                    error(codes::DECLARED_TWICE, item.span, "this channel stands here twice", "");
                reader.findings.push(finding.help("leave one out"));
            }
            Some(channel) => channels.push(channel),
            None => {}
        }
    }
    channels
}

fn hides_secrets(reader: &mut Reader<'_>, expr: &Expr) {
    let mut found = Vec::new();
    expr.walk(&mut |it| {
        if let Some(field) = stored_field(&reader.system, it)
            && field.is_secret
        {
            let title = format!("`{}` is secret, but the message tells it", field.name.text);
            found.push(
                error(codes::SECRET_SHOWN, it.span, title, "")
                    .because(field.name.span, "declared secret here")
                    .help("leave it out of the message"),
            );
        }
    });
    reader.findings.extend(found);
}
