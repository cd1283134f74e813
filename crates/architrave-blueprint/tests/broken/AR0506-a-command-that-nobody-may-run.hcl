system Broken { edition = "2026" }

context shop {
  entity Product {
    stock = int
    command restock {
      input = { quantity = int(min(1)) }
      set   = { stock = this.stock + input.quantity }
    }
  }
}
