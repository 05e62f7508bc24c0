variable "name" {
  default = "overridden"
}
module "child" {
  word = "overridden"
}
