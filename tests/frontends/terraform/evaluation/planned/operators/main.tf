locals {
  a = 7
  b = 2
}
resource "terraform_data" "out" {
  input = {
    precedence   = 1 + 2 * 3 - 4 / 2 % 3
    parentheses  = (1 + 2) * 3
    negative     = -local.a % local.b
    division     = local.a / local.b
    comparison   = local.a > local.b && local.a >= 7 || !true
    and_first    = true || false && false
    not_equal    = "a" != "b"
    types_differ = [1 == "1", true == "true", null == false, "" == null]
    lists        = [[1, 2] == [1, 2], [1] == ["1"], [] == [], {} == {}]
    strings      = "10" + "5"
    chained      = local.a == 7 ? "seven" : local.b == 2 ? "two" : "none"
    large        = 123456789012345678901234567890 + 1
    fraction     = 1 / 8
    unary        = [-local.a, !false, - -3]
    multi_line = (
      local.a +
      local.b
    )
  }
}
