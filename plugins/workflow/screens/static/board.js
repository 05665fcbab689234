// The board by mouse and by keyboard. Without this module the form below it moves the cards.

const board = document.getElementById("wf-board");
if (board) begin(board);

function begin(form) {
  const told = document.getElementById("wf-told");
  form.classList.add("wf-live");
  for (const card of form.querySelectorAll(".wf-card")) card.draggable = true;
  form.addEventListener("dragstart", (event) => {
    const card = event.target.closest?.(".wf-card");
    if (!card) return;
    event.dataTransfer.setData("text/plain", card.dataset.post);
    event.dataTransfer.effectAllowed = "move";
    card.classList.add("wf-dragged");
  });
  form.addEventListener("dragend", () => clear(form));
  form.addEventListener("dragover", (event) => {
    const column = target(event);
    if (!column || !form.querySelector(".wf-dragged")) return;
    event.preventDefault();
    if (column.classList.contains("wf-target")) return;
    for (const other of form.querySelectorAll(".wf-target")) other.classList.remove("wf-target");
    column.classList.add("wf-target");
  });
  form.addEventListener("drop", (event) => {
    const column = target(event);
    const card = form.querySelector(".wf-dragged");
    clear(form);
    if (!column || !card) return;
    event.preventDefault();
    move(form, card, column, told);
  });
  form.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const card = event.target.closest?.(".wf-card");
    if (!step || !event.shiftKey || !card) return;
    event.preventDefault();
    const columns = [...form.querySelectorAll(".wf-column")];
    const column = columns[columns.indexOf(card.closest(".wf-column")) + step];
    if (column && canTake(column)) move(form, card, column, told);
  });
}

function canTake(column) {
  return column.dataset.stage !== "" && column.dataset.stage !== "?";
}

function target(event) {
  const column = event.target.closest?.(".wf-column");
  return column && canTake(column) ? column : null;
}

function clear(form) {
  for (const element of form.querySelectorAll(".wf-dragged, .wf-target")) {
    element.classList.remove("wf-dragged", "wf-target");
  }
}

/** Show the card in its new place at once, and put it back if the server does not take it. */
async function move(form, card, column, told) {
  const [from, before] = [card.closest(".wf-column"), card.nextElementSibling];
  if (from === column) return;
  const body = new FormData();
  body.set("form_token", form.querySelector('[name="form_token"]').value);
  body.set("post_id", card.dataset.post);
  body.set("stage_id", column.dataset.stage);
  body.set("seen_in", card.dataset.seen);
  const hadFocus = card.contains(document.activeElement) ? document.activeElement : null;
  column.querySelector("ul").prepend(card);
  hadFocus?.focus();
  const error = await send(form.getAttribute("action"), body);
  if (error) {
    from.querySelector("ul").insertBefore(card, before);
    hadFocus?.focus();
    told.textContent = error;
    return;
  }
  card.dataset.seen = column.dataset.stage;
  const title = card.querySelector("a").textContent;
  told.textContent = `“${title}” stands in ${column.querySelector("h2 a").textContent} now.`;
}

async function send(url, body) {
  try {
    const answer = await fetch(url, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      redirect: "manual",
      signal: AbortSignal.timeout(15_000),
    });
    if (answer.ok) return "";
    if (answer.type === "opaqueredirect") return "Not moved: you are signed out.";
    const { message } = await answer.json();
    return message ?? "Not moved.";
  } catch {
    return "Not moved: the server can't be reached.";
  }
}
