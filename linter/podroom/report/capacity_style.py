"""The style sheet of the page with a forecast: light, dark and print."""

STYLE = """
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1c2430; --faint: #5b6675; --rule: #dfe4ea; --panel: #f6f8fa;
  --idle: #0f3a66; --one: #2563a8; --expected: #5b9bd8; --full: #aacdf0; --free: #eef1f5;
  --usable: #c2410c; --lacking: #b42318; --advice: #e8f3ec; --advice-ink: #14532d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #10151c; --ink: #e4e9f0; --faint: #98a3b3; --rule: #2a3340; --panel: #171e27;
    --idle: #e3effb; --one: #9ccaf3; --expected: #5596d3; --full: #376492; --free: #1e2631;
    --usable: #fb923c; --lacking: #f87171; --advice: #15291d; --advice-ink: #bbe5c8;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 66rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
header { border-bottom: 3px solid var(--expected); margin-bottom: 1.5rem; padding-bottom: .5rem; }
h1 { font-size: 1.7rem; margin: 0 0 .25rem; letter-spacing: -.01em; }
h2 { font-size: 1.25rem; margin: 2.25rem 0 .75rem; overflow-wrap: anywhere; }
h3 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
h4 { font-size: .95rem; margin: 0 0 .25rem; }
p { margin: .35rem 0; }
header p, small { color: var(--faint); }
small { font-size: .85em; }
code { font: .88em/1.4 ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
ul { margin: .35rem 0; padding-left: 1.2rem; }
.names { list-style: none; padding: 0; }
.none { color: var(--faint); } tr.starving td { color: var(--lacking); }
tr.title td { border-bottom: 0; padding-bottom: 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; margin: .5rem 0; }
th, td { padding: .35rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--rule); }
th { color: var(--faint); font-weight: 600; white-space: nowrap; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.lacking { color: var(--lacking); font-weight: 700; }
.subnets { background: var(--panel); border: 1px solid var(--rule); border-radius: 8px; padding: 1rem 1.1rem;
  margin: 1rem 0; }
.advice { background: var(--advice); color: var(--advice-ink); border-radius: 8px; padding: .6rem .9rem; }
.what-if { border-left: 3px solid var(--usable); padding-left: .7rem; }
figure { margin: .75rem 0; }
svg { display: block; width: 100%; height: auto; }
svg text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: var(--ink); }
svg .axis { fill: var(--faint); font-size: 11px; }
svg .figure { font-variant-numeric: tabular-nums; }
svg .grid { stroke: var(--rule); stroke-width: 1; }
svg .usable { stroke: var(--usable); stroke-width: 2; }
svg .size { stroke: var(--faint); stroke-width: 1; stroke-dasharray: 2 3; }
svg .beyond { fill: var(--lacking); }
rect.empty { fill: var(--free); }
rect.idle { fill: var(--idle); } rect.one_pod { fill: var(--one); }
rect.expected { fill: var(--expected); } rect.saturated { fill: var(--full); }
rect.possible { fill: none; stroke: var(--faint); stroke-width: 1; stroke-dasharray: 4 3; } rect.other { opacity: .8; }
path.line { fill: none; stroke-width: 2.25; } path.band { opacity: .25; stroke: none; }
path.line.idle { stroke: var(--idle); } path.line.one_pod { stroke: var(--one); }
path.line.expected { stroke: var(--expected); } path.line.saturated { stroke: var(--full); }
path.band.idle, circle.idle { fill: var(--idle); } path.band.one_pod, circle.one_pod { fill: var(--one); }
path.band.expected, circle.expected { fill: var(--expected); }
path.band.saturated, circle.saturated { fill: var(--full); }
path.line.other { stroke-dasharray: 6 4; }
circle.dot { stroke: var(--panel); stroke-width: 1.5; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; padding: 0; font-size: .88rem; }
.key { display: inline-block; width: .85rem; height: .85rem; border-radius: 2px; margin-right: .4rem;
  vertical-align: -.08rem; }
.key.idle { background: var(--idle); } .key.one_pod { background: var(--one); }
.key.expected { background: var(--expected); } .key.saturated { background: var(--full); }
.key.possible { border: 1px dashed var(--faint); }
.key.usable { background: var(--usable); width: .2rem; height: 1rem; }
@media print {
  main { max-width: none; padding: 0; }
  .subnets, figure, table { break-inside: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
"""CSS without any address in it: the page asks for nothing."""
