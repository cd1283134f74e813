//! Serves coding agents: the architect as tools, prompts and resources of the Model Context Protocol, over standard
//! input and output. Reads below one folder only; whatever would write says first what it would write.
//!
//! Start reading at [`serve`], then `server.rs`, then any file in `tools/`.

mod asking;
mod desk;
mod jobs;
mod memory;
mod prompts;
mod resources;
mod running;
mod server;
mod system;
mod tool;
mod tools;
mod writing;

use std::path::Path;

use architrave_engine::Fault;
use rmcp::ServiceExt as _;

/// Longest message, in bytes: a blueprint of the largest size that is read, quoted once.
const MESSAGE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Names of all tools, in their order.
pub fn tool_names() -> impl Iterator<Item = &'static str> {
    tools::ALL.iter().map(|it| it.name)
}

/// Serves until standard input ends.
///
/// # Errors
/// Where the folder cannot be used, or the other side does not speak the protocol.
pub async fn serve(root: &Path) -> Result<(), Fault> {
    let desk = std::sync::Arc::new(desk::Desk::of(root)?);
    let server = server::Server::new(desk.clone());
    let failed = |error: String| {
        Fault::new(format!("the conversation failed: {error}"), "see the log of the agent's host")
    };
    let running = server.serve(bounded()).await.map_err(|error| failed(error.to_string()))?;
    let ended = running.waiting().await;
    // Nothing outlives the conversation.
    desk.jobs.end_all();
    ended.map_err(|error| failed(error.to_string()))?;
    Ok(())
}

/// Standard input and output, with a bound on what one message may take.
fn bounded() -> (Bounded<tokio::io::Stdin>, tokio::io::Stdout) {
    (Bounded { inner: tokio::io::stdin(), line_bytes: 0 }, tokio::io::stdout())
}

/// Ends the conversation at a line that is longer than any message.
struct Bounded<R> {
    inner: R,
    line_bytes: usize,
}

impl<R: tokio::io::AsyncRead + Unpin> tokio::io::AsyncRead for Bounded<R> {
    fn poll_read(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
        buffer: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        let polled = std::pin::Pin::new(&mut self.inner).poll_read(context, buffer);
        let new = buffer.filled().get(before..).unwrap_or_default();
        self.line_bytes = match new.iter().rposition(|it| *it == b'\n') {
            Some(at) => new.len() - at - 1,
            None => self.line_bytes.saturating_add(new.len()),
        };
        if self.line_bytes > MESSAGE_BYTES_MAX {
            return std::task::Poll::Ready(Err(std::io::Error::other("a message is too long")));
        }
        polled
    }
}
