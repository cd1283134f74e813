system Broken { edition = "2026" }

context shop {
  entity Product { tags = optional(list(slug, max(5))) }
}
