entity Shop = {
  name = string(120)
}
