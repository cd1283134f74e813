entity Shop {
  name = string(120) # as printed on receipts
