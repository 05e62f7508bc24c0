"""The style sheet and the script of the page; the page is whole without the script."""

STYLE = """
:root {
  color-scheme: light dark;
  --paper: #fdfdfb; --ink: #1d2126; --quiet: #5a6470; --rule: #d5d9de; --panel: #f3f4f1;
  --box: #ffffff; --edge: #46505c; --line: #66717d; --can: #a3241c; --may: #7a5200;
  --admin: #a3241c; --admin-ink: #ffffff; --outside: #eaf1fb; --focus: #0b62d6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --ink: #e7eaee; --quiet: #a3adb8; --rule: #363d46; --panel: #1c2127;
    --box: #20262d; --edge: #98a4b1; --line: #8793a0; --can: #ff8f85; --may: #f0bf5c;
    --admin: #ff8f85; --admin-ink: #1d0f0e; --outside: #1d2a3d; --focus: #7fb2ff;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem clamp(1rem, 3vw, 3rem) 4rem; max-width: 110rem;
  background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .5rem; }
p { margin: .25rem 0; max-width: 75ch; }
.asked, .quiet { color: var(--quiet); }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; background: var(--paper); padding: .5rem; }
a { color: inherit; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; padding: 0; margin: .75rem 0; }
.legend li { list-style: none; display: flex; align-items: center; gap: .5rem; font-size: .875rem; }
.legend svg { width: 44px; height: 22px; flex: none; }
.frame {
  overflow: auto; max-height: 85vh; border: 1px solid var(--rule); border-radius: 6px;
  background: var(--panel);
}
.frame svg { display: block; max-width: none; }
.shape { fill: var(--box); stroke: var(--edge); stroke-width: 1.25; }
.inner { fill: none; stroke: var(--edge); }
.anyone .shape, .account .shape, .federated .shape, .service .shape { fill: var(--outside); }
.holds-all .shape { stroke: var(--admin); stroke-width: 3; }
.widened .shape { stroke-dasharray: 2 3; }
.admin .shape { fill: var(--admin); stroke: var(--admin); }
.admin text { fill: var(--admin-ink); }
svg text { fill: var(--ink); font-size: 12.5px; font-family: inherit; }
svg .kind { font-size: 11px; fill: var(--quiet); }
svg .admin .kind { fill: var(--admin-ink); }
svg .name { font-weight: 600; }
.line path { fill: none; stroke: var(--line); stroke-width: 1.5; }
.line text {
  font-size: 11px; fill: var(--ink); paint-order: stroke; stroke: var(--panel); stroke-width: 3px;
}
.line.possible path { stroke-dasharray: 6 4; }
.tip { fill: var(--line); }
a.box { text-decoration: none; cursor: pointer; }
.dim .box:not(.lit), .dim .line:not(.lit) { opacity: .16; }
.lit path { stroke-width: 2.5; }
.search { margin: .5rem 0; display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
.search input {
  font: inherit; color: inherit; background: var(--box); padding: .3rem .5rem; width: 20rem;
  max-width: 100%; border: 1px solid var(--edge); border-radius: 4px;
}
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
caption { text-align: left; color: var(--quiet); padding: .25rem 0 .5rem; }
th, td {
  text-align: left; vertical-align: top; padding: .6rem .75rem; border-top: 1px solid var(--rule);
}
thead th { border-top: 0; border-bottom: 2px solid var(--rule); white-space: nowrap; }
th:nth-child(-n+2), td:nth-child(2) { width: 24%; }
tbody th { font-weight: 600; overflow-wrap: anywhere; }
tr:has(:target) { background: var(--panel); }
td ol { margin: 0; padding-left: 1.25rem; }
td li + li { margin-top: .5rem; }
td ul { margin: .15rem 0; padding-left: 1rem; list-style: none; }
th ul { margin: 0; padding: 0; list-style: none; }
code {
  font: .8125rem/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
  overflow-wrap: anywhere;
}
.can { color: var(--can); font-weight: 600; }
.may { color: var(--may); font-weight: 600; }
.hidden { display: none; }
@media (max-width: 44rem) {
  thead { display: none; }
  tr { display: block; border-top: 2px solid var(--rule); padding: .5rem 0; }
  tr > * { display: block; border: 0; padding: .2rem 0; width: auto !important; }
}
@media print { .frame { max-height: none; overflow: visible; } .search { display: none; } }
"""

SCRIPT = """
(() => {
  const picture = document.getElementById("picture");
  if (picture) {
    const lines = [...picture.querySelectorAll(".line")];
    const boxes = [...picture.querySelectorAll(".box")];
    const walk = (start, from, to) => {
      const seen = new Set([start]);
      for (const box of seen) {
        for (const line of lines) {
          if (line.dataset[from] === box) seen.add(line.dataset[to]);
        }
      }
      return seen;
    };
    const light = (box) => {
      const after = walk(box, "from", "to");
      const before = walk(box, "to", "from");
      for (const one of boxes) {
        one.classList.toggle("lit", after.has(one.dataset.box) || before.has(one.dataset.box));
      }
      for (const line of lines) {
        const { from, to } = line.dataset;
        const on = (after.has(from) && after.has(to)) || (before.has(from) && before.has(to));
        line.classList.toggle("lit", on);
      }
      picture.classList.add("dim");
    };
    const clear = () => picture.classList.remove("dim");
    for (const box of boxes) {
      for (const event of ["mouseenter", "focus"]) {
        box.addEventListener(event, () => light(box.dataset.box));
      }
      for (const event of ["mouseleave", "blur"]) box.addEventListener(event, clear);
    }
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") clear(); });
  }
  const search = document.getElementById("search");
  if (search) {
    search.closest(".search").hidden = false;
    const rows = [...document.querySelectorAll("#chains tbody tr")];
    const texts = rows.map((row) => row.textContent.toLowerCase());
    const told = document.getElementById("told");
    search.addEventListener("input", () => {
      const words = search.value.toLowerCase().split(/\\s+/);
      let shown = 0;
      rows.forEach((row, at) => {
        const fits = words.every((word) => texts[at].includes(word));
        row.classList.toggle("hidden", !fits);
        shown += fits ? 1 : 0;
      });
      told.textContent = `${shown} of ${rows.length} shown`;
    });
  }
})();
"""
