//! Seeding: realistic, valid, the same for the same seed, and safe to repeat.
#![cfg(test)]

mod support;

use std::{collections::BTreeMap, sync::Arc};

use architrave_drive::{
    client::Client,
    progress::Progress,
    seed::{Report, SeedOptions, Token, seed},
};
use support::{Here, block_on};

async fn fill(here: &Here, number: u64) -> Report {
    let rows = [("catalog.Category", 12), ("catalog.Product", 150), ("sales.Order", 60)];
    let options = SeedOptions {
        rows: rows.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect(),
        is_only_named: true,
        seed: number,
        connections: 4,
    };
    let people = ["customer", "merchant", "support", "user", "system"];
    let tokens = people.map(|it| Token { name: it.to_owned(), text: here.token(it) }).to_vec();
    let client = Client::new(here.client.base());
    seed(here.plan(), client, tokens, options, Arc::new(Progress::quiet())).await.unwrap()
}

/// Names and prices, in the order in which they were made within a page.
async fn products(here: &Here) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut next = Some("/v1/products?limit=100".to_owned());
    while let Some(path) = next {
        let page = here.get("merchant", &path).await.json();
        for item in page["items"].as_array().unwrap() {
            let shown = format!("{} {} {}", item["name"], item["price"]["amount"], item["stock"]);
            found.insert(item["sku"].as_str().unwrap().to_owned(), shown);
        }
        next = page["next"].as_str().map(str::to_owned);
    }
    found
}

#[test]
fn the_same_seed_makes_the_same_rows_and_a_second_run_changes_nothing() {
    block_on(async {
        let (one, other) = (Here::example("storefront").await, Here::example("storefront").await);
        let report = fill(&one, 7).await;
        assert_eq!(report.refused, BTreeMap::new());
        for (what, count) in
            [("catalog.Category", 12), ("catalog.Product", 150), ("sales.Order", 60)]
        {
            assert_eq!(report.done[what], count, "{what}");
        }
        assert!(report.done["sales.Order.place"] > 0, "{report:?}");
        assert!(report.done["sales.Order.ship"] > 0, "{report:?}");
        fill(&other, 7).await;
        let first = products(&one).await;
        assert_eq!(first.len(), 150);
        assert_eq!(products(&other).await, first);
        // Again: everything is answered from memory.
        let again = fill(&one, 7).await;
        assert_eq!(again.done["catalog.Product"], 150);
        assert_eq!(products(&one).await, first);
        // Another seed adds other rows.
        fill(&one, 8).await;
        assert_eq!(products(&one).await.len(), 300);
        one.stop().await;
        other.stop().await;
    });
}
