//! What the site may do: run its own two scripts, known by their hashes, and nothing else; no request leaves it.

use sha2::{Digest as _, Sha256};

use crate::base64::base64;

/// Style of the site.
pub(super) const STYLE: &str = include_str!("style.css");
/// Script of the site: one page at a time, search, themes, diagrams. Everything can be read without it.
pub(super) const SCRIPT: &str = include_str!("script.js");
/// What draws the diagrams; see `mermaid/README.md`.
pub(super) const MERMAID: &[u8] = include_bytes!("mermaid/mermaid.min.js.deflate");
/// SHA-256 of what [`MERMAID`] unpacks to, in base64.
const MERMAID_HASH: &str = include_str!("mermaid/mermaid.min.js.sha256");

/// `Content-Security-Policy`. Diagrams bring their own styles, hence `unsafe-inline` for these alone.
pub(super) fn of_site() -> String {
    format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{}' 'sha256-{}'; img-src data:; \
         base-uri 'none'; form-action 'none'",
        base64(&Sha256::digest(SCRIPT.as_bytes())),
        MERMAID_HASH.trim(),
    )
}
