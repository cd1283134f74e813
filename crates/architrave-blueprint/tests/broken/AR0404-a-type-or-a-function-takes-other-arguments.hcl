system Broken { edition = "2026" }

context shop {
  entity Product { price = decimal(12) }
}
