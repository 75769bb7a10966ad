"""From a build to a running installation, by CloudFormation: `make deploy`, `make undeploy`, `make bootstrap`.

Order: artifacts and platform → code and layer → services and alarms → edge and site. In each step every stack's change
set is made first and shown; only then something changes.
"""
