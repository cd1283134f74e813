system Broken { edition = "2026" }

context shop {
  entity Product { sku = string(40, pattern("^[A-Z")) }
}
