//! Reads answers of HTTP/1.1 from pieces of a stream: status and length, nothing is kept of the body.
//!
//! Strict where leniency would take one answer for two (RFC 9112, section 6.3): a length beside chunks, two
//! lengths that differ, chunks without an end are refused.

/// Largest head; ours are below 1 KiB.
const HEAD_BYTES_MAX: usize = 32 * 1024;
/// Header fields of a head.
const FIELDS_MAX: usize = 64;
/// Largest body that is read; a page of 100 large rows stays far below.
const BODY_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Longest line that begins a chunk, and all trailers together.
const LINE_BYTES_MAX: usize = 4 * 1024;

/// An answer that was read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answer {
    /// HTTP status, 200 to 999.
    pub(crate) status: u16,
    /// Bytes of the body, as sent.
    pub(crate) body_bytes: u64,
    /// Whether the connection ends with it.
    pub(crate) is_last: bool,
}

/// Why a stream is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed(pub(crate) &'static str);

/// Reads one answer after the other.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    state: State,
    /// A head or a line that did not arrive in one piece.
    partial: Vec<u8>,
    status: u16,
    body_bytes: u64,
    is_last: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Head,
    /// So many bytes of the body are missing.
    Body(u64),
    /// The body ends with the connection.
    UntilClose,
    ChunkSize,
    /// So many bytes of a chunk are missing.
    Chunk(u64),
    /// The line end behind a chunk.
    ChunkEnd,
    Trailers,
}

impl Reader {
    /// Takes the next piece; answers how much of it was taken and, where it ended there, the answer.
    /// Call it again with the rest.
    pub(crate) fn take(&mut self, input: &[u8]) -> Result<(usize, Option<Answer>), Malformed> {
        let mut taken = 0;
        loop {
            let rest = input.get(taken..).unwrap_or_default();
            let (used, is_done) = self.step(rest)?;
            taken += used;
            if is_done {
                return Ok((taken, Some(self.finish())));
            }
            if taken >= input.len() {
                return Ok((taken, None));
            }
        }
    }

    /// The connection ended; answers the answer that this ends, if there is one.
    pub(crate) fn close(&mut self) -> Result<Option<Answer>, Malformed> {
        match self.state {
            State::UntilClose => Ok(Some(self.finish())),
            State::Head if self.partial.is_empty() => Ok(None),
            _ => Err(Malformed("the connection ended within an answer")),
        }
    }

    fn finish(&mut self) -> Answer {
        let answer =
            Answer { status: self.status, body_bytes: self.body_bytes, is_last: self.is_last };
        self.state = State::Head;
        answer
    }

    /// Makes progress in the current state; answers what was used and whether the answer is complete.
    fn step(&mut self, input: &[u8]) -> Result<(usize, bool), Malformed> {
        match self.state {
            State::Head => self.head(input),
            State::Body(left) => {
                let (used, left) = part(input, left);
                self.state = State::Body(left);
                Ok((used, left == 0))
            }
            State::UntilClose => {
                self.count(input.len() as u64)?;
                Ok((input.len(), false))
            }
            State::ChunkSize => self.chunk_size(input),
            State::Chunk(left) => {
                let (used, left) = part(input, left);
                self.state = if left == 0 { State::ChunkEnd } else { State::Chunk(left) };
                Ok((used, false))
            }
            State::ChunkEnd => {
                let (used, line) = self.line(input)?;
                match line.as_deref() {
                    None => {}
                    Some([]) => self.state = State::ChunkSize,
                    Some(_) => return Err(Malformed("a chunk is longer than it says")),
                }
                Ok((used, false))
            }
            State::Trailers => {
                let (used, line) = self.line(input)?;
                Ok((used, line.is_some_and(|it| it.is_empty())))
            }
        }
    }

    fn head(&mut self, input: &[u8]) -> Result<(usize, bool), Malformed> {
        let before = self.partial.len();
        let room = HEAD_BYTES_MAX.saturating_sub(before);
        self.partial.extend_from_slice(input.get(..input.len().min(room)).unwrap_or_default());
        // The end may have begun in an earlier piece.
        let from = before.saturating_sub(3);
        let searched = self.partial.get(from..).unwrap_or_default();
        let Some(end) = searched.windows(4).position(|it| it == b"\r\n\r\n") else {
            if self.partial.len() >= HEAD_BYTES_MAX {
                return Err(Malformed("the head is too long"));
            }
            // Garbage is noticed before the limit is reached.
            if self.partial.len() >= 5 && !self.partial.starts_with(b"HTTP/") {
                return Err(Malformed("it does not begin with HTTP/"));
            }
            return Ok((input.len(), false));
        };
        let end = from + end + 4;
        let head = std::mem::take(&mut self.partial);
        let is_done = self.begin(head.get(..end).unwrap_or_default())?;
        self.partial = head;
        self.partial.clear();
        Ok((end - before, is_done))
    }

    /// Understands a head; answers whether the answer ends with it.
    fn begin(&mut self, head: &[u8]) -> Result<bool, Malformed> {
        let mut fields = [httparse::EMPTY_HEADER; FIELDS_MAX];
        let mut parsed = httparse::Response::new(&mut fields);
        match parsed.parse(head) {
            Ok(httparse::Status::Complete(_)) => {}
            _ => return Err(Malformed("the head is not HTTP/1.1")),
        }
        self.status = parsed.code.unwrap_or(0);
        self.body_bytes = 0;
        if self.status < 200 {
            // Interim answers precede the real one; switching protocols was not asked for.
            return if self.status == 100 || self.status == 103 {
                Ok(false)
            } else {
                Err(Malformed("the status is not that of an answer"))
            };
        }
        let body = body_of(parsed.headers, &mut self.is_last)?;
        self.is_last |= parsed.version == Some(0);
        if matches!(self.status, 204 | 304) {
            return Ok(true);
        }
        match body {
            Framing::Chunked => self.state = State::ChunkSize,
            Framing::Length(0) => return Ok(true),
            Framing::Length(length) => {
                self.count(length)?;
                self.state = State::Body(length);
            }
            Framing::Unsaid => {
                self.is_last = true;
                self.state = State::UntilClose;
            }
        }
        Ok(false)
    }

    fn chunk_size(&mut self, input: &[u8]) -> Result<(usize, bool), Malformed> {
        let (used, line) = self.line(input)?;
        let Some(line) = line else { return Ok((used, false)) };
        // Extensions mean nothing to us (RFC 9112, 7.1.1).
        let digits = line.split(|it| matches!(it, b';' | b' ' | b'\t')).next().unwrap_or_default();
        let is_hex = !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit);
        let text = std::str::from_utf8(digits).ok().filter(|_| is_hex);
        let size = text.and_then(|it| u64::from_str_radix(it, 16).ok());
        let size = size.ok_or(Malformed("a chunk's size is not a number"))?;
        self.count(size)?;
        self.state = if size == 0 { State::Trailers } else { State::Chunk(size) };
        Ok((used, false))
    }

    /// A line without its end, once it is complete.
    fn line(&mut self, input: &[u8]) -> Result<(usize, Option<Vec<u8>>), Malformed> {
        let end = input.iter().position(|it| *it == b'\n');
        let used = end.map_or(input.len(), |it| it + 1);
        if self.partial.len() + used > LINE_BYTES_MAX {
            return Err(Malformed("a line within the body is too long"));
        }
        self.partial.extend_from_slice(input.get(..used).unwrap_or_default());
        if end.is_none() {
            return Ok((used, None));
        }
        let line = std::mem::take(&mut self.partial);
        let line = line.strip_suffix(b"\r\n").ok_or(Malformed("a line ends without CR"))?;
        Ok((used, Some(line.to_vec())))
    }

    fn count(&mut self, bytes: u64) -> Result<(), Malformed> {
        self.body_bytes = self.body_bytes.saturating_add(bytes);
        if self.body_bytes > BODY_BYTES_MAX {
            return Err(Malformed("the body is too long"));
        }
        Ok(())
    }
}

enum Framing {
    Length(u64),
    Chunked,
    Unsaid,
}

/// How long the body is, by its head (RFC 9112, section 6.3).
fn body_of(fields: &[httparse::Header<'_>], is_last: &mut bool) -> Result<Framing, Malformed> {
    let mut length = None;
    let mut is_chunked = false;
    *is_last = false;
    for field in fields {
        if field.name.eq_ignore_ascii_case("content-length") {
            let text = std::str::from_utf8(field.value).unwrap_or("");
            let is_number = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
            let value = text.parse::<u64>().ok().filter(|_| is_number);
            let value = value.ok_or(Malformed("the length is not a number"))?;
            if length.is_some_and(|it| it != value) {
                return Err(Malformed("there are two lengths"));
            }
            length = Some(value);
        } else if field.name.eq_ignore_ascii_case("transfer-encoding") {
            if is_chunked || !field.value.eq_ignore_ascii_case(b"chunked") {
                return Err(Malformed("the transfer encoding is not `chunked`"));
            }
            is_chunked = true;
        } else if field.name.eq_ignore_ascii_case("connection") {
            *is_last |= field.value.eq_ignore_ascii_case(b"close");
        }
    }
    match (length, is_chunked) {
        (Some(_), true) => Err(Malformed("there is a length beside chunks")),
        (Some(length), false) => Ok(Framing::Length(length)),
        (None, true) => Ok(Framing::Chunked),
        (None, false) => Ok(Framing::Unsaid),
    }
}

/// How much of the input belongs to a part of so many bytes, and how many are missing then.
fn part(input: &[u8], left: u64) -> (usize, u64) {
    let used = u64::try_from(input.len()).unwrap_or(u64::MAX).min(left);
    (usize::try_from(used).unwrap_or(input.len()), left - used)
}

#[cfg(test)]
mod tests {
    use super::{Answer, Malformed, Reader};

    /// Reads a stream in pieces of this size; the connection ends behind it.
    fn read(stream: &[u8], piece: usize) -> Result<Vec<(u16, u64, bool)>, Malformed> {
        let mut reader = Reader::default();
        let mut answers: Vec<Answer> = Vec::new();
        for piece in stream.chunks(piece) {
            let mut rest = piece;
            while !rest.is_empty() {
                let (taken, answer) = reader.take(rest)?;
                assert!(taken > 0, "no progress");
                answers.extend(answer);
                rest = &rest[taken..];
            }
        }
        answers.extend(reader.close()?);
        Ok(answers.into_iter().map(|it| (it.status, it.body_bytes, it.is_last)).collect())
    }

    #[test]
    fn answers_are_the_same_however_they_are_cut() {
        type Read = (u16, u64, bool);
        let streams: &[(&str, &[Read])] = &[
            ("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", &[(200, 5, false)]),
            ("HTTP/1.1 204 No Content\r\n\r\n", &[(204, 0, false)]),
            // A 304 has the length of what it does not send.
            (
                "HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\nHTTP/1.1 200 \r\ncontent-length: 0\r\n\r\n",
                &[(304, 0, false), (200, 0, false)],
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1A;x=y\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nt: u\r\n\r\n",
                &[(200, 31, false)],
            ),
            (
                "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\n{}",
                &[(404, 2, false)],
            ),
            ("HTTP/1.1 200 OK\r\n\r\nuntil the end", &[(200, 13, true)]),
            (
                "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\n.",
                &[(200, 1, true)],
            ),
            ("", &[]),
        ];
        for (stream, answers) in streams {
            for piece in 1..=stream.len().max(1) {
                assert_eq!(read(stream.as_bytes(), piece).unwrap(), *answers, "{piece}: {stream}");
            }
        }
    }

    #[test]
    fn what_is_no_answer_is_refused_however_it_is_cut() {
        let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(65));
        let long = format!("HTTP/1.1 200 OK\r\na: {}\r\n\r\n", "x".repeat(40_000));
        let line = format!(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{}\r\n",
            "0".repeat(5_000)
        );
        let streams: &[(&str, &str)] = &[
            ("SSH-2.0-OpenSSH_9.6\r\n", "it does not begin with HTTP/"),
            (
                "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhell",
                "the connection ended within an answer",
            ),
            ("HTTP/1.1 200 OK\r\ncontent-le", "the connection ended within an answer"),
            ("HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n", "the length is not a number"),
            ("HTTP/1.1 200 OK\r\ncontent-length: +1\r\n\r\n.", "the length is not a number"),
            (
                "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n..",
                "there are two lengths",
            ),
            (
                "HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999\r\n\r\n",
                "the length is not a number",
            ),
            ("HTTP/1.1 200 OK\r\ncontent-length: 999999999999\r\n\r\n", "the body is too long"),
            (
                "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
                "there is a length beside chunks",
            ),
            (
                "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n",
                "the transfer encoding is not `chunked`",
            ),
            (
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nabc\r\n",
                "a chunk is longer than it says",
            ),
            (
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nz\r\n",
                "a chunk's size is not a number",
            ),
            (
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n",
                "the body is too long",
            ),
            ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\n.", "a line ends without CR"),
            (
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n.\r\n",
                "the connection ended within an answer",
            ),
            ("HTTP/1.1 101 Switching Protocols\r\n\r\n", "the status is not that of an answer"),
            ("HTTP/1.1 OK\r\n\r\n", "the head is not HTTP/1.1"),
            ("HTTP/3.0 200 OK\r\n\r\n", "the head is not HTTP/1.1"),
            (&many, "the head is not HTTP/1.1"),
            (&long, "the head is too long"),
            (&line, "a line within the body is too long"),
        ];
        for (stream, reason) in streams {
            for piece in [1, 2, 3, 7, 64, stream.len()] {
                let read = read(stream.as_bytes(), piece);
                assert_eq!(read, Err(Malformed(reason)), "{piece}: {:.80}", stream);
            }
        }
    }
}
