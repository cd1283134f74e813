//! Reads: one row, a page, a search, a count, the journal, and what decisions need to know.

mod load;

pub(super) use load::{LoadError, Loader, Order};

use futures_util::TryStreamExt as _;
use tokio_postgres::{Client, Error, Row, Statement};

use super::value::Bound;

/// Runs a statement. It is on its way when this is first polled; what is polled next comes behind it.
async fn rows(
    client: &Client,
    statement: &Statement,
    parameters: Vec<Bound<'_>>,
) -> Result<Vec<Row>, Error> {
    client.query_raw(statement, parameters).await?.try_collect().await
}
