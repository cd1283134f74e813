entity Order {
  prices = computed(this.lines[*].price)
  total  = computed(sum(this.prices...))
  labels = { for line in this.lines : line.id => line.name }
  title  = "%{ if this.paid }paid%{ endif }"
}
