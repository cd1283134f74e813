system Broken { edition = "2026" }

context shop {
  entity Product {
    price = money
    invariant "It costs something" { check = input.price > "0.00" }
  }
}
