//! The plan of a small shop: `/v1/products` to read for everyone and to write for merchants.

use architrave_model::SourceFile;
use architrave_plan::{Lock, Plan, derive};

pub(crate) const SHOP_DOMAIN: &str = "shop.example";

const BLUEPRINT: &str = r#"
system Shop { edition = "2026" }

identity {
  user        = catalog.User
  tenant      = catalog.Shop
  roles       = ["customer", "merchant"]
  tenant_from = [claim("shop"), host(catalog.Shop.domain)]

  login api_key { roles = ["merchant"] }
}

limits {
  anonymous = rate("3/min", caller.ip)
  signed_in = rate("5/min", caller.id)
  max_body  = "1KB"
  cors      = ["https://app.example", "http://localhost:3000"]
}

context catalog {

  entity Shop {
    name   = string(120)
    domain = string(120, unique)
  }

  entity User { email = string(120) }

  entity Product {
    name = string(120)

    access {
      read  = true
      write = has_role("merchant")
    }
  }
}
"#;

/// The shop's plan.
pub(crate) fn shop_plan() -> Plan {
    let file = SourceFile { name: "shop.hcl".to_owned(), text: BLUEPRINT.to_owned() };
    let (system, findings) = architrave_blueprint::read(&[file]);
    assert!(findings.is_empty(), "{findings:?}");
    derive(system, &Lock::default()).plan
}
