access {
  read   = this.published ||
  create =
  update = has_role("merchant") && (this.owner == )
}
