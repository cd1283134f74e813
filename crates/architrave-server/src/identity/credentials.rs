//! Finds the one credential that a request carries.

use architrave_engine::Problem;

use super::api_key::PREFIX;
use crate::request::Intake;

/// A credential as sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sent<'a> {
    /// None.
    Nothing,
    /// A bearer token.
    Token(&'a str),
    /// An API key.
    ApiKey(&'a str),
}

/// The credential of a request. Two of them are refused: which one counts would be a guess.
pub(crate) fn sent<'a>(intake: &Intake<'a>) -> Result<Sent<'a>, Problem> {
    let unreadable = || Problem::of("unauthenticated", "The credentials cannot be read.");
    match (intake.authorization, intake.api_key) {
        (None, None) => Ok(Sent::Nothing),
        (Some(_), Some(_)) => {
            Err(Problem::of("malformed-request", "Send `Authorization` or `X-API-Key`, not both."))
        }
        (None, Some(key)) => Ok(Sent::ApiKey(key.to_str().map_err(|_| unreadable())?)),
        (Some(value), None) => {
            let text = value.to_str().map_err(|_| unreadable())?;
            let (scheme, rest) = text.split_once(' ').ok_or_else(unreadable)?;
            let rest = rest.trim_matches(' ');
            if !scheme.eq_ignore_ascii_case("Bearer") || rest.is_empty() {
                return Err(Problem::of("unauthenticated", "The scheme taken here is `Bearer`."));
            }
            Ok(if rest.starts_with(PREFIX) { Sent::ApiKey(rest) } else { Sent::Token(rest) })
        }
    }
}
