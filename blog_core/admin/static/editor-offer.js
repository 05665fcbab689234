// A text that this browser kept and the form does not show: offered with what differs.

import { write } from "./editor-text.js";

/** Offer an entry of the journal above the form. `session` asks the server for the comparison. */
export function offer(entry, { form, session, journal }) {
  const section = document.createElement("section");
  section.className = "notice kept-text";
  const when = new Date(entry.at).toLocaleString();
  section.append(
    element("h2", "This browser kept a text that is not in the form"),
    element("p", `It was typed here until ${when} and did not reach the server.`),
    comparison(entry, session, form),
    button("Put it into the form", () => {
      write(form, entry.text);
      close();
    }),
    button("Throw it away", close),
  );
  document.getElementById("kept-texts").append(section);

  function close() {
    journal.drop(entry.key);
    section.remove();
    form.elements.body.focus();
  }
}

function comparison(entry, session, form) {
  const details = document.createElement("details");
  details.append(element("summary", "What differs"));
  const kept = Object.entries(entry.text).map(([name, text]) => [`kept_${name}`, text]);
  session
    .send(form.dataset.compareUrl, Object.fromEntries(kept))
    .then(async (answer) => {
      if (!answer.ok) throw new Error(answer.statusText);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      details.append(...page.body.childNodes);
    })
    .catch(() => details.append(element("pre", `${entry.text.title}\n\n${entry.text.body}`)));
  return details;
}

function button(text, press) {
  const made = element("button", text);
  made.type = "button";
  made.className = "second";
  made.addEventListener("click", press);
  return made;
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
