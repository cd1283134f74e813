//! What a page may do: its own style and script, known by their hashes, and nothing else.

use sha2::{Digest, Sha256};

use crate::base64::base64;

/// Style of all pages.
pub(super) const STYLE: &str = include_str!("style.css");
/// Script of the reference: filter, copy, place in the menu. Everything is readable without it.
pub(super) const SCRIPT: &str = include_str!("script.js");
/// The sign in the browser's tab.
pub(super) const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Cpath d='M3 6h26v5H3zM6 13h5v15H6zM21 13h5v15h-5z' fill='%230b5cad'/%3E%3C/svg%3E";

/// `Content-Security-Policy` of all pages.
pub(super) fn of_pages() -> String {
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; img-src data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

fn hash(text: &str) -> String {
    base64(&Sha256::digest(text.as_bytes()))
}
