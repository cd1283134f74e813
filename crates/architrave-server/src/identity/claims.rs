//! The claims of a token, read strictly: each name once.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use serde_json::Value;

/// Claims by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Claims(BTreeMap<String, Value>);

impl Claims {
    /// A claim; `a.b` also finds the member `b` of the claim `a`, as some issuers nest roles.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        if let Some(value) = self.0.get(name) {
            return Some(value);
        }
        let mut parts = name.split('.');
        let first = self.0.get(parts.next()?)?;
        parts.try_fold(first, |value, part| value.get(part))
    }

    /// A claim that is text and not empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str().filter(|it| !it.is_empty())
    }

    /// A time in seconds since 1970 (`NumericDate` of RFC 7519); parts of a second are dropped.
    pub(crate) fn time(&self, name: &str) -> Option<i64> {
        let value = self.get(name)?;
        value.as_i64().or_else(|| {
            let seconds = value.as_f64().filter(|it| it.abs() < 1e12)?;
            #[expect(clippy::cast_possible_truncation, reason = "bounded by the line above")]
            let whole = seconds.trunc() as i64;
            Some(whole)
        })
    }

    /// A claim that is a list of texts, or one text of words.
    pub(crate) fn words(&self, name: &str) -> Vec<String> {
        match self.get(name) {
            Some(Value::String(text)) => text.split_whitespace().map(str::to_owned).collect(),
            Some(Value::Array(items)) => {
                items.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Claims that are text, for new users.
    pub(crate) fn texts(&self) -> BTreeMap<String, String> {
        let texts = self
            .0
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
        texts.collect()
    }
}

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Once)
    }
}

struct Once;

impl<'de> Visitor<'de> for Once {
    type Value = Claims;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of claims")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Claims, A::Error> {
        let mut claims = BTreeMap::new();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            if claims.insert(name, value).is_some() {
                // RFC 7519, 4: parsers that differ on which one counts can be played against each other.
                return Err(A::Error::custom("a claim is repeated"));
            }
        }
        Ok(Claims(claims))
    }
}
