"""What is there, as the AWS CLI and kubectl listed it, laid beside what the configuration says."""
