//! Query strings as pairs, decoded once and strictly.

use architrave_engine::{Problem, ProblemDetail};

use super::path::decode_byte;

/// Most pairs of one query.
const PAIRS_MAX: usize = 100;

/// Whether there is no query to speak of.
pub(crate) fn is_empty_query(raw: Option<&str>) -> bool {
    raw.is_none_or(str::is_empty)
}

/// The pairs of a query in order; `+` is a space, as browsers write it.
pub(crate) fn decode_query(raw: Option<&str>) -> Result<Vec<(String, String)>, Problem> {
    let Some(raw) = raw.filter(|it| !it.is_empty()) else { return Ok(Vec::new()) };
    let mut pairs = Vec::new();
    for pair in raw.split('&') {
        if pairs.len() == PAIRS_MAX {
            return Err(Problem::of(
                "malformed-request",
                "At most 100 query parameters are taken.",
            ));
        }
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if key.is_empty() {
            return Err(Problem::of("malformed-request", "A query parameter has no name."));
        }
        pairs.push((decode(key, key)?, decode(value, key)?));
    }
    Ok(pairs)
}

fn decode(raw: &str, key: &str) -> Result<String, Problem> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => decode_byte(&mut rest).filter(|it| *it != 0).ok_or_else(|| refusal(key))?,
            it => it,
        });
    }
    String::from_utf8(bytes).map_err(|_| refusal(key))
}

fn refusal(key: &str) -> Problem {
    let detail = "The parameter is not percent-encoded UTF-8.";
    Problem::of("malformed-request", detail).with(vec![ProblemDetail {
        pointer: None,
        parameter: Some(key.to_owned()),
        code: "invalid-encoding".to_owned(),
        detail: detail.to_owned(),
    }])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_pairs_in_order() {
        for (raw, pairs) in [
            ("", Some(vec![])),
            ("a=1&b=2", Some(vec![("a", "1"), ("b", "2")])),
            ("total[gte]=10", Some(vec![("total[gte]", "10")])),
            ("total%5Bgte%5D=10", Some(vec![("total[gte]", "10")])),
            ("q=two+words%2B", Some(vec![("q", "two words+")])),
            ("a=b=c", Some(vec![("a", "b=c")])),
            ("a", Some(vec![("a", "")])),
            ("a=1&a=2", Some(vec![("a", "1"), ("a", "2")])),
            ("a=%00", None),
            ("a=%", None),
            ("a=%e9", None),
            ("=1", None),
            ("a=1&&b=2", None),
        ] {
            let pairs = pairs.map(|it: Vec<(&str, &str)>| {
                it.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect::<Vec<_>>()
            });
            assert_eq!(decode_query(Some(raw)).ok(), pairs, "{raw}");
        }
        let many = vec!["a=1"; PAIRS_MAX + 1].join("&");
        assert!(decode_query(Some(&many)).is_err());
    }
}
