entity Product {
  unit-price = money
  left       = computed(this.stock-this.reserved)
}
