access {
  read   = this.published and has_role("merchant")
  create = not this.published
  update = this.customer = caller.user
  delete = this.status === "draft"
}

slo browse {
  window = 30 days
  covers = catalog.Product(read)
  text   = "what we call "fast" here"
}
