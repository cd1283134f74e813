//! Sends a request whose headers say what they like, which a well-behaved client would not send.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use architrave_drive::client::{Call, Reply};
use hyper::{HeaderMap, body::Bytes, header::HeaderName};

/// Longest wait for an answer.
const WAIT: Duration = Duration::from_secs(20);

/// Writes the call as it is and reads until the server closes.
pub(crate) fn send(base: &str, call: &Call) -> Result<Reply, String> {
    let address = base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).map_err(|it| it.to_string())?;
    stream.set_read_timeout(Some(WAIT)).map_err(|it| it.to_string())?;
    let mut head = format!("{} {} HTTP/1.1\r\nhost: {address}\r\n", call.method, call.path);
    if let Some(token) = &call.token {
        head.push_str(&format!("authorization: Bearer {token}\r\n"));
    }
    for (name, value) in &call.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("connection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).map_err(|it| it.to_string())?;
    stream.write_all(call.body.as_deref().unwrap_or_default()).map_err(|it| it.to_string())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).map_err(|it| it.to_string())?;
    parse(&bytes).ok_or_else(|| "closed without an answer".to_owned())
}

fn parse(bytes: &[u8]) -> Option<Reply> {
    let end = bytes.windows(4).position(|it| it == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let mut headers = HeaderMap::new();
    for (name, value) in lines.filter_map(|it| it.split_once(':')) {
        headers.append(name.parse::<HeaderName>().ok()?, value.trim().parse().ok()?);
    }
    Some(Reply { status, headers, body: Bytes::copy_from_slice(&bytes[end + 4..]) })
}
