// A package dropped on its slot, and how far its upload has come. Without this the form does the same, more quietly.
"use strict";

(() => {
  const file = () => document.querySelector("[data-drop] input[type=file]");
  const slot = () => document.querySelector("[data-drop]");

  function say(sentence) {
    const said = slot().querySelector("[data-said]");
    said.textContent = sentence;
    said.hidden = !sentence;
  }

  function isTooLarge() {
    const chosen = file().files[0];
    return Boolean(chosen) && chosen.size > Number(file().dataset.most);
  }

  function look() {
    say(isTooLarge() ? slot().dataset.tooLarge : "");
  }

  function over(event, is) {
    const target = event.target.closest?.("[data-drop]");
    if (target && !file().matches(":disabled")) {
      event.preventDefault();
      target.classList.toggle("over", is);
    }
    return target;
  }

  document.addEventListener("dragover", (event) => over(event, true));
  document.addEventListener("dragleave", (event) => over(event, false));
  document.addEventListener("drop", (event) => {
    if (!over(event, false) || file().matches(":disabled")) return;
    const entry = event.dataTransfer.items[0]?.webkitGetAsEntry?.();
    if (entry?.isDirectory) return say(slot().dataset.folder);
    if (event.dataTransfer.files.length) file().files = event.dataTransfer.files;
    look();
  });
  document.addEventListener("change", (event) => event.target === file() && look());

  // A sample takes the place of the chosen file: that one need not travel.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.parameters.sample) event.detail.formData.delete("package");
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const isSample = event.detail.requestConfig.parameters.sample;
    if (event.detail.elt.id !== "upload-form" || isSample || !isTooLarge()) return;
    event.preventDefault();
    look();
    file().focus();
  });

  document.addEventListener("htmx:xhr:progress", (event) => {
    if (!event.detail.lengthComputable || !slot()) return;
    const percent = Math.floor((100 * event.detail.loaded) / event.detail.total);
    const sending = slot().querySelector("[data-sending]");
    sending.hidden = false;
    sending.querySelector("progress").value = percent;
    sending.querySelector("[data-percent]").textContent = `${percent} %`;
    sending.querySelector("[data-opening]").hidden = percent < 100;
  });
  document.addEventListener("htmx:afterRequest", () => slot() && (slot().querySelector("[data-sending]").hidden = true));

  // The answer was no page: a refusal in JSON, or nothing at all.
  document.addEventListener("htmx:responseError", (event) => {
    try {
      say(JSON.parse(event.detail.xhr.responseText).message);
    } catch {
      say(slot().dataset.broken);
    }
  });
  document.addEventListener("htmx:sendError", () => say(slot().dataset.broken));

  // The form comes back with errors: the file that was chosen stays chosen, in the field that came along.
  let before = null;
  document.addEventListener("htmx:beforeSwap", () => (before = file()));
  document.addEventListener("htmx:afterSettle", () => {
    const field = file();
    if (!field || !before) return;
    field.files = before.files;
    before = null;
    document.querySelector("#upload-form [role=alert] a")?.focus();
  });
})();
