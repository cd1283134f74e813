system Broken { edition = "2026" }

context shop {
  entity Order { shipping_fee = money }
  entity Invoice { total = money }
}

moved {
  from = shop.Invoice.fee
  to   = shop.Order.shipping_fee
}
