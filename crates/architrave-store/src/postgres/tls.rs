//! Whom to believe on the other end of an encrypted connection.

use std::{path::PathBuf, sync::Arc};

use architrave_engine::Fault;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject as _},
};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Whom to believe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trust {
    /// Encrypt, and ask for no name: safe from listeners, not from impostors.
    Anybody,
    /// Whoever an authority vouches for, whatever host it says.
    Authority(Roots),
    /// The host that was asked for.
    Host(Roots),
}

/// Which authorities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Roots {
    /// Those that browsers believe.
    Public,
    /// Those in a PEM file.
    File(PathBuf),
}

/// What makes encrypted connections.
///
/// # Errors
/// Where the file of authorities cannot be read.
pub(super) fn connector(trust: &Trust) -> Result<MakeRustlsConnect, Fault> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let (roots, believes) = match trust {
        Trust::Anybody => (None, Believes::Everybody),
        Trust::Authority(roots) => (Some(roots), Believes::Authority),
        Trust::Host(roots) => (Some(roots), Believes::Host),
    };
    let chain = match roots {
        Some(roots) => {
            let store = Arc::new(certificates(roots)?);
            let made = WebPkiServerVerifier::builder_with_provider(store, Arc::clone(&provider));
            Some(made.build().map_err(|error| unusable(&error.to_string()))?)
        }
        None => None,
    };
    let verifier = Arc::new(Verifier { provider: Arc::clone(&provider), chain, believes });
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(&error.to_string()))?
        // "Dangerous" is what rustls calls every choice of one's own; `Verifier` says what it leaves out.
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn certificates(roots: &Roots) -> Result<RootCertStore, Fault> {
    let mut store = RootCertStore::empty();
    match roots {
        Roots::Public => store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Roots::File(path) => {
            let name = path.display();
            let all = CertificateDer::pem_file_iter(path)
                .and_then(Iterator::collect::<Result<Vec<_>, _>>)
                .map_err(|error| unusable(&format!("{name}: {error}")))?;
            let (added, _) = store.add_parsable_certificates(all);
            if added == 0 {
                return Err(unusable(&format!("{name} holds none")));
            }
        }
    }
    Ok(store)
}

fn unusable(why: &str) -> Fault {
    Fault::new(
        format!("the certificates of authorities cannot be used: {why}"),
        "let sslrootcert name a file of certificates in PEM",
    )
}

/// How much of what a server says of itself is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Believes {
    Everybody,
    Authority,
    Host,
}

#[derive(Debug)]
struct Verifier {
    provider: Arc<CryptoProvider>,
    chain: Option<Arc<WebPkiServerVerifier>>,
    believes: Believes,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(chain) = &self.chain else { return Ok(ServerCertVerified::assertion()) };
        match chain.verify_server_cert(certificate, between, name, ocsp, now) {
            // The chain is checked before the name.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if self.believes == Believes::Authority => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
