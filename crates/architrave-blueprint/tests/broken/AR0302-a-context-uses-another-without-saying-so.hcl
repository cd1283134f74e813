system Broken { edition = "2026" }

context accounts {
  entity User { name = string(80) }
}

context shop {
  entity Order { buyer = ref(accounts.User) }
}
