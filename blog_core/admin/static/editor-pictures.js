// Pictures in the text: chosen from the library, dropped on it or pasted into it.

import { insert } from "./editor-insert.js";

const IMAGE = /^image\/(png|jpeg|gif|webp|avif)$/;

export function pictures(form, session) {
  const link = document.getElementById("pictures");
  const area = form.elements.body;
  if (!link) return;
  const dialog = document.createElement("dialog");
  dialog.className = "pictures";
  dialog.setAttribute("aria-label", "Pictures of the library");
  dialog.innerHTML =
    '<form method="dialog"><button class="plain">Close</button></form>' +
    '<p><label for="picture-file">Upload</label> ' +
    '<input id="picture-file" type="file" accept="image/*" multiple></p>' +
    '<p class="meta" role="status"></p><div class="pictures-found"></div>';
  document.body.append(dialog);
  const found = dialog.querySelector(".pictures-found");
  const status = dialog.querySelector("[role=status]");
  const file = dialog.querySelector("input[type=file]");

  link.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.showModal();
    show("");
  });
  found.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.page) show(button.dataset.page);
    else if (button) put(button.dataset.markdown);
  });
  file.addEventListener("change", async () => {
    if (await upload(file.files, (text) => (status.textContent = text))) dialog.close();
    file.value = "";
  });
  area.addEventListener("paste", (event) => take(event, event.clipboardData));
  area.addEventListener("drop", (event) => take(event, event.dataTransfer));
  area.addEventListener("dragover", (event) => {
    if (event.dataTransfer.types.includes("Files")) event.preventDefault();
  });

  async function show(page) {
    const url = new URL(link.dataset.choiceUrl, location.href);
    if (page) url.searchParams.set("page", page);
    try {
      const answer = await fetch(url, { redirect: "manual", cache: "no-store" });
      if (!answer.ok) throw new Error("not shown");
      // Made by our own template, which escapes every text.
      found.innerHTML = await answer.text();
      found.querySelector("button")?.focus();
    } catch {
      status.textContent = "The library can't be shown: the server is away, or you are signed out.";
    }
  }

  function put(markdown) {
    dialog.close();
    area.focus();
    insert(area, markdown);
  }

  /** Images are uploaded in the place of what the browser would do with them. */
  function take(event, data) {
    const files = [...(data?.files ?? [])].filter((each) => IMAGE.test(each.type));
    if (!files.length) return;
    event.preventDefault();
    upload(files, (text) => form.dispatchEvent(new CustomEvent("blog:say", { detail: text })));
  }

  async function upload(files, say) {
    const body = new FormData();
    for (const each of files) body.append("file", each);
    say(files.length === 1 ? "Uploading …" : `Uploading ${files.length} files …`);
    try {
      const answer = await fetch(link.dataset.uploadUrl, {
        method: "POST",
        body,
        headers: { "X-Form-Token": session.token.value },
        redirect: "manual",
      });
      const { stored, refused } = await answer.json();
      say(refused.map(({ name, reason }) => `${name}: ${reason}`).join(" "));
      if (stored.length) put(stored.map(({ markdown }) => markdown).join("\n\n"));
      return stored.length > 0 && refused.length === 0;
    } catch {
      say("Not uploaded: the server is away, or you are signed out. Your text is not touched.");
      return false;
    }
  }
}
