system Broken { edition = "2026" }

context shop {
  entity Order {
    total = money
    command place {
      allow = caller.is_system
      emit  = Placed
    }
    event Placed { carries = [total] }
  }

  integration gateway {
    base_url = env("GATEWAY_URL")
    operation charge {
      input   = { order = uuid, amount = money }
      request = post("/charges", { reference = input.order, amount = input.amount })
    }
  }

  saga Payment {
    on = Order.Placed
    step charge {
      run   = gateway.charge
      input = { order = event.id, amount = event.total }
      pivot = true
    }
  }
}
