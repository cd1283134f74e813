//! Paging through the journal.

use super::{Engine, Failure, ReadReply, ReadRequest};

impl Engine {
    pub(super) async fn read_events(
        &self,
        request: &ReadRequest<'_>,
        out: &mut Vec<u8>,
    ) -> Result<ReadReply, Failure> {
        let _ = (request, out);
        Err(Self::unplanned("events are being built"))
    }
}
