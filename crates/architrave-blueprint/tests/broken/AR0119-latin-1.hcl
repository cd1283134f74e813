system Storefront {
  # café
  edition = "2026"
}
