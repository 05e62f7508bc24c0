"""Services of the Serverless Framework: their configuration as the template it compiles to."""
