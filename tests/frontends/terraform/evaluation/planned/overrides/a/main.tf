variable "word" {}
resource "terraform_data" "out" {
  input = "a ${var.word}"
}
