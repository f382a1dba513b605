/* The cash desk over a game, and the question for subscribe messages: opened by the frame's `player:desk`, closed by an answer, which goes back to the game.

   <div id="desk" hidden                in the glass, beside the frame
     data-away="..."                    what is said when the server does not answer
     data-open="URL">                   an order that waits already: of an earlier opening, so no game hears of it
   <div id="desk-backstage">            where else

   The server answers with a page of two parts, data-desk="sheet" and data-desk="backstage". Their forms are sent from here.
   A button with data-answer, or a sheet with data-leaves, ends it: the value is the answer as JSON. */
"use strict";

(() => {
  const frame = document.querySelector("iframe[data-player]");
  const desk = document.getElementById("desk");
  const backstage = document.getElementById("desk-backstage");
  let tell = () => {}; // the game that waits
  let busy = false;

  function close(answer) {
    for (const place of [desk, backstage]) place.replaceChildren();
    desk.hidden = true;
    frame.inert = false;
    frame.focus();
    tell(JSON.parse(answer));
    tell = () => {};
  }

  function say(sentence) {
    const line = document.createElement("p");
    line.className = "field-error";
    line.setAttribute("role", "alert");
    line.textContent = sentence;
    desk.querySelector(".desk-away")?.remove();
    line.classList.add("desk-away");
    (desk.querySelector(".desk-sheet") ?? desk).append(line);
  }

  /** Show what the server answers; without an answer the desk stays as it is, and opening fails. */
  async function show(url, init = {}) {
    if (busy) return;
    busy = true;
    try {
      const response = await fetch(url, init);
      if (!response.ok) throw new Error(`status ${response.status}`);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const [sheet, beside] = ["sheet", "backstage"].map((part) => page.querySelector(`[data-desk="${part}"]`));
      if (sheet.dataset.leaves) close(sheet.dataset.leaves);
      else {
        desk.replaceChildren(...sheet.childNodes);
        backstage.replaceChildren(...beside.childNodes);
        desk.hidden = false;
        frame.inert = true;
        desk.querySelector("[data-desk-first]").focus({ preventScroll: true });
      }
    } catch {
      if (desk.hidden) tell({ ok: false, errMsg: "the server did not answer", errCode: -1 });
      else say(desk.dataset.away);
    } finally {
      busy = false;
    }
  }

  frame.addEventListener("player:desk", (event) => {
    event.preventDefault();
    const { url, settle } = event.detail;
    if (!desk.hidden || busy) {
      settle({ ok: false, errMsg: "another payment in progress", errCode: 2 });
      return;
    }
    tell = settle;
    void show(url);
  });

  // Before everybody else's listeners: what is sent from here is sent by nobody else.
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!desk.contains(form) && !backstage.contains(form)) return;
      event.preventDefault();
      void show(form.action, { method: "POST", body: new FormData(form) });
    },
    true,
  );
  desk.addEventListener("click", ({ target }) => {
    const over = target.closest("[data-answer]");
    if (over) close(over.dataset.answer);
  });
  desk.addEventListener("keydown", (event) => {
    if (event.key === "Escape") desk.querySelector("[data-desk-leave], [data-answer]")?.click();
  });

  if (desk.dataset.open) void show(desk.dataset.open);
})();
