"""What must hold for every user data, however broken."""

from __future__ import annotations

import base64
import gzip
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from podroom.assembly.user_data import decode_base64, read_user_data
from podroom.model.world import UserData
from podroom.positions import Document, Span
from podroom.traced_text import HOLE, Piece, TracedText
from podroom.values import Known, Unknown

pytestmark = pytest.mark.once("many drawn scripts")

FRAGMENTS = st.sampled_from(
    [
        *"\n\r\t \\'\"`$(){}[]|&;<>#=:-,*!&%~",
        "$(", "${", "$((", "))", "((", "[[", "]]", "&&", "||", ";;", "<<EOF", "<<-'E'", "\nEOF\n", "<<<", "2>&1", "|&",
        "if ", "then\n", "else\n", "elif ", "fi\n", "for x in ", "while ", "do\n", "done\n", "case x in\n", "esac\n",
        "function f ", "f() {", "exit 0\n", "source /tmp/a\n", "eval ", "export ", "A=", "$A", "${A:-", "unset A\n",
        "#!/bin/bash\n", "/etc/eks/bootstrap.sh", " --kubelet-extra-args ", " --use-max-pods ", "--max-pods=", "58",
        "--max-pods 29", "sed -i 's/KUBELET_EXTRA_ARGS=$2/", "sed -i '/errexit/a ", "KUBELET_EXTRA_ARGS=", "tee /tmp/a",
        "echo ", "printf '%s' ", "cat ", "> /etc/eks/nodeadm.d/a.yaml", "MAX_PODS", "max-pods-calculator.sh",
        "/etc/eks/max-pods-calculator.sh --cni-version ", "v1.9", "--kube-reserved=", "kubeReserved: ", "\n EOF \n",
        "MIME-Version: 1.0\n", 'Content-Type: multipart/mixed; boundary="b"\n', "--b\n", "--b--\n",
        "Content-Type: text/x-shellscript\n", "Content-Transfer-Encoding: base64\n", "\r\n\r\n",
        "---\n", "apiVersion: node.eks.aws/v1alpha1\n", "spec:\n", "  kubelet:\n", "    config: ", "maxPods: ",
        "    flags: [", "&a ", "*a", "<<: ", "|\n", ">-\n", "? ", "!!int ", "{maxPods: 1}",
        "[settings.kubernetes]\n", "max-pods = ", '"""', "'''", "[[", "<powershell>\n", "-KubeletExtraArgs ",
        "\0", "\ufeff", "\ud800", "é", "\U0001f600", HOLE,
    ]
)  # fmt: skip
TEXTS = st.lists(FRAGMENTS, max_size=40).map("".join)
SCRIPTS = TEXTS.map("#!/bin/bash\n".__add__)
NODE_CONFIGS = TEXTS.map("apiVersion: node.eks.aws/v1alpha1\n".__add__)
TOMLS = TEXTS.map("[settings.kubernetes]\n".__add__)


def traced(text: str, name: str = "var.x") -> TracedText:
    """Return a text in which every HOLE is an unknown value."""
    document = Document("user-data", text)
    pieces = []
    for match in re.finditer(f"{HOLE}|[^{HOLE}]+", text):
        span = Span(document, *match.span())
        hole = Unknown(f"{name} has no value", span, (name,)) if match.group() == HOLE else None
        pieces.append(Piece(match.group(), span, hole is None, hole))
    return TracedText(pieces)


def said(data: UserData) -> object:
    """Return what user data says, without the places."""
    return (
        [bootstrap.need() for bootstrap in data.bootstraps],
        [(item.mechanism, item.value.value if isinstance(item.value, Known) else None) for item in data.fixed],
        [item.value.value if isinstance(item.value, Known) else None for item in data.use_max_pods],
        len(data.expressions),
        len(data.gaps),
    )


@given(TEXTS | SCRIPTS | NODE_CONFIGS | TOMLS | st.text())
@settings(max_examples=300, deadline=None)
@example("#!/bin/sh\n" + "(" * 1000)
@example("#!/bin/sh\n" + "f() " * 1000)
@example("#!/bin/sh\n" + "${a:-" * 500 + "}" * 500)
@example("#!/bin/sh\n" + '"$(' * 500)
@example("apiVersion: node.eks.aws/v1\nspec: " + "[" * 5000)
@example("apiVersion: node.eks.aws/v1\nspec: " + "- " * 5000)
@example("[settings]\nkubernetes = " + "{a=" * 5000)
@example("[settings]\nkubernetes = " + "[" * 5000)
def test_reading_never_raises_and_places_are_inside_the_text(text: str) -> None:
    data = read_user_data(traced(text))
    items = (*data.fixed, *data.use_max_pods, *data.expressions, *data.stray, *data.open_here_documents)
    others = (*data.calculator_calls, *data.calculator_downloads, *data.unusable_settings)
    for span in (*(item.span for item in (*items, *others)), *data.kube_reserved):
        assert 0 <= span.start < span.end <= len(text)
    for gap in data.gaps:
        assert isinstance(gap.origin, Span)
        assert 0 <= gap.origin.start <= gap.origin.end <= len(text)


@given(SCRIPTS)
@settings(max_examples=100, deadline=None)
def test_windows_line_ends_change_nothing_in_a_script(text: str) -> None:
    text = text.replace("\r", "")
    assert said(read_user_data(traced(text.replace("\n", "\r\n")))) == said(read_user_data(traced(text)))


COMMENTS = st.text(st.characters(codec="utf-8", exclude_characters="\n\r" + HOLE), max_size=30).map(
    lambda words: f"# --max-pods=99 maxPods: 99 {words}"
)


@given(COMMENTS)
@settings(max_examples=50, deadline=None)
def test_a_comment_in_a_script_says_nothing(comment: str) -> None:
    data = read_user_data(traced(f"#!/bin/bash\n{comment}\n/etc/eks/bootstrap.sh prod {comment}\n"))
    assert (data.fixed, data.gaps) == ((), ())


@given(COMMENTS.filter(str.isprintable))
@settings(max_examples=50, deadline=None)
def test_a_comment_in_a_node_config_or_in_settings_says_nothing(comment: str) -> None:
    node_config = f"{comment}\napiVersion: node.eks.aws/v1alpha1 {comment}\nkind: NodeConfig\n{comment}\n"
    settings_text = f"{comment}\n[settings.kubernetes] {comment}\ncluster-name = 'a' {comment}\n"
    for text in (node_config, settings_text):
        data = read_user_data(traced(text))
        assert len(data.bootstraps) == 1
        assert (data.fixed, data.gaps) == ((), ())


@given(st.integers(1, 999), st.sampled_from(["", "'", '"']), st.sampled_from(["=", " "]), st.booleans())
@settings(max_examples=50, deadline=None)
def test_a_number_is_read_however_it_is_quoted_and_packed(number: int, quote: str, equals: str, packed: bool) -> None:
    flag = f"--max-pods{equals}{number}"
    argument = f"{quote}{flag}{quote}" if quote or equals == "=" else flag.replace(" ", "=")
    script = f"#!/bin/bash\n/etc/eks/bootstrap.sh prod --kubelet-extra-args {argument}\n"
    content = gzip.compress(script.encode(), mtime=0) if packed else script.encode()
    for text in (traced(script), decode_base64(traced(base64.b64encode(content).decode()))):
        assert text is not None
        (fixed,) = read_user_data(text).fixed
        assert fixed.value.need() == number


@settings(deadline=None)
@given(st.sampled_from(["name", "apiServerEndpoint", "certificateAuthority", "cidr"]), st.booleans())
def test_what_is_unknown_about_the_cluster_leaves_max_pods_known(key: str, quoted: bool) -> None:
    value = f'"{HOLE}"' if quoted else HOLE
    spec = f"  cluster: {{{key}: {value}}}\n  kubelet: {{config: {{maxPods: 58}}}}\n"
    text = f"apiVersion: node.eks.aws/v1alpha1\nspec:\n{spec}"
    data = read_user_data(traced(text))
    assert [item.value.need() for item in data.fixed] == [58]
    assert data.gaps == ()
