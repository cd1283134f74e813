system Broken { edition = "2026" }

context shop {
  entity Product {
    price = money
    stock = int
    invariant "Dear things are rare" { check = this.stock < this.price }
  }
}
