// The moderation queue by keyboard: j and k walk, a letter judges, x chooses. Without this module
// the same is done with the tabulator and the buttons.

const rows = [...document.querySelectorAll(".queue-list > li")];
const boxes = rows.map((row) => row.querySelector("input[name=id]"));
const all = document.querySelector("#all");

function here() {
  return rows.findIndex((row) => row.contains(document.activeElement));
}

function go(step) {
  const next = Math.min(rows.length - 1, Math.max(0, here() + step));
  boxes[next]?.focus();
}

function judge(key) {
  const row = rows[here()];
  row?.querySelector(`button[data-key="${key}"]`)?.click();
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("textarea, select, input:not([type=checkbox])");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j") go(1);
  else if (event.key === "k") go(here() < 0 ? 1 : -1);
  else if (event.key === "x") boxes[here()]?.click();
  else judge(event.key);
});

if (all) {
  all.closest("label").hidden = false;
  document.querySelector("#queue-keys").hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
  });
}
