//! Behaviour of the interpreter: one table of expressions and what they come to.

use std::{cell::RefCell, collections::BTreeSet, sync::Arc};

use architrave_model::{EntityId, Expr, FieldType, Value};
use architrave_plan::{CallerClass, Folded, Plan, fold};
use uuid::Uuid;

use super::{Overlay, Scope, Stop, View, World};
use crate::{
    Caller, Credentials, Rows,
    decide::new_row,
    ports::Need,
    prepared::Prepared,
    testing::{NOW_US, plan},
};

/// A row with every type, one null, a reference that is there, one that is not, and three parts.
const FIELDS: &str = r#"
    n        = int
    none     = optional(int)
    some     = optional(int)
    d        = decimal(9, 2)
    m        = money
    t        = string(40)
    flag     = bool
    e        = enum("red", "blue")
    at       = timestamp
    day      = date
    long     = duration
    tags     = list(string(9), max(5))
    mate     = optional(ref(Row))
    near     = ref(Row)
    lost     = optional(ref(Row))
    place    = optional(Place)
    parts    = many(Part, max(9))
"#;

struct Bench {
    prepared: Prepared,
    row: EntityId,
    part: EntityId,
}

fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// A blueprint with a guard: the one place that sees everything and may use every function.
fn bench(expression: &str) -> Bench {
    let text = format!(
        "system Bench {{ edition = \"2026\" }}\n\
         identity {{\n  user = bench.Row\n  roles = [\"a\", \"b\"]\n}}\n\
         context bench {{\n  value Place {{\n    city = string(9)\n    zip = optional(string(9))\n  }}\n\
         entity Row {{{FIELDS}\n    access {{ read = true }}\n    command ask {{\n      allow = true\n      set = {{ n = this.n }}\n\
             guard asked {{\n        check = {expression}\n        message = \"no\"\n      }}\n    }}\n  }}\n\
         entity Part {{\n    size = int\n    note = optional(string(9))\n    mate = ref(Row)\n  }}\n}}\n"
    );
    let plan: Arc<Plan> = plan(&text);
    let by_name = |name: &str| {
        let mut ids = plan.system.entity_ids();
        ids.find(|it| plan.system[*it].name.text == name).unwrap()
    };
    let (row, part) = (by_name("Row"), by_name("Part"));
    Bench { prepared: Prepared::new(plan), row, part }
}

impl Bench {
    fn build(&self, entity: EntityId, id: u128, values: &[(&str, Value)]) -> Vec<Value> {
        let above = (entity == self.part).then_some((uuid(1), id as usize));
        let mut row = new_row(&self.prepared, entity, uuid(id), None, above, NOW_US);
        let table = &self.prepared.plan[entity];
        for (path, value) in values {
            let place = table.column_at(path).unwrap_or_else(|| panic!("{path}"));
            row[usize::from(place.0)] = value.clone();
        }
        row
    }

    fn row(&self, id: u128, mate: Option<u128>) -> Vec<Value> {
        let text = |it: &str| Value::Text(it.into());
        let mate = mate.map_or(Value::Null, |it| Value::Uuid(uuid(it)));
        self.build(
            self.row,
            id,
            &[
                ("n", Value::Int(i64::try_from(id).unwrap() * 10)),
                ("some", Value::Int(5)),
                ("d", Value::Decimal { unscaled: 125, scale: 2 }),
                ("m", Value::Money(1_050)),
                ("t", text("Größe")),
                ("flag", Value::Bool(true)),
                ("e", text("red")),
                ("at", Value::Timestamp(NOW_US)),
                ("day", Value::Date(20_521)),
                ("long", Value::Duration(3_600_000_000)),
                ("tags", Value::List(vec![text("x"), text("y")])),
                ("mate", mate),
                ("near", Value::Uuid(uuid(2))),
                ("lost", Value::Uuid(uuid(404))),
                ("place.city", if id == 1 { text("Bonn") } else { Value::Null }),
            ],
        )
    }

    fn part(&self, id: u128, size: i64, note: Option<&str>) -> Vec<Value> {
        let note = note.map_or(Value::Null, |it| Value::Text(it.into()));
        let values = [("size", Value::Int(size)), ("note", note), ("mate", Value::Uuid(uuid(2)))];
        self.build(self.part, id, &values)
    }

    /// Everything loaded: row 1 with mate 2, who has no mate; row 404 is not there.
    fn rows(&self) -> Rows {
        let mut rows = Rows::default();
        for (id, mate) in [(1, Some(2)), (2, None)] {
            rows.rows.insert((self.row, uuid(id)), Some(Arc::new(self.row(id, mate))));
        }
        rows.rows.insert((self.row, uuid(404)), None);
        let parts =
            [self.part(11, 1, Some("a")), self.part(12, 2, None), self.part(13, 3, Some("c"))];
        rows.parts.insert((self.part, uuid(1)), parts.into_iter().map(Arc::new).collect());
        rows.parts.insert((self.part, uuid(2)), Vec::new());
        rows
    }

    fn asked(&self) -> &Expr {
        &self.prepared.plan.system.commands[0].guards[0].check
    }

    fn value(&self, rows: &Rows) -> (Result<Value, Stop>, BTreeSet<Need>) {
        self.value_of(self.asked(), rows)
    }

    fn value_of(&self, asked: &Expr, rows: &Rows) -> (Result<Value, Stop>, BTreeSet<Need>) {
        let needs = RefCell::new(BTreeSet::new());
        let changed = Overlay::default();
        let world = World { loaded: rows, changed: &changed, needs: &needs };
        let caller = caller();
        let scope = Scope {
            prepared: &self.prepared,
            caller: &caller,
            now_us: NOW_US,
            world: &world,
            this: Some(View::new(self.row, Arc::new(self.row(1, Some(2))))),
            old: None,
            input: &[],
        };
        let value = scope.value(asked);
        (value, needs.into_inner())
    }
}

fn caller() -> Caller {
    Caller {
        class: CallerClass { roles: 1, is_authenticated: true, ..CallerClass::default() },
        id: None,
        user: None,
        tenant: None,
        ip: None,
        scopes: Arc::from([]),
        credentials: Credentials::None,
    }
}

#[test]
fn expressions_come_to_what_the_language_says() {
    for (expression, expected) in [
        // Null: two-valued, no comparison yields null.
        ("this.none == 5", false),
        ("this.none != 5", true),
        ("!(this.none == 5)", true),
        ("this.some == 5", true),
        ("this.none == null", true),
        ("this.some != null && this.some > 4", true),
        ("this.none != null && this.none > 4", false),
        ("this.none == null || this.none > 4", true),
        ("coalesce(this.none, this.some, 7) == 5", true),
        ("coalesce(this.none, 7) == 7", true),
        // Paths: null and missing rows flow along.
        ("this.mate.n == 20", true),
        ("this.mate.mate.n == 20", false),
        ("this.mate.mate.n != 20", true),
        ("this.mate.mate == null", true),
        ("this.lost.n == 20", false),
        ("this.lost.n != 20", true),
        ("this.lost == null", false),
        ("this.mate.mate.mate.mate == null", true),
        ("this.place.city == \"Bonn\"", true),
        ("this.place.zip == null", true),
        ("this.mate.place == null", true),
        ("this.mate.place.city == \"Bonn\"", false),
        // Lists and parts.
        ("contains(this.tags, \"x\")", true),
        ("contains(this.tags, \"z\")", false),
        ("contains([\"red\", \"blue\"], this.e)", true),
        ("contains([1, 2], this.none)", false),
        ("!contains([1, 2], this.none)", true),
        ("length(this.parts) == 3 && length(this.tags) == 2", true),
        ("length(this.t) == 5", true),
        ("length(this.near.parts) == 0", true),
        ("anytrue([for p in this.parts : p.size > 2])", true),
        ("anytrue([for p in this.near.parts : true])", false),
        ("alltrue([for p in this.parts : p.size > 1])", false),
        ("alltrue([for p in this.parts : p.size > 1 if p.note == \"c\"])", true),
        ("alltrue([for p in this.near.parts : false])", true),
        ("alltrue([for p in this.parts : p.note != null])", false),
        ("alltrue([for p in this.parts : p.mate.n == 20])", true),
        ("alltrue([for p in this.parts : p.mate == this.mate])", true),
        ("anytrue([for t in this.tags : t == \"y\"])", true),
        ("sum([for p in this.parts : p.size]) == 6", true),
        ("sum([for p in this.near.parts : p.size]) == 0", true),
        ("max([for p in this.near.parts : p.size]) == null", true),
        ("max([for p in this.parts : p.size]) == 3", true),
        ("min([for p in this.parts : p.size]) == 1", true),
        // Numbers: exact.
        ("this.n + 2 * 3 == 16 && -this.n == 0 - 10", true),
        ("this.d == 1.25 && this.d + 1 == 2.25 && this.d < 2", true),
        ("this.d * 2 == 2.50", true),
        ("round(this.d, 1) == 1.2", true),
        ("round(this.d * 3, 1) == 3.8", true),
        ("this.m == money(\"10.50\") && this.m * 2 == money(\"21.00\")", true),
        ("round(this.m * 0.19, 2) == money(\"2.00\")", true),
        ("round(this.m * 0.05, 2) == money(\"0.52\")", true),
        ("abs(0 - this.n) == 10", true),
        ("divide(this.n, 4, 0) == 2", true),
        ("divide(this.n, 0, 7) == 7", true),
        ("min(this.n, 3) == 3 && max(this.n, 3) == 10", true),
        // Text, by bytes.
        ("starts_with(this.t, \"Gr\") && !starts_with(this.t, \"gr\")", true),
        ("lower(this.t) == \"größe\" && trim(\" a \") == \"a\"", true),
        ("matches(this.t, \"G.*e\") && !matches(this.t, \"G\")", true),
        ("this.t > \"Groz\"", true),
        // Times.
        ("this.at == now && this.at + this.long > now", true),
        ("this.at - duration(\"1h\") == now - this.long", true),
        ("date(this.at) == this.day", true),
        ("this.day == \"2026-03-09\"", true),
        // Conditions and callers.
        ("this.flag ? this.n == 10 : this.n == 0", true),
        ("has_role(\"a\") && !has_role(\"b\")", true),
        ("has_role(\"b\", \"a\")", true),
        ("caller.user == null && !caller.is_system", true),
        ("this.near == caller.user", false),
        ("this.near != caller.user", true),
        ("this.e == \"red\" && this.e != \"blue\"", true),
    ] {
        let bench = bench(expression);
        let (value, _) = bench.value(&bench.rows());
        assert_eq!(value, Ok(Value::Bool(expected)), "{expression}");
        // What is known of the caller can be worked in beforehand: the rest comes to the same.
        let roles = &bench.prepared.plan.system.identity.roles;
        let folded = match fold(bench.asked(), &caller().class, roles) {
            Folded::True => Ok(Value::Bool(true)),
            Folded::False => Ok(Value::Bool(false)),
            Folded::Residual(rest) => bench.value_of(&rest, &bench.rows()).0,
        };
        assert_eq!(folded, Ok(Value::Bool(expected)), "folded: {expression}");
    }
}

#[test]
fn overflow_stops_and_denies() {
    for expression in [
        "this.n * 9007199254740991 * 9007199254740991 > 0",
        "this.m * 9007199254740991 * 9007199254740991 > money(\"0.00\")",
        "-(0 - 9007199254740991 * 9007199254740991) * this.n > 0",
    ] {
        let bench = bench(expression);
        assert_eq!(bench.value(&bench.rows()).0, Err(Stop::Overflow), "{expression}");
    }
    let decided = bench("this.n == 0 && this.n * 9007199254740991 * 9007199254740991 > 0");
    assert_eq!(decided.value(&decided.rows()).0, Ok(Value::Bool(false)));
}

#[test]
fn what_is_missing_is_asked_for_in_as_few_rounds_as_paths_are_long() {
    let row = |bench: &Bench, id| Need::Row(bench.row, uuid(id));
    let all = bench("this.mate.n == 1 && this.lost.n == 1 && length(this.parts) > 5");
    let (value, needs) = all.value(&Rows::default());
    assert_eq!(value, Err(Stop::Pending));
    let expected = [row(&all, 2), row(&all, 404), Need::Parts(all.part, uuid(1))];
    assert_eq!(needs, expected.into_iter().collect());
    // A decided operand needs no rows.
    let decided = bench("this.mate.n == 1 || this.n == 10");
    assert_eq!(decided.value(&Rows::default()).0, Ok(Value::Bool(true)));
    // Elements of a list are all looked at.
    let each = bench("alltrue([for p in this.parts : p.mate.n == 5])");
    let mut rows = each.rows();
    rows.rows.clear();
    assert_eq!(each.value(&rows).1, [row(&each, 2)].into_iter().collect());
}

#[test]
fn every_field_has_its_place() {
    let bench = bench("true");
    let fields = &bench.prepared.plan.system[bench.row].fields;
    for (position, field) in fields.iter().enumerate() {
        let place = bench.prepared.place(bench.row, position).unwrap();
        let is_parts = matches!(field.ty, FieldType::Many { .. });
        assert_eq!(
            is_parts,
            matches!(place, crate::prepared::Place::Parts(_)),
            "{}",
            field.name.text
        );
    }
}
