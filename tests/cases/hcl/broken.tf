# Kept: stands before the first broken item.
first "kept" {
  a = 1
}

second "broken value" {
  a = 1
  inner {
    b = 2 +
    c = 3
  }
  d = 4
}

# Kept: this comment belongs to the block below.
# So does this one.
third "kept" {
  a = <<-EOT
    fourth "no block: text of a heredoc" {
    }
  EOT
}

fourth "broken, with a heredoc behind the mistake" {
  a = ]
  b = <<EOT
fifth "no block: text of a heredoc" {
}
EOT
}

fifth "never closed" {
  a = 1
  inner {
    b = 2
  }

sixth "kept" {
  a = "$${fine}"
}

seventh "unclosed heredoc" {
  a = <<EOT
  text
}

eighth "kept" {
}

}

ninth "kept" {
  a = 1
  a = 2
}
