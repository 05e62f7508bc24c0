"""Small inputs that each have one known outcome."""

from pathlib import Path

ADMIN_JSON = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}\n'
CLEAN_JSON = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject",'
    ' "Resource": "arn:aws:s3:::reports/*"}]}\n'
)
# A warning of wildcard/service-admin.
WARNING_JSON = CLEAN_JSON.replace("s3:GetObject", "s3:*").replace("arn:aws:s3:::reports/*", "*")
BROKEN_JSON = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*"'

ROLE_TF = """\
resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}
"""
ATTACHMENT_TF = """
resource "aws_iam_role_policy_attachment" "admin" {
  role       = aws_iam_role.app.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
"""
ADMIN_TF = ROLE_TF + ATTACHMENT_TF


def write(folder: Path, **files: str) -> None:
    """Write files; in their names ``__`` stands for a slash and a last ``_`` for the dot."""
    for name, text in files.items():
        stem, _, ending = name.replace("__", "/").rpartition("_")
        path = folder / f"{stem}.{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
