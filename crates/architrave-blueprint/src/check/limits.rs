//! `limits`, and `rate(…)` wherever it stands.

use architrave_model::{Limits, Rate, RateKey};

use super::system::texts;
use crate::codes;
use crate::reader::Reader;
use crate::report::{error, listed};
use crate::resolve::suggest;
use crate::syntax::ast::Expression;
use crate::units;

const KEYS: [(&str, RateKey); 4] = [
    ("caller.ip", RateKey::Ip),
    ("caller.id", RateKey::Id),
    ("caller.user", RateKey::User),
    ("caller.tenant", RateKey::Tenant),
];

/// Reads the block.
pub(crate) fn read(reader: &mut Reader<'_>) {
    let Some(block) = reader.tops("limits").into_iter().next() else { return };
    let anonymous = block.setting("anonymous").and_then(|it| rate(reader, it));
    let signed_in = block.setting("signed_in").and_then(|it| rate(reader, it));
    if let Some(rate) = &anonymous
        && rate.key != RateKey::Ip
    {
        reader.findings.push(
            error(codes::UNREADABLE_QUANTITY, rate.span, "this rate would never apply", "")
                .help("an anonymous caller has nothing but an address: count per `caller.ip`"),
        );
    }
    let cors = texts(block.setting("cors"));
    for item in block.setting("cors").and_then(Expression::items).unwrap_or_default() {
        let is_origin = item.text().is_none_or(is_origin);
        if !is_origin {
            reader.findings.push(
                error(codes::UNREADABLE_QUANTITY, item.span, "this is not an origin", "")
                    .help(r#"write scheme and host, as in "https://shop.example", without a path"#),
            );
        }
    }
    reader.system.limits = Limits {
        anonymous,
        signed_in,
        body_bytes_max: block
            .setting("max_body")
            .and_then(Expression::text)
            .and_then(units::size_bytes),
        cors,
        span: Some(block.span),
    };
}

/// Whether a text is an origin as browsers send it: scheme and host, no path.
#[must_use]
pub fn is_origin(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|host| !host.is_empty() && !host.contains(['/', '*', ' ', '?', '#']))
}

/// `rate("60/min", caller.ip)`
pub(super) fn rate(reader: &mut Reader<'_>, value: &Expression) -> Option<Rate> {
    let (function, arguments) = value.call()?;
    if function.text != "rate" {
        return None;
    }
    let [amount, key] = arguments else {
        reader.findings.push(
            error(codes::WRONG_ARGUMENTS, value.span, "a rate says how often and for whom", "")
                .help(r#"write `rate("60/min", caller.ip)`"#),
        );
        return None;
    };
    let parsed = amount.text().and_then(units::rate);
    if parsed.is_none() && !amount.is_poisoned() {
        reader.findings.push(
            error(codes::UNREADABLE_QUANTITY, amount.span, "this rate cannot be read", "")
                .help(format!("write {}", units::RATE_FORM)),
        );
    }
    let path = key.path().map(|path| crate::view::joined(&path).text).unwrap_or_default();
    let known = KEYS.iter().find(|(name, _)| *name == path);
    if known.is_none() && !key.is_poisoned() {
        let names = KEYS.map(|(name, _)| name);
        let near = suggest::nearest(&path, names).map(|it| format!("did you mean `{it}`?"));
        let help = near.unwrap_or_else(|| format!("count for one of {}", listed(&names)));
        let title = "a rate is counted for something about the caller";
        reader.findings.push(error(codes::UNKNOWN_NAME, key.span, title, "").help(help));
    }
    let ((count, period_us), (_, key)) = (parsed?, known?);
    Some(Rate { count, period_us, key: *key, span: value.span })
}
