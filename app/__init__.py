"""sfn-alerts: Step Functions failures as alerts that people act on in Slack."""
