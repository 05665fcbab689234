// Tags to choose from while one is typed: buttons below the field, in the order of their use.

const DELAY_MS = 200;

export function tagSuggestions(form) {
  const field = form.elements.tags;
  const box = document.getElementById("tags-suggested");
  let timer;
  let asked = "";

  field.addEventListener("input", plan);
  field.addEventListener("focus", plan);

  function plan() {
    clearTimeout(timer);
    timer = setTimeout(refresh, DELAY_MS);
  }

  async function refresh() {
    const { text } = typed();
    if (text === asked) return;
    asked = text;
    const names = text ? await suggested(text) : [];
    if (text !== asked) return;
    const known = new Set(all().map((name) => name.toLowerCase()));
    box.replaceChildren(...names.filter((name) => !known.has(name.toLowerCase())).map(button));
  }

  async function suggested(text) {
    try {
      const address = `${form.dataset.tagsUrl}?begins=${encodeURIComponent(text)}`;
      const answer = await fetch(address, { redirect: "manual" });
      return answer.ok ? (await answer.json()).tags : [];
    } catch {
      return []; // the line below the text tells that the server is away
    }
  }

  function button(name) {
    const made = document.createElement("button");
    Object.assign(made, { type: "button", className: "plain", textContent: name });
    made.addEventListener("click", () => take(name));
    return made;
  }

  /** Put a name in the place of the one being typed; names with a comma stand on lines. */
  function take(name) {
    const names = all();
    names[typed().place] = name;
    const isOnLines = names.some((other) => other.includes(","));
    field.value = names.map((other) => `${other}${isOnLines ? "\n" : ", "}`).join("");
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** The tag that is being typed, and which of all it is. */
  function typed() {
    const before = field.value.slice(0, field.selectionStart).split(separators());
    const place = before.length - 1;
    return { text: all()[place], place };
  }

  function all() {
    return field.value.split(separators()).map((name) => name.trim());
  }

  function separators() {
    return field.value.includes("\n") ? "\n" : ",";
  }
}
