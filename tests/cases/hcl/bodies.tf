top = 1
empty {}
empty_lines {

}
one_line { a = 1 }
bare label {
}
mixed "quoted" bare "again" {
  a = 1
  nested "x" {
    deeper {
      deepest { a = [1,
        2] }
    }
  }
  b = 2
  nested "y" {}
} # behind the block
escaped "with \"quotes\" and \u00e9" {}
for = 1
in {
  if = 2
  null = 3
}
// the last line has no line end
last-one = "x"