// Copy buttons: data-copy holds the text; data-copy-from names a definition list, copied as "term: value" lines.
"use strict";

(() => {
  function lines(list) {
    return [...list.querySelectorAll("dt")]
      .map((term) => `${term.textContent.trim()}: ${(term.nextElementSibling.dataset.copy ?? term.nextElementSibling.textContent).trim()}`)
      .join("\n");
  }

  // Outside a secure context (http on another machine's address) the clipboard is not offered.
  async function copied(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy], button[data-copy-from]");
    if (!button) return;
    const source = button.dataset.copyFrom && document.getElementById(button.dataset.copyFrom);
    await copied(source ? lines(source) : button.dataset.copy);
    const label = button.querySelector("span");
    if (label.dataset.label) return;
    label.dataset.label = label.textContent;
    label.setAttribute("role", "status");
    label.textContent = button.dataset.copied;
    setTimeout(() => {
      label.textContent = label.dataset.label;
      delete label.dataset.label;
    }, 2000);
  });
})();
