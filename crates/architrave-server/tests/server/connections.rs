//! Slow, silent, many and departing clients.

use std::{
    io::{Read, Write},
    time::{Duration, Instant},
};

use crate::common::{Options, Shop, ask, ask_slowly, connect, get, parse, short_bounds};
use architrave_server::Bounds;

/// Far above the bounds of the tests, far below those of the product.
const SOON: Duration = Duration::from_secs(4);

fn shop() -> Shop {
    Shop::open_with(Options { bounds: short_bounds(), ..Options::default() })
}

/// Reads until the server closes; says what it sent and whether that was soon.
fn until_closed(mut stream: std::net::TcpStream) -> (Vec<u8>, bool) {
    let started = Instant::now();
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    (bytes, started.elapsed() < SOON)
}

#[test]
fn silent_and_slow_clients_are_cut() {
    let shop = shop();
    for start in [
        "",
        "G",
        "PRI * HT",
        "GET / HTTP/1.1\r\n",
        "GET / HTTP/1.1\r\nhost: x\r\nx-slow: ",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let mut stream = connect(shop.api);
        stream.write_all(start.as_bytes()).unwrap();
        let (_, is_soon) = until_closed(stream);
        assert!(is_soon, "{start:?}");
    }
}

#[test]
fn headers_that_trickle_in_do_not_earn_more_time() {
    let shop = shop();
    let parts: Vec<&[u8]> =
        std::iter::once(&b"GET / HTTP/1.1\r\n"[..]).chain([&b"a: b\r\n"[..]; 20]).collect();
    let started = Instant::now();
    let answer = ask_slowly(shop.api, &parts, Duration::from_millis(100));
    assert!(started.elapsed() < SOON, "{answer:?}");
    assert_eq!(answer.status, 0);
}

#[test]
fn bodies_that_do_not_come_are_timed_out() {
    let shop = shop();
    let head = format!(
        "POST /v1/products HTTP/1.1\r\nhost: shop.example\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: 100\r\n\r\n{{",
        shop.token("ada", &["merchant"])
    );
    let answer = ask(shop.api, head);
    assert_eq!((answer.status, answer.code().as_str()), (408, "timeout"), "{answer:?}");
}

#[test]
fn bodies_that_trickle_in_do_not_earn_more_time() {
    let bounds = Bounds {
        request_time_max: Duration::from_millis(500),
        body_time_max: Duration::from_secs(60),
        ..short_bounds()
    };
    let shop = Shop::open_with(Options { bounds, ..Options::default() });
    let head = format!(
        "POST /v1/products HTTP/1.1\r\nhost: shop.example\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: 100\r\n\r\n",
        shop.token("ada", &["merchant"])
    );
    let parts: Vec<&[u8]> = std::iter::once(head.as_bytes()).chain([&b" "[..]; 20]).collect();
    let answer = ask_slowly(shop.api, &parts, Duration::from_millis(50));
    assert_eq!((answer.status, answer.code().as_str()), (408, "timeout"), "{answer:?}");
}

#[test]
fn clients_that_do_not_take_their_answer_are_cut() {
    let shop = shop();
    let mut stream = connect(shop.api);
    stream.write_all(b"GET /large HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    std::thread::sleep(Duration::from_millis(1_500));
    let (bytes, is_soon) = until_closed(stream);
    assert!(bytes.len() < crate::common::LARGE_BYTES && is_soon, "{} bytes came", bytes.len());
    let whole = get(shop.api, "/large", "");
    assert_eq!(whole.body.len(), crate::common::LARGE_BYTES, "whoever reads gets everything");
}

#[test]
fn kept_connections_may_rest_between_requests_but_not_for_ever() {
    let shop = shop();
    let request = "GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n";
    let mut stream = connect(shop.api);
    for _ in 0..3 {
        stream.write_all(request.as_bytes()).unwrap();
        let mut bytes = [0; 4096];
        let count = stream.read(&mut bytes).unwrap();
        assert_eq!(parse(&bytes[..count]).status, 200);
        // Longer than headers may take, shorter than a connection may rest.
        std::thread::sleep(Duration::from_millis(400));
    }
    let (rest, is_soon) = until_closed(stream);
    assert!(rest.is_empty() && is_soon);
}

#[test]
fn connections_beyond_the_most_wait_for_a_place() {
    let bounds = Bounds { connections_max: 2, ..short_bounds() };
    let shop = Shop::open_with(Options { bounds, ..Options::default() });
    let _silent = [connect(shop.api), connect(shop.api)];
    // Answered once the silent ones have been cut.
    assert_eq!(get(shop.api, "/health/live", "").status, 200);
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let shop = shop();
    let one = "GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n";
    let last = "GET /v1/nothing HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let answer = ask(shop.api, format!("{one}{one}{last}"));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body.matches("HTTP/1.1 200").count(), 1, "{answer:?}");
    assert_eq!(answer.body.matches("HTTP/1.1 404").count(), 1, "{answer:?}");
}

#[test]
fn expectations_are_met_before_the_body_is_sent() {
    let shop = shop();
    let mut stream = connect(shop.api);
    let head = format!(
        "POST /v1/products HTTP/1.1\r\nhost: shop.example\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\nexpect: 100-continue\r\nconnection: close\r\n\
         content-length: 2000\r\n\r\n",
        shop.token("ada", &["merchant"])
    );
    stream.write_all(head.as_bytes()).unwrap();
    let (bytes, _) = until_closed(stream);
    let answer = parse(&bytes);
    // Too large by its own words: nobody needs to send it.
    assert_eq!((answer.status, answer.code().as_str()), (413, "body-too-large"), "{answer:?}");
}

/// A merchant's request with a body of this length and these further headers.
fn upload(shop: &Shop, headers: &str, length: usize) -> String {
    format!(
        "POST /v1/products HTTP/1.1\r\nhost: shop.example\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n{headers}\r\n{}",
        shop.token("ada", &["merchant"]),
        "x".repeat(length)
    )
}

#[test]
fn refusals_reach_clients_that_are_still_sending() {
    let shop = Shop::open();
    let long = format!("/{}", "a".repeat(9_000));
    for (what, request, status) in [
        ("too large", upload(&shop, "", 4_000_000), 413),
        ("address too long", upload(&shop, "", 4_000_000).replace("/v1/products", &long), 414),
        (
            "headers too large",
            format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "a".repeat(4_000_000)),
            431,
        ),
        ("other method", upload(&shop, "", 4_000_000).replace("POST", "PUT"), 405),
        ("no credentials", upload(&shop, "", 4_000_000).replace("Bearer ", "Bearer x"), 401),
    ] {
        let mut stream = connect(shop.api);
        stream.write_all(request.as_bytes()).unwrap_or_else(|error| panic!("{what}: {error}"));
        let (bytes, is_soon) = until_closed(stream);
        let answer = parse(&bytes);
        assert_eq!((answer.status, is_soon), (status, true), "{what}: {answer:?}");
        assert_eq!(answer.header("connection"), Some("close"), "{what}: {answer:?}");
        assert_eq!(answer.json()["status"], status, "{what}: all of it came");
    }
}

#[test]
fn clients_that_never_stop_sending_are_cut() {
    let shop = shop();
    let mut stream = connect(shop.api);
    stream.write_all(upload(&shop, "", 2_000).as_bytes()).unwrap();
    let started = Instant::now();
    // Nobody reads any more: sooner or later the connection is reset.
    while started.elapsed() < SOON && stream.write_all(&[b'x'; 1024]).is_ok() {}
    assert!(started.elapsed() < SOON);
}

#[test]
fn a_body_that_was_read_keeps_the_connection() {
    let shop = shop();
    let mut stream = connect(shop.api);
    let mut bytes = [0; 4096];
    let valid = upload(&shop, "", 10).replace("xxxxxxxxxx", "{\"a\":\"b\"} ");
    for _ in 0..2 {
        stream.write_all(valid.as_bytes()).unwrap();
        let count = stream.read(&mut bytes).unwrap();
        let answer = parse(&bytes[..count]);
        assert_eq!((answer.status, answer.header("connection")), (422, None), "{answer:?}");
    }
}

#[test]
fn stopping_finishes_what_was_accepted_and_takes_no_more() {
    let mut shop = Shop::open_with(Options {
        bounds: Bounds { drain_time_max: SOON, ..Bounds::default() },
        ..Options::default()
    });
    let mut idle = connect(shop.api);
    idle.write_all(b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let mut bytes = [0; 4096];
    let count = idle.read(&mut bytes).unwrap();
    assert_eq!(parse(&bytes[..count]).status, 200);
    let mut busy = connect(shop.api);
    let head = format!(
        "POST /v1/products HTTP/1.1\r\nhost: shop.example\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n",
        shop.token("ada", &["merchant"])
    );
    busy.write_all(head.as_bytes()).unwrap();
    let count = busy.read(&mut bytes).unwrap();
    assert!(bytes[..count].starts_with(b"HTTP/1.1 100"), "the body is being waited for");
    let stop = shop.stop();
    let stopping = std::thread::spawn(stop);
    let (idle_rest, is_soon) = until_closed(idle);
    assert!(idle_rest.is_empty() && is_soon, "resting connections are closed at once");
    busy.write_all(b"{}").unwrap();
    let (bytes, _) = until_closed(busy);
    assert_ne!(parse(&bytes).status, 0, "a request that was accepted is answered");
    stopping.join().unwrap();
    assert!(std::net::TcpStream::connect(shop.api).is_err(), "nobody listens any more");
}

#[test]
fn a_server_that_is_told_to_stop_says_so_before_it_closes_anything() {
    let notice_time = Duration::from_secs(2);
    let bounds = Bounds { notice_time, ..short_bounds() };
    let mut shop = Shop::open_with(Options { bounds, ..Options::default() });
    let (api, admin) = (shop.api, shop.admin);
    let stopping = std::thread::spawn(shop.stop());
    // It is told within the time of this loop, and the answers of the meantime are answers.
    let mut ready = get(api, "/health/ready", "");
    while ready.status == 200 {
        ready = get(api, "/health/ready", "");
    }
    assert_eq!((ready.status, &*ready.body), (503, "{\"status\":\"stopping\"}"));
    assert_eq!(get(admin, "/health/ready", "").status, 503);
    let mut stream = connect(api);
    stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let (bytes, _) = until_closed(stream);
    let answer = parse(&bytes);
    assert_eq!((answer.status, answer.header("connection")), (200, Some("close")), "{answer:?}");
    stopping.join().unwrap();
    assert!(std::net::TcpStream::connect(api).is_err(), "nobody listens any more");
}

#[test]
fn taken_ports_are_faults_that_say_what_to_do() {
    // Threads of their own share a port among themselves, and with nobody else.
    for threads in [0, 2] {
        let options = || Options { threads, ..Options::default() };
        let shop = Shop::open_with(options());
        let fault = crate::common::start_on(shop.api, options()).err().unwrap();
        assert!(fault.what.contains(&shop.api.to_string()), "{fault}");
        assert!(fault.help.contains("another"), "{fault}");
    }
}

#[test]
fn threads_of_their_own_serve_the_same_port() {
    let mut shop = Shop::open_with(Options { threads: 2, ..Options::default() });
    for _ in 0..20 {
        assert_eq!(get(shop.api, "/health/live", "").status, 200);
    }
    shop.stop()();
    assert!(std::net::TcpStream::connect(shop.api).is_err());
}
