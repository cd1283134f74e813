system Broken { edition = "2026" }

context shop {
  entity Product {
    sku = string(40, immutable)
    command relabel {
      input = { sku = string(40) }
      allow = caller.is_system
      set   = { sku = input.sku }
    }
  }
}
