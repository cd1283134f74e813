system Broken { edition = "2026" }

context shop {
  entity Product {
    net   = computed(this.gross * 2)
    gross = computed(this.net * 2)
  }
}
