// A form is sent once: its button rests until the answer is there. The server holds the rule; this spares the refusal.
"use strict";

(() => {
  const waiting = new Map();

  function release(form) {
    const button = waiting.get(form);
    if (button) button.disabled = false;
    waiting.delete(form);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (waiting.has(form)) event.preventDefault();
    // A script that took the submission over (htmx) answers for it.
    if (event.defaultPrevented || form.method !== "post") return;
    waiting.set(form, event.submitter);
    // Later, or the button's own name and value would not be sent.
    setTimeout(() => event.submitter && (event.submitter.disabled = true));
    // Still here by then: the answer was a file, or loading was stopped.
    setTimeout(release, 10000, form);
  });

  // Back from the next page, out of the browser's memory.
  addEventListener("pageshow", (event) => event.persisted && [...waiting.keys()].forEach(release));
})();
