/* Every form of expression that HCL has,
   one or two of each. */
numbers   = [0, 1, 010, 1.50, 1e3, 1E-2, 12.5e+1, -7, - 7]
constants = [true, false, null]
strings   = ["", "plain", "tab\tquote\"backslash\\", "\u00e9 and \U0001F600", "$${no} %%{no} $ % $$ %%", "ünïcode"]
sums      = 1 + 2 * 3 - 4 / 5 % 6
logic     = !a && b || c == d && e != f
order     = a < b == c >= d
nested    = a ? b ? 1 : 2 : c ? 3 : 4
group     = (a || b) && (c)
steps     = a.b[0].c["d"].e[f.g].0.h
splats    = [a[*], a[*].b, a[*].b[0].c, a.*.b, a.*.b.0.c, a.*.b[0].c, a[*].b[*].c, a[*].b.*.c[0]]
on_values = [[1, 2][0], { a = 1 }.a, "text"[0], f(x).y, (a).b]
calls     = [f(), f(1), f(1, 2,), f(g(h(1))), f(a...), f(1, a...), provider::aws::arn_parse(arn)]
tuples    = [[], [[]], [1, [2, [3]]], [1,]]
objects = {
  empty    = {}
  "quoted" = 1
  colon : 2
  a.b        = 3
  (computed) = 4
  "with-${x}" = 5, same = 6
  true       = 7
  inner      = { a = { b = { c = 1 } } }
}
loops = [
  [for x in xs : x],
  [for k, x in xs : "${k}=${x}" if x != null],
  { for x in xs : x => upper(x) },
  { for k, x in xs : x.name => k... if x.on && k > 0 },
  [for x in [for y in ys : y * 2] : { for z in x : z => z }],
]
templates = [
  "${a}",
  "${a}${b}",
  "a ${b} c",
  "${"inner ${"deepest ${a}"}"}",
  "%{ if a }b%{ endif }",
  "%{if a}b%{else}c%{endif}",
  "%{ for x in xs }${x},%{ endfor }",
  "%{ for k, x in xs }%{ if k > 0 }, %{ endif }${x}%{ endfor }",
  "a %{~ if b ~} c %{~ endif ~} d",
]
lines = [
  <<EOT
plain ${a}
  $${not} "quoted" \n
EOT
  , <<EOT
${f({ a = "}" })} and ${"x${y}z"} and ${
  g({ b = { c = 1 } }, "$ % \"")
  ~}
%{ for k, v in { d = [1] } ~}
  ${k}: ${v[0] > 0 ? "}" : "{"}
%{ endfor ~}
EOT
  , <<-EOT
    less indented
      more ${b}

    %{ if c ~}
    d
    %{ endif ~}
  EOT
]
multiline = (
  a # the first
  + b
)
