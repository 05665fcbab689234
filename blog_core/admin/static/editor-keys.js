// Keys for writing: Ctrl or Cmd with S saves wherever one is, with B, I and K marks the selection.

import { insert } from "./editor-insert.js";

const MARKS = { b: ["**", "**"], i: ["*", "*"], k: ["[", "](https://)"] };

export function keys(form) {
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const key = event.key.toLowerCase();
    if (key === "s") {
      event.preventDefault();
      form.requestSubmit(form.querySelector('button[value="save"]'));
    } else if (key in MARKS && event.target === form.elements.body) {
      event.preventDefault();
      mark(event.target, ...MARKS[key]);
    }
  });
}

function mark(area, before, after) {
  const selected = area.value.slice(area.selectionStart, area.selectionEnd);
  const start = area.selectionStart + before.length;
  insert(area, `${before}${selected}${after}`);
  area.setSelectionRange(start, start + selected.length);
}
