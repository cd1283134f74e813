//! The load generator: connections that each send one request after the other, over HTTP/1.1.

use std::{
    fmt,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, client::conn::http1};
use hyper_util::rt::TokioIo;

use super::data::Data;
use crate::shell::Outcome;

/// One kind of request.
#[derive(Clone, Copy)]
pub(super) struct Workload {
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    pub(super) is_write: bool,
    /// CPU µs per request that we allow ourselves on SQLite.
    pub(super) budget_us: u64,
    request: fn(&Data, u64) -> (&'static str, String, Option<String>),
}

/// The five requests, as the project's performance goals define them.
pub(super) const WORKLOADS: &[Workload] = &[
    Workload {
        name: "R1",
        what: "read one product by id",
        is_write: false,
        budget_us: 20,
        request: |data, n| ("GET", format!("/v1/products/{}", data.product(n)), None),
    },
    Workload {
        name: "R2",
        what: "list 20 of a category, newest first",
        is_write: false,
        budget_us: 60,
        request: |data, n| {
            let category = data.category(n);
            ("GET", format!("/v1/products?category={category}&sort=-created_at&limit=20"), None)
        },
    },
    Workload {
        name: "S",
        what: "full-text search for two words, 20 hits",
        is_write: false,
        budget_us: 90,
        request: |data, n| ("GET", format!("/v1/products?q={}&limit=20", data.words(n)), None),
    },
    Workload {
        name: "W2",
        what: "change one product's price",
        is_write: true,
        budget_us: 42,
        request: |data, n| {
            let price = format!("{}.{:02}", 1 + n % 300, n % 100);
            let body = format!(r#"{{"price":{{"amount":"{price}","currency":"EUR"}}}}"#);
            ("PATCH", format!("/v1/products/{}", data.product(n)), Some(body))
        },
    },
    Workload {
        name: "W1",
        what: "create a product",
        is_write: true,
        budget_us: 45,
        request: |data, n| {
            let category = data.category(n);
            let body = format!(
                r#"{{"sku":"B-{n:X}","name":"Light Bamboo Lamp {n}","description":"Made for the benchmark.","category":"{category}","price":{{"amount":"19.90","currency":"EUR"}},"cost":{{"amount":"9.50","currency":"EUR"}},"published":true}}"#
            );
            ("POST", "/v1/products".to_owned(), Some(body))
        },
    },
];

/// What one run came to.
#[derive(Clone, Default)]
pub(super) struct Measured {
    pub(super) requests: u64,
    pub(super) elapsed: Duration,
    pub(super) p50_us: u32,
    pub(super) p99_us: u32,
    /// Filled by who watches the process.
    pub(super) cpu_us: u64,
    pub(super) peak_bytes: u64,
}

impl Measured {
    pub(super) fn cpu_us_per_request(&self) -> f64 {
        self.cpu_us as f64 / self.requests.max(1) as f64
    }

    pub(super) fn requests_per_second(&self) -> f64 {
        self.requests as f64 / self.elapsed.as_secs_f64().max(1e-9)
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:6.1} CPU µs/request  {:7.0} requests/s  p50 {:6} µs  p99 {:6} µs",
            self.cpu_us_per_request(),
            self.requests_per_second(),
            self.p50_us,
            self.p99_us
        )
    }
}

/// One kind of request against one server.
#[derive(Clone)]
pub(super) struct Load {
    pub(super) address: SocketAddr,
    pub(super) token: Option<String>,
    pub(super) workload: Workload,
    pub(super) data: Arc<Data>,
    /// Makes what is created in this round different from other rounds.
    pub(super) round: u64,
}

impl Load {
    pub(super) async fn run(&self, connections: usize, time: Duration) -> Outcome<Measured> {
        let started = Instant::now();
        let until = started + time;
        let mut runs = Vec::new();
        for number in 0..connections as u64 {
            let load = self.clone();
            runs.push(tokio::spawn(async move { load.connection(number, until).await }));
        }
        let mut latencies = Vec::new();
        for run in runs {
            latencies.extend(run.await.map_err(text)??);
        }
        let elapsed = started.elapsed();
        latencies.sort_unstable();
        let at = |share: f64| {
            let index = (latencies.len() as f64 * share) as usize;
            latencies.get(index.min(latencies.len().saturating_sub(1))).copied().unwrap_or(0)
        };
        Ok(Measured {
            requests: latencies.len() as u64,
            elapsed,
            p50_us: at(0.5),
            p99_us: at(0.99),
            ..Measured::default()
        })
    }

    async fn connection(&self, number: u64, until: Instant) -> Outcome<Vec<u32>> {
        let stream = tokio::net::TcpStream::connect(self.address).await.map_err(text)?;
        stream.set_nodelay(true).map_err(text)?;
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(text)?;
        let driver = tokio::spawn(connection);
        let mut latencies = Vec::new();
        // The clock makes numbers of different runs differ; the odd factor spreads them over all rows.
        let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
        let mut n = since.as_nanos() as u64 ^ (number << 48) ^ (self.round << 56);
        while Instant::now() < until {
            n = n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let request = self.request(n >> 8)?;
            let sent = Instant::now();
            let mut answer = sender.send_request(request).await.map_err(text)?;
            while let Some(frame) = answer.frame().await {
                frame.map_err(text)?;
            }
            latencies.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
            if !answer.status().is_success() {
                return Err(format!("{} answered {}", self.workload.name, answer.status()));
            }
        }
        driver.abort();
        Ok(latencies)
    }

    fn request(&self, n: u64) -> Outcome<Request<Full<Bytes>>> {
        let (method, path, body) = (self.workload.request)(&self.data, n);
        let mut request = Request::builder().method(method).uri(path).header("host", "localhost");
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        request.body(Full::new(Bytes::from(body.unwrap_or_default()))).map_err(text)
    }
}

fn text(error: impl fmt::Display) -> String {
    error.to_string()
}
