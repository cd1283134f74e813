//! HTTP/2, frame by frame: the ways in which few bytes make a server work or remember a lot.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use crate::common::{Options, Shop, connect, get, short_bounds};

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// `GET /health/live` of `x`, packed (RFC 7541): method and scheme by index, the rest as they are.
fn live_block() -> Vec<u8> {
    let mut block = vec![0x82, 0x86, 0x04, 12];
    block.extend_from_slice(b"/health/live");
    block.extend_from_slice(&[0x41, 1, b'x']);
    block
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut bytes = length[1..].to_vec();
    bytes.extend_from_slice(&[kind, flags]);
    bytes.extend_from_slice(&stream.to_be_bytes());
    bytes.extend_from_slice(payload);
    bytes
}

fn open(shop: &Shop) -> TcpStream {
    let mut stream = connect(shop.api);
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").unwrap();
    stream.write_all(&frame(SETTINGS, 0, 0, &[])).unwrap();
    stream
}

/// Kinds of the frames that come back until the connection ends; and whether that was soon.
fn kinds(mut stream: TcpStream) -> (Vec<u8>, bool) {
    let started = Instant::now();
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let (mut rest, mut kinds) = (bytes.as_slice(), Vec::new());
    while let [a, b, c, kind, ..] = *rest {
        kinds.push(kind);
        let length = 9 + u32::from_be_bytes([0, a, b, c]) as usize;
        rest = rest.get(length..).unwrap_or_default();
    }
    (kinds, started.elapsed() < Duration::from_secs(10))
}

#[test]
fn requests_are_answered() {
    let shop = Shop::open_with(Options { bounds: short_bounds(), ..Options::default() });
    let mut stream = open(&shop);
    for id in [1, 3, 5] {
        let flags = END_STREAM | END_HEADERS;
        stream.write_all(&frame(HEADERS, flags, id, &live_block())).unwrap();
    }
    let (kinds, is_soon) = kinds(stream);
    let count = |kind: u8| kinds.iter().filter(|it| **it == kind).count();
    assert_eq!((count(HEADERS), count(DATA)), (3, 3), "{kinds:?}");
    assert!(is_soon, "a quiet connection is closed");
}

#[test]
fn requests_are_held_to_the_same_form_as_in_http_1() {
    let shop = Shop::open_with(Options { bounds: short_bounds(), ..Options::default() });
    let host = |name: &[u8]| {
        // `host: …`, never indexed.
        let mut block = vec![0x10, 4];
        block.extend_from_slice(b"host");
        block.push(u8::try_from(name.len()).unwrap());
        block.extend_from_slice(name);
        block
    };
    let many = b"\x10\x01a\x01b".repeat(101);
    for (what, fields, expected) in [
        ("the same host", host(b"X"), "\"status\""),
        ("another host", host(b"y"), "malformed-request"),
        ("two hosts", [host(b"x"), host(b"x")].concat(), "malformed-request"),
        ("101 fields", many, "headers-too-large"),
    ] {
        let mut stream = open(&shop);
        let block = [live_block(), fields].concat();
        stream.write_all(&frame(HEADERS, END_STREAM | END_HEADERS, 1, &block)).unwrap();
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains(expected), "{what}: {text}");
        assert_eq!(text.contains("/problems/"), expected != "\"status\"", "{what}: {text}");
    }
}

/// The n-th part of a flood.
type Flood<'a> = &'a dyn Fn(u32) -> Vec<u8>;

#[test]
fn floods_end_the_connection_and_nothing_else() {
    let shop = Shop::open_with(Options { bounds: short_bounds(), ..Options::default() });
    let rapid_reset = |number: u32| {
        let id = 2 * number + 1;
        let mut bytes = frame(HEADERS, END_STREAM | END_HEADERS, id, &live_block());
        bytes.extend(frame(RST_STREAM, 0, id, &8_u32.to_be_bytes()));
        bytes
    };
    let continuation = |number: u32| {
        if number == 0 {
            return frame(HEADERS, END_STREAM, 1, &live_block());
        }
        // `x-….: …`, never indexed, again and again without an end.
        let mut block = vec![0x10, 4];
        block.extend_from_slice(b"x-ab");
        block.push(100);
        block.extend_from_slice(&[b'a'; 100]);
        frame(CONTINUATION, 0, 1, &block)
    };
    let empty_data = |number: u32| match number {
        0 => frame(HEADERS, END_HEADERS, 1, &live_block()),
        _ => frame(DATA, 0, 1, &[]),
    };
    let pings = |_| frame(PING, 0, 0, &[7; 8]);
    let settings = |_| frame(SETTINGS, 0, 0, &[]);
    let too_many = |number: u32| frame(HEADERS, END_HEADERS, 2 * number + 1, &live_block());
    let floods: [(&str, Flood<'_>); 6] = [
        ("rapid reset", &rapid_reset),
        ("endless headers", &continuation),
        ("empty data", &empty_data),
        ("pings", &pings),
        ("settings", &settings),
        ("streams without end", &too_many),
    ];
    for (what, part) in floods {
        let mut stream = open(&shop);
        for number in 0..3_000 {
            if stream.write_all(&part(number)).is_err() {
                break;
            }
        }
        let (kinds, is_soon) = kinds(stream);
        assert!(is_soon, "{what}: {} frames came back", kinds.len());
        assert_eq!(get(shop.api, "/health/live", "").status, 200, "{what}");
    }
}

#[test]
fn broken_frames_are_told_and_end_the_connection() {
    let shop = Shop::open_with(Options { bounds: short_bounds(), ..Options::default() });
    for (what, bytes) in [
        ("data on stream 0", frame(DATA, 0, 0, b"x")),
        ("even stream", frame(HEADERS, END_STREAM | END_HEADERS, 2, &live_block())),
        ("long ping", frame(PING, 0, 0, &[0; 9])),
        ("odd settings", frame(SETTINGS, 0, 0, &[0; 5])),
        ("continuation of nothing", frame(CONTINUATION, END_HEADERS, 1, &live_block())),
        ("broken packing", frame(HEADERS, END_STREAM | END_HEADERS, 1, &[0xff; 8])),
        ("frame beyond the limit", frame(DATA, 0, 1, &[0; 20_000])),
    ] {
        let mut stream = open(&shop);
        stream.write_all(&bytes).unwrap();
        let (kinds, is_soon) = kinds(stream);
        assert!(kinds.contains(&GOAWAY) && is_soon, "{what}: {kinds:?}");
    }
}
