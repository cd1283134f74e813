//! How fast the load generator is, and how late: one core of it against a server that does nothing.
//!
//! `cargo run --release --package architrave-drive --example generator [-- http://HOST:PORT PATH [TOKEN]]`
//! With an address it drives that server in place of the one that does nothing.

use std::{
    error::Error,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    time::Duration,
};

use architrave_drive::load::{
    Arrivals, Live, Requests, Run, Schedule, WireLimits, allowed, keep_to, open_loop,
};

/// Requests per second that are asked for, one run each.
const RATES: &[u64] = &[5_000, 20_000, 40_000, 60_000];
/// How long each run takes.
const TIME: Duration = Duration::from_secs(5);
const CONNECTIONS: usize = 16;

/// The same request again and again.
struct Same(Vec<u8>);

impl Requests for Same {
    fn write(&mut self, _: usize, out: &mut Vec<u8>) -> bool {
        out.extend_from_slice(&self.0);
        true
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let processors = allowed();
    let (own, others) = processors.split_last().ok_or("the system does not tell its processors")?;
    let url = arguments.next();
    let address: SocketAddr = match &url {
        Some(url) => url.trim_start_matches("http://").parse()?,
        None => sink(others)?,
    };
    let path = arguments.next().unwrap_or_else(|| "/".to_owned());
    let token = arguments.next().map(|it| format!("authorization: Bearer {it}\r\n"));
    let token = token.unwrap_or_default();
    let mut request = Same(format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n{token}\r\n").into());
    keep_to([*own]);
    let mut out = std::io::stdout();
    writeln!(
        out,
        "{:>9} {:>10} {:>7} {:>6}   {:>30}   {:>22}",
        "offered/s",
        "answered/s",
        "failed",
        "core",
        "lag, µs: p50 p99 p99.9 most",
        "latency, µs: p50 p99"
    )?;
    for rate in RATES {
        let limits = WireLimits { connections: CONNECTIONS, ..WireLimits::default() };
        let duration_ns = u64::try_from(TIME.as_nanos())?;
        let schedule = Schedule::new(1, Arrivals::Independent, rate * 1_000, duration_ns, &[1]);
        let run = open_loop(address, limits, schedule, &mut request, &Live::default())?;
        writeln!(out, "{}", line(*rate, &run))?;
    }
    Ok(())
}

fn line(rate: u64, run: &Run) -> String {
    let tally = &run.tally;
    let seconds = tally.ended_ns as f64 / 1e9;
    let busy = run.processor_ns.unwrap_or(0) as f64 / tally.ended_ns.max(1) as f64 * 100.0;
    let lag = [500_000, 990_000, 999_000, 1_000_000].map(|ppm| tally.lag.at_ppm(ppm) / 1_000);
    let latency = tally
        .classes
        .first()
        .map_or([0; 2], |it| [500_000, 990_000].map(|ppm| it.latency.at_ppm(ppm) / 1_000));
    let wide = |values: &[u64]| values.iter().map(|it| format!("{it:>6}")).collect::<String>();
    format!(
        "{rate:>9} {:>10.0} {:>7} {busy:>4.0} %   {:>30}   {:>22}",
        tally.answered() as f64 / seconds,
        tally.failures(),
        wide(&lag),
        wide(&latency)
    )
}

/// Answers every head with the same few bytes, on other processors than the generator's.
fn sink(processors: &[usize]) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let processors = processors.to_vec();
    std::thread::spawn(move || {
        keep_to(processors);
        // Threads inherit the processors of the one that starts them.
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || answer(stream));
        }
    });
    Ok(address)
}

fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    const ANSWER: &[u8] =
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
    stream.set_nodelay(true)?;
    let mut piece = [0; 16 * 1024];
    let mut matched = 0;
    loop {
        let count = stream.read(&mut piece)?;
        if count == 0 {
            return Ok(());
        }
        let mut answers = Vec::new();
        for byte in piece.get(..count).unwrap_or_default() {
            // An empty line ends a head.
            matched = match (byte, matched) {
                (b'\r', 0 | 2) | (b'\n', 1 | 3) => matched + 1,
                (b'\r', _) => 1,
                _ => 0,
            };
            if matched == 4 {
                matched = 0;
                answers.extend_from_slice(ANSWER);
            }
        }
        stream.write_all(&answers)?;
    }
}
