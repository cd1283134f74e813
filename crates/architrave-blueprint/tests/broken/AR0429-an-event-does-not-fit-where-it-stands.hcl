system Broken { edition = "2026" }

context shop {
  event PriceListPrinted { carries = [pages] }
}
