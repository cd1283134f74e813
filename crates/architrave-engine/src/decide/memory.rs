//! Idempotency: the same request, sent again, gets the same answer and acts once.

use aws_lc_rs::digest;

use crate::{
    Caller, Credentials, Problem,
    ports::{Answer, Remembered},
};

/// What is remembered of a request.
#[derive(Debug, Clone)]
pub(crate) struct Memory {
    /// Scoped and hashed key.
    pub(crate) key: Vec<u8>,
    /// Hash of the payload.
    pub(crate) fingerprint: Vec<u8>,
    /// For how long, in microseconds.
    pub(crate) remember_us: i64,
    /// Whether answers may hold encrypted fields.
    pub(crate) is_sensitive: bool,
}

impl Memory {
    /// The answer to a repeated request; none where the key is new.
    pub(crate) fn replay(
        &self,
        stored: Option<&Remembered>,
        now_us: i64,
    ) -> Option<Result<Answer, Problem>> {
        let stored = stored.filter(|it| it.expires_at_us > now_us)?;
        if stored.fingerprint != self.fingerprint {
            let detail = "The key belongs to a request with another body or address.";
            return Some(Err(Problem::of("idempotency-key-reused", detail)));
        }
        Some(Ok(Answer { is_replayed: true, ..stored.answer.clone() }))
    }

    /// What to keep: successes and final refusals. A refusal that may pass (no right yet, another
    /// version) is decided anew each time.
    pub(crate) fn keep(&self, answer: &Answer, now_us: i64) -> Option<Remembered> {
        if !matches!(answer.status, 200..=299 | 409 | 422) {
            return None;
        }
        Some(Remembered {
            key: self.key.clone(),
            fingerprint: self.fingerprint.clone(),
            answer: answer.clone(),
            expires_at_us: now_us.saturating_add(self.remember_us),
            is_sensitive: self.is_sensitive,
            position: None,
        })
    }
}

/// The key as it is stored: a hash over tenant, caller, operation and the key that was sent, so that
/// two callers never meet and the key itself is not kept.
///
/// Nobody knows callers without credentials apart, and many may share an address. Their requests are
/// theirs by what they say: the payload belongs to the scope, so that another's key is neither answered
/// nor found to be taken. Refusing their keys would leave them without a way to repeat a request safely.
pub(crate) fn remembered_key(
    caller: &Caller,
    operation: &str,
    key: &str,
    index: Option<usize>,
    fingerprint: &[u8],
) -> Vec<u8> {
    let mut payload: &[u8] = &[];
    let who = match (&caller.credentials, caller.id) {
        (_, Some(id)) => format!("id {id}"),
        (Credentials::Token { issuer, subject }, None) => format!("token {issuer} {subject}"),
        (Credentials::ApiKey { key }, None) => format!("key {key}"),
        (Credentials::System, None) => "system".to_owned(),
        (Credentials::None, None) => {
            payload = fingerprint;
            format!("address {:?}", caller.ip)
        }
    };
    let index = index.map(|it| it.to_string()).unwrap_or_default();
    hash(&[
        caller.tenant.unwrap_or_default().as_bytes(),
        who.as_bytes(),
        operation.as_bytes(),
        key.as_bytes(),
        index.as_bytes(),
        payload,
    ])
}

/// SHA-256 over pieces, each with its length in front so that none can run into the next.
pub(crate) fn hash(pieces: &[&[u8]]) -> Vec<u8> {
    let mut context = digest::Context::new(&digest::SHA256);
    for piece in pieces {
        context.update(&(piece.len() as u64).to_be_bytes());
        context.update(piece);
    }
    context.finish().as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use architrave_plan::CallerClass;
    use uuid::Uuid;

    use super::*;

    fn key(caller: &Caller, fingerprint: &[u8]) -> Vec<u8> {
        remembered_key(caller, "shop.Order.create", "key", None, fingerprint)
    }

    #[test]
    fn callers_never_meet_and_those_nobody_knows_are_told_apart_by_what_they_say() {
        let nobody = |last| Caller {
            class: CallerClass::default(),
            id: None,
            user: None,
            tenant: None,
            ip: Some([10, 0, 0, last].into()),
            scopes: [].into(),
            credentials: Credentials::None,
        };
        assert_eq!(key(&nobody(1), b"a"), key(&nobody(1), b"a"));
        assert_ne!(key(&nobody(1), b"a"), key(&nobody(1), b"b"), "no 422 tells of another's key");
        assert_ne!(key(&nobody(1), b"a"), key(&nobody(2), b"a"));
        let elsewhere = Caller { tenant: Some(Uuid::from_u128(1)), ..nobody(1) };
        assert_ne!(key(&elsewhere, b"a"), key(&nobody(1), b"a"));
        let person = |number| Caller { id: Some(Uuid::from_u128(number)), ..nobody(1) };
        assert_eq!(
            key(&person(1), b"a"),
            key(&person(1), b"b"),
            "their reuse is refused, with 422"
        );
        assert_ne!(key(&person(1), b"a"), key(&person(2), b"a"));
    }
}
