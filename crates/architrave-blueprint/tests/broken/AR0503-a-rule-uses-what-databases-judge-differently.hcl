system Broken { edition = "2026" }

identity {
  user  = accounts.User
  roles = ["support"]
}

context accounts {
  entity User {
    name = string(80)
    access { read = lower(this.name) == "admin" }
  }
}
