//! Names a request: W3C trace context (level 1) and a request id.

use std::cell::Cell;

use super::Intake;

/// How one request is named in answers, logs and the journal.
#[derive(Debug, Clone)]
pub(crate) struct Trace {
    /// `00-<trace>-<our span>-<flags>`
    pub(crate) traceparent: String,
    /// `X-Request-Id`: the client's, or the trace id.
    pub(crate) request_id: String,
}

/// Most characters of a client's own request id.
const REQUEST_ID_MAX: usize = 128;

impl Trace {
    /// Goes on with the caller's trace where it sent a valid one, else begins a new one.
    pub(crate) fn begin(intake: &Intake<'_>) -> Self {
        let incoming = intake.traceparent.and_then(|it| it.to_str().ok()).and_then(parse);
        let mut traceparent = String::with_capacity(55);
        traceparent.push_str("00-");
        match incoming {
            Some((trace, _)) => traceparent.push_str(trace),
            None => {
                push_hex(&mut traceparent, random());
                push_hex(&mut traceparent, random());
            }
        }
        traceparent.push('-');
        push_hex(&mut traceparent, random());
        traceparent.push('-');
        traceparent.push_str(incoming.map_or("01", |(_, flags)| flags));
        let own = intake.request_id.and_then(|it| it.to_str().ok()).filter(|it| is_sane(it));
        let request_id = own
            .map_or_else(|| traceparent.get(3..35).unwrap_or_default().to_owned(), str::to_owned);
        Self { traceparent, request_id }
    }

    /// 32 hexadecimal digits.
    pub(crate) fn trace_id(&self) -> &str {
        self.traceparent.get(3..35).unwrap_or_default()
    }
}

/// Trace id and flags of a valid `traceparent`.
fn parse(text: &str) -> Option<(&str, &str)> {
    let mut parts = text.split('-');
    let (version, trace) = (parts.next()?, parts.next()?);
    let (parent, flags) = (parts.next()?, parts.next()?);
    let is_hex = |it: &str, length: usize| {
        it.len() == length && it.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let is_zero = |it: &str| it.bytes().all(|b| b == b'0');
    let is_valid = is_hex(version, 2)
        && version != "ff"
        // Later versions may add parts; version 00 has four.
        && (version != "00" || parts.next().is_none())
        && is_hex(trace, 32)
        && !is_zero(trace)
        && is_hex(parent, 16)
        && !is_zero(parent)
        && is_hex(flags, 2);
    is_valid.then_some((trace, flags))
}

/// Letters, digits and a few signs: nothing that could break out of a log line or a header.
fn is_sane(id: &str) -> bool {
    (1..=REQUEST_ID_MAX).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:+/=@".contains(&b))
}

fn push_hex(out: &mut String, value: u64) {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    for shift in (0..16).rev() {
        let digit = (value >> (shift * 4)) & 15;
        out.push(DIGITS.get(usize::try_from(digit).unwrap_or(0)).copied().unwrap_or('0'));
    }
}

thread_local! {
    static STATE: Cell<u64> = const { Cell::new(0) };
}

/// SplitMix64, seeded once per thread. Trace ids need to be distinct, not secret, and a system call per
/// request would cost more than everything else in this file. Never zero.
fn random() -> u64 {
    STATE.with(|state| {
        let mut seed = state.get();
        if seed == 0 {
            let mut bytes = [1_u8; 8];
            // Without randomness the address of the thread's own state still tells threads apart.
            if aws_lc_rs::rand::fill(&mut bytes).is_err() {
                bytes = (std::ptr::from_ref(state) as usize as u64).to_le_bytes();
            }
            seed = u64::from_le_bytes(bytes) | 1;
        }
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        state.set(seed);
        let mut mixed = seed;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)).max(1)
    })
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::*;

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

    #[test]
    fn a_valid_trace_goes_on_and_everything_else_begins_a_new_one() {
        for (sent, is_kept) in [
            (format!("00-{TRACE}-b7ad6b7169203331-01"), true),
            (format!("00-{TRACE}-b7ad6b7169203331-00"), true),
            (format!("01-{TRACE}-b7ad6b7169203331-01-more"), true),
            (format!("00-{TRACE}-b7ad6b7169203331-01-more"), false),
            (format!("ff-{TRACE}-b7ad6b7169203331-01"), false),
            (format!("00-{}-b7ad6b7169203331-01", TRACE.to_uppercase()), false),
            (format!("00-{}-b7ad6b7169203331-01", "0".repeat(32)), false),
            (format!("00-{TRACE}-0000000000000000-01"), false),
            (format!("00-{TRACE}-b7ad6b7169203331"), false),
            (format!("00-{TRACE}-b7ad6b716920333-01"), false),
            (String::new(), false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("traceparent", HeaderValue::from_str(&sent).unwrap());
            let trace = Trace::begin(&Intake::gather(&headers));
            assert_eq!(trace.trace_id() == TRACE, is_kept, "{sent}");
            assert_eq!(trace.traceparent.len(), 55);
            assert!(parse(&trace.traceparent).is_some(), "{}", trace.traceparent);
            assert!(!trace.traceparent.contains("b7ad6b7169203331"), "the span is ours");
        }
    }

    #[test]
    fn only_harmless_request_ids_are_taken_over() {
        for (sent, is_taken) in [
            ("order-7:retry.2", true),
            ("01J8Z0ABCDEF", true),
            ("", false),
            ("with space", false),
            ("quote\"d", false),
            (&"x".repeat(129), false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("x-request-id", HeaderValue::from_str(sent).unwrap());
            let trace = Trace::begin(&Intake::gather(&headers));
            assert_eq!(trace.request_id == sent, is_taken, "{sent}");
        }
    }
}
