// Says while somebody types how much room is left. The server checks the same limits.

const SOON = 0.8; // of the room used: from then on the count is shown

for (const field of document.querySelectorAll("[data-max-chars]")) watch(field);

function watch(field) {
  const note = document.getElementById(`${field.id}-note`) ?? place(field);
  const line = document.createElement("span");
  line.setAttribute("role", "status");
  note.append(" ", line);
  const [most, least] = [Number(field.dataset.maxChars), Number(field.dataset.minChars ?? 0)];
  const show = () => {
    const count = [...field.value.replaceAll("\r\n", "\n").normalize("NFC")].length;
    line.className = count > most ? "wf-over" : "";
    line.textContent = text(count, most, least);
  };
  field.addEventListener("input", show);
  show();
}

function text(count, most, least) {
  if (count > most) return `${count - most} characters too many.`;
  if (count && count < least) return `${least - count} characters more are needed.`;
  return count > SOON * most ? `${most - count} characters left.` : "";
}

function place(field) {
  const note = document.createElement("p");
  note.className = "meta wf-note";
  field.after(note);
  return note;
}
