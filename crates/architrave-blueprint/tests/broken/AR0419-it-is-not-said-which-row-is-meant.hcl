system Broken { edition = "2026" }

context shop {
  entity Order {
    total = money
    paid  = bool(default(false))

    command place {
      allow = caller.is_system
      emit  = Placed
    }
    command pay {
      input = { amount = money }
      allow = caller.is_system
      set   = { paid = true }
    }
    command unpay {
      input = { reason = string(80) }
      allow = caller.is_system
      set   = { paid = false }
    }
    event Placed { carries = [total] }
  }

  saga Payment {
    on = Order.Placed

    step pay {
      run    = Order.pay
      input  = { amount = event.total }
      pivot  = true
    }
  }
}
