//! Tells the heads of a connection's requests apart in the bytes as they came.
//!
//! hyper drops `content-length` where `transfer-encoding` stands beside it, and joins equal ones. Such requests are
//! refused (RFC 9112, 6.3: request smuggling), so the bytes themselves are looked at. Requests may be sent without
//! waiting for answers, hence every head is found behind the body of the one before, and not only the first.

/// Bytes of requests that have not been begun.
#[derive(Debug)]
pub(super) struct Heads {
    waiting: Vec<u8>,
    waiting_max: usize,
    /// How many came behind those that wait.
    unseen: u64,
    /// Bytes of the current body that have not come yet.
    body_left: u64,
    /// Where the next head begins is not known: behind a chunked body, or among what was not seen.
    is_lost: bool,
}

const LENGTH: &[u8] = b"content-length";

impl Heads {
    /// Remembers at most so many bytes.
    pub(super) fn new(waiting_max: usize) -> Self {
        Self { waiting: Vec::new(), waiting_max, unseen: 0, body_left: 0, is_lost: false }
    }

    /// Bytes came in.
    pub(super) fn received(&mut self, bytes: &[u8]) {
        if self.is_lost {
            return;
        }
        let body = usize::try_from(self.body_left).unwrap_or(usize::MAX).min(bytes.len());
        self.body_left -= body as u64;
        let fresh = bytes.get(body..).unwrap_or_default();
        let room = self.waiting_max.saturating_sub(self.waiting.len());
        let (seen, unseen) = fresh.split_at_checked(room).unwrap_or((fresh, &[]));
        self.waiting.extend_from_slice(seen);
        self.unseen += unseen.len() as u64;
    }

    /// A request's head has been read, whose body has this length; none where its end is not known beforehand. Says
    /// how often the head declares a length, if it can be told.
    pub(super) fn begin(&mut self, body: Option<u64>) -> Option<usize> {
        let Some(end) = end_of_head(&self.waiting).filter(|_| !self.is_lost) else {
            self.lose();
            return None;
        };
        let head = self.waiting.get(..end).unwrap_or_default();
        let declared = head.split(|it| *it == b'\n').filter(|line| declares_length(line)).count();
        let Some(length) = body else {
            self.lose();
            return Some(declared);
        };
        let behind = self.waiting.len() - end;
        let here = usize::try_from(length).unwrap_or(usize::MAX).min(behind);
        self.waiting.drain(..end + here);
        let left = length - here as u64;
        if self.unseen > left {
            self.lose();
        } else {
            self.body_left = left - self.unseen;
            self.unseen = 0;
        }
        Some(declared)
    }

    /// Whether the next request, or a part of it, is there already.
    pub(super) fn is_begun(&self) -> bool {
        !self.waiting.is_empty()
    }

    fn lose(&mut self) {
        self.is_lost = true;
        self.waiting = Vec::new();
    }
}

fn declares_length(line: &[u8]) -> bool {
    line.get(..LENGTH.len()).is_some_and(|it| it.eq_ignore_ascii_case(LENGTH))
}

/// Where a head ends: behind its first empty line, but for those in front of it (RFC 9112, 2.2). Lines may end without
/// a carriage return, as hyper takes them.
fn end_of_head(bytes: &[u8]) -> Option<usize> {
    let mut start = 0;
    let mut is_begun = false;
    while let Some(length) = bytes.get(start..)?.iter().position(|it| *it == b'\n') {
        let line = bytes.get(start..start + length)?;
        let is_empty = line.is_empty() || line == b"\r";
        start += length + 1;
        if is_empty && is_begun {
            return Some(start);
        }
        is_begun |= !is_empty;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::Heads;

    /// What `begin` says of each request, with these lengths of bodies.
    fn declared(parts: &[&str], bodies: &[Option<u64>]) -> Vec<Option<usize>> {
        let mut heads = Heads::new(200);
        parts.iter().for_each(|it| heads.received(it.as_bytes()));
        bodies.iter().map(|body| heads.begin(*body)).collect()
    }

    #[test]
    fn lengths_are_counted_in_each_head_alone() {
        let get = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
        let post = "POST / HTTP/1.1\r\nContent-Length: 18\r\n\r\n\ncontent-length: 1\n";
        let post = post.trim_end();
        let twice = "POST / HTTP/1.1\r\ncontent-length: 0\r\nCONTENT-LENGTH: 0\r\n\r\n";
        let long = "x".repeat(300);
        for (parts, bodies, expected) in [
            (vec![get], vec![Some(0)], vec![Some(0)]),
            (vec![post], vec![Some(18)], vec![Some(1)]),
            (vec![get, twice], vec![Some(0); 2], vec![Some(0), Some(2)]),
            (
                vec![post, twice, get],
                vec![Some(18), Some(0), Some(0)],
                vec![Some(1), Some(2), Some(0)],
            ),
            (vec!["\r\n\n", get, get], vec![Some(0); 2], vec![Some(0); 2]),
            (
                vec!["GET / HTTP/1.1\n\n", "GET / HTTP/1.1\n\r\n"],
                vec![Some(0); 2],
                vec![Some(0); 2],
            ),
            // Behind a chunked body nothing is known.
            (vec![get, twice, get], vec![Some(0), None, Some(0)], vec![Some(0), Some(2), None]),
            // What does not fit into memory may be a body, but no head.
            (vec![post, &long], vec![Some(318)], vec![Some(1)]),
            (vec![post, &long, get], vec![Some(318), Some(0)], vec![Some(1), None]),
            (vec![get, &long, get], vec![Some(0); 2], vec![Some(0), None]),
            (vec!["GET / HTTP/1.1\r\n"], vec![Some(0)], vec![None]),
        ] {
            assert_eq!(declared(&parts, &bodies), expected, "{parts:?}");
        }
    }

    #[test]
    fn a_body_that_comes_later_is_no_head() {
        let mut heads = Heads::new(200);
        heads.received(b"POST / HTTP/1.1\r\ncontent-length: 6\r\n\r\nab");
        assert_eq!(heads.begin(Some(6)), Some(1));
        assert!(!heads.is_begun());
        heads.received(b"cd");
        heads.received(b"efGET / HTTP/1.1\r\n");
        assert!(heads.is_begun());
        heads.received(b"\r\n");
        assert_eq!(heads.begin(Some(0)), Some(0));
        assert!(!heads.is_begun());
        heads.received(b"POST / HTTP/1.1\r\ncontent-length: 300\r\n\r\n");
        heads.received(&[b'a'; 299]);
        assert_eq!(heads.begin(Some(300)), Some(1));
        heads.received(b"aGET / HTTP/1.1\r\n\r\n");
        assert_eq!(heads.begin(Some(0)), Some(0), "the body was larger than what is remembered");
    }
}
