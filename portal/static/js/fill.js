// Fill with a sample: data-fill holds the values by field name, for the form around the button.
"use strict";

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-fill]");
  if (!button) return;
  const form = button.closest("form");
  const changed = [];
  for (const [name, value] of Object.entries(JSON.parse(button.dataset.fill))) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === "radio") {
        if (field.value !== value) continue;
        field.checked = true;
      } else if (field.type === "checkbox") {
        field.checked = value === "on" || value === true;
      } else {
        field.value = value;
      }
      changed.push(field);
    }
  }
  for (const field of changed) {
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
});
