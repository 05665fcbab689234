// Text put into the form by a script, as if it had been typed.

/** Insert at the cursor: this old command alone keeps what Ctrl+Z takes back. */
export function insert(area, text) {
  if (!document.execCommand("insertText", false, text)) {
    area.setRangeText(text);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
