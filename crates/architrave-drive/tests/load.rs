//! The load generator against servers that behave well, badly, and not at all. Nothing here looks at how long
//! something took, only at what was counted.
#![cfg(test)]

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, atomic::Ordering::Relaxed},
};

use architrave_drive::load::{
    Arrivals, Closed, Live, Outcome, Requests, Run, Schedule, WireLimits, closed_loop, open_loop,
};

const EMPTY: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

/// So many identical requests.
struct Same {
    left: u64,
}

impl Requests for Same {
    fn write(&mut self, _: usize, out: &mut Vec<u8>) -> bool {
        out.extend_from_slice(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n");
        self.left = self.left.saturating_sub(1);
        self.left > 0
    }
}

type Treated = std::io::Result<()>;

/// A server that treats each connection in this way, whatever comes of it.
fn server(treat: impl Fn(TcpStream) -> Treated + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let treat = Arc::new(treat);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let treat = Arc::clone(&treat);
            std::thread::spawn(move || treat(stream));
        }
    });
    address
}

/// A server that answers each request with these bytes.
fn answering(answer: &'static [u8]) -> SocketAddr {
    server(|stream| answer_all(stream, answer))
}

fn answer_all(mut stream: TcpStream, answer: &[u8]) -> Treated {
    let (mut piece, mut seen) = ([0; 4096], Vec::new());
    loop {
        let count = stream.read(&mut piece)?;
        if count == 0 {
            return Ok(());
        }
        seen.extend_from_slice(&piece[..count]);
        while let Some(end) = seen.windows(4).position(|it| it == b"\r\n\r\n") {
            seen.drain(..end + 4);
            // In two parts, so that heads and bodies arrive in pieces.
            let (first, second) = answer.split_at(answer.len() / 2);
            stream.write_all(first)?;
            stream.write_all(second)?;
        }
    }
}

const RATE_PER_S: u64 = 2_000;
const PLANNED: u64 = 200;

fn open(address: SocketAddr, limits: WireLimits) -> Run {
    let duration_ns = PLANNED * 1_000_000_000 / RATE_PER_S;
    let schedule = Schedule::new(1, Arrivals::Even, RATE_PER_S * 1_000, duration_ns, &[1]);
    let mut requests = Same { left: u64::MAX };
    open_loop(address, limits, schedule, &mut requests, &Live::default()).unwrap()
}

fn limits(connections: usize, depth: usize) -> WireLimits {
    WireLimits { connections, depth, ..WireLimits::default() }
}

fn count(run: &Run, outcome: Outcome) -> u64 {
    run.tally.classes[0].outcomes.get(&outcome).copied().unwrap_or(0)
}

#[test]
fn every_planned_request_is_sent_and_counted() {
    let address = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello");
    for connections in [1, 8] {
        // There is room for all of them at once, so that a slow machine changes nothing.
        let run = open(address, limits(connections, 200));
        let class = &run.tally.classes[0];
        assert_eq!(class.requests, PLANNED);
        assert_eq!(count(&run, Outcome::Answered(200)), PLANNED);
        assert_eq!(class.body_bytes, 5 * PLANNED);
        assert_eq!((class.failures(), class.refusals()), (0, 0));
        assert_eq!((class.latency.count(), run.tally.lag.count()), (PLANNED, PLANNED));
        let planned: u64 = run.tally.slices.iter().map(|it| it.planned).sum();
        assert_eq!(planned, PLANNED);
    }
}

#[test]
fn refusals_by_design_are_no_failures_and_refusals_for_lack_of_room_are() {
    let answers: &[(&'static [u8], u64, u64)] = &[
        (b"HTTP/1.1 409 Conflict\r\ncontent-length: 0\r\n\r\n", 0, PLANNED),
        (b"HTTP/1.1 429 Too Many Requests\r\ncontent-length: 0\r\n\r\n", PLANNED, 0),
        (b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n", PLANNED, 0),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 0, 0),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 0, 0),
    ];
    for (answer, failures, refusals) in answers {
        let run = open(answering(answer), limits(8, 200));
        let class = &run.tally.classes[0];
        let shown = String::from_utf8_lossy(answer);
        assert_eq!((class.requests, class.failures()), (PLANNED, *failures), "{shown}");
        assert_eq!(class.refusals(), *refusals, "{shown}");
    }
}

#[test]
fn a_server_that_misbehaves_is_counted_and_never_waited_for_without_end() {
    let servers = [
        ("closes at once", server(|_| Ok(()))),
        (
            "closes within an answer",
            server(|mut it| {
                let _read = it.read(&mut [0; 4096])?;
                it.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhalf")
            }),
        ),
        ("sends what is no answer", answering(b"250 smtp.example.com\r\n\r\n")),
        (
            "says two lengths",
            answering(b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n.."),
        ),
    ];
    for (what, address) in servers {
        let run = open(address, limits(4, 4));
        let class = &run.tally.classes[0];
        assert_eq!((class.requests, class.failures()), (PLANNED, PLANNED), "{what}");
    }
    let unasked = server(|mut it| {
        loop {
            it.write_all(EMPTY)?;
        }
    });
    let run = open(unasked, limits(4, 4));
    let told: u64 = run.tally.classes[0].outcomes.values().sum();
    assert_eq!(told, PLANNED, "answers without being asked");
}

#[test]
fn what_finds_no_room_or_no_answer_counts_with_the_longest_wait() {
    let silent = server(|mut it| {
        while it.read(&mut [0; 4096])? > 0 {}
        Ok(())
    });
    let limits = WireLimits { answer_ns_max: 300_000_000, ..limits(2, 3) };
    let run = open(silent, limits);
    let class = &run.tally.classes[0];
    assert_eq!(count(&run, Outcome::Late) + count(&run, Outcome::NoRoom), PLANNED);
    assert!(count(&run, Outcome::Late) >= 6, "{:?}", class.outcomes);
    assert_eq!(class.failures(), PLANNED);
    // Failing does not look fast: not even the fastest of them is faster than the time-out.
    assert!(class.latency.at_ppm(0) >= 299_000_000, "{}", class.latency.at_ppm(0));
}

/// A server that answers nothing before the last request was due, and then everything at once. A client that counted
/// from the sending, or waited for answers, would find it fast.
#[test]
fn a_server_that_stalls_is_felt_by_everybody_who_would_have_asked() {
    let duration_ns = PLANNED * 1_000_000_000 / RATE_PER_S;
    for (what, limits) in
        [("all can be sent", limits(8, 200)), ("one at a time can be sent", limits(1, 1))]
    {
        let live = Arc::new(Live::default());
        let seen = Arc::clone(&live);
        let stalled = server(move |stream| {
            while seen.elapsed_ns.load(Relaxed) < duration_ns {
                std::thread::yield_now();
            }
            answer_all(stream, EMPTY)
        });
        let schedule = Schedule::new(1, Arrivals::Even, RATE_PER_S * 1_000, duration_ns, &[1]);
        let mut requests = Same { left: u64::MAX };
        let run = open_loop(stalled, limits, schedule, &mut requests, &live).unwrap();
        assert_eq!(count(&run, Outcome::Answered(200)), PLANNED, "{what}");
        // Whoever was due after a share of the time waited for what was left of it, at the least.
        let latency = &run.tally.classes[0].latency;
        for ppm in [100_000_u32, 250_000, 500_000, 900_000] {
            let least = duration_ns / 1_000_000 * u64::from(ppm) - duration_ns / PLANNED;
            let found = latency.at_ppm(ppm);
            assert!(found >= least * 99 / 100, "{what}: {found} ns at {ppm} ppm, not {least}");
        }
    }
}

#[test]
fn a_run_that_somebody_ends_has_what_was_counted_until_then() {
    let silent = server(|mut it| {
        while it.read(&mut [0; 4096])? > 0 {}
        Ok(())
    });
    let live = Live::default();
    live.is_stopped.store(true, Relaxed);
    let schedule = Schedule::new(1, Arrivals::Even, RATE_PER_S * 1_000, 100_000_000, &[1]);
    let mut requests = Same { left: u64::MAX };
    let run = open_loop(silent, limits(2, 3), schedule, &mut requests, &live).unwrap();
    assert_eq!((run.tally.requests(), run.is_whole), (0, false));
    let run = closed_loop(silent, &closed(2, 50), &mut requests, &live).unwrap();
    assert_eq!((run.tally.requests(), run.is_whole), (0, false));
}

#[test]
fn an_answer_that_ends_its_connection_is_an_answer() {
    let address = server(|mut it| {
        let _read = it.read(&mut [0; 4096])?;
        it.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}")
    });
    // One request at a time on each connection: nothing is behind the last answer.
    let run = closed_loop(address, &closed(2, 50), &mut Same { left: u64::MAX }, &Live::default());
    assert_eq!(run.unwrap().tally.classes[1].outcomes.get(&Outcome::Answered(200)), Some(&50));
}

fn closed(clients: usize, requests_max: u64) -> Closed {
    // The time is far longer than anything here takes.
    Closed { clients, duration_ns: 60_000_000_000, requests_max, weights: vec![0, 1], seed: 1 }
}

#[test]
fn clients_that_wait_stop_when_the_requests_are_over() {
    let address = answering(EMPTY);
    let run = |requests_max, left| {
        let mut requests = Same { left };
        closed_loop(address, &closed(4, requests_max), &mut requests, &Live::default()).unwrap()
    };
    assert_eq!(run(100, u64::MAX).tally.classes[1].requests, 100);
    // The class has no more than these.
    let run = run(u64::MAX, 31);
    assert_eq!(run.tally.requests(), 30, "{:?}", run.tally.classes[1].outcomes);
}

#[test]
fn a_schedule_without_enough_requests_and_a_server_that_is_not_there_are_refused() {
    let schedule = || Schedule::new(1, Arrivals::Even, 1_000_000, 100_000_000, &[1]);
    let run = |address| {
        let mut requests = Same { left: 10 };
        open_loop(address, limits(2, 200), schedule(), &mut requests, &Live::default())
    };
    assert!(run(answering(EMPTY)).unwrap_err().what.contains("no request left"));
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert!(run(gone).unwrap_err().what.contains("cannot connect"));
}
