"""Readers of infrastructure code: each turns files of one kind into a Project."""
