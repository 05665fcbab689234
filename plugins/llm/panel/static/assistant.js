// The assistant beside the editor. It never saves and never changes a text that was not accepted.

import { Ask } from "./assistant-ask.js";
import { element } from "./assistant-element.js";
import { Fields } from "./assistant-fields.js";
import { Suggestion } from "./assistant-suggestion.js";
import { Wire } from "./assistant-wire.js";

const box = document.getElementById("assistant");
const form = document.getElementById("editor");
if (box && form) await open();

async function open() {
  const wire = new Wire(form);
  const status = element("p", { className: "meta" });
  status.setAttribute("role", "status");
  box.append(status);
  let found;
  try {
    found = await wire.get(box.dataset.overviewUrl);
  } catch (error) {
    status.textContent = error.message;
    return;
  }
  status.remove();
  const list = element("div");
  const fields = new Fields(form);
  const shown = (data) => new Suggestion(data, { wire, fields, onAgain: add }).box;
  const add = (data) => list.prepend(shown(data));
  const ask = new Ask({ actions: found.actions, urls: found.urls, wire, onAsked: add });
  list.append(...found.suggestions.map(shown));
  box.append(ask.box, fields.box, list);
  box.dataset.live = "yes";
}
