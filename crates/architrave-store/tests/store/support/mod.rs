//! A store in a temporary folder, a clock that a test turns, and decisions that do as they are told.

#[macro_use]
mod on;
pub(crate) mod shop;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use architrave_engine::{
    Caller, Credentials, Fault, Row, Rows,
    ports::{
        Answer, Change, Clock, Conflict, Decide, Decision, JournalEvent, JournalTransaction, Need,
        Outcome, Read, ReadAnswer, ReadList, ReadOne, Remembered, Selection, Store, Written,
    },
};
use architrave_model::{EntityId, Value};
use architrave_plan::{
    CallerClass, ColumnId, ColumnRole, Plan, RepresentationSource, Shape, shape,
};
use architrave_store::{SqliteSettings, SqliteStore, Vault, Verified};
use uuid::Uuid;

pub(crate) use on::Database;
pub(crate) use on::On;

/// Members of an event's own: numbers keep their digits.
pub(crate) const OWN: &str = r#"{"note":"a \"b\"","number":1.50}"#;
pub(crate) const TENANT: Uuid = Uuid::from_u128(0x0a);
pub(crate) const OTHER_TENANT: Uuid = Uuid::from_u128(0x0b);

pub(crate) struct TestClock(pub(crate) AtomicI64);

impl Clock for TestClock {
    fn now_us(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    fn monotonic_us(&self) -> u64 {
        self.0.load(Ordering::Relaxed).unsigned_abs()
    }
}

/// A store and what it stands on.
pub(crate) struct Bench {
    pub(crate) folder: PathBuf,
    pub(crate) plan: Arc<Plan>,
    pub(crate) vault: Arc<Vault>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) store: Option<Box<dyn Store>>,
    /// Where it is, unless it is a file in the folder.
    database: Option<Database>,
    pub(crate) runtime: tokio::runtime::Runtime,
    /// Removed last, with everything in it.
    temporary: Option<tempfile::TempDir>,
}

pub(crate) fn settings() -> SqliteSettings {
    SqliteSettings { readers: 2, ballast_bytes: 0, ..SqliteSettings::default() }
}

impl Bench {
    /// A store on SQLite.
    pub(crate) fn new(plan: Plan) -> Self {
        Self::on(On::Sqlite, plan)
    }

    /// An empty store of either kind.
    pub(crate) fn on(on: On, plan: Plan) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut bench = Self::made(folder.path(), on.database(), plan).unwrap();
        bench.temporary = Some(folder);
        bench
    }

    /// A store on SQLite in a folder that stays.
    pub(crate) fn at(folder: &Path, plan: Plan) -> Result<Self, Fault> {
        Self::made(folder, None, plan)
    }

    fn made(folder: &Path, database: Option<Database>, plan: Plan) -> Result<Self, Fault> {
        let keys = folder.join("keys");
        let vault = if keys.exists() { Vault::open(&keys) } else { Vault::create(&keys) };
        let clock = Arc::new(TestClock(AtomicI64::new(1_000_000)));
        let mut bench = Self {
            folder: folder.to_owned(),
            plan: Arc::new(plan),
            vault: Arc::new(vault?),
            clock,
            store: None,
            database,
            runtime: tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap(),
            temporary: None,
        };
        bench.open()?;
        Ok(bench)
    }

    /// The database of a store on PostgreSQL.
    pub(crate) fn database(&self) -> &Database {
        self.database.as_ref().unwrap()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub(crate) fn open(&mut self) -> Result<(), Fault> {
        match self.database {
            None => self.open_with(settings()),
            Some(_) => self.open_postgres(),
        }
    }

    fn open_postgres(&mut self) -> Result<(), Fault> {
        self.store = None;
        let Some(database) = &self.database else { panic!("no database") };
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let (plan, vault) = (Arc::clone(&self.plan), Arc::clone(&self.vault));
        self.store = Some(database.open(plan, vault, clock)?);
        Ok(())
    }

    pub(crate) fn open_with(&mut self, settings: SqliteSettings) -> Result<(), Fault> {
        self.store = None;
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let (plan, vault) = (Arc::clone(&self.plan), Arc::clone(&self.vault));
        let store = SqliteStore::open(&self.data(), plan, vault, clock, settings)?;
        self.store = Some(Box::new(store));
        Ok(())
    }

    pub(crate) fn reopen_with(&mut self, plan: Plan) -> Result<(), Fault> {
        self.plan = Arc::new(plan);
        self.open()
    }

    pub(crate) fn store(&self) -> &dyn Store {
        self.store.as_deref().unwrap()
    }

    /// Runs something in PostgreSQL's database as its superuser.
    pub(crate) fn as_superuser<T>(&self, run: impl AsyncFnOnce(&tokio_postgres::Client) -> T) -> T {
        self.database.as_ref().unwrap().as_superuser(run)
    }

    /// What the journal's replay and the tables differ in.
    pub(crate) fn verify(&self) -> Verified {
        match &self.database {
            None => architrave_store::verify(&self.data().join("architrave.sqlite")).unwrap(),
            Some(database) => database.verify(),
        }
    }

    /// Everything that is stored, as bytes: files, or what a backup would say.
    pub(crate) fn stored(&self) -> Vec<u8> {
        if let Some(database) = &self.database {
            return database.text().into_bytes();
        }
        let files = std::fs::read_dir(self.data()).unwrap();
        files.flat_map(|it| std::fs::read(it.unwrap().path()).unwrap()).collect()
    }

    pub(crate) fn write(&self, script: Script) -> Result<Written, Fault> {
        self.runtime.block_on(self.store().write(Box::new(script)))
    }

    /// Stores rows as one transaction each.
    pub(crate) fn put(&self, tenant: Option<Uuid>, entity: EntityId, row: Row) -> Written {
        self.write(Script::new(&self.plan, tenant, vec![Change::Insert { entity, row }])).unwrap()
    }

    pub(crate) fn read(&self, read: &Read) -> (ReadAnswer, String) {
        let mut out = Vec::new();
        let answer = self.runtime.block_on(self.store().read(read, &mut out).wait()).unwrap();
        (answer, String::from_utf8(out).unwrap())
    }

    pub(crate) fn one(
        &self,
        selection: &Arc<Selection>,
        id: Uuid,
        caller: &Caller,
    ) -> (ReadAnswer, String) {
        let selection = Arc::clone(selection);
        self.read(&Read::One(ReadOne { id, selection, caller: caller.clone(), now_us: 5 }))
    }

    pub(crate) fn load(&self, tenant: Option<Uuid>, needs: &[Need]) -> Rows {
        let mut rows = Rows::default();
        self.runtime.block_on(self.store().load(tenant, needs, &mut rows).wait()).unwrap();
        rows
    }

    /// A row with every column given by path, the rest by the column's role, or null.
    pub(crate) fn row(
        &self,
        entity: EntityId,
        id: Uuid,
        tenant: Option<Uuid>,
        values: &[(&str, Value)],
    ) -> Row {
        row(&self.plan, entity, id, tenant, values)
    }

    pub(crate) fn selection(&self, entity: EntityId, class: CallerClass) -> Arc<Selection> {
        selection(&self.plan, entity, class, &[])
    }

    pub(crate) fn column(&self, entity: EntityId, path: &str) -> ColumnId {
        column(&self.plan, entity, path)
    }
}

pub(crate) fn column(plan: &Plan, entity: EntityId, path: &str) -> ColumnId {
    let position = plan[entity].columns.iter().position(|it| it.path == path);
    ColumnId(u16::try_from(position.unwrap_or_else(|| panic!("no column {path}"))).unwrap())
}

pub(crate) fn row(
    plan: &Plan,
    entity: EntityId,
    id: Uuid,
    tenant: Option<Uuid>,
    values: &[(&str, Value)],
) -> Row {
    let columns = plan[entity].columns.iter().map(|column| {
        let given = values.iter().find(|(path, _)| *path == column.path).map(|(_, it)| it.clone());
        given.unwrap_or_else(|| match column.role {
            ColumnRole::Id => Value::Uuid(id),
            ColumnRole::Tenant => tenant.map_or(Value::Null, Value::Uuid),
            ColumnRole::Version => Value::Int(1),
            ColumnRole::CreatedAt | ColumnRole::UpdatedAt => Value::Timestamp(0),
            _ => Value::Null,
        })
    });
    Arc::new(columns.collect())
}

/// Everything a class may see, with these references expanded.
pub(crate) fn selection(
    plan: &Plan,
    entity: EntityId,
    class: CallerClass,
    expand: &[&str],
) -> Arc<Selection> {
    selection_of(plan, shape(plan, entity, &class), class, expand)
}

pub(crate) fn selection_of(
    plan: &Plan,
    shape: Shape,
    class: CallerClass,
    expand: &[&str],
) -> Arc<Selection> {
    static KEYS: AtomicI64 = AtomicI64::new(1);
    let entity = shape.entity;
    let members = &plan.representations[entity.0 as usize].members;
    let parts = members.iter().filter_map(|it| match it.source {
        RepresentationSource::Parts { entity } => {
            let shape = Shape {
                rows: architrave_plan::RowFilter::Everything,
                ..architrave_plan::shape(plan, entity, &class)
            };
            Some(selection_of(plan, shape, class, &[]))
        }
        _ => None,
    });
    let parts = parts.collect();
    let expands = expand.iter().map(|path| {
        let column = column(plan, entity, path);
        let key = plan[entity].foreign_keys.iter().find(|it| it.column == column).unwrap();
        (column, selection(plan, key.to, class, &[]))
    });
    let expands = expands.collect();
    Arc::new(Selection {
        key: KEYS.fetch_add(1, Ordering::Relaxed).unsigned_abs(),
        entity,
        shape: Arc::new(shape),
        members: (0..members.len()).collect(),
        parts,
        expands,
    })
}

pub(crate) fn caller(tenant: Option<Uuid>, user: Option<Uuid>, class: CallerClass) -> Caller {
    Caller {
        class: CallerClass {
            has_tenant: tenant.is_some(),
            has_user: user.is_some(),
            has_id: user.is_some(),
            ..class
        },
        id: user,
        user,
        tenant,
        ip: None,
        scopes: Arc::new([]),
        credentials: Credentials::None,
    }
}

pub(crate) fn merchant() -> CallerClass {
    CallerClass { roles: 0b10, is_authenticated: true, has_tenant: true, ..CallerClass::default() }
}

pub(crate) fn list(
    selection: &Arc<Selection>,
    caller: &Caller,
    sort: Vec<architrave_plan::SortKey>,
    limit: u32,
) -> ReadList {
    ReadList {
        selection: Arc::clone(selection),
        query_key: 1,
        filters: Vec::new(),
        search: None,
        sort,
        cursor: None,
        is_backward: false,
        limit,
        count_max: None,
        caller: caller.clone(),
        now_us: 5,
    }
}

type Make = Box<dyn FnMut(&Rows, i64) -> Outcome + Send>;
type OnConflict = Box<dyn FnMut(Conflict) -> Outcome + Send>;

/// A decision that asks for what it is told and then does what it is told.
pub(crate) struct Script {
    pub(crate) tenant: Option<Uuid>,
    pub(crate) needs: Vec<Need>,
    pub(crate) make: Make,
    pub(crate) on_conflict: OnConflict,
    asked: bool,
}

impl Script {
    pub(crate) fn new(plan: &Arc<Plan>, tenant: Option<Uuid>, changes: Vec<Change>) -> Self {
        let plan = Arc::clone(plan);
        Self::deciding(tenant, Vec::new(), move |_, _| outcome(&plan, changes.clone(), &[]))
    }

    pub(crate) fn deciding(
        tenant: Option<Uuid>,
        needs: Vec<Need>,
        make: impl FnMut(&Rows, i64) -> Outcome + Send + 'static,
    ) -> Self {
        let on_conflict = Box::new(|conflict| Outcome {
            changes: Vec::new(),
            journal: None,
            remember: None,
            answer: answer(409, &format!("{conflict:?}")),
        });
        Self { tenant, needs, make: Box::new(make), on_conflict, asked: false }
    }
}

impl Decide for Script {
    fn tenant(&self) -> Option<Uuid> {
        self.tenant
    }

    fn decide(&mut self, rows: &Rows, now_us: i64) -> Decision {
        if !self.needs.is_empty() && !self.asked {
            self.asked = true;
            return Decision::Need(self.needs.clone());
        }
        Decision::Done(Box::new((self.make)(rows, now_us)))
    }

    fn conflicted(&mut self, conflict: Conflict) -> Outcome {
        (self.on_conflict)(conflict)
    }
}

pub(crate) fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status,
        body: body.as_bytes().to_vec(),
        etag: None,
        location: None,
        problem: None,
        is_replayed: false,
    }
}

/// Changes with the journal record that belongs to them. `kept` are parts that did not change, by root.
pub(crate) fn outcome(
    plan: &Plan,
    changes: Vec<Change>,
    kept: &[(Uuid, EntityId, Row)],
) -> Outcome {
    let mut events: Vec<JournalEvent> = Vec::new();
    let mut parts: BTreeMap<Uuid, Vec<(EntityId, Row)>> = BTreeMap::new();
    for (root, entity, row) in kept {
        parts.entry(*root).or_default().push((*entity, Arc::clone(row)));
    }
    for change in &changes {
        let (entity, row, name) = match change {
            Change::Insert { entity, row } => (*entity, row, "created"),
            Change::Update { entity, after, .. } => (*entity, after, "updated"),
            Change::Delete { entity, row } => (*entity, row, "deleted"),
            _ => continue,
        };
        let table = &plan[entity];
        if let Some((parent, _)) = table.parent {
            let Value::Uuid(root) = row[usize::from(parent.0)] else {
                panic!("a part without its row")
            };
            if name != "deleted" {
                parts.entry(root).or_default().push((entity, Arc::clone(row)));
            }
            continue;
        }
        let Value::Uuid(id) = row[0] else { panic!("a row without its id") };
        let version = match table.version.map(|it| &row[usize::from(it.0)]) {
            Some(Value::Int(it)) => it.unsigned_abs(),
            _ => 1,
        };
        events.push(JournalEvent {
            entity,
            id,
            version,
            event: name.to_owned(),
            row: Arc::clone(row),
            parts: Vec::new(),
            own: (name == "created").then(|| OWN.to_owned()),
        });
    }
    for event in &mut events {
        for (entity, row) in parts.remove(&event.id).unwrap_or_default() {
            match event.parts.iter_mut().find(|(it, _)| *it == entity) {
                Some((_, rows)) => rows.push(row),
                None => event.parts.push((entity, vec![row])),
            }
        }
    }
    let journal = (!events.is_empty()).then(|| JournalTransaction {
        kind: 0,
        actor: None,
        operation: "test".to_owned(),
        request_id: String::new(),
        traceparent: String::new(),
        events,
    });
    Outcome { changes, journal, remember: None, answer: answer(200, "{}") }
}

pub(crate) fn remembered(key: &[u8], status: u16, body: &str, expires_at_us: i64) -> Remembered {
    Remembered {
        key: key.to_vec(),
        fingerprint: vec![7; 32],
        answer: answer(status, body),
        expires_at_us,
        is_sensitive: true,
        position: None,
    }
}

pub(crate) fn text(it: &str) -> Value {
    Value::Text(it.to_owned())
}

/// Ids of the rows of a list's answer, in order.
pub(crate) fn ids(json: &str) -> Vec<u128> {
    let rows: serde_json::Value = serde_json::from_str(json).unwrap();
    let id = |it: &serde_json::Value| it["id"].as_str().unwrap().parse::<Uuid>().unwrap().as_u128();
    rows.as_array().unwrap().iter().map(id).collect()
}
