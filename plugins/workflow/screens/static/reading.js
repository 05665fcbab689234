// Notes and the words they speak of: marks them in the text, and takes over what is selected.
// The text itself is not touched: the marks are highlights that the browser paints.

const AROUND = 32;
const draft = document.getElementById("wf-draft");
if (draft) begin();

function begin() {
  const map = textMap(draft);
  const ranges = new Map();
  for (const thread of document.querySelectorAll(".wf-thread[data-text]")) {
    const range = rangeOf(map, Number(thread.dataset.at), thread.dataset.text.length);
    if (range) ranges.set(thread, range);
  }
  paint("wf-notes", [...ranges.values()]);
  for (const [thread, range] of ranges) {
    thread.addEventListener("mouseenter", () => paint("wf-note-here", [range]));
    thread.addEventListener("mouseleave", () => paint("wf-note-here", []));
    thread.addEventListener("focusin", () => paint("wf-note-here", [range]));
  }
  document.addEventListener("selectionchange", () => takeOver(map));
}

function paint(name, ranges) {
  if (globalThis.CSS?.highlights) CSS.highlights.set(name, new Highlight(...ranges));
}

/** The words on one line, as the server sees them, with the place of each character. */
function textMap(root) {
  const places = [];
  let text = "";
  let wasSpace = true;
  const blocks = new Set(
    ("ADDRESS ARTICLE ASIDE BLOCKQUOTE BR DD DETAILS DIV DL DT FIGCAPTION FIGURE FOOTER H1 H2 H3 " +
      "H4 H5 H6 HEADER HR LI MAIN NAV OL P PRE SECTION SUMMARY TABLE TBODY TD TFOOT TH THEAD TR " +
      "UL").split(" "),
  );
  const add = (character, node, offset) => {
    const isSpace = /\s/.test(character);
    if (isSpace && wasSpace) return;
    text += isSpace ? " " : character;
    places.push([node, offset]);
    wasSpace = isSpace;
  };
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      for (let at = 0; at < node.data.length; at += 1) add(node.data[at], node, at);
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    const isBlock = blocks.has(node.tagName);
    if (isBlock) add(" ", node, 0);
    for (const child of node.childNodes) walk(child);
    if (isBlock) add(" ", node, node.childNodes.length);
  };
  for (const child of root.childNodes) walk(child);
  return { text, places };
}

/** `at` and `length` count characters as Python does: a pair of surrogates is one. */
function rangeOf({ text, places }, at, length) {
  const start = [...text].slice(0, at).join("").length;
  const end = start + length - 1;
  if (!places[start] || !places[end]) return null;
  const range = new Range();
  range.setStart(...places[start]);
  const [node, offset] = places[end];
  range.setEnd(node, node.nodeType === Node.TEXT_NODE ? offset + 1 : offset);
  return range;
}

function takeOver(map) {
  const selection = getSelection();
  const quote = document.getElementById("quote");
  if (!quote || selection.isCollapsed || !draft.contains(selection.anchorNode)) return;
  if (!draft.contains(selection.focusNode)) return;
  const words = selection.toString().replace(/\s+/g, " ").trim();
  if (!words || words.length > 1000) return;
  quote.value = words;
  const range = selection.getRangeAt(0);
  const start = map.places.findIndex(
    ([node, offset]) => range.comparePoint(node, offset) >= 0,
  );
  const { form } = quote;
  form.elements.before.value = map.text.slice(Math.max(0, start - AROUND), start);
  form.elements.after.value = map.text.slice(start + words.length).slice(0, AROUND);
}
