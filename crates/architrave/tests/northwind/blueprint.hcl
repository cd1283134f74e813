# Northwind Traders: the classic sample company, as an order intake. One company, hence no tenants.
system Northwind {
  edition  = "2026"
  currency = "USD"
}

identity {
  user  = people.User
  roles = ["clerk"]

  provision = { email = claim("email") }
}

context people {

  # Someone who may sign in.
  entity User {
    email = email(unique, pii("contact"), encrypted(lookup))

    access { read = this == caller.user }
  }

  # Someone who takes orders.
  entity Employee {
    code       = int(unique, min(1))
    last_name  = string(40)
    first_name = string(40)
    title      = optional(string(60))
    hired_on   = optional(date)
    reports_to = optional(ref(Employee))

    access {
      read  = has_role("clerk")
      write = has_role("clerk")
    }
  }
}

context catalog {

  entity Category {
    code        = int(unique, min(1))
    name        = string(60)
    description = optional(text)

    access {
      read  = true
      write = has_role("clerk")
    }
  }

  entity Supplier {
    code         = int(unique, min(1))
    company_name = string(80)
    city         = optional(string(60))
    country      = optional(string(60))

    access {
      read  = true
      write = has_role("clerk")
    }
  }

  entity Product {
    code              = int(unique, min(1))
    name              = string(80)
    supplier          = ref(Supplier)
    category          = ref(Category)
    quantity_per_unit = optional(string(60))
    unit_price        = money(min(0))
    units_in_stock    = int(min(0), default(0))
    reorder_level     = int(min(0), default(0))
    is_discontinued   = bool(default(false))

    search { on = [name] }

    access {
      read  = true
      write = has_role("clerk")
    }
  }
}

context sales {
  depends_on = [catalog, people]

  value Address {
    street      = string(120)
    city        = string(60)
    region      = optional(string(60))
    postal_code = optional(string(20))
    country     = string(60)
  }

  entity Customer {
    code          = string(5, unique, immutable, pattern("^[A-Z]{5}$"))
    company_name  = string(80)
    contact_name  = optional(string(80))
    contact_title = optional(string(60))
    address       = Address
    phone         = optional(string(40))
    fax           = optional(string(40))

    access {
      read  = has_role("clerk")
      write = has_role("clerk")
    }
  }

  entity Shipper {
    code         = int(unique, min(1))
    company_name = string(80)
    phone        = optional(string(40))

    access {
      read  = true
      write = has_role("clerk")
    }
  }

  # An order as it was taken. Each line is rounded to the cent, half to even, before the lines are added up.
  entity Order {
    code        = int(unique, immutable, min(1))
    customer    = ref(Customer)
    employee    = ref(people.Employee)
    ordered_on  = date
    required_on = optional(date)
    shipped_on  = optional(date)
    ship_via    = ref(Shipper)
    freight     = money(min(0))
    ship_name   = string(80)
    ship_to     = Address
    lines       = many(Line, max(100))
    goods       = computed(sum([for l in this.lines : l.amount]))
    total       = computed(this.freight + sum([for l in this.lines : l.amount]))

    index { on = [customer, ordered_on] }
    index { on = [ordered_on] }

    access {
      read  = has_role("clerk")
      write = has_role("clerk")
    }
  }

  entity Line {
    product    = ref(catalog.Product)
    unit_price = money(min(0))
    quantity   = int(min(1))
    discount   = decimal(3, 2, min("0"), max("1"), default("0"))
    amount     = computed(round(this.unit_price * this.quantity * (1 - this.discount), 2))

    index { on = [product] }
  }
}
