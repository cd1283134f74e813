system Broken { edition = "2026" }

context shop {
  entity Parcel {
    width  = int(min(0))
    length = int(min(0))
    access { read = this.width * this.length < 10000 }
  }
}
