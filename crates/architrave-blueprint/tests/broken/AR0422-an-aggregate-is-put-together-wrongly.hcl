system Broken { edition = "2026" }

context shop {
  entity Order { lines = many(Line) }
  entity Offer { lines = many(Line) }
  entity Line { quantity = int }
}
