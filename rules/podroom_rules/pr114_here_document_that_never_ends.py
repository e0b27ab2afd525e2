"""PR114 here-document-that-never-ends."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.capacity.working import counted
from podroom.model.world import NodeGroup, OpenHereDocument
from podroom.rule import Example, Finding, Note, Rule, Severity
from podroom_rules.subjects import with_open_here_document

_NODES = """
resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data = base64encode(<<-EOT
    #!/bin/bash
%s
  EOT
  )
}

resource "aws_autoscaling_group" "nodes" {
  min_size = 1
  max_size = 3
  launch_template {
    id = aws_launch_template.nodes.id
  }
}
"""


class HereDocumentThatNeverEnds(Rule[NodeGroup]):
    """A here-document in a script of the user data never ends, so the rest of the script is no script any more.

    `cat <<EOF > file` takes everything up to a line that is exactly `EOF`.  A blank before or after it, and the line
    is part of the text like any other; so is everything behind it.  The shell does not stop at that: it writes the
    rest of the script into the file, says

        warning: here-document at line 3 delimited by end-of-file (wanted `EOF')

    in /var/log/cloud-init-output.log, and ends with success.  Commands behind it are never run, bootstrap.sh for one,
    so that the node never joins the cluster; and the file, a NodeConfig for one, has lines in it that nobody can read.

    In Terraform this comes from indentation.  `<<-EOT` of Terraform takes away what all of its lines have in common,
    so a script in it may be indented, but as a whole: one line further to the left, and `EOF` keeps its blanks.
    `<<-EOF` of the shell takes away tabs, never blanks.

    Remedy: begin the line with the delimiter, and end it there.
    """

    code = "PR114"
    name = "here-document-that-never-ends"
    severity = Severity.ERROR
    subject = NodeGroup
    concerns = staticmethod(with_open_here_document)
    sources = (
        "https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_07_04",
        "https://developer.hashicorp.com/terraform/language/expressions/strings#indented-heredocs",
    )
    bad = (
        Example.terraform(
            "the line EOF is indented, because another line is not",
            _NODES
            % """    cat <<'EOF' > /etc/docker/daemon.json # expect: PR114
      { "live-restore": true }
      EOF
    /etc/eks/bootstrap.sh main""",
        ),
        Example.terraform(
            "<<- of the shell takes away tabs only",
            _NODES
            % """    cat <<-EOF > /etc/motd # expect: PR114
      Welcome
      EOF
    /etc/eks/bootstrap.sh main""",
        ),
        Example.terraform(
            "it is called otherwise at its end",
            _NODES
            % """    cat <<EOF > /etc/motd # expect: PR114
    Welcome
    EOM
    /etc/eks/bootstrap.sh main""",
        ),
    )
    good = (
        Example.terraform(
            "everything is indented alike",
            _NODES
            % """    cat <<'EOF' > /etc/docker/daemon.json
    { "live-restore": true }
    EOF
    /etc/eks/bootstrap.sh main""",
        ),
        Example.terraform(
            "two here-documents of one line, a here-string and one in a comment",
            _NODES
            % """    paste <(cat) /dev/stdin <<A <<B
    1
    A
    2
    B
    # cat <<EOF
    grep main <<< "main <<EOF"
    /etc/eks/bootstrap.sh main""",
        ),
    )

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding where a here-document begins that has no end."""
        for document in assessment.user_data(subject).open_here_documents:
            yield self._finding(subject, document)

    def _finding(self, group: NodeGroup, document: OpenHereDocument) -> Finding:
        delimiter = document.delimiter
        almost = document.almost_end
        lost = document.lines_behind
        starts_itself = not group.own_image.need()
        unready = document.hides_bootstrap and not starts_itself
        return self.finding(
            document.span,
            group,
            f"this here-document never ends: no line is exactly {delimiter}",
            label="everything down to the end of the script is its text"
            + (f", {counted(lost, 'line')}" if lost else ""),
            effect=(
                "The node is never told to join the cluster" if unready else "The commands among them are never run"
            )
            + f", and the file has lines in it that are none of its own; the shell warns "
            f'"here-document ... delimited by end-of-file (wanted `{delimiter}\')" and goes on.',
            fix=f"end it with a line that is {delimiter} and nothing else, without blanks before it"
            if almost is None
            else f"take away the blanks beside {delimiter} there; in a heredoc of Terraform (<<-), indent all lines of "
            "the script alike",
            related=() if almost is None else (Note(f"blanks keep this {delimiter} from being the end", almost),),
            severity=None if almost is not None or unready else Severity.WARNING,
            evidence={"delimiter": delimiter, "lines": lost, "hides_bootstrap": document.hides_bootstrap},
        )
