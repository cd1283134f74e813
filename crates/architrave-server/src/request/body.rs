//! Reads a body within its bounds of size and time.

use std::time::Duration;

use architrave_engine::Problem;
use http::Version;
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};

use super::Intake;

/// Slowest acceptable sender, in bytes a second: large bodies earn more time.
const RATE_MIN: u64 = 16 * 1024;

/// Reads the whole body. The time is bounded by `time_max` plus what `bytes_max` takes at [`RATE_MIN`].
pub(crate) async fn read_body(
    intake: &Intake<'_>,
    body: &mut Incoming,
    bytes_max: u64,
    time_max: Duration,
) -> Result<Vec<u8>, Problem> {
    if body.is_end_stream() {
        return Ok(Vec::new());
    }
    let declared = match intake
        .content_length
        .map(|it| it.to_str().ok().and_then(|it| it.parse::<u64>().ok()))
    {
        None => None,
        Some(Some(length)) => Some(length),
        Some(None) => {
            return Err(Problem::of("malformed-request", "`Content-Length` is not a number."));
        }
    };
    if declared.is_some_and(|it| it > bytes_max) {
        return Err(too_large(bytes_max));
    }
    let room = declared.unwrap_or(1024).min(bytes_max);
    let mut bytes = Vec::with_capacity(usize::try_from(room).unwrap_or(1024));
    let time_max = time_max + Duration::from_secs(bytes_max / RATE_MIN);
    let reading = async {
        while let Some(frame) = body.frame().await {
            let frame =
                frame.map_err(|_| Problem::of("malformed-request", "The body broke off."))?;
            // Trailers carry nothing we know.
            let Ok(data) = frame.into_data() else { continue };
            if (bytes.len() + data.len()) as u64 > bytes_max {
                return Err(too_large(bytes_max));
            }
            bytes.extend_from_slice(&data);
        }
        Ok(())
    };
    match tokio::time::timeout(time_max, reading).await {
        Ok(result) => result.map(|()| bytes),
        Err(_) => Err(Problem::of("timeout", "The body did not arrive in time.")),
    }
}

/// Whether a client has sent, or may be about to send, more of this body than we have read. The connection ends with
/// the answer then, and the answer says so: what stands behind would be taken for the next request, and a client that
/// does not know would send its next request into a closed socket.
pub(crate) fn is_left_over(version: Version, body: &Incoming) -> bool {
    version < Version::HTTP_2 && !body.is_end_stream()
}

fn too_large(bytes_max: u64) -> Problem {
    Problem::of("body-too-large", format!("At most {bytes_max} bytes are taken."))
}
