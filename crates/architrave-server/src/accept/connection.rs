//! One connection from its first byte to its end.

use std::{
    convert::Infallible,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::Arc,
    task::Poll,
    time::Instant,
};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::{
    body::{Body, Incoming},
    server::conn,
    service::Service,
};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::{io::AsyncReadExt, net::TcpStream, sync::watch};

use super::{
    Bounds,
    pace::Pace,
    wire::{PREFACE, ReadAhead, Wire},
};

/// What answers the requests of one connection.
pub(crate) trait Respond: Clone + Send + 'static {
    /// Answers a request. `lengths`: how often an HTTP/1 request declares its body's length, as far as it can be told.
    fn respond(
        self,
        request: Request<Incoming>,
        lengths: Option<usize>,
    ) -> impl Future<Output = Response<Full<Bytes>>> + Send;
}

/// hyper's view of a [`Respond`].
struct Adapter<R> {
    respond: R,
    pace: Arc<Pace>,
}

impl<R: Respond> Service<Request<Incoming>> for Adapter<R> {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let lengths = self.pace.begin(request.body().size_hint().exact());
        let pace = Arc::clone(&self.pace);
        let answer = self.respond.clone().respond(request, lengths);
        Box::pin(async move {
            let answer = answer.await;
            pace.answered();
            Ok(answer)
        })
    }
}

/// A connection's future, whatever its version of HTTP.
trait Conversation: Future {
    /// Finishes what has begun and closes then.
    fn finish(self: Pin<&mut Self>);
}

impl<R: Respond> Conversation for conn::http1::Connection<TokioIo<Wire>, Adapter<R>> {
    fn finish(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

impl<R: Respond> Conversation
    for conn::http2::Connection<TokioIo<Wire>, Adapter<R>, TokioExecutor>
{
    fn finish(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

/// Serves a connection until its end, a missed deadline, or the stop of the server.
pub(crate) async fn converse<R: Respond>(
    mut stream: TcpStream,
    respond: R,
    bounds: Bounds,
    mut stop: watch::Receiver<bool>,
) {
    // Without it small answers wait for the client's delayed acknowledgement, up to 40 ms.
    let _ = stream.set_nodelay(true);
    let Some((ahead, is_http2)) = read_ahead(&mut stream, &bounds, &mut stop).await else { return };
    let pace = Pace::new(bounds);
    let wire = TokioIo::new(Wire::new(stream, Arc::clone(&pace), ahead, !is_http2));
    let service = Adapter { respond, pace: Arc::clone(&pace) };
    if is_http2 {
        keep_pace(http2(&bounds).serve_connection(wire, service), &pace, stop).await;
    } else {
        keep_pace(http1(&bounds).serve_connection(wire, service), &pace, stop).await;
    }
}

/// Reads until the version of HTTP is known; none when the client stays silent or leaves.
async fn read_ahead(
    stream: &mut TcpStream,
    bounds: &Bounds,
    stop: &mut watch::Receiver<bool>,
) -> Option<(ReadAhead, bool)> {
    let mut ahead = ReadAhead::default();
    let reading = async {
        while ahead.length < PREFACE.len() {
            let rest = ahead.bytes.get_mut(ahead.length..)?;
            match stream.read(rest).await {
                Ok(0) | Err(_) => return None,
                Ok(count) => ahead.length += count,
            }
            if ahead.bytes.get(..ahead.length) != PREFACE.get(..ahead.length) {
                return Some((ahead, false));
            }
        }
        Some((ahead, true))
    };
    tokio::select! {
        read = tokio::time::timeout(bounds.silence_time_max, reading) => read.ok().flatten(),
        _ = stop.wait_for(|it| *it) => None,
    }
}

fn http1(bounds: &Bounds) -> conn::http1::Builder {
    let mut builder = conn::http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        // The pace has its own, which does not run between requests.
        .header_read_timeout(None)
        .max_header_size(bounds.header_bytes_max)
        .max_buf_size(bounds.header_bytes_max * 4);
    builder
}

fn http2(bounds: &Bounds) -> conn::http2::Builder<TokioExecutor> {
    let mut builder = conn::http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(Bounds::STREAMS_MAX)
        .max_header_list_size(u32::try_from(bounds.header_bytes_max).unwrap_or(u32::MAX))
        .max_pending_accept_reset_streams(Bounds::PENDING_RESETS_MAX)
        .max_local_error_reset_streams(Bounds::LOCAL_RESETS_MAX)
        .keep_alive_interval(Bounds::PING_INTERVAL)
        .keep_alive_timeout(Bounds::PING_TIME_MAX);
    builder
}

/// Drives a connection; cuts it when a deadline passes, lets it finish when the server stops.
async fn keep_pace<C: Conversation>(conversation: C, pace: &Pace, mut stop: watch::Receiver<bool>) {
    let mut conversation = pin!(conversation);
    let mut armed = pace.deadline();
    let mut alarm = pin!(tokio::time::sleep_until(armed.into()));
    let mut stopping = pin!(async move {
        // An error means that the server is gone, which is a stop as well.
        let _ = stop.wait_for(|it| *it).await;
    });
    let mut is_stopping = false;
    poll_fn(|cx| {
        if !is_stopping && stopping.as_mut().poll(cx).is_ready() {
            is_stopping = true;
            conversation.as_mut().finish();
        }
        if conversation.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        // A connection that has not asked for anything yet would wait for its first request.
        if is_stopping && !pace.is_busy() {
            return Poll::Ready(());
        }
        for _ in 0..2 {
            let deadline = pace.deadline();
            if deadline < armed {
                armed = deadline;
                alarm.as_mut().reset(armed.into());
            }
            if alarm.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            if pace.deadline() <= Instant::now() {
                return Poll::Ready(());
            }
            armed = pace.deadline();
            alarm.as_mut().reset(armed.into());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
