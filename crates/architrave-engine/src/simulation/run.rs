//! The seeded simulation: random people run random commands while the power fails, and everybody asks
//! again with the same key. Afterwards the journal, the rows and the answers must tell one story.

use std::collections::{BTreeMap, BTreeSet};

use architrave_model::{EntityId, Value};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::Power;
use crate::{
    Caller, Failure, Row, RowKey, WriteRequest,
    evaluate::{column, row_id},
    prepared::Prepared,
    simulation::wait,
    testing::{Reply, World, written},
};

const STOREFRONT: &str = include_str!("../../../../examples/storefront/blueprint.hcl");
/// Requests of one run.
const STEPS: u32 = 120;
/// Runs in the everyday tests; each seed is a run of its own, printed when it fails.
const SEEDS: std::ops::Range<u64> = 1..25;

struct Run {
    seed: u64,
    world: World,
    people: Vec<Caller>,
    category: String,
    products: Vec<String>,
    orders: Vec<String>,
    /// Answers that promised a version of a row.
    promised: BTreeMap<String, u64>,
    gone: BTreeSet<String>,
    /// Requests that were answered with success.
    done: Vec<String>,
    is_tortured: bool,
}

impl Run {
    fn new(seed: u64) -> Self {
        let world = World::seeded(STOREFRONT, seed);
        let shop = world.seed("accounts.Shop", None, json!({"name": "S", "domain": "s.example"}));
        let mut people = vec![world.system(Some(shop)), world.anonymous(Some(shop))];
        for (name, role) in
            [("a", "customer"), ("b", "customer"), ("m", "merchant"), ("s", "support")]
        {
            let body = json!({"email": format!("{name}@example.com"), "name": name});
            let user = world.seed("accounts.User", Some(shop), body);
            people.push(world.caller(Some(shop), Some(user), &[role]));
        }
        let mut run = Self {
            seed,
            world,
            people,
            category: String::new(),
            products: Vec::new(),
            orders: Vec::new(),
            promised: BTreeMap::new(),
            gone: BTreeSet::new(),
            done: Vec::new(),
            is_tortured: false,
        };
        let merchant = run.people[4].clone();
        let category = json!({"name": "C", "slug": "c"});
        run.category = run.ask(&merchant, "catalog.Category.create", "", category).id();
        for sku in ["A", "B", "C"] {
            let body = json!({
                "sku": sku, "name": sku, "category": run.category, "price": euros(3), "cost": euros(1), "published": true,
            });
            let id = run.ask(&merchant, "catalog.Product.create", "", body).id();
            run.products.push(id);
        }
        run.is_tortured = true;
        run
    }

    fn below(&self, bound: u64) -> u64 {
        self.world.dice.below(bound)
    }

    fn pick(&self, from: &[String]) -> String {
        let at = usize::try_from(self.below(from.len() as u64)).unwrap();
        from.get(at).cloned().unwrap_or_else(|| Uuid::nil().to_string())
    }

    /// Sends a request until it is answered, always with the same key.
    fn ask(&mut self, caller: &Caller, operation: &str, id: &str, body: Json) -> Reply {
        let key = format!("{}-{}", self.seed, self.world.dice.below(u64::MAX));
        let request = WriteRequest {
            idempotency_key: Some(key.clone()),
            request_id: key.clone(),
            ..self.world.request(caller, operation, id, body)
        };
        loop {
            self.world.clock.advance(1_000);
            let power = match self.below(8) {
                0 if self.is_tortured => Power::FailsBefore,
                1 if self.is_tortured => Power::FailsAfter,
                _ => Power::Lasts,
            };
            self.world.store.set_power(power);
            let answer = wait(self.world.engine.write(request.clone()));
            if matches!(&answer, Err(Failure::Fault(fault)) if fault.is_outcome_unknown) {
                continue;
            }
            let reply = written(answer);
            assert!(reply.status < 500, "seed {}: {reply:?}", self.seed);
            if reply.status < 300 {
                self.done.push(key);
            }
            self.note(&reply.body);
            return reply;
        }
    }

    fn note(&mut self, body: &Json) {
        if let (Some(id), Some(version)) = (body["id"].as_str(), body["version"].as_u64()) {
            let known = self.promised.entry(id.to_owned()).or_default();
            *known = version.max(*known);
        }
    }

    fn lines(&self) -> Json {
        let line = |_| json!({"product": self.pick(&self.products), "quantity": 1 + self.below(3), "price": euros(3)});
        Json::Array((0..self.below(4)).map(line).collect())
    }

    fn new_order(&self, customer: Option<Uuid>) -> Json {
        json!({
            "customer": customer, "lines": self.lines(),
            "ship_to": {"line1": "x", "city": "y", "postcode": "z", "country": "DE"},
        })
    }

    fn step(&mut self) {
        let at = usize::try_from(self.below(self.people.len() as u64)).unwrap();
        let caller = self.people[at].clone();
        let order = self.pick(&self.orders);
        let product = self.pick(&self.products);
        match self.below(12) {
            0 | 1 => {
                let body = self.new_order(caller.user);
                let created = self.ask(&caller, "sales.Order.create", "", body);
                if created.status == 201 {
                    self.orders.push(created.id());
                }
            }
            2 => {
                let body = json!({"lines": self.lines()});
                self.ask(&caller, "sales.Order.update", &order, body);
            }
            3 => {
                let deleted = self.ask(&caller, "sales.Order.delete", &order, Json::Null);
                if deleted.status == 204 {
                    self.gone.insert(order);
                }
            }
            4 => {
                let body = json!({"quantity": 1 + self.below(5)});
                self.ask(&caller, "catalog.Product.restock", &product, body);
            }
            5 => {
                let body = json!({"quantity": 1 + self.below(5)});
                self.ask(&caller, "catalog.Product.reserve", &product, body);
            }
            6 => {
                let body = json!({"tracking": "T"});
                self.ask(&caller, "sales.Order.ship", &order, body);
            }
            7 => self.batch(&caller),
            it => {
                let command = ["place", "place", "mark_paid", "cancel", "deliver"];
                let command = command[usize::try_from(it - 8 + self.below(2)).unwrap()];
                self.ask(&caller, &format!("sales.Order.{command}"), &order, Json::Null);
            }
        }
    }

    /// An order that is created and placed in one go, or not at all.
    fn batch(&mut self, caller: &Caller) {
        let operations = json!([
            {"method": "POST", "path": "/v1/orders", "body": self.new_order(caller.user)},
            {"method": "POST", "path": "/v1/orders/{0.id}/place"},
        ]);
        let is_atomic = self.below(2) == 0;
        let body = json!({"operations": operations, "atomic": is_atomic});
        let reply = self.ask(caller, "system.batch", "", body);
        for result in reply.body["results"].as_array().into_iter().flatten() {
            self.note(&result["body"]);
        }
        if let Some(id) = reply.body["results"][0]["body"]["id"].as_str() {
            self.orders.push(id.to_owned());
        }
    }

    fn check(&self) {
        let prepared = Prepared::new(std::sync::Arc::clone(self.world.engine.plan()));
        self.check_once();
        let replayed = self.replay(&prepared);
        for entity in prepared.plan.system.entity_ids() {
            let stored = self.world.store.rows(entity);
            let told: BTreeMap<Uuid, Row> = replayed
                .iter()
                .filter(|((it, _), _)| *it == entity)
                .map(|((_, id), row)| (*id, Row::clone(row)))
                .collect();
            assert_eq!(
                stored,
                told,
                "seed {}: {}",
                self.seed,
                prepared.plan.system.entity_path(entity)
            );
        }
        self.check_promises(&prepared);
        self.check_data(&prepared);
    }

    /// No request acted twice, and none that was answered with success and changed something is missing.
    fn check_once(&self) {
        let mut seen = BTreeSet::new();
        for transaction in self.world.store.journal() {
            let is_each = transaction.operation == "system.batch";
            let is_new = seen.insert(transaction.request_id.clone());
            assert!(
                is_new || is_each || transaction.request_id.is_empty(),
                "seed {}: {} acted twice",
                self.seed,
                transaction.request_id
            );
        }
        let missing = self.done.iter().filter(|it| !seen.contains(*it)).count();
        // Commands that find everything as it should be answer without a record.
        assert!(
            missing * 4 <= self.done.len(),
            "seed {}: {missing} writes are not in the journal",
            self.seed
        );
    }

    /// The rows as the journal tells them; versions of a row follow each other without a gap.
    fn replay(&self, prepared: &Prepared) -> BTreeMap<RowKey, Row> {
        let mut rows: BTreeMap<RowKey, Row> = BTreeMap::new();
        let mut versions: BTreeMap<RowKey, u64> = BTreeMap::new();
        for event in self.world.store.journal().into_iter().flat_map(|it| it.events) {
            let key = (event.entity, event.id);
            let before = versions.insert(key, event.version).unwrap_or(0);
            let is_gone = event.event == "deleted" || event.event == "purged";
            let expected = if is_gone { before } else { before + 1 };
            assert_eq!(event.version, expected, "seed {}: {}", self.seed, event.event);
            rows.retain(|(entity, _), row| {
                let parent = prepared.plan[*entity].parent;
                parent.is_none_or(|(place, above)| {
                    above != event.entity || *column(row, place) != Value::Uuid(event.id)
                })
            });
            if is_gone {
                rows.remove(&key);
                continue;
            }
            rows.insert(key, event.row);
            for (part, list) in event.parts {
                for row in list {
                    rows.insert((part, row_id(prepared, part, &row).unwrap()), row);
                }
            }
        }
        rows
    }

    /// What was answered is there, at least as new.
    fn check_promises(&self, prepared: &Prepared) {
        for (id, promised) in &self.promised {
            let id_value: Uuid = id.parse().unwrap();
            let mut stored = prepared.plan.system.entity_ids().filter_map(|entity| {
                let row = self.world.store.rows(entity).remove(&id_value)?;
                let place = prepared.plan[entity].version?;
                match column(&row, place) {
                    Value::Int(it) => u64::try_from(*it).ok(),
                    _ => None,
                }
            });
            match stored.next() {
                Some(version) => {
                    assert!(version >= *promised, "seed {}: {id} went back", self.seed)
                }
                None => assert!(self.gone.contains(id), "seed {}: {id} was lost", self.seed),
            }
        }
    }

    /// Sums and rules of the data hold on every row.
    fn check_data(&self, prepared: &Prepared) {
        let entity = |path: &str| self.world.entity(path);
        let cell = |entity: EntityId, row: &Row, path: &str| {
            column(row, prepared.plan[entity].column_at(path).expect(path)).clone()
        };
        let number = |value: Value| match value {
            Value::Money(it) | Value::Int(it) => it,
            other => panic!("{other:?}"),
        };
        let (order, line, product) =
            (entity("sales.Order"), entity("sales.Line"), entity("catalog.Product"));
        let parent = prepared.plan[line].parent.unwrap().0;
        let lines = self.world.store.rows(line);
        let mut numbers = BTreeSet::new();
        for (id, row) in self.world.store.rows(order) {
            let own: Vec<_> =
                lines.values().filter(|it| *column(it, parent) == Value::Uuid(id)).collect();
            let sum: i64 = own
                .iter()
                .map(|it| number(cell(line, it, "price")) * number(cell(line, it, "quantity")))
                .sum();
            assert_eq!(number(cell(order, &row, "total")), sum, "seed {}", self.seed);
            let status = cell(order, &row, "status");
            let is_open =
                [Value::Text("draft".into()), Value::Text("cancelled".into())].contains(&status);
            assert!(is_open || !own.is_empty(), "seed {}", self.seed);
            assert!(numbers.insert(cell(order, &row, "number")), "seed {}", self.seed);
        }
        for row in self.world.store.rows(product).values() {
            assert!(number(cell(product, row, "stock")) >= 0, "seed {}", self.seed);
        }
    }
}

fn euros(amount: u32) -> Json {
    json!({"amount": format!("{amount}.00"), "currency": "EUR"})
}

#[test]
fn journal_rows_and_answers_tell_one_story() {
    for seed in SEEDS {
        let mut run = Run::new(seed);
        for _ in 0..STEPS {
            run.step();
        }
        assert!(run.orders.len() > 3, "seed {seed} did nothing");
        run.check();
    }
}
