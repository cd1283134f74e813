system Broken { edition = "2026" }

context shop {
  depends_on = [stock]
  entity Product { bin = ref(stock.Bin) }
}

context stock {
  depends_on = [shop]
  entity Bin { holds = optional(ref(shop.Product)) }
}
