//! Batches: many writes in one request.

use architrave_plan::Operation;

use super::{Engine, Failure, WriteRequest};
use crate::ports::Written;

impl Engine {
    pub(super) async fn batch(
        &self,
        operation: &Operation,
        request: WriteRequest,
    ) -> Result<Written, Failure> {
        let _ = (operation, request);
        Err(Self::unplanned("batches are being built"))
    }
}
