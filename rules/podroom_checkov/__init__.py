"""podroom's findings as checks of Checkov: `checkov --external-checks-dir "$(podroom checkov dir)"`.

podroom reads the project itself, once, because what Checkov has made of a configuration by then is too little to work
out room for pods: it keeps calls of functions as text and loses user data in here-documents.  Checkov then only asks,
resource by resource, what podroom found there.

    checks/       the folder for Checkov to load; holds nothing but a loader
    table.py      what there is to ask, written by tools/update_rules_docs.py, so that loading imports no rule
    registry.py   the classes that Checkov calls
    answers.py    what a check answers, resource by resource
    placement.py  which resource of Checkov's stands for what podroom judged
    vertices.py   the resources and module calls that Checkov knows
    analysis.py   podroom's run over one project
"""
