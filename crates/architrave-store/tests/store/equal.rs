//! The same rows, asked for in the same way, are the same bytes from every store: all types, their extremes, parts,
//! references, encrypted fields, nulls in every order, cursors in both directions, words in every tier.

use std::{cell::Cell, sync::Arc};

use crate::support::{Bench, On, Script, TENANT, caller, column, list, selection, shop};
use architrave_engine::{
    Caller, Row,
    ports::{Change, Filter, Read, ReadAnswer, ReadList, ReadOne, Selection},
};
use architrave_model::{EntityId, Severity, SourceFile, System, Value};
use architrave_plan::{
    CallerClass, ColumnId, ColumnRole, ColumnType, Direction, FilterOperator, Plan, SortKey, Table,
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use uuid::Uuid;

const SCHEMA: &str = r#"
system Proof { edition = "2026" }
identity {
  user   = main.Person
  tenant = main.Home
  roles  = ["boss"]
  tenant_from = [claim("home")]
}
context main {
  entity Home {
    name = string(20)
    access { read = true }
  }
  entity Person {
    name  = string(80)
    email = optional(email(encrypted(lookup)))
    soft_delete { keep_for = "30d" }
    access { read = this.name != "z" }
  }
  value Spot {
    city = string(80)
    hint = optional(string(80))
  }
  entity Item {
    title    = string(200)
    body     = optional(text)
    extra    = optional(string(200))
    kind     = enum("b", "a", "C")
    flag     = optional(bool)
    whole    = optional(int)
    share    = optional(decimal(18, 9))
    part     = decimal(4, 0)
    price    = optional(money)
    at       = optional(timestamp)
    day      = optional(date)
    length   = optional(duration)
    id_of    = optional(uuid)
    data     = optional(json)
    words    = list(string(80), max(5))
    numbers  = list(int, max(5))
    shares   = list(decimal(9, 3), max(5))
    prices   = list(money, max(5))
    days     = list(date, max(5))
    photo    = optional(file(image))
    photos   = list(file(image), max(5))
    hidden   = optional(string(80, encrypted))
    sum      = optional(decimal(9, 2, encrypted))
    owner    = ref(Person)
    other    = optional(ref(Person))
    spot     = optional(Spot)
    subs     = many(Sub, max(5))
    search { on = [weight(title, 9), weight(body, 4), extra] }
    access { read = this.flag != false || this.kind == "a" }
  }
  entity Sub {
    text = string(80)
    note = optional(string(80, encrypted))
    who  = optional(ref(Person))
  }
}
"#;

fn system() -> System {
    let text = SCHEMA.to_owned();
    let (system, findings) =
        architrave_blueprint::read(&[SourceFile { name: "proof.hcl".to_owned(), text }]);
    let refused = findings.iter().filter(|it| it.severity == Severity::Error);
    let refused: Vec<&str> = refused.map(|it| it.title.as_str()).collect();
    assert!(refused.is_empty(), "{refused:#?}");
    system
}

fn entity(plan: &Plan, name: &str) -> EntityId {
    let position = plan.system.entities.iter().position(|it| it.name.text == name).unwrap();
    EntityId(u32::try_from(position).unwrap())
}

/// Random numbers that a printed seed brings back.
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % u64::try_from(below).unwrap()).unwrap()
    }

    fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.next(all.len())].clone()
    }

    fn text(&mut self) -> String {
        const PIECES: [&str; 24] = [
            "lamp", "Lamp", "LAMPS", "red", "rede", "é", "e\u{301}", "Straße", "z", "ä", "Z", "a",
            "\"", "\\", " ", "'", "\n", "\u{1}", "\u{7f}", "😀", "\u{ffff}", "%_", ", ", "2",
        ];
        (0..self.next(6)).map(|_| self.of(&PIECES)).collect()
    }

    fn value(&mut self, ty: &ColumnType, people: &[Uuid]) -> Value {
        const INTS: [i64; 9] = [0, 1, -1, 7, 10_000, -9_999, 1 << 53, -(1 << 53), 12];
        const LENGTHS: [i64; 6] = [0, 1, -1, 86_400_000_000, 9_000_000_000_000_000, -90_000_001];
        match ty {
            ColumnType::Bool => Value::Bool(self.next(2) == 0),
            ColumnType::Int => Value::Int(self.of(&INTS)),
            ColumnType::Money => Value::Money(self.of(&INTS)),
            ColumnType::Duration => Value::Duration(self.of(&LENGTHS)),
            ColumnType::Decimal { scale } => {
                let all = [0, 5, -5, 100, 999, -9_999, 1_230, 10_000, 100_000_000, -120_000_000];
                let largest = [999_999_999_999_999_999, -999_999_999_999_999_999];
                let unscaled = match (scale, self.next(4)) {
                    (9, 0) => self.of(&largest),
                    (0, _) => self.of(&all[..7]),
                    _ => self.of(&all),
                };
                Value::Decimal { unscaled, scale: *scale }
            }
            ColumnType::Enum(values) => Value::Text(self.of(values)),
            ColumnType::Text | ColumnType::File => Value::Text(self.text()),
            ColumnType::Uuid => Value::Uuid(Uuid::from_u128(self.of(&[0, 1, u128::MAX, 1 << 127]))),
            ColumnType::Ref(_) => Value::Uuid(self.of(people)),
            ColumnType::Timestamp => Value::Timestamp(self.of(&[
                0,
                1,
                -1,
                946_684_800_000_000,
                946_684_799_999_999,
                -62_135_596_800_000_000,
                253_402_300_799_999_999,
                1_700_000_000_123_000,
            ])),
            ColumnType::Date => Value::Date(self.of(&[0, -1, 10_957, 2_932_896, -719_162, 59])),
            ColumnType::Json => Value::Json(self.of(&[
                "null".to_owned(),
                r#"{"b":1.50,"a":[1e5,-0,"\u00e9é\n"],"b":2}"#.to_owned(),
                "12345678901234567890.10".to_owned(),
                r#""a  b""#.to_owned(),
            ])),
            ColumnType::List(item) => {
                Value::List((0..self.next(4)).map(|_| self.value(item, people)).collect())
            }
        }
    }

    fn row(
        &mut self,
        table: &Table,
        id: Uuid,
        parent: Option<(Uuid, i64)>,
        people: &[Uuid],
    ) -> Row {
        let values = table.columns.iter().map(|it| match it.role {
            ColumnRole::Id => Value::Uuid(id),
            ColumnRole::Tenant => Value::Uuid(TENANT),
            ColumnRole::Parent => Value::Uuid(parent.unwrap().0),
            ColumnRole::Position => Value::Int(parent.unwrap().1),
            ColumnRole::Version => Value::Int(1),
            ColumnRole::CreatedAt | ColumnRole::UpdatedAt => {
                Value::Timestamp(i64::try_from(self.next(5)).unwrap())
            }
            ColumnRole::DeletedAt if self.next(4) == 0 => Value::Timestamp(1),
            ColumnRole::DeletedAt => Value::Null,
            // A value object is there or not, all of it.
            ColumnRole::Field { member: Some(_), .. } => Value::Null,
            ColumnRole::Field { .. } if it.is_nullable && self.next(3) == 0 => Value::Null,
            ColumnRole::Field { .. } => self.value(&it.ty, people),
        });
        let mut values: Vec<Value> = values.collect();
        if self.next(2) == 0 {
            for (value, column) in values.iter_mut().zip(&table.columns) {
                if matches!(column.role, ColumnRole::Field { member: Some(_), .. })
                    && !(column.is_nullable && column.path.ends_with("hint") && self.next(2) == 0)
                {
                    *value = self.value(&column.ty, people);
                }
            }
        }
        Arc::new(values)
    }
}

/// Two stores with the same rows.
struct Pair {
    all: [Bench; 2],
    items: Vec<Row>,
    people: Vec<Uuid>,
    /// Rows that both have shown.
    shown: Cell<u32>,
}

const ITEMS: u128 = 60;

impl Pair {
    fn new(dice: &mut Dice) -> Option<Self> {
        let postgres = On::postgres()?;
        let all = [On::Sqlite, postgres].map(|it| Bench::on(it, shop::plan_of(system())));
        let plan = Arc::clone(&all[0].plan);
        let put = |tenant, changes: Vec<Change>| {
            for bench in &all {
                bench.write(Script::new(&bench.plan, tenant, changes.clone())).unwrap();
            }
        };
        let (home, person, item, sub) = (
            entity(&plan, "Home"),
            entity(&plan, "Person"),
            entity(&plan, "Item"),
            entity(&plan, "Sub"),
        );
        let row = all[0].row(home, TENANT, None, &[("name", Value::Text("h".to_owned()))]);
        put(None, vec![Change::Insert { entity: home, row }]);
        let people: Vec<Uuid> = (1..=6).map(Uuid::from_u128).collect();
        for id in &people {
            let row = dice.row(&plan[person], *id, None, &[]);
            put(Some(TENANT), vec![Change::Insert { entity: person, row }]);
        }
        let mut items = Vec::new();
        for number in 0..ITEMS {
            // Ids ascend as rows come, as those of the program do: the newest row has the greatest.
            let id = Uuid::from_u128(1_000 + number);
            let row = dice.row(&plan[item], id, None, &people);
            let mut changes = vec![Change::Insert { entity: item, row: Arc::clone(&row) }];
            for place in 0..dice.next(4) {
                let own = Uuid::from_u128(10_000 + number * 10 + u128::try_from(place).unwrap());
                let parent = Some((id, i64::try_from(place).unwrap()));
                let row = dice.row(&plan[sub], own, parent, &people);
                changes.push(Change::Insert { entity: sub, row });
            }
            put(Some(TENANT), changes);
            items.push(row);
        }
        Some(Self { all, items, people, shown: Cell::new(0) })
    }

    /// Asks both; what they answer.
    fn ask(&self, reads: [Read; 2]) -> Result<ReadAnswer, TestCaseError> {
        let [one, other] = [0, 1].map(|at| self.all[at].read(&reads[at]));
        prop_assert_eq!(&one.1, &other.1, "{:?}", reads[0]);
        prop_assert_eq!(format!("{:?}", one.0), format!("{:?}", other.0), "{:?}", reads[0]);
        self.shown.set(self.shown.get() + one.0.count.max(one.0.is_found.into()));
        Ok(one.0)
    }

    fn plan(&self) -> &Plan {
        &self.all[0].plan
    }

    fn table(&self) -> &Table {
        &self.plan()[entity(self.plan(), "Item")]
    }
}

fn visitor() -> Caller {
    let class = CallerClass { is_authenticated: true, ..CallerClass::default() };
    caller(Some(TENANT), Some(Uuid::from_u128(3)), class)
}

/// What a read is of, the same for both stores.
#[derive(Debug, Clone)]
struct Asked {
    filters: Vec<Filter>,
    search: Option<Vec<(String, bool)>>,
    sort: Vec<SortKey>,
    limit: u32,
    count_max: Option<u64>,
    expands: bool,
}

fn is_ordered(table: &Table, column: ColumnId) -> bool {
    let it = table.column(column).unwrap();
    it.encryption.is_none() && !matches!(it.ty, ColumnType::Json | ColumnType::List(_))
}

impl Asked {
    fn thrown(dice: &mut Dice, pair: &Pair) -> Self {
        let table = pair.table();
        let columns: Vec<ColumnId> = table.column_ids().map(|(it, _)| it).collect();
        let ordered: Vec<ColumnId> =
            columns.iter().copied().filter(|it| is_ordered(table, *it)).collect();
        let filters = (0..dice.next(3)).filter_map(|_| filter(dice, pair)).collect();
        let direction = |dice: &mut Dice| {
            if dice.next(2) == 0 { Direction::Ascending } else { Direction::Descending }
        };
        let mut sort: Vec<SortKey> = Vec::new();
        for _ in 0..dice.next(3) {
            let key = SortKey { column: dice.of(&ordered), direction: direction(dice) };
            if sort.iter().all(|it| it.column != key.column) {
                sort.push(key);
            }
        }
        let id = column(pair.plan(), table.entity, "id");
        if sort.iter().all(|it| it.column != id) {
            sort.push(SortKey { column: id, direction: direction(dice) });
        }
        let words = ["lamp", "lamps", "red", "e", "strasse", "z", "2", "none"];
        let search = (dice.next(3) == 0).then(|| {
            (0..dice.next(3)).map(|_| (dice.of(&words).to_owned(), dice.next(3) == 0)).collect()
        });
        Self {
            filters,
            search,
            sort,
            limit: u32::try_from(1 + dice.next(30)).unwrap(),
            count_max: (dice.next(3) == 0).then(|| dice.of(&[5, 1_000])),
            expands: dice.next(2) == 0,
        }
    }

    fn read(
        &self,
        selection: &Arc<Selection>,
        cursor: Option<Vec<Value>>,
        is_backward: bool,
    ) -> Read {
        let read = list(selection, &visitor(), self.sort.clone(), self.limit);
        Read::List(ReadList {
            filters: self.filters.clone(),
            search: self.search.clone(),
            count_max: self.count_max,
            cursor,
            is_backward,
            ..read
        })
    }
}

fn filter(dice: &mut Dice, pair: &Pair) -> Option<Filter> {
    let table = pair.table();
    let columns: Vec<ColumnId> = table.column_ids().map(|(it, _)| it).collect();
    let column = dice.of(&columns);
    let planned = table.column(column).unwrap();
    let from_data = |dice: &mut Dice| {
        let value = dice.of(&pair.items)[usize::from(column.0)].clone();
        if value.is_null() { dice.value(&planned.ty, &pair.people) } else { value }
    };
    let (operator, value) = match dice.next(5) {
        0 => (FilterOperator::Null, Value::Bool(dice.next(2) == 0)),
        _ if !is_ordered(table, column) => return None,
        1 => {
            let items = (0..dice.next(4)).map(|_| from_data(dice)).collect();
            (FilterOperator::In, Value::List(items))
        }
        2 if matches!(planned.ty, ColumnType::Text) => {
            let Value::Text(text) = from_data(dice) else { return None };
            (FilterOperator::Prefix, Value::Text(text.chars().take(2).collect()))
        }
        _ => {
            let all = [
                FilterOperator::Eq,
                FilterOperator::Ne,
                FilterOperator::Lt,
                FilterOperator::Lte,
                FilterOperator::Gt,
                FilterOperator::Gte,
            ];
            (dice.of(&all), from_data(dice))
        }
    };
    Some(Filter { column, operator, value, is_guarded: false })
}

/// A whole walk: forward to the end, and back from each page.
fn walked(pair: &Pair, asked: &Asked) -> Result<(), TestCaseError> {
    let item = pair.table().entity;
    let expand: &[&str] = if asked.expands { &["owner", "other"] } else { &[] };
    let selections = [0, 1].map(|it| selection(&pair.all[it].plan, item, visitor().class, expand));
    let mut cursor = None;
    for _ in 0..8 {
        let forward = selections.each_ref().map(|it| asked.read(it, cursor.clone(), false));
        let answer = pair.ask(forward)?;
        if answer.first.is_some() {
            pair.ask(selections.each_ref().map(|it| asked.read(it, answer.first.clone(), true)))?;
        }
        if !answer.has_more {
            break;
        }
        cursor = answer.last;
    }
    Ok(())
}

#[test]
fn both_stores_answer_the_same_bytes() {
    let config =
        Config { cases: 4, max_shrink_iters: 0, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&any::<u64>(), |seed| {
            let mut dice = Dice(seed);
            let Some(pair) = Pair::new(&mut dice) else { return Ok(()) };
            let item = pair.table().entity;
            for expand in [[].as_slice(), &["owner", "other"]] {
                let selections =
                    [0, 1].map(|it| selection(&pair.all[it].plan, item, visitor().class, expand));
                for number in 0..ITEMS + 2 {
                    let id = Uuid::from_u128(1_000 + number);
                    pair.ask(selections.each_ref().map(|it| {
                        let selection = Arc::clone(it);
                        Read::One(ReadOne { id, selection, caller: visitor(), now_us: 5 })
                    }))?;
                }
            }
            for _ in 0..60 {
                let asked = Asked::thrown(&mut dice, &pair);
                walked(&pair, &asked)?;
            }
            prop_assert!(pair.shown.get() > 500, "only {} rows were compared", pair.shown.get());
            Ok(())
        })
        .unwrap();
}
