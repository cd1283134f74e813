system Broken { edition = "2026" }

context shop {
  entity Product { price = money }
  entity Order {
    product = ref(Product)
    total   = computed(this.product.price)
  }
}
