system Broken { edition = "2026" }

context shop {
  entity Product { name_of_the_product_as_it_is_printed_on_the_label_of_the_box = string(80) }
}
