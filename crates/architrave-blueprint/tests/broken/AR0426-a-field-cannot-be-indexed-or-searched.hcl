system Broken { edition = "2026" }

context shop {
  entity Product {
    tags = list(slug, max(5))
    index { on = [tags] }
  }
}
