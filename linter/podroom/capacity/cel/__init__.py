"""The part of the Common Expression Language (CEL) that an expression for max pods needs.

nodeadm works `maxPodsExpression` out with cel-go's standard environment and three variables.  Here is all of it that
deals with numbers and booleans, exactly: 64-bit integers that overflow, doubles, types that are checked first, and
errors that `&&` and `||` absorb.  Anything else in CEL (texts, lists, maps, times, macros) is said to be not
understood, and never guessed.
https://github.com/google/cel-spec/blob/master/doc/langdef.md
"""
