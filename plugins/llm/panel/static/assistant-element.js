// Elements made of plain text: nothing of an answer is ever read as HTML.

/** An element with properties. */
export function element(tag, properties = {}) {
  return Object.assign(document.createElement(tag), properties);
}

/** A button that does something. */
export function button(text, onclick, className = "") {
  return element("button", { type: "button", textContent: text, onclick, className });
}
