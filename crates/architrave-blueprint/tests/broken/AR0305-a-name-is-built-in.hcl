system Broken { edition = "2026" }

context shop {
  entity Product {
    id   = uuid
    name = string(80)
  }
}
