// Who else has this post open. A short question every few seconds, only while the page is in sight.

const FIRST_MS = 500;
const AWAY_MS = 30_000; // after a question that was not answered
const line = document.querySelector("[data-presence]");
const token = document.querySelector('[name="form_token"]');
let timer;
let isHere = false; // the server was told so, and not yet that it ended

if (line && token) {
  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : ask()));
  addEventListener("pagehide", rest);
  if (!document.hidden) timer = setTimeout(ask, FIRST_MS);
}

function form(extra) {
  const body = new FormData();
  body.set("form_token", token.value);
  body.set("place", line.dataset.place);
  for (const [name, value] of Object.entries(extra)) body.set(name, value);
  return body;
}

async function ask() {
  clearTimeout(timer);
  let again = AWAY_MS;
  try {
    const answer = await fetch(line.dataset.presence, {
      method: "POST",
      body: form({}),
      redirect: "manual",
      signal: AbortSignal.timeout(10_000),
    });
    if (answer.ok) {
      isHere = true;
      const { others, again_s: seconds } = await answer.json();
      show(others);
      again = seconds * 1000;
    }
  } catch {
    show([]);
  }
  if (!document.hidden) timer = setTimeout(ask, again);
}

function rest() {
  clearTimeout(timer);
  if (!isHere) return;
  isHere = false;
  navigator.sendBeacon(line.dataset.presence, form({ gone: "1" }));
}

function show(others) {
  const names = others.map(({ name, place }) => `${name} (${place === "text" ? "editing" : place})`);
  const text = names.length ? `Also here: ${names.join(", ")}` : "";
  if (line.textContent !== text) line.textContent = text;
}
