//! The socket as hyper sees it: keeps the connection's pace, and answers in our own words where hyper
//! would refuse an unreadable request with an empty body.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use super::pace::Pace;
use crate::answer::refusal_for_status_line;

/// What an HTTP/2 connection starts with (RFC 9113, 3.4).
pub(crate) const PREFACE: [u8; 24] = *b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The first bytes of a connection, read to tell HTTP/1 from HTTP/2.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ReadAhead {
    /// The bytes.
    pub(crate) bytes: [u8; PREFACE.len()],
    /// How many of them there are.
    pub(crate) length: usize,
    /// How many of them have been handed on.
    pub(crate) used: usize,
}

/// A socket with what was read ahead of it.
pub(crate) struct Wire {
    stream: TcpStream,
    pace: Arc<Pace>,
    ahead: ReadAhead,
    refusal: Option<Refusal>,
    is_http1: bool,
    /// Bytes that may still be discarded, once our side is closed.
    lingering: Option<usize>,
}

/// Most bytes that are read and thrown away after our last word. Larger than what a client can have under way
/// before our answer reaches it, on any network that is not a laboratory's.
const DISCARDED_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Our own refusal on its way out in place of hyper's.
struct Refusal {
    bytes: Vec<u8>,
    written: usize,
    /// Length of hyper's words, which hyper is told have been written.
    stands_for: usize,
}

impl Wire {
    pub(crate) fn new(
        stream: TcpStream,
        pace: Arc<Pace>,
        ahead: ReadAhead,
        is_http1: bool,
    ) -> Self {
        Self { stream, pace, ahead, refusal: None, is_http1, lingering: None }
    }

    fn poll_refusal(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let Some(refusal) = &mut self.refusal else { return Poll::Ready(Ok(0)) };
        while let Some(rest) = refusal.bytes.get(refusal.written..).filter(|it| !it.is_empty()) {
            refusal.written += ready!(Pin::new(&mut self.stream).poll_write(cx, rest))?;
        }
        let length = refusal.stands_for;
        self.refusal = None;
        Poll::Ready(Ok(length))
    }

    /// Reads what still comes and throws it away, until the client has closed its side too.
    fn poll_discard(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut scratch = [0; 8 * 1024];
        while let Some(left) = self.lingering.filter(|it| *it > 0) {
            let mut buffer = ReadBuf::new(&mut scratch);
            let read = ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer));
            let count = buffer.filled().len();
            if read.is_err() || count == 0 {
                break;
            }
            self.lingering = Some(left.saturating_sub(count));
        }
        Poll::Ready(Ok(()))
    }

    fn account(&self, result: &Poll<io::Result<usize>>) {
        match result {
            Poll::Ready(Ok(count)) => self.pace.wrote(*count),
            Poll::Ready(Err(_)) => {}
            Poll::Pending => self.pace.blocked(),
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let ReadAhead { bytes, length, used } = self.ahead;
        if let Some(rest) = bytes.get(used..length).filter(|it| !it.is_empty()) {
            let rest = rest.get(..buffer.remaining().min(rest.len())).unwrap_or_default();
            buffer.put_slice(rest);
            self.ahead.used += rest.len();
        } else {
            ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        }
        let fresh = buffer.filled().get(before..).unwrap_or_default();
        if !fresh.is_empty() && self.is_http1 {
            self.pace.received(fresh);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.is_http1 && self.refusal.is_none() && !self.pace.is_busy() {
            // Nothing of ours is being answered, so these are hyper's own words.
            self.refusal = refusal_for_status_line(bytes).map(|refusal| Refusal {
                bytes: refusal,
                written: 0,
                stands_for: bytes.len(),
            });
        }
        if self.refusal.is_some() {
            return self.poll_refusal(cx);
        }
        let result = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.account(&result);
        result
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.is_http1 && (self.refusal.is_some() || !self.pace.is_busy()) {
            let first = parts.iter().find(|it| !it.is_empty());
            return self.poll_write(cx, first.map_or(&[], |it| it));
        }
        let result = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.account(&result);
        result
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
        self.pace.flushed();
        Poll::Ready(Ok(()))
    }

    /// A lingering close (RFC 9112, 9.6): were the socket closed with bytes in it that nobody has read, as after an
    /// early refusal, the system would reset the connection, and the client might lose the answer that it has not read
    /// yet. The pace says how long.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.lingering.is_none() {
            ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
            if !self.is_http1 {
                return Poll::Ready(Ok(()));
            }
            self.pace.linger();
            self.lingering = Some(DISCARDED_BYTES_MAX);
        }
        self.poll_discard(cx)
    }
}
