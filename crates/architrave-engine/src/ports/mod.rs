//! Ports: what the engine needs from the world. Shaped so that SQLite can answer on the spot and
//! PostgreSQL can be awaited, without a future per row or an intermediate tree.

mod directory;
mod limiter;
mod position;
mod store;
mod world;

pub use directory::{ApiKeyRecord, Directory};
pub use limiter::{LimitKey, Limiter, Taken};
pub use position::{NoPosition, Position};
pub use store::{
    Answer, Change, Conflict, Decide, Decision, EventsPage, EventsRead, Filter, ForeignRow,
    JournalEvent, JournalTransaction, Later, Need, Outcome, Purgeable, Read, ReadAnswer, ReadList,
    ReadOne, Remembered, Selection, Step, Store, StoreStatus, StoredEvent, Written,
};
pub use world::{Clock, Dice};
