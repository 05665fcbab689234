// The texts that suggestions change: fields of the form, or a text to be copied from here.

import { button, element } from "./assistant-element.js";

export class Fields {
  constructor(form) {
    this.form = form;
    this.box = element("div");
    this.own = new Map();
  }

  read(name) {
    const field = this.form.elements[name];
    const value = field ? field.value : (this.own.get(name)?.value ?? "");
    return name === "tags" ? tagLines(value) : value;
  }

  write(name, text) {
    const field = this.form.elements[name];
    if (!field) return this.#show(name, text);
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #show(name, text) {
    if (!this.own.has(name)) {
      const area = element("textarea", { id: `assistant-text-${name}`, rows: 5, readOnly: true });
      const label = element("label", { htmlFor: area.id, textContent: `${name}, to copy` });
      const copy = button("Copy", () => navigator.clipboard.writeText(area.value), "second");
      this.own.set(name, area);
      this.box.append(label, area, copy);
    }
    this.own.get(name).value = text;
  }
}

/** One tag a line, as the server reads them. */
function tagLines(value) {
  return value
    .split(/[,\n]/)
    .map((tag) => tag.trim())
    .filter(Boolean)
    .join("\n");
}
