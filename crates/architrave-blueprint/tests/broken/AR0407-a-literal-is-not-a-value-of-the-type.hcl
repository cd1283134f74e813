system Broken { edition = "2026" }

context shop {
  entity Product {
    kind = enum("book", "toy")
    invariant "No books" { check = this.kind != "boook" }
  }
}
