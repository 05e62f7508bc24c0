variable "word" {}
resource "terraform_data" "out" {
  input = var.word
}
