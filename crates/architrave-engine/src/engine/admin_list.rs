//! Lists for the administrator: every row of an entity, whatever the access rules say.

use architrave_model::{EntityId, Value};
use architrave_plan::{ColumnRole, Direction, SortKey};
use uuid::Uuid;

use super::{Engine, Failure, admin::administrator};
use crate::{
    Fault,
    ports::{Read, ReadList},
    query::Choice,
    show::scalar,
};

/// Rows of one page.
const PAGE_ROWS: u32 = 100;

impl Engine {
    /// Appends `{"items":[…],"next":"<id>"}` to `out`: up to 100 rows in the order of their ids, after `after`.
    /// `next` is what to send as `after`, null at the end. For tenants and users.
    ///
    /// # Errors
    /// `tenant-unknown` where rows belong to tenants and none that exists is named; a fault.
    pub async fn admin_list(
        &self,
        entity: EntityId,
        tenant: Option<Uuid>,
        after: Option<Uuid>,
        out: &mut Vec<u8>,
    ) -> Result<(), Failure> {
        self.check_tenant(entity, tenant).await?;
        let columns = self.plan()[entity].columns.iter();
        let id = columns.zip(0..).find(|(it, _)| it.role == ColumnRole::Id).map(|(_, it)| it);
        let id = id.ok_or_else(|| Fault::new("an entity has no id column", ""))?;
        let caller = administrator(tenant, "system.admin_list").caller;
        let read = Read::List(ReadList {
            selection: self.selections.get(&Choice::all(entity, caller.class)),
            query_key: self
                .selections
                .seal(format!("admin list, goes on: {}", after.is_some()).as_bytes()),
            filters: Vec::new(),
            search: None,
            sort: vec![SortKey {
                column: architrave_plan::ColumnId(id),
                direction: Direction::Ascending,
            }],
            cursor: after.map(|it| vec![Value::Uuid(it)]),
            is_backward: false,
            limit: PAGE_ROWS,
            count_max: None,
            caller,
            now_us: self.clock.now_us(),
        });
        let before = out.len();
        out.extend_from_slice(b"{\"items\":");
        let answer = match self.store.read(&read, out).wait().await {
            Ok(answer) => answer,
            Err(fault) => {
                out.truncate(before);
                return Err(fault.into());
            }
        };
        out.extend_from_slice(b",\"next\":");
        match answer.last.as_deref() {
            Some([Value::Uuid(last), ..]) if answer.has_more => {
                scalar::write_text(out, &last.to_string());
            }
            _ => scalar::write_null(out),
        }
        out.push(b'}');
        Ok(())
    }
}
