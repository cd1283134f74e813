system Broken { edition = "2026" }

context shop {
  entity Order {
    total = money
    command pay {
      allow = caller.is_system
      emit  = Paid
    }
    event Paid { carries = [total] }
  }
  projection Revenue {
    from = Order.Paid
    key  = { day = date(event.time) }
    set  = { revenue = event.total }
  }
}
