//! One non-blocking connection: what is still to be written, what waits for its answer.

use std::{
    collections::VecDeque,
    io::{ErrorKind, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use super::{
    Done, Outcome, Sent,
    answer::{Answer, Reader},
};

/// Bytes that are read at once.
const PIECE_BYTES: usize = 64 * 1024;
/// Pieces that are read before other connections have their turn.
const PIECES_MAX: usize = 16;

/// An open connection.
pub(super) struct Connection {
    stream: TcpStream,
    unsent: Vec<u8>,
    reader: Reader,
    /// Sent and not answered, the oldest first.
    waiting: VecDeque<Sent>,
    piece: Box<[u8]>,
    has_failed: bool,
}

impl Connection {
    pub(super) fn open(address: SocketAddr, timeout: Duration) -> std::io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, timeout)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(Self {
            stream,
            unsent: Vec::new(),
            reader: Reader::default(),
            waiting: VecDeque::new(),
            piece: vec![0; PIECE_BYTES].into_boxed_slice(),
            has_failed: false,
        })
    }

    pub(super) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    pub(super) fn in_flight(&self) -> usize {
        self.waiting.len()
    }

    pub(super) fn has_unsent(&self) -> bool {
        !self.unsent.is_empty() || self.has_failed
    }

    pub(super) fn oldest_sent_ns(&self) -> Option<u64> {
        self.waiting.front().map(|it| it.sent_ns)
    }

    /// Sends as much of a request as the socket takes; the rest follows when it takes more.
    pub(super) fn send(&mut self, sent: Sent, request: &[u8]) {
        self.waiting.push_back(sent);
        if !self.unsent.is_empty() {
            self.unsent.extend_from_slice(request);
            return;
        }
        let written = match self.stream.write(request) {
            Ok(written) => written,
            Err(error) => {
                // Noticed when the connection is looked at next.
                self.has_failed |= !is_patience(error.kind());
                0
            }
        };
        self.unsent.extend_from_slice(request.get(written..).unwrap_or_default());
    }

    /// Writes what is left; false where the connection is broken.
    pub(super) fn flush(&mut self) -> bool {
        while !self.unsent.is_empty() && !self.has_failed {
            match self.stream.write(&self.unsent) {
                Ok(0) => self.has_failed = true,
                Ok(written) => drop(self.unsent.drain(..written)),
                Err(error) if is_patience(error.kind()) => break,
                Err(_) => self.has_failed = true,
            }
        }
        !self.has_failed
    }

    /// Reads what has arrived; false where the connection is over.
    pub(super) fn receive(&mut self, started: Instant, done: &mut Vec<Done>) -> bool {
        for _ in 0..PIECES_MAX {
            let count = match self.stream.read(&mut self.piece) {
                Ok(0) => {
                    if let Ok(Some(answer)) = self.reader.close() {
                        self.answered(answer, started, done);
                    }
                    return false;
                }
                Ok(count) => count,
                Err(error) => return is_patience(error.kind()),
            };
            let mut taken = 0;
            while taken < count {
                let rest = self.piece.get(taken..count).unwrap_or_default();
                let Ok((used, answer)) = self.reader.take(rest) else { return false };
                taken += used;
                if let Some(answer) = answer
                    && !self.answered(answer, started, done)
                {
                    return false;
                }
            }
            // A short piece was all there is: the next read would only say so.
            if count < PIECE_BYTES {
                return true;
            }
        }
        true
    }

    /// Takes an answer; false where the connection ends with it or nobody asked.
    fn answered(&mut self, answer: Answer, started: Instant, done: &mut Vec<Done>) -> bool {
        let Some(sent) = self.waiting.pop_front() else { return false };
        let ended_ns = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let outcome = Outcome::Answered(answer.status);
        done.push(Done { sent, ended_ns, outcome, body_bytes: answer.body_bytes });
        !answer.is_last
    }

    /// Gives up everything that waits.
    pub(super) fn abandon(&mut self, outcome: Outcome, ended_ns: u64, done: &mut Vec<Done>) {
        let waiting = self.waiting.drain(..);
        done.extend(waiting.map(|sent| Done { sent, ended_ns, outcome, body_bytes: 0 }));
    }
}

fn is_patience(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::Interrupted)
}
