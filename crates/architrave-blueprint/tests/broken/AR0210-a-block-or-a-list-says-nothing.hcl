system Broken { edition = "2026" }

context shop {
  entity Product {
    name = string(80)
    index { on = [] }
  }
}
