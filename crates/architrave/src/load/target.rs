//! A server that somebody else started: whether it may be driven, and as whom.

use std::net::{SocketAddr, ToSocketAddrs as _};

use architrave_drive::{client::Client, load::Server, seed::Token};
use architrave_engine::Fault;
use architrave_model::words;
use architrave_plan::Plan;

/// What was said about it.
pub struct Target {
    /// `http://host:port`
    pub url: String,
    /// `NAME=TOKEN` or a bare token, in the order of preference.
    pub tokens: Vec<String>,
    /// Whether it may be driven although others may depend on it.
    pub is_own: bool,
    /// Whether it was started with `--no-limits`.
    pub has_no_limits: bool,
    /// Highest rate at which it is to be driven, in thousandths per second.
    pub highest_milli_per_s: u64,
}

/// The server at this address.
///
/// # Errors
/// Where it must not be driven: it is not on this machine and nobody said that it may be, or the blueprint's own
/// rate limits would answer in its place.
pub fn server(plan: &Plan, target: &Target) -> Result<Server, Fault> {
    let address = address(&target.url)?;
    if !address.ip().is_loopback() && !target.is_own {
        let what = format!("{address} is not on this machine: a load run can take a service down");
        let help = "where it is yours and nobody depends on it, say so with --i-own-this-target";
        return Err(Fault::new(what, help));
    }
    if target.tokens.is_empty() {
        let help =
            "give --token NAME=TOKEN, once per person; `serve --dev` writes them to data/dev.json";
        return Err(Fault::new("nobody may ask", help));
    }
    if !target.has_no_limits {
        limits(plan, target)?;
    }
    let tokens = target.tokens.iter().zip(1..).map(|(text, number)| match text.split_once('=') {
        Some((name, text)) => Token { name: name.to_owned(), text: text.to_owned() },
        None => Token { name: format!("caller {number}"), text: text.clone() },
    });
    Ok(Server {
        address,
        client: Client::new(&target.url),
        tokens: tokens.collect(),
        process: None,
        admin: None,
        processors: 1,
    })
}

fn address(url: &str) -> Result<SocketAddr, Fault> {
    let wrong = || Fault::new(format!("`{url}` cannot be driven"), "write it as http://HOST:PORT");
    let authority = url.strip_prefix("http://").ok_or_else(wrong)?;
    let authority = authority.trim_end_matches('/');
    authority.to_socket_addrs().map_err(|_| wrong())?.next().ok_or_else(wrong)
}

/// A budget that is smaller than the load would be measured in place of the server.
fn limits(plan: &Plan, target: &Target) -> Result<(), Fault> {
    let of_operations = plan.operations.iter().flat_map(|it| &it.rate_limits);
    let Some(least) = plan.limits.iter().chain(of_operations).min_by_key(|it| per_s_milli(it))
    else {
        return Ok(());
    };
    let allowed = per_s_milli(least).saturating_mul(target.tokens.len() as u64);
    if allowed >= target.highest_milli_per_s {
        return Ok(());
    }
    let what = format!(
        "the blueprint's own rate limit `{}` would answer in place of the server: {} for {} caller(s), of {}",
        least.name,
        words::rate(allowed),
        target.tokens.len(),
        words::rate(target.highest_milli_per_s)
    );
    Err(Fault::new(what, "start the server with --no-limits and say so with --no-limits here too"))
}

fn per_s_milli(limit: &architrave_plan::RateLimit) -> u64 {
    let period_us = u64::try_from(limit.period_us).unwrap_or(1).max(1);
    u64::from(limit.count).saturating_mul(1_000_000_000) / period_us
}

#[cfg(test)]
mod tests {
    use architrave_plan::Plan;

    use super::{Target, server};

    fn plan() -> Plan {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/storefront/blueprint.hcl");
        let checked = crate::checked::Checked::load(std::path::Path::new(path)).unwrap();
        checked.planned.unwrap().0
    }

    #[test]
    fn what_must_not_be_driven_is_refused_in_words() {
        let plan = plan();
        for (url, tokens, is_own, has_no_limits, refusal) in [
            ("http://127.0.0.1:80", &["a=b"][..], false, true, None),
            ("http://[::1]:80/", &["b"], false, true, None),
            ("http://192.0.2.1:80", &["b"], false, true, Some("is not on this machine")),
            ("http://192.0.2.1:80", &["b"], true, true, None),
            ("https://127.0.0.1:80", &["b"], false, true, Some("cannot be driven")),
            ("http://127.0.0.1", &["b"], false, true, Some("cannot be driven")),
            ("http://127.0.0.1:80", &[], false, true, Some("nobody may ask")),
            ("http://127.0.0.1:80", &["b"], false, false, Some("rate limit")),
        ] {
            let target = Target {
                url: url.to_owned(),
                tokens: tokens.iter().map(|it| (*it).to_owned()).collect(),
                is_own,
                has_no_limits,
                highest_milli_per_s: 9_000_000,
            };
            let refused = server(&plan, &target).err().map(|it| it.what);
            match (refusal, refused) {
                (None, refused) => assert_eq!(refused, None, "{url}"),
                (Some(refusal), refused) => {
                    let refused = refused.unwrap_or_default();
                    assert!(refused.contains(refusal), "{url}: {refused}");
                }
            }
        }
    }
}
