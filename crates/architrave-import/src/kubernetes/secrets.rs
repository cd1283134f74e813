//! Secrets whose values stand in the files.

use super::object::Objects;
use crate::{
    Import,
    shared::{
        assembly, environment,
        secret::{self, Leak},
    },
    yaml::Node,
};

/// Adds every value of a Secret that anybody with the files can read, and credentials in ConfigMaps.
pub(super) fn read(objects: &Objects<'_>, import: &mut Import) {
    for object in objects.of_kind(&["Secret"]) {
        for (group, is_encoded) in [("data", true), ("stringData", false)] {
            for (key, value) in object.node.get(group).into_iter().flat_map(Node::named) {
                let text = value.as_text().unwrap_or("");
                let plain = if is_encoded { decoded(text) } else { Some(text.to_owned()) };
                let Some(leak) = plain.and_then(|it| leak(key, &it)) else { continue };
                let path = format!("{}/{}/{key}", object.file, object.name);
                assembly::add_secret(&mut import.graph, &path, &leak, value.span());
            }
        }
    }
    for object in objects.of_kind(&["ConfigMap"]) {
        for (key, value) in object.node.get("data").into_iter().flat_map(Node::named) {
            let text = value.as_text().unwrap_or("").trim();
            // Whole files are looked at for keys that say by themselves what they are.
            let found = if text.contains('\n') {
                secret::leak("", text)
            } else {
                environment::leak(key, text)
            };
            if let Some(leak) = found {
                let path = format!("{}/{}/{key}", object.file, object.name);
                assembly::add_secret(&mut import.graph, &path, &leak, value.span());
            }
        }
    }
}

/// Whatever stands in a Secret is one, unless it is a template's gap, a name, or a certificate for all to see.
fn leak(key: &str, text: &str) -> Option<Leak> {
    let text = text.trim();
    let lower = key.to_ascii_lowercase();
    let is_open = [
        "user", "username", "host", "port", "dbname", "database", "ca.crt", "tls.crt", "name",
        "email",
    ]
    .iter()
    .any(|it| {
        lower == *it || lower.ends_with(&format!("_{it}")) || lower.ends_with(&format!("-{it}"))
    });
    let is_gap = text.is_empty()
        || ["${", "$(", "<", "{{", "ref+", "vault:"].iter().any(|it| text.starts_with(it));
    if is_open || is_gap {
        return None;
    }
    let by_name = secret::leak("PASSWORD", text);
    Some(Leak {
        because: "it stands in a Secret in the files".to_owned(),
        is_placeholder: by_name.is_none_or(|it| it.is_placeholder),
    })
}

/// Base64 (RFC 4648) of a value; nothing where it is not.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let mut buffer = 0u32;
    let mut bits = 0u32;
    for byte in text.bytes().filter(|it| !it.is_ascii_whitespace() && *it != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        buffer = (buffer << 6) | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits) as u8);
            buffer &= (1 << bits) - 1;
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_decoded() {
        for (text, expected) in [
            ("cGFzc3dvcmQ=", Some("password")),
            ("", Some("")),
            ("YQ==", Some("a")),
            ("a b!", None),
        ] {
            assert_eq!(decoded(text).as_deref(), expected, "{text}");
        }
    }
}
