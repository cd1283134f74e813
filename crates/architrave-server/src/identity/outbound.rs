//! Fetches documents of an issuer: bounded in time and size, without redirects.

use std::time::Duration;

use architrave_engine::Fault;
use bytes::Bytes;
use http::{StatusCode, Uri};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};

/// Longest document, in bytes.
const DOCUMENT_BYTES_MAX: usize = 256 * 1024;
/// Longest time for one document.
const TIME_MAX: Duration = Duration::from_secs(5);

/// An HTTP client for documents.
#[derive(Clone)]
pub(crate) struct Documents {
    client: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
}

impl Documents {
    /// A client that trusts the authorities of the Mozilla root programme.
    pub(crate) fn new() -> Result<Self, Fault> {
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(provider)
            .map_err(|error| Fault::new(format!("TLS cannot be used: {error}"), ""))?
            .https_or_http()
            .enable_http1()
            .enable_http2()
            .build();
        Ok(Self { client: Client::builder(TokioExecutor::new()).build(connector) })
    }

    /// Fetches a document. Anything but 200 is a fault, redirects too: a document that moves is one that
    /// somebody else may have written.
    pub(crate) async fn fetch(&self, url: &str) -> Result<Bytes, Fault> {
        let fault = |why: String| Fault::new(format!("cannot fetch {url}: {why}"), "");
        let uri: Uri = url.parse().map_err(|_| fault("this is no address".to_owned()))?;
        if !is_safe(&uri) {
            return Err(fault("plain http is accepted on this machine only".to_owned()));
        }
        let fetching = async {
            let response = self.client.get(uri).await.map_err(|error| fault(chain(&error)))?;
            if response.status() != StatusCode::OK {
                return Err(fault(format!("the answer is {}", response.status())));
            }
            let body = Limited::new(response.into_body(), DOCUMENT_BYTES_MAX).collect().await;
            Ok(body.map_err(|error| fault(error.to_string()))?.to_bytes())
        };
        let fetched = tokio::time::timeout(TIME_MAX, fetching).await;
        fetched.unwrap_or_else(|_| Err(fault("there was no answer in 5 s".to_owned())))
    }
}

/// TLS, or a loopback address where nobody else can answer.
fn is_safe(uri: &Uri) -> bool {
    match uri.scheme_str() {
        Some("https") => true,
        Some("http") => {
            let host = uri.host().unwrap_or_default();
            let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
            host == "localhost" || address.is_ok_and(|it| it.is_loopback())
        }
        _ => false,
    }
}

/// An error with its causes, which carry what went wrong.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(it) = cause {
        text.push_str(": ");
        text.push_str(&it.to_string());
        cause = it.source();
    }
    text
}
