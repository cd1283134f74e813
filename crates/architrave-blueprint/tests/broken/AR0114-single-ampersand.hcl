access {
  read   = this.published & has_role("merchant")
  update = @caller
}
