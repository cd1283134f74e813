entity Order {
  average = computed(this.total / length(this.lines))
}
