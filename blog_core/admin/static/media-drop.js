// Files dropped anywhere on the library are taken as if they had been chosen.

const form = document.getElementById("upload");
const input = form.elements.file;

document.addEventListener("dragover", (event) => {
  if (event.dataTransfer.types.includes("Files")) {
    event.preventDefault();
    form.classList.add("is-target");
  }
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) form.classList.remove("is-target");
});
document.addEventListener("drop", (event) => {
  form.classList.remove("is-target");
  if (!event.dataTransfer.files.length) return;
  event.preventDefault();
  input.files = event.dataTransfer.files;
  form.requestSubmit();
});
