// One piece of a suggestion: what goes, what comes, and the two buttons.

import { button, element } from "./assistant-element.js";

const STATES = { open: "", accepted: "accepted", refused: "refused" };

/** `decide(number, verdict)` is called when a button is pressed. */
export function pieceItem(piece, { isDecided, decide }) {
  const item = element("li", { className: `piece piece-${piece.state}` });
  item.append(difference(piece));
  if (piece.note) item.append(element("p", { className: "meta", textContent: piece.note }));
  if (piece.is_remark) return item;
  const buttons = element("div", { className: "assistant-buttons" });
  const state = element("span", { className: "meta", textContent: STATES[piece.state] });
  if (!isDecided) {
    const what = `piece ${piece.number + 1}`;
    for (const [verdict, label] of [["accepted", "Accept"], ["refused", "Refuse"]]) {
      if (piece.state === verdict) continue;
      const pressed = button(label, () => decide(piece.number, verdict), "second");
      pressed.setAttribute("aria-label", `${label} ${what}`);
      buttons.append(pressed);
    }
  }
  buttons.append(state);
  item.append(buttons);
  return item;
}

function difference({ before, after, is_remark: isRemark }) {
  const text = element("p");
  if (isRemark) {
    text.textContent = before;
    return text;
  }
  if (before) text.append(element("del", { textContent: before }));
  if (before && after) text.append(" ");
  if (after) text.append(element("ins", { textContent: after }));
  return text;
}
