"""Raw IAM JSON: policy documents and account dumps."""
