"""Which resources make a long-lived secret, and in which attributes the state then keeps it.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_access_key
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_user_login_profile
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_service_specific_credential
"""

SECRETS: dict[str, tuple[str, ...]] = {
    "aws_iam_access_key": ("secret", "ses_smtp_password_v4"),
    "aws_iam_user_login_profile": ("password",),
    "aws_iam_service_specific_credential": ("service_password", "service_credential_secret"),
}
"""The attributes that hold the secret, the one that people mean first."""
