variable "word" {}
resource "terraform_data" "out" {
  input = "b ${var.word}"
}
