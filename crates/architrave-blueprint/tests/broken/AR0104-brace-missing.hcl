entity Shop
{
  name = string(120)
}

entity User
