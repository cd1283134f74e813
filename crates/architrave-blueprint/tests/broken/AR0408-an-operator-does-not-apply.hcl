system Broken { edition = "2026" }

context shop {
  entity Product {
    price = money
    rate  = decimal(4, 3)
    tax   = computed(this.price * this.rate)
  }
}
