system Broken { edition = "2026" }

context accounts {
  entity Device {
    name = string(80)
    code = string(200, secret)
    event Registered { carries = [name, code] }
  }
}
