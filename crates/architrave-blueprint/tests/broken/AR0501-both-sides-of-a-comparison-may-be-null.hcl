system Broken { edition = "2026" }

identity {
  user  = accounts.User
  roles = ["support"]
}

context accounts {
  entity User {
    manager = optional(ref(User))
    access { read = this.manager == caller.user }
  }
}
