"""The playbook: what a company wants its customers to feel, how it behaves, and who does what when."""
