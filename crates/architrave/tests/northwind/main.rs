//! Northwind through the public API: files as found in the world, loaded in batches with idempotency
//! keys, each batch sent twice on purpose; totals worked out by the engine equal those worked out here.
//!
//! The files are not part of the project. They are looked for in `NORTHWIND_DATA`; without them the test
//! says that it was skipped.
#![cfg(test)]
#![expect(clippy::print_stdout, reason = "says what was done, or why not")]

mod backend;
mod files;

use std::{collections::BTreeMap, path::PathBuf};

use architrave_drive::client::{Call, Client, Reply};
use hyper::Method;
use serde_json::{Value, json};

use backend::Backend;
use files::{Record, amount, cents, day, line_cents, optional};

/// Ids by old code.
type Ids = BTreeMap<String, String>;

/// Operations of one request; a batch takes at most 100.
const BATCH: usize = 90;

#[tokio::test]
async fn northwind_is_loaded_through_the_public_api_and_adds_up() {
    let Some(folder) = data() else {
        println!("skipped: no Northwind files; set NORTHWIND_DATA to the folder that holds them");
        return;
    };
    let backend = Backend::start("northwind/blueprint.hcl");
    let loader = Loader { client: Client::new(&backend.api), token: backend.token("clerk") };

    let tables = Tables::read(&folder);
    let first = loader.load(&tables).await;
    assert_eq!(loader.codes("/v1/customers").await.len(), 91);
    assert_eq!(loader.codes("/v1/products").await.len(), 77);
    let orders = loader.orders().await;
    assert_eq!(orders.len(), 830);
    let lines: usize = orders.values().map(|it| it["lines"].as_array().unwrap().len()).sum();
    assert_eq!(lines, 2_155);
    for (code, expected) in tables.totals() {
        let order = &orders[&code];
        assert_eq!(order["goods"], money(expected.goods), "goods of order {code}");
        assert_eq!(order["total"], money(expected.total), "total of order {code}");
    }

    let second = loader.load(&tables).await;
    assert_eq!(first, second, "the same keys give the same rows");
    assert_eq!(loader.orders().await, orders, "loading twice changes nothing, versions included");

    let refused = loader.create_again(&tables).await;
    assert_eq!((refused.status, &refused.json()["code"]), (409, &json!("not-unique")));
    assert_eq!(loader.orders().await, orders, "a refused load leaves nothing behind");
}

#[test]
fn commas_that_nobody_quoted_belong_to_the_address() {
    let Some(folder) = data() else {
        println!("skipped: no Northwind files; set NORTHWIND_DATA to the folder that holds them");
        return;
    };
    let orders = files::read(&folder, "orders.csv", Some(9));
    let order = orders.iter().find(|it| it[0] == "10250").unwrap();
    assert_eq!(
        &order[8..],
        ["Hanari Carnes", "Rua do Paço, 67", "Rio de Janeiro", "RJ", "05454-876", "Brazil"]
    );
    let customers = files::read(&folder, "customers.csv", Some(4));
    let customer = customers.iter().find(|it| it[0] == "BONAP").unwrap();
    assert_eq!(&customer[4..6], ["12, rue des Bouchers", "Marseille"]);
    assert_eq!(optional(&customer[6]), None);
}

#[test]
fn lines_are_rounded_half_to_even() {
    let cases = [
        ("0.05", "1", "0.1", 4),
        ("0.15", "1", "0.1", 14),
        ("0.25", "1", "0.1", 22),
        ("14.00", "12", "0", 16_800),
    ];
    for (price, quantity, discount, expected) in cases {
        assert_eq!(
            line_cents(price, quantity, discount),
            expected,
            "{price} × {quantity} − {discount}"
        );
    }
}

fn data() -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/northwind");
    let named = std::env::var_os("NORTHWIND_DATA").map(PathBuf::from);
    named.or(Some(beside)).filter(|it| it.join("orders.csv").is_file())
}

fn money(cents: i128) -> Value {
    json!({ "amount": amount(cents), "currency": "USD" })
}

/// What an order must come to, in cents.
struct Expected {
    goods: i128,
    total: i128,
}

/// The files that are loaded.
struct Tables {
    categories: Vec<Record>,
    suppliers: Vec<Record>,
    products: Vec<Record>,
    employees: Vec<Record>,
    customers: Vec<Record>,
    shippers: Vec<Record>,
    orders: Vec<Record>,
    lines: BTreeMap<String, Vec<Record>>,
}

impl Tables {
    fn read(folder: &std::path::Path) -> Self {
        let mut lines: BTreeMap<String, Vec<Record>> = BTreeMap::new();
        for line in files::read(folder, "order-details.csv", None) {
            lines.entry(line[0].clone()).or_default().push(line);
        }
        Self {
            categories: files::read(folder, "categories.csv", None),
            suppliers: files::read(folder, "suppliers.csv", Some(4)),
            products: files::read(folder, "products.csv", None),
            employees: files::read(folder, "employees.csv", None),
            customers: files::read(folder, "customers.csv", Some(4)),
            shippers: files::read(folder, "shippers.csv", None),
            orders: files::read(folder, "orders.csv", Some(9)),
            lines,
        }
    }

    fn totals(&self) -> BTreeMap<String, Expected> {
        let of = |order: &Record| {
            let goods =
                self.lines[&order[0]].iter().map(|it| line_cents(&it[2], &it[3], &it[4])).sum();
            (order[0].clone(), Expected { goods, total: goods + cents(&order[7]) })
        };
        self.orders.iter().map(of).collect()
    }
}

/// Loads the tables as a clerk.
struct Loader {
    client: Client,
    token: String,
}

impl Loader {
    /// Creates everything, in the order of the references; returns all ids by table and code.
    async fn load(&self, tables: &Tables) -> BTreeMap<&'static str, Ids> {
        let categories = self.create(
            "categories",
            &tables.categories,
            |it| json!({ "code": number(&it[0]), "name": it[1], "description": optional(&it[2]) }),
        );
        let categories = categories.await;
        let suppliers = self.create("suppliers", &tables.suppliers, |it| {
            json!({ "code": number(&it[0]), "company_name": it[1], "city": optional(&it[5]), "country": optional(&it[8]) })
        });
        let suppliers = suppliers.await;
        let products = self
            .create("products", &tables.products, |it| product(it, &suppliers, &categories))
            .await;
        let employees = self.create_employees(&tables.employees).await;
        let customers = self.create("customers", &tables.customers, customer).await;
        let shippers = self.create("shippers", &tables.shippers, |it| {
            json!({ "code": number(&it[0]), "company_name": it[1], "phone": optional(&it[2]) })
        });
        let shippers = shippers.await;
        let ids = OrderIds {
            customers: &customers,
            employees: &employees,
            shippers: &shippers,
            products: &products,
        };
        let orders = self
            .create("orders", &tables.orders, |it| order(it, &tables.lines[&it[0]], &ids))
            .await;
        BTreeMap::from([
            ("categories", categories),
            ("suppliers", suppliers),
            ("products", products),
            ("employees", employees),
            ("customers", customers),
            ("shippers", shippers),
            ("orders", orders),
        ])
    }

    /// Those who report to nobody first, then those who report to them, and so on.
    async fn create_employees(&self, employees: &[Record]) -> Ids {
        let mut ids = Ids::new();
        while ids.len() < employees.len() {
            let is_next = |it: &&Record| {
                !ids.contains_key(&it[0])
                    && optional(&it[16]).is_none_or(|boss| ids.contains_key(boss))
            };
            let next: Vec<Record> = employees.iter().filter(is_next).cloned().collect();
            assert!(!next.is_empty(), "employees report to each other in a circle");
            let created = self.create("employees", &next, |it| employee(it, &ids)).await;
            ids.extend(created);
        }
        ids
    }

    async fn create(&self, path: &str, records: &[Record], body: impl Fn(&Record) -> Value) -> Ids {
        let mut ids = Ids::new();
        for batch in records.chunks(BATCH) {
            let reply = self.batch(path, batch, &body).await;
            assert_eq!(reply.status, 200, "{path}: {}", String::from_utf8_lossy(&reply.body));
            let answer = reply.json();
            for (record, result) in batch.iter().zip(answer["results"].as_array().unwrap()) {
                ids.insert(record[0].clone(), result["body"]["id"].as_str().unwrap().to_owned());
            }
        }
        ids
    }

    /// Sends a batch twice under one key: the second answer must be the first one, replayed.
    async fn batch(&self, path: &str, batch: &[Record], body: impl Fn(&Record) -> Value) -> Reply {
        let key = format!("northwind-{path}-{}-{}", batch[0][0], batch.len());
        let call = self.batch_call(path, batch, body).idempotency_key(key);
        let first = self.client.send_until_settled(&call, 5).await.unwrap();
        let again = self.client.send_until_settled(&call, 5).await.unwrap();
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        assert_eq!((first.status, &first.body), (again.status, &again.body));
        first
    }

    fn batch_call(&self, path: &str, batch: &[Record], body: impl Fn(&Record) -> Value) -> Call {
        let path = format!("/v1/{path}");
        let operation = |it| json!({ "method": "POST", "path": path, "body": body(it) });
        let operations: Vec<Value> = batch.iter().map(operation).collect();
        Call::json(Method::POST, "/v1/batch", &json!({ "operations": operations }))
            .token(Some(&self.token))
    }

    /// The first customers once more, without a key.
    async fn create_again(&self, tables: &Tables) -> Reply {
        let call = self.batch_call("customers", &tables.customers[..BATCH], customer);
        self.client.send(&call).await.unwrap()
    }

    /// All rows of a list by code, page by page.
    async fn rows(&self, path: &str) -> BTreeMap<String, Value> {
        let mut rows = BTreeMap::new();
        let mut next = Some(format!("{path}?limit=100"));
        while let Some(path) = next {
            let reply = self.client.send(&Call::get(path).token(Some(&self.token))).await.unwrap();
            assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
            let page = reply.json();
            for row in page["items"].as_array().unwrap() {
                let code = row["code"].to_string().trim_matches('"').to_owned();
                assert!(rows.insert(code, row.clone()).is_none(), "a row was listed twice");
            }
            next = page["next"].as_str().map(str::to_owned);
        }
        rows
    }

    async fn codes(&self, path: &str) -> Vec<String> {
        self.rows(path).await.into_keys().collect()
    }

    async fn orders(&self) -> BTreeMap<String, Value> {
        self.rows("/v1/orders").await
    }
}

fn number(field: &str) -> i64 {
    field.parse().unwrap()
}

fn product(it: &Record, suppliers: &Ids, categories: &Ids) -> Value {
    json!({
        "code": number(&it[0]),
        "name": it[1],
        "supplier": suppliers[&it[2]],
        "category": categories[&it[3]],
        "quantity_per_unit": optional(&it[4]),
        "unit_price": money(cents(&it[5])),
        "units_in_stock": number(&it[6]),
        "reorder_level": number(&it[8]),
        "is_discontinued": it[9] == "1",
    })
}

fn employee(it: &Record, ids: &Ids) -> Value {
    json!({
        "code": number(&it[0]),
        "last_name": it[1],
        "first_name": it[2],
        "title": optional(&it[3]),
        "hired_on": day(&it[6]),
        "reports_to": optional(&it[16]).map(|boss| ids[boss].clone()),
    })
}

fn customer(it: &Record) -> Value {
    json!({
        "code": it[0],
        "company_name": it[1],
        "contact_name": optional(&it[2]),
        "contact_title": optional(&it[3]),
        "address": {
            "street": it[4],
            "city": it[5],
            "region": optional(&it[6]),
            "postal_code": optional(&it[7]),
            "country": it[8],
        },
        "phone": optional(&it[9]),
        "fax": optional(&it[10]),
    })
}

/// Ids that an order refers to.
struct OrderIds<'a> {
    customers: &'a Ids,
    employees: &'a Ids,
    shippers: &'a Ids,
    products: &'a Ids,
}

fn order(it: &Record, lines: &[Record], ids: &OrderIds<'_>) -> Value {
    let line = |it: &Record| {
        json!({
            "product": ids.products[&it[1]],
            "unit_price": money(cents(&it[2])),
            "quantity": number(&it[3]),
            "discount": amount(files::hundredths(&it[4])),
        })
    };
    json!({
        "code": number(&it[0]),
        "customer": ids.customers[&it[1]],
        "employee": ids.employees[&it[2]],
        "ordered_on": day(&it[3]),
        "required_on": day(&it[4]),
        "shipped_on": day(&it[5]),
        "ship_via": ids.shippers[&it[6]],
        "freight": money(cents(&it[7])),
        "ship_name": it[8],
        "ship_to": {
            "street": it[9],
            "city": it[10],
            "region": optional(&it[11]),
            "postal_code": optional(&it[12]),
            "country": it[13],
        },
        "lines": lines.iter().map(line).collect::<Vec<_>>(),
    })
}
