//! Every limit of a connection and of a request, in one place.

use std::time::Duration;

/// Limits of connections and requests. The defaults are those of the manual; tests shorten the times.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// From the first byte of a request to the end of its headers.
    pub headers_time_max: Duration,
    /// From the end of the headers to the end of the body.
    pub body_time_max: Duration,
    /// From the end of the headers to the answer.
    pub request_time_max: Duration,
    /// How long a connection may be quiet between requests. Above the 60 s after which common proxies
    /// drop their side, so that it is the proxy that closes and no request meets a closed socket.
    pub idle_time_max: Duration,
    /// How long a new connection may be quiet before its first request.
    pub silence_time_max: Duration,
    /// How long a client may leave an answer unread, plus a second for every [`Self::WRITE_RATE_MIN`] bytes it took.
    pub write_time_max: Duration,
    /// How long a client that was answered for the last time may take to stop sending.
    pub linger_time_max: Duration,
    /// How long a server that was told to stop goes on as before while `/health/ready` says no, so that load balancers
    /// send nothing more before anything is closed. 0: it has none in front of it.
    pub notice_time: Duration,
    /// How long accepted requests may go on after the server was told to stop.
    pub drain_time_max: Duration,
    /// Shortest time between two fetches of an issuer's keys, however many unknown keys tokens name.
    pub keys_fetch_interval_min: Duration,
    /// Connections at once; more wait in the kernel's queue.
    pub connections_max: usize,
    /// Bytes of a request's line and headers.
    pub header_bytes_max: usize,
    /// Bytes of a request's address.
    pub uri_bytes_max: usize,
}

impl Bounds {
    /// Bytes a second that a client must take of an answer.
    pub const WRITE_RATE_MIN: u64 = 4 * 1024;
    /// Header fields of a request: what hyper takes in HTTP/1.
    pub const HEADER_FIELDS_MAX: usize = 100;
    /// HTTP/2 requests at once on one connection.
    pub const STREAMS_MAX: u32 = 100;
    /// HTTP/2 streams reset by the client before we have seen them (rapid reset, RUSTSEC-2024-0003).
    pub const PENDING_RESETS_MAX: usize = 20;
    /// HTTP/2 streams that we had to reset (RUSTSEC-2024-0332 and followers).
    pub const LOCAL_RESETS_MAX: usize = 1024;
    /// How often a quiet HTTP/2 connection is pinged.
    pub const PING_INTERVAL: Duration = Duration::from_secs(20);
    /// How long the answer to a ping may take.
    pub const PING_TIME_MAX: Duration = Duration::from_secs(10);
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            headers_time_max: Duration::from_secs(5),
            body_time_max: Duration::from_secs(15),
            request_time_max: Duration::from_secs(30),
            idle_time_max: Duration::from_secs(75),
            silence_time_max: Duration::from_secs(10),
            write_time_max: Duration::from_secs(10),
            linger_time_max: Duration::from_secs(2),
            notice_time: Duration::ZERO,
            drain_time_max: Duration::from_secs(10),
            keys_fetch_interval_min: Duration::from_secs(10),
            connections_max: 10_000,
            header_bytes_max: 32 * 1024,
            uri_bytes_max: 8 * 1024,
        }
    }
}
