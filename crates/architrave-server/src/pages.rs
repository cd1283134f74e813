//! Documents that are served beside the API: OpenAPI, its reference, the pages of problems.

use bytes::Bytes;
use http::HeaderValue;

use crate::identity::hash_text;

/// One document, written elsewhere and served as it is.
#[derive(Debug, Clone)]
pub struct Page {
    /// Path, e.g. `/openapi.json`.
    pub path: String,
    /// Media type, e.g. `text/html; charset=utf-8`.
    pub content_type: String,
    /// `Content-Security-Policy`: for HTML with styles or scripts their hashes; else empty for the API's own.
    pub content_security: String,
    /// The document.
    pub bytes: Bytes,
}

/// A page with its headers made ready.
#[derive(Debug)]
pub(crate) struct PreparedPage {
    pub(crate) path: String,
    pub(crate) content_type: HeaderValue,
    pub(crate) content_security: Option<HeaderValue>,
    pub(crate) etag: String,
    pub(crate) bytes: Bytes,
}

impl PreparedPage {
    pub(crate) fn new(page: &Page) -> Self {
        let header = |text: &str| HeaderValue::from_str(text).ok().filter(|it| !it.is_empty());
        let octets = || HeaderValue::from_static("application/octet-stream");
        Self {
            path: page.path.clone(),
            content_type: header(&page.content_type).unwrap_or_else(octets),
            content_security: header(&page.content_security),
            etag: format!("\"{}\"", hash_text(&page.bytes)),
            bytes: page.bytes.clone(),
        }
    }
}
