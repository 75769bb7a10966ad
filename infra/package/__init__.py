"""From the repository to what AWS takes: for each service a zip of its code and a CloudFormation template."""
