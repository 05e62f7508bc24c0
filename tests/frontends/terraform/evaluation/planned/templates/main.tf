locals {
  name = "web"
  map  = { b = 1, a = "x" }
  list = ["p", "q"]
}
resource "terraform_data" "out" {
  input = {
    plain      = "a ${local.name} b"
    wrapped    = "${local.list}"
    number     = "${1}"
    escaped    = "$${local.name} %%{if} $x %y"
    escapes    = "tab\tnew\nquote\"back\\slash\u00e9\U0001F600"
    if         = "%{if local.name == "web"}yes%{else}no%{endif}"
    if_strip   = "a %{~if true~} b %{~endif~} c"
    for        = "%{for x in local.list}<${x}>%{endfor}"
    for_map    = "%{for k, v in local.map}${k}=${v} %{endfor}"
    nested     = "${"${"deep"}"}"
    call       = "${upper("x${local.name}")}-${join("+", local.list)}"
    heredoc    = <<EOT
first ${local.name}
  second
EOT
    indented   = <<-EOT
      {
        "a": "${local.name}",
          "b": ${jsonencode(local.list)}
      }
    EOT
    in_heredoc = <<-EOT
      %{for x in local.list~}
      - ${x}
      %{endfor~}
      end
    EOT
    in_list    = [<<A
one
A
    , "two"]
    encoded    = jsonencode({ b = local.list, a = { n = null, t = true, f = 1.5 }, "<k>" = "&" })
    decoded    = jsondecode("{\"a\": [1, null, {\"b\": \"c\"}]}").a[2].b
    round_trip = jsondecode(jsonencode(local.map))
    template   = templatefile("${path.module}/greeting.tftpl", { name = local.name, items = local.list })
    file       = file("${path.module}/words.txt")
    json_file  = jsondecode(file("${path.module}/data.json")).list[1]
    trimmed    = trimspace(file("words.txt"))
    exists     = [fileexists("words.txt"), fileexists("absent.txt")]
  }
}
locals {
  text = "hi $${who}"
}
