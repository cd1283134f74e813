//! A shop moves from SQLite to PostgreSQL while it is served: cursors, positions, tokens and answered keys go on.
#![cfg(test)]

#[path = "support/database/mod.rs"]
mod database;
mod support;

use std::path::Path;

use architrave_drive::client::{Call, Client, Reply};
use database::Database;
use serde_json::{Value, json};
use support::{Served, block_on, program, root};

async fn send(client: &Client, call: Call) -> Reply {
    client.send(&call).await.unwrap()
}

fn items(reply: &Reply) -> Vec<Value> {
    reply.json()["items"].as_array().unwrap_or_else(|| panic!("{}", reply.json())).clone()
}

#[test]
fn a_shop_moves_while_it_is_served() {
    let Some(database) = block_on(Database::empty()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let blueprint = folder.path().join("blueprint.hcl");
    std::fs::copy(root().join("examples/storefront/blueprint.hcl"), &blueprint).unwrap();
    let data = folder.path().join("data");
    let served = Served::start(&blueprint, &data);
    let (merchant, client) = (served.token("merchant"), Client::new(&served.api));
    let merchant = Some(merchant.as_str());
    let (first, second, last, create) = block_on(async {
        let body = json!({ "name": "All", "slug": "all" });
        let made = send(&client, Call::post("/v1/categories", &body).token(merchant)).await;
        let category = made.json()["id"].as_str().unwrap().to_owned();
        let create = |number: u32| {
            let price = json!({ "amount": format!("{}.50", number % 7), "currency": "EUR" });
            let body = json!({
                "sku": format!("S-{number}"), "name": format!("Lamp {number}"), "category": category,
                "price": price, "cost": price, "published": true,
            });
            Call::post("/v1/products", &body).token(merchant).idempotency_key(format!("k{number}"))
        };
        let mut last = send(&client, create(0)).await;
        for number in 1..30 {
            last = send(&client, create(number)).await;
            assert_eq!(last.status, 201, "{}", last.json());
        }
        let list = "/v1/products?limit=10";
        let first = send(&client, Call::get(list).token(merchant)).await;
        let next = first.json()["next"].as_str().unwrap().to_owned();
        let second = send(&client, Call::get(next).token(merchant)).await;
        (first, second, last, create(29))
    });
    moved(&blueprint, &data, &database.address);
    block_on(async {
        let body = json!({ "name": "Late", "slug": "late" });
        let refused = send(&client, Call::post("/v1/categories", &body).token(merchant)).await;
        assert_eq!(refused.status, 503, "{}", refused.json());
        assert!(refused.header("retry-after").is_some());
        assert_eq!(send(&client, Call::get("/v1/products").token(merchant)).await.status, 200);
    });
    served.stop();
    let refused =
        program().args(["serve", "--dev", "--data"]).arg(&data).arg(&blueprint).output().unwrap();
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("was moved to postgres://"), "{said}");
    assert_eq!(refused.status.code(), Some(3));

    let store = Path::new(&database.address);
    let served = Served::start_with(&blueprint, &data, &[("ARCHITRAVE_STORE", store)]);
    let client = Client::new(&served.api);
    block_on(async {
        let position = last.header("architrave-position").unwrap();
        let next = first.json()["next"].as_str().unwrap().to_owned();
        let read = Call::get(next).token(merchant).header("architrave-min-position", position);
        let page = send(&client, read).await;
        assert_eq!(items(&page), items(&second), "an old cursor goes on");
        let replayed = send(&client, create).await;
        assert_eq!(replayed.header("idempotency-replayed"), Some("true"));
        assert_eq!((replayed.status, &replayed.body), (last.status, &last.body));
        let body = json!({ "name": "More", "slug": "more" });
        let made = send(&client, Call::post("/v1/categories", &body).token(merchant)).await;
        let later = made.header("architrave-position").unwrap();
        let epoch = |it: &str| it.split('.').nth(1).map(str::to_owned);
        assert_eq!(epoch(later), epoch(position), "the history goes on");
    });
    served.stop();
    let verify = program().args(["verify", "--store", &database.address]).output().unwrap();
    let said = String::from_utf8_lossy(&verify.stdout);
    assert!(verify.status.success() && said.contains("equal"), "{said}");
    block_on(database.drop());
}

fn moved(blueprint: &Path, data: &Path, to: &str) {
    let output = program()
        .arg("move")
        .arg(blueprint)
        .arg("--from")
        .arg(data)
        .args(["--to", to])
        .output()
        .unwrap();
    let (told, said) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}{said}");
    assert!(told.contains("refused writes for"), "{told}");
}

#[test]
fn both_ends_are_named_and_none_is_repeated_with_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let store = "postgres://shop:secret@127.0.0.1:1/shop";
    let blueprint = root().join("examples/storefront");
    for (command, more) in [
        ("move", vec!["--from", "a", "--to", "b"]),
        ("move", vec!["--from", store, "--to", store]),
        ("serve", vec!["--store", store, "--dev", "--listen", "127.0.0.1:0"]),
        ("serve", vec!["--store", "postgres://shop:secret@[", "--dev"]),
        ("verify", vec!["--store", store]),
    ] {
        let mut program = program();
        program.current_dir(folder.path()).arg(command).args(&more);
        if command != "verify" {
            program.arg(&blueprint);
        }
        let output = program.output().unwrap();
        assert!(!output.status.success(), "{command} {more:?}");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(!said.is_empty() && !said.contains("secret"), "{command} {more:?}: {said}");
    }
}
