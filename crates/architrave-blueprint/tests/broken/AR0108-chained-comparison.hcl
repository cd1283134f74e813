guard quantity {
  check = 0 < input.quantity < 100
}
