// The comforts of the editor. The form works without them; with them no text is lost on the way.

import { Autosave } from "./editor-autosave.js";
import { Journal } from "./editor-journal.js";
import { keys } from "./editor-keys.js";
import { offer } from "./editor-offer.js";
import { pictures } from "./editor-pictures.js";
import { livePreview } from "./editor-preview.js";
import { Session } from "./editor-session.js";
import { tagSuggestions } from "./editor-tags.js";
import { read, same } from "./editor-text.js";

const form = document.getElementById("editor");
const status = document.getElementById("editor-status");
const session = new Session(form);
const journal = new Journal(form.dataset.account, form.getAttribute("action"));
const autosave = new Autosave(form, session, {
  kept: (text) => journal.keep(read(form), same(text, read(form))),
  say,
});
let isReady = false;

if (form.dataset.said) journal.acknowledged();
await offerLeft();
form.addEventListener("input", typed);
if (form.dataset.unsaved && form.dataset.account) typed();
form.addEventListener("submit", submit);
keys(form);
livePreview(form, session);
tagSuggestions(form);
pictures(form, session);
form.addEventListener("blog:say", (event) => say(event.detail));
form.dataset.live = "yes";

async function offerLeft() {
  for (const entry of await journal.left()) {
    if (entry.isSafe || same(entry.text, read(form))) journal.drop(entry.key);
    else offer(entry, { form, session, journal });
  }
}

function typed() {
  const isKept = journal.keep(read(form), false);
  if (!isKept) say("This browser has no room to keep your text. Save it often.");
  else if (!form.dataset.copyUrl) say("Kept in this browser. Save puts it on the server.");
  autosave.touched();
}

/** Send the form only when the server is there and the sign-in stands; else it stays as it is. */
async function submit(event) {
  const button = event.submitter;
  if (isReady) return;
  event.preventDefault();
  await autosave.end();
  const state = await session.renew();
  if (state !== "ok") {
    tellWhyNot(state);
    autosave.go(state);
    return;
  }
  if (!button?.formTarget) journal.sent(read(form));
  isReady = true;
  form.requestSubmit(button);
  isReady = false;
  if (button?.formTarget) autosave.go();
}

function tellWhyNot(state) {
  const link = { url: form.dataset.signInUrl, text: "Sign in in another window" };
  const why = {
    away: "the server can't be reached",
    out: "you are signed out",
    other: "somebody else is signed in now",
  };
  say(`Not saved: ${why[state]}. Your text is kept in this browser.`, state !== "away" && link);
}

function say(text, link) {
  if (status.dataset.said === text) return;
  status.dataset.said = text;
  status.replaceChildren(text);
  if (!link?.url) return;
  const anchor = document.createElement("a");
  Object.assign(anchor, { href: link.url, target: "_blank", textContent: link.text });
  status.append(" ", anchor);
}
