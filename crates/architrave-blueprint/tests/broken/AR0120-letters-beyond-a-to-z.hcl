entity Product {
  größe = int
  _left = int
}
