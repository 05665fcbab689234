// The text beside the form as readers will get it, rendered by the server, one request at a time.

const DELAY_MS = 300;

export function livePreview(form, session) {
  const box = document.getElementById("preview");
  const shown = document.getElementById("preview-text");
  let timer, isBusy, isStale;

  box.hidden = false;
  // Beside two texts of a conflict there is no room for it.
  const hasRoom = matchMedia("(min-width: 75rem)").matches;
  box.open = hasRoom && !document.getElementById("theirs");
  box.addEventListener("toggle", plan);
  form.elements.body.addEventListener("input", plan);
  plan();

  function plan() {
    clearTimeout(timer);
    if (box.open) timer = setTimeout(refresh, DELAY_MS);
  }

  async function refresh() {
    isStale = isBusy;
    if (isBusy) return;
    isBusy = true;
    try {
      const answer = await session.send(form.dataset.renderedUrl);
      // It has passed the sanitiser, and the page's policy runs no script of a text.
      if (answer.ok) shown.innerHTML = await answer.text();
    } catch {
      // The last preview stays; the line below the text tells that the server is away.
    } finally {
      isBusy = false;
      if (isStale) plan();
    }
  }
}
