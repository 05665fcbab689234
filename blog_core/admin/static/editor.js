const form = document.getElementById("editor");
