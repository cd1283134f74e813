//! The rows that both servers hold: seeded through our public API, read back, given to the rival.

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use super::process::{Server, binary};
use crate::shell::{Outcome, root};

/// What requests pick from.
pub(super) struct Data {
    products: Vec<String>,
    categories: Vec<String>,
    words: Vec<String>,
}

impl Data {
    /// Reads all published products page by page and writes them down, one JSON object per line.
    pub(super) async fn read(server: &Server, token: &str, file: &Path) -> Outcome<Self> {
        let mut out = std::io::BufWriter::new(fs::File::create(file).map_err(text)?);
        let (mut products, mut categories, mut words) =
            (Vec::new(), BTreeSet::new(), BTreeSet::new());
        let mut next = Some("/v1/products?limit=100".to_owned());
        while let Some(path) = next {
            let page = get(server, token, &path).await?;
            for product in page["items"].as_array().ok_or("a page has no items")? {
                if product["published"] != true {
                    continue;
                }
                writeln!(out, "{product}").map_err(text)?;
                products.push(product["id"].as_str().unwrap_or_default().to_owned());
                categories.insert(product["category"].as_str().unwrap_or_default().to_owned());
                // "Soft Oak Chair": two words together hit about a hundred products.
                let name = product["name"].as_str().unwrap_or_default();
                words.insert(name.split(' ').skip(1).take(2).collect::<Vec<_>>().join("+"));
            }
            next = page["next"].as_str().map(str::to_owned);
        }
        out.flush().map_err(text)?;
        if products.is_empty() {
            return Err("there are no products".to_owned());
        }
        println!("{} products in {} categories", products.len(), categories.len());
        Ok(Self {
            products,
            categories: categories.into_iter().collect(),
            words: words.into_iter().collect(),
        })
    }

    pub(super) fn products_count(&self) -> u64 {
        self.products.len() as u64
    }

    pub(super) fn product(&self, n: u64) -> &str {
        pick(&self.products, n)
    }

    pub(super) fn category(&self, n: u64) -> &str {
        pick(&self.categories, n)
    }

    pub(super) fn words(&self, n: u64) -> &str {
        pick(&self.words, n)
    }
}

/// The storefront in a folder of its own, so that its lock is not touched.
pub(super) fn copy_blueprint(folder: &Path) -> Outcome<PathBuf> {
    let copy = folder.join("storefront");
    fs::create_dir_all(&copy).map_err(text)?;
    let from = root().join("examples/storefront/blueprint.hcl");
    fs::copy(from, copy.join("blueprint.hcl")).map_err(text)?;
    Ok(copy)
}

/// Fills our server through its public API.
pub(super) fn seed(blueprint: &Path, data: &Path, products: u64) -> Outcome {
    let status = Command::new(binary("architrave"))
        .arg("seed")
        .arg(blueprint)
        .arg("--data")
        .arg(data)
        .args(["--only", "--rows", "catalog.Category=100"])
        .args(["--rows", &format!("catalog.Product={products}")])
        .status()
        .map_err(text)?;
    if status.success() { Ok(()) } else { Err("seeding failed".to_owned()) }
}

async fn get(server: &Server, token: &str, path: &str) -> Outcome<Value> {
    use http_body_util::{BodyExt as _, Empty};
    let stream = tokio::net::TcpStream::connect(server.address).await.map_err(text)?;
    let io = hyper_util::rt::TokioIo::new(stream);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.map_err(text)?;
    let driver = tokio::spawn(connection);
    let request = hyper::Request::get(path)
        .header("host", "localhost")
        .header("authorization", format!("Bearer {token}"))
        .body(Empty::<bytes::Bytes>::new())
        .map_err(text)?;
    let answer = sender.send_request(request).await.map_err(text)?;
    let status = answer.status();
    let body = answer.into_body().collect().await.map_err(text)?.to_bytes();
    driver.abort();
    if !status.is_success() {
        return Err(format!("{path} answered {status}: {}", String::from_utf8_lossy(&body)));
    }
    serde_json::from_slice(&body).map_err(text)
}

fn pick(items: &[String], n: u64) -> &str {
    let index = (n % items.len().max(1) as u64) as usize;
    items.get(index).map_or("", String::as_str)
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
