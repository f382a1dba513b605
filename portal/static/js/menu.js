// The custom menu: buttons are dragged to their order, which sends the form as the arrows do; names show as they are typed.
"use strict";

document.querySelectorAll("[data-menu]").forEach((form) => {
  let dragged = null;
  const beside = (item) => dragged && item && item !== dragged && item.parentNode === dragged.parentNode;
  const item = (event) => {
    // The innermost button that stands beside the dragged one.
    let found = event.target.closest(".mb");
    while (found && !beside(found)) found = found.parentNode.closest(".mb");
    return found;
  };

  for (const grip of form.querySelectorAll(".mb-grip")) {
    grip.hidden = false;
    grip.draggable = true;
    grip.addEventListener("dragstart", (event) => {
      dragged = grip.closest(".mb");
      dragged.classList.add("dragged");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", dragged.dataset.place);
    });
    grip.addEventListener("dragend", () => {
      dragged?.classList.remove("dragged");
      form.querySelectorAll(".target").forEach((other) => other.classList.remove("target"));
      dragged = null;
    });
  }

  form.addEventListener("dragover", (event) => {
    const over = item(event);
    form.querySelectorAll(".target").forEach((other) => other !== over && other.classList.remove("target"));
    if (!over) return;
    event.preventDefault();
    over.classList.add("target");
  });

  form.addEventListener("drop", (event) => {
    const over = item(event);
    if (!over) return;
    event.preventDefault();
    const button = document.createElement("button");
    button.type = "submit";
    button.name = "do";
    button.value = `move:${dragged.dataset.place}:${over.dataset.place.split("-").pop()}`;
    button.hidden = true;
    form.append(button);
    form.requestSubmit(button);
  });

  form.addEventListener("input", (event) => {
    for (const shown of form.querySelectorAll(`[data-named="${CSS.escape(event.target.name)}"]`)) {
      shown.textContent = event.target.value;
    }
  });
});
