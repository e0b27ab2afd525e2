"""What the AWS CLI and kubectl print about things that are there."""
