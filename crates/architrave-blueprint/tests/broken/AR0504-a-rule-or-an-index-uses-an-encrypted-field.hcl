system Broken { edition = "2026" }

identity {
  user  = accounts.User
  roles = ["support"]
}

context accounts {
  entity User {
    name = string(80, encrypted)
    access { read = this.name == "admin" }
  }
}
