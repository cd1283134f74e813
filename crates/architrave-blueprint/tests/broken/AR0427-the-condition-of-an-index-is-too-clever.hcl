system Broken { edition = "2026" }

context shop {
  entity Order {
    total = money
    limit = money
    index {
      on    = [total]
      where = this.total > this.limit
    }
  }
}
