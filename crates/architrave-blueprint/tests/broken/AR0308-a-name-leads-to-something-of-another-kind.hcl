system Broken { edition = "2026" }

context shop {
  value Size { width = int }
  entity Product { size = ref(Size) }
}
