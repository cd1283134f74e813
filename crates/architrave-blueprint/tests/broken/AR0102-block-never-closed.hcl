context accounts {

  # The tenant.
  entity Shop {
    name = string(120)

    access {
      read = true

  entity User {
    email = email(unique)
  }
}

context catalog {
  entity Product {
    price = money
  }
}
