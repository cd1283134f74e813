//! One rule, two meanings that must be one: interpreted in memory and compiled to SQL, on lists and on
//! single rows, nulls and softly deleted rows included.

use std::{collections::BTreeSet, sync::Arc};

use crate::support::{Bench, On, Script, TENANT, caller, list, selection_of, shop};
use architrave_blueprint::read;
use architrave_engine::{
    Caller, Judge, Row, Rows,
    ports::{Change, Need, Read},
};
use architrave_model::{EntityId, Expr, Severity, SourceFile, System, Value};
use architrave_plan::{
    CallerClass, Direction, Folded, Plan, RowFilter, Shape, SortKey, fold, shape,
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use uuid::Uuid;

on_both_stores!(memory_and_sql_agree_on_every_rule, rules_that_once_went_wrong_agree);

const SCHEMA: &str = r#"
system Proof { edition = "2026" }
identity {
  user   = main.Owner
  tenant = main.Home
  roles  = ["boss"]

  tenant_from = [claim("home")]
}
context main {
  entity Home {
    name = string(20)
    access { read = true }
  }
  entity Owner {
    name  = string(20)
    nick  = optional(string(20))
    level = optional(int)
    boss  = optional(ref(Owner))
    soft_delete { keep_for = "30d" }
    access { read = true }
  }
  value Spot {
    city = string(20)
    hint = optional(string(20))
  }
  entity Item {
    owner  = ref(Owner)
    second = optional(ref(Owner))
    flag   = bool
    maybe  = optional(bool)
    n      = int(min(-100), max(100))
    m      = optional(int(min(-100), max(100)))
    price  = decimal(8, 2)
    cost   = optional(decimal(8, 3))
    tag    = optional(string(20))
    kind   = enum("a", "b", "c")
    day    = date
    at     = optional(timestamp)
    tags   = list(string(20), max(5))
    spot   = optional(Spot)
    subs   = many(Sub, max(5))
    access { read = RULE }
  }
  entity Sub {
    q   = int(min(-100), max(100))
    r   = optional(int(min(-100), max(100)))
    ok  = bool
    who = optional(ref(Owner))
  }
}
"#;

/// The system with a rule in place of `RULE`; none where the reader refuses the rule.
fn system(rule: &str) -> Option<System> {
    let text = SCHEMA.replace("RULE", rule);
    let (system, findings) = read(&[SourceFile { name: "proof.hcl".to_owned(), text }]);
    let is_refused = findings.iter().any(|it| it.severity == Severity::Error);
    assert!(!is_refused || rule != "true", "the schema itself is refused: {findings:#?}");
    (!is_refused).then_some(system)
}

fn entity(system: &System, name: &str) -> EntityId {
    let position = system.entities.iter().position(|it| it.name.text == name).unwrap();
    EntityId(u32::try_from(position).unwrap())
}

/// Small numbers that come round again, without a random generator: the data is the same in every run.
struct Turn(u64);

impl Turn {
    fn next(&mut self, below: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn maybe(&mut self, value: impl FnOnce(&mut Self) -> Value) -> Value {
        if self.next(3) == 0 { Value::Null } else { value(self) }
    }
}

struct Proof {
    bench: Bench,
    judge: Judge,
    item: EntityId,
    items: Vec<Row>,
    rows: Rows,
}

const OWNERS: u128 = 5;
const ITEMS: u128 = 40;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn text(turn: &mut Turn) -> Value {
    Value::Text(["x", "y", "z"][usize::try_from(turn.next(3)).unwrap()].to_owned())
}

fn int(turn: &mut Turn) -> Value {
    Value::Int(i64::try_from(turn.next(5)).unwrap() - 2)
}

fn owner(turn: &mut Turn) -> Value {
    Value::Uuid(id(1 + u128::from(turn.next(u64::try_from(OWNERS).unwrap()))))
}

impl Proof {
    fn new(on: On) -> Self {
        let bench = Bench::on(on, shop::plan_of(system("true").unwrap()));
        let system = &bench.plan.system;
        let (home, person, item, sub) = (
            entity(system, "Home"),
            entity(system, "Owner"),
            entity(system, "Item"),
            entity(system, "Sub"),
        );
        let mut turn = Turn(7);
        let row = bench.row(home, TENANT, None, &[("name", Value::Text("h".to_owned()))]);
        bench.put(None, home, row);
        let mut rows = Rows::default();
        let mut keep = |entity, id, row: &Row| {
            bench.put(Some(TENANT), entity, Arc::clone(row));
            rows.rows.insert((entity, id), Some(Arc::clone(row)));
        };
        for number in 1..=OWNERS {
            let boss = if number == 1 { Value::Null } else { Value::Uuid(id(number - 1)) };
            let deleted = if number == 2 { Value::Timestamp(1) } else { Value::Null };
            let values = [
                ("name", text(&mut turn)),
                ("nick", turn.maybe(text)),
                ("level", turn.maybe(int)),
                ("boss", boss),
                ("deleted_at", deleted),
            ];
            keep(person, id(number), &bench.row(person, id(number), Some(TENANT), &values));
        }
        let (parent, position) =
            (bench.plan[sub].parent.unwrap().0, bench.plan[sub].position.unwrap());
        let path =
            |it: architrave_plan::ColumnId| bench.plan[sub].columns[usize::from(it.0)].path.clone();
        let mut parts = std::collections::BTreeMap::new();
        let mut items = Vec::new();
        for number in 0..ITEMS {
            let above = id(1_000 + number);
            let item_row = item_row(&bench, item, above, &mut turn);
            let mut changes = vec![Change::Insert { entity: item, row: Arc::clone(&item_row) }];
            let mut list = Vec::new();
            for place in 0..turn.next(4) {
                let own = id(10_000 + number * 10 + u128::from(place));
                let values = [
                    (path(parent), Value::Uuid(above)),
                    (path(position), Value::Int(place.cast_signed())),
                    ("q".to_owned(), int(&mut turn)),
                    ("r".to_owned(), turn.maybe(int)),
                    ("ok".to_owned(), Value::Bool(turn.next(2) == 0)),
                    ("who".to_owned(), turn.maybe(owner)),
                ];
                let values: Vec<(&str, Value)> =
                    values.iter().map(|(a, b)| (a.as_str(), b.clone())).collect();
                let row = bench.row(sub, own, Some(TENANT), &values);
                changes.push(Change::Insert { entity: sub, row: Arc::clone(&row) });
                list.push(row);
            }
            bench.write(Script::new(&bench.plan, Some(TENANT), changes)).unwrap();
            rows.rows.insert((item, above), Some(Arc::clone(&item_row)));
            items.push(item_row);
            parts.insert((sub, above), list);
        }
        rows.parts = parts;
        let judge = Judge::new(Arc::clone(&bench.plan));
        Self { bench, judge, item, items, rows }
    }

    /// Ids of the items for which a rule holds in memory.
    fn in_memory(&self, rule: &Expr, caller: &Caller) -> BTreeSet<u128> {
        let holds = |row: &&Row| {
            let mut rows = self.rows.clone();
            loop {
                match self.judge.holds(rule, (self.item, row), caller, 5, &rows) {
                    Ok(holds) => return holds,
                    Err(needs) => {
                        for need in needs {
                            match need {
                                Need::Row(entity, id) | Need::DeletedRow(entity, id) => {
                                    rows.rows.insert((entity, id), None);
                                }
                                other => panic!("an unexpected need: {other:?}"),
                            }
                        }
                    }
                }
            }
        };
        let id_of = |row: &Row| match row[0] {
            Value::Uuid(id) => id.as_u128(),
            _ => panic!("a row without its id"),
        };
        self.items.iter().filter(holds).map(id_of).collect()
    }

    /// The same by SQL: as a list, and row by row.
    fn in_sql(&self, rows: RowFilter, caller: &Caller) -> [BTreeSet<u128>; 2] {
        let plan: &Plan = &self.bench.plan;
        let shape = Shape { rows, ..shape(plan, self.item, &caller.class) };
        let selection = selection_of(plan, shape, caller.class, &[]);
        let sort = vec![SortKey {
            column: self.bench.column(self.item, "id"),
            direction: Direction::Ascending,
        }];
        let (_, json) = self.bench.read(&Read::List(list(&selection, caller, sort, 100)));
        let single = (0..ITEMS).map(|it| 1_000 + it);
        let single = single.filter(|it| self.bench.one(&selection, id(*it), caller).0.is_found);
        [crate::support::ids(&json).into_iter().collect(), single.collect()]
    }

    fn check(&self, rule: &str) -> Result<bool, TestCaseError> {
        let Some(system) = system(rule) else { return Ok(false) };
        let expr = system.entities[self.item.0 as usize].access.read.as_ref().unwrap().expr.clone();
        for user in [None, Some(id(3))] {
            let class = CallerClass { is_authenticated: user.is_some(), ..CallerClass::default() };
            let caller = caller(Some(TENANT), user, class);
            let expected = self.in_memory(&expr, &caller);
            let rows = match fold(&expr, &caller.class, &system.identity.roles) {
                Folded::True => RowFilter::Everything,
                Folded::False => RowFilter::Nothing,
                Folded::Residual(residual) => RowFilter::Where(residual),
            };
            let [listed, single] = self.in_sql(rows, &caller);
            prop_assert_eq!(&listed, &expected, "list, user {:?}: {}", user, rule);
            prop_assert_eq!(&single, &expected, "single rows, user {:?}: {}", user, rule);
        }
        Ok(true)
    }
}

fn item_row(bench: &Bench, item: EntityId, own: Uuid, turn: &mut Turn) -> Row {
    let spot = turn.next(2) == 0;
    let values = [
        ("owner", owner(turn)),
        ("second", turn.maybe(owner)),
        ("flag", Value::Bool(turn.next(2) == 0)),
        ("maybe", turn.maybe(|it| Value::Bool(it.next(2) == 0))),
        ("n", int(turn)),
        ("m", turn.maybe(int)),
        ("price", Value::Decimal { unscaled: i64::try_from(turn.next(4)).unwrap() * 50, scale: 2 }),
        (
            "cost",
            turn.maybe(|it| Value::Decimal {
                unscaled: i64::try_from(it.next(4)).unwrap() * 500,
                scale: 3,
            }),
        ),
        ("tag", turn.maybe(text)),
        ("kind", Value::Text(["a", "b", "c"][usize::try_from(turn.next(3)).unwrap()].to_owned())),
        ("day", Value::Date(i32::try_from(turn.next(3)).unwrap() - 1)),
        (
            "at",
            turn.maybe(|it| {
                Value::Timestamp(
                    i64::try_from(it.next(4)).unwrap() * 43_200_000_000 - 86_400_000_000,
                )
            }),
        ),
        ("tags", Value::List((0..turn.next(3)).map(|_| text(turn)).collect())),
        ("spot.city", if spot { text(turn) } else { Value::Null }),
        ("spot.hint", if spot { turn.maybe(text) } else { Value::Null }),
    ];
    bench.row(item, own, Some(TENANT), &values)
}

fn one_of(texts: &'static [&'static str]) -> BoxedStrategy<String> {
    prop::sample::select(texts).prop_map(str::to_owned).boxed()
}

/// Whole numbers that are never null; `b` is the loop's row where there is one.
fn number(in_loop: bool) -> BoxedStrategy<String> {
    let plain = one_of(&[
        "this.n",
        "-1",
        "0",
        "1",
        "2",
        "length(this.subs)",
        "coalesce(this.m, 1)",
        "abs(this.n)",
        "length(this.kind)",
        "length(this.tags)",
        "min(this.n, 1)",
        "sum([for s in this.subs : s.q])",
        "sum([for s in this.subs : s.q if s.ok])",
        "length([for s in this.subs : s if s.ok])",
        "coalesce(max([for s in this.subs : s.q]), 0)",
    ]);
    let plain = if in_loop {
        prop_oneof![plain, one_of(&["b.q", "coalesce(b.r, 0)"])].boxed()
    } else {
        plain
    };
    let joined = (plain.clone(), one_of(&["+", "-", "*"]), plain.clone())
        .prop_map(|(a, o, b)| format!("({a} {o} {b})"));
    prop_oneof![4 => plain, 1 => joined].boxed()
}

fn atom(in_loop: bool) -> BoxedStrategy<String> {
    let order = one_of(&["==", "!=", "<", "<=", ">", ">="]);
    let equal = one_of(&["==", "!="]);
    let numbers = (number(in_loop), order.clone(), number(in_loop))
        .prop_map(|(a, o, b)| format!("{a} {o} {b}"));
    let optional =
        one_of(&["this.m", "this.second.level", "this.owner.level", "this.owner.boss.level"]);
    let guarded = (optional.clone(), order.clone(), number(false))
        .prop_map(|(a, o, b)| format!("({a} != null && {a} {o} {b})"));
    let opened = (optional.clone(), order.clone(), number(false))
        .prop_map(|(a, o, b)| format!("({a} == null || {a} {o} {b})"));
    let null_equal =
        (optional, equal.clone(), number(false)).prop_map(|(a, o, b)| format!("{a} {o} {b}"));
    let texts = (
        one_of(&[
            "this.tag",
            "this.owner.name",
            "this.second.name",
            "this.owner.nick",
            "this.owner.boss.name",
            "this.second.boss.nick",
            "this.spot.city",
            "this.spot.hint",
        ]),
        equal.clone(),
        one_of(&["\"x\"", "\"y\"", "this.owner.name"]),
    )
        .prop_map(|(a, o, b)| format!("{a} {o} {b}"));
    let nulls = (
        one_of(&[
            "this.m",
            "this.tag",
            "this.second",
            "this.second.name",
            "this.second.boss",
            "this.owner.boss.name",
            "this.spot",
            "this.spot.hint",
            "this.at",
            "caller.user",
        ]),
        equal.clone(),
    )
        .prop_map(|(a, o)| format!("{a} {o} null"));
    let refs = (
        one_of(&["this.owner", "this.second", "this.owner.boss", "this.second.boss.boss"]),
        equal.clone(),
        one_of(&["this.owner", "caller.user"]),
    )
        .prop_map(|(a, o, b)| format!("{a} {o} {b}"));
    let rest = one_of(&[
        "this.flag",
        "true",
        "false",
        "this.maybe == true",
        "this.maybe != true",
        "this.maybe == false",
        "this.flag == (this.n > 0)",
        "contains([\"a\", \"b\"], this.kind)",
        "contains([\"x\", \"q\"], this.tag)",
        "contains([\"x\"], this.second.name)",
        "contains(this.tags, \"x\")",
        "contains(this.tags, this.owner.name)",
        "contains([0, 1], this.n)",
        "contains([this.n, 2], 1)",
        "this.kind != \"a\"",
        "starts_with(this.owner.name, \"x\")",
        "this.price > 0.75",
        "this.price == this.cost",
        "this.price != this.cost",
        "(this.cost != null && this.cost >= this.price)",
        "this.price * 2 > 2",
        "this.day < \"1970-01-01\"",
        "this.day == \"1970-01-01\"",
        "(this.at != null && this.at < now)",
        "(this.at == null || date(this.at) == this.day)",
        "(this.at != null && this.at + duration(\"1d\") > now)",
        "this.day + duration(\"1d\") > this.day",
        "anytrue([for t in this.tags : t == \"y\"])",
        "alltrue([for t in this.tags : t == \"y\"])",
        "has_role(\"boss\")",
        "(this.n > 0 ? this.flag : this.maybe == true)",
        "round(this.price, 0) == 1",
    ]);
    let plain = prop_oneof![3 => numbers, 2 => guarded, 2 => opened, 2 => null_equal, 3 => texts, 2 => nulls, 3 => refs, 6 => rest].boxed();
    if !in_loop {
        return plain;
    }
    let own = one_of(&[
        "b.ok",
        "b.q > 0",
        "b.r == 1",
        "b.r != 1",
        "b.who == this.owner",
        "b.who != this.owner",
        "b.who == caller.user",
        "b.who.name == \"x\"",
        "b.who.boss.name != \"x\"",
        "b.who == null",
        "(b.r != null && b.r < b.q)",
        "(b.r == null || b.r < this.n)",
        "b.who.level == b.q",
    ]);
    prop_oneof![3 => own, 1 => plain].boxed()
}

fn combined(atoms: BoxedStrategy<String>, depth: u32) -> BoxedStrategy<String> {
    atoms
        .prop_recursive(depth, 12, 3, |inner| {
            let two = (inner.clone(), inner.clone());
            prop_oneof![
                two.clone().prop_map(|(a, b)| format!("({a} && {b})")),
                two.clone().prop_map(|(a, b)| format!("({a} || {b})")),
                inner.clone().prop_map(|a| format!("!({a})")),
                (inner.clone(), two).prop_map(|(a, (b, c))| format!("(({a}) ? ({b}) : ({c}))")),
            ]
        })
        .boxed()
}

fn rule() -> BoxedStrategy<String> {
    let looped = (
        one_of(&["anytrue", "alltrue"]),
        combined(atom(true), 2),
        prop::option::of(combined(atom(true), 1)),
    )
        .prop_map(|(which, body, condition)| {
            let condition = condition.map_or_else(String::new, |it| format!(" if {it}"));
            format!("{which}([for b in this.subs : {body}{condition}])")
        });
    combined(prop_oneof![4 => atom(false), 1 => looped].boxed(), 3)
}

fn memory_and_sql_agree_on_every_rule(on: On) {
    let proof = Proof::new(on);
    // A rule is asked about 80 times, and PostgreSQL has to be asked over a connection.
    let usual = if on == On::Sqlite { 1_500 } else { 300 };
    let cases =
        std::env::var("ARCHITRAVE_CASES").ok().and_then(|it| it.parse().ok()).unwrap_or(usual);
    let mut runner =
        TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let (mut tried, mut accepted) = (0_u32, 0_u32);
    let counts = std::cell::RefCell::new((&mut tried, &mut accepted));
    runner
        .run(&rule(), |rule| {
            let was_accepted = proof.check(&rule)?;
            let mut counts = counts.borrow_mut();
            *counts.0 += 1;
            *counts.1 += u32::from(was_accepted);
            Ok(())
        })
        .unwrap();
    assert!(
        accepted * 2 > tried,
        "the reader took only {accepted} of {tried} rules: the test proves little"
    );
}

fn rules_that_once_went_wrong_agree(on: On) {
    let proof = Proof::new(on);
    for rule in [
        "!(this.second.name == \"x\")",
        "this.owner.name != \"x\"",
        "!(this.owner.boss.level == 1)",
    ] {
        assert!(proof.check(rule).unwrap(), "the reader refuses {rule}");
    }
}
