// The text of the form as plain values: read, compare, put back.

const FIELDS = ["title", "body", "excerpt", "image", "tags"];

/** What was typed. A slug counts only when it is another one than the post has. */
export function read(form) {
  const text = Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value]));
  const slug = form.elements.slug.value;
  return { ...text, slug: slug === form.elements.slug_seen.value ? "" : slug };
}

/** Put a text into the form, as if it had been typed. */
export function write(form, text) {
  for (const name of FIELDS) form.elements[name].value = text[name] ?? "";
  if (text.slug) form.elements.slug.value = text.slug;
  form.elements.body.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Whether two texts are one once the server has put white space and tags in order. */
export function same(one, other) {
  return FIELDS.every((name) => tidy(name, one[name]) === tidy(name, other[name]));
}

function tidy(name, text = "") {
  if (name === "body") return text;
  if (name === "tags") {
    const tags = text.split(text.includes("\n") ? "\n" : ",");
    return tags.map((tag) => tag.trim()).filter(Boolean).join("\n");
  }
  return name === "excerpt" ? text.trim() : text.trim().split(/\s+/).join(" ");
}
