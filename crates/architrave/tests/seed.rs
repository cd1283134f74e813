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
    let people = ["customer", "merchant", "support", "user", "system"];
    let rows = [("catalog.Category", 12), ("catalog.Product", 150), ("sales.Order", 60)];
    fill_with(here, number, &people, &rows).await
}

async fn fill_with(here: &Here, number: u64, people: &[&str], rows: &[(&str, u64)]) -> Report {
    let options = SeedOptions {
        rows: rows.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect(),
        is_only_named: true,
        seed: number,
        connections: 4,
    };
    let tokens = people.iter().map(|it| Token { name: (*it).to_owned(), text: here.token(it) });
    let tokens = tokens.collect();
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

#[test]
fn sums_over_parts_are_balanced_and_days_lie_within_what_is_referred_to() {
    block_on(async {
        let here = Here::example("ledger").await;
        let people = ["bookkeeper", "controller", "auditor", "system"];
        let rows = [("books.Account", 20), ("books.Period", 6), ("books.Entry", 60)];
        let report = fill_with(&here, 3, &people, &rows).await;
        // Two that reverse the same entry cannot both be there.
        let made = report.done["books.Entry"];
        assert!((50..=60).contains(&made), "{report:?}");
        assert!(report.done["books.Entry.post"] > 0, "{report:?}");
        let reasons = format!("{:?}", report.refused);
        for guard in ["Debit and credit differ", "at least two postings", "outside of the period"] {
            assert!(!reasons.contains(guard), "{reasons}");
        }
        let page = here.get("auditor", "/v1/entries?limit=200").await.json();
        let entries = page["items"].as_array().unwrap();
        assert_eq!(entries.len() as u64, made);
        for entry in entries {
            assert_eq!(entry["debit"], entry["credit"], "{entry}");
            assert!(entry["postings"].as_array().unwrap().len() >= 2, "{entry}");
        }
        here.stop().await;
    });
}

/// Days and prices in order, fields that not everyone may write.
const HOTEL: &str = r#"
system Hotel { edition = "2026" }

identity {
  user  = hotel.Person
  roles = ["clerk", "manager"]
}

context hotel {
  entity Person { name = string(80) }

  entity Stay {
    guest     = string(80)
    booked    = timestamp
    arrives   = date
    leaves    = date
    paid      = optional(date)
    rate      = money(min(0))
    rate_max  = money(min(0))
    discount  = optional(decimal(5, 2, min(0), max(1)))
    comment   = optional(string(200))
    reference = optional(string(40))

    invariant "guests stay a night at least"  { check = this.arrives < this.leaves }
    invariant "nobody pays after leaving"     { check = this.paid == null || this.paid <= this.leaves }
    invariant "the rate is below its maximum" { check = this.rate_max >= this.rate }
    invariant "discounts need a comment"      { check = this.discount == null || this.comment != null }

    access {
      read   = has_role("clerk", "manager")
      create = has_role("clerk", "manager")
      field discount  { write = has_role("manager") }
      field reference { write = this.guest == "nobody" }
    }
  }
}
"#;

#[test]
fn rows_keep_invariants_and_hold_only_what_the_caller_may_write() {
    block_on(async {
        let here = Here::text(HOTEL).await;
        let report = fill_with(&here, 3, &["clerk", "manager"], &[("hotel.Stay", 200)]).await;
        assert_eq!(report.refused, BTreeMap::new());
        assert_eq!(report.done["hotel.Stay"], 200);
        let page = here.get("manager", "/v1/stays?limit=200").await.json();
        let stays = page["items"].as_array().unwrap();
        assert_eq!(stays.len(), 200);
        assert!(stays.iter().all(|it| it["discount"].is_null()), "a clerk wrote it");
        assert!(stays.iter().any(|it| !it["paid"].is_null() && !it["comment"].is_null()));
        here.stop().await;
    });
}

/// Where the one who comes first may not write what is needed, and what no value can satisfy.
const FLEET: &str = r#"
system Fleet { edition = "2026" }

identity {
  user  = fleet.Person
  roles = ["driver", "keeper"]
}

context fleet {
  entity Person { name = string(80) }

  entity Car {
    plate    = string(20, unique)
    doors    = int(min(2), max(5))
    seats    = int(min(1), max(9))
    kind     = enum("van", "coupe", "sedan")
    bought   = timestamp
    sold     = optional(timestamp)
    serviced = optional(timestamp)
    lease    = string(40)

    invariant "vans have many seats, coupes few" {
      check = this.kind == "van" ? this.seats >= 4 : this.kind != "coupe" || this.doors + this.seats <= 6
    }
    invariant "bought, serviced, sold" {
      check = alltrue([
        this.serviced == null || this.bought < this.serviced,
        this.sold == null || this.bought < this.sold,
        this.sold == null || this.serviced == null || this.serviced < this.sold,
      ])
    }

    access {
      read   = has_role("driver", "keeper")
      create = has_role("driver", "keeper")
      field lease { write = has_role("keeper") }
    }
  }

  entity Trip {
    km_before = int(min(0), max(10))
    km_after  = int(min(20), max(30))

    invariant "cars drive backwards" { check = this.km_after < this.km_before }

    access {
      read   = has_role("driver")
      create = has_role("driver")
    }
  }
}
"#;

#[test]
fn somebody_who_may_is_found_and_what_cannot_be_is_said() {
    block_on(async {
        let here = Here::text(FLEET).await;
        let rows = [("fleet.Car", 100), ("fleet.Trip", 5)];
        let report = fill_with(&here, 5, &["driver", "keeper"], &rows).await;
        assert_eq!(report.done, BTreeMap::from([("fleet.Car".to_owned(), 100)]));
        let why = "Trip: no values were found in 100 tries for \"cars drive backwards\"";
        let refused = BTreeMap::from([(("fleet.Trip".to_owned(), why.to_owned()), 5)]);
        assert_eq!(report.refused, refused);
        here.stop().await;
    });
}
