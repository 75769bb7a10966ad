"""The alarms and the dashboard of a stage, made from what is deployed: nothing that runs can be left out."""
