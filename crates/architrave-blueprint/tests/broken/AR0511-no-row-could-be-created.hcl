system Broken { edition = "2026" }

context shop {
  entity Product {
    stock = int
    access {
      create = true
      field stock { write = false }
    }
  }
}
