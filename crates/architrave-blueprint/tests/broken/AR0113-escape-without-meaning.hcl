entity Product {
  sku = string(40, pattern("^\d+\.\d+$"))
}
