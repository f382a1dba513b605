// The log: what the game prints and what goes wrong in it, behind the left button at the top. The first error opens it.
"use strict";

(({ readers }) => {
  const LINES = 200;
  const panel = document.getElementById("log");
  const lines = document.getElementById("log-lines");
  const count = document.getElementById("log-count");
  const opener = document.getElementById("open-log");
  let errors = 0;

  function turn(open) {
    panel.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
  }

  function close() {
    turn(false);
    opener.focus();
  }

  readers.push(({ level, text, where }) => {
    const line = document.createElement("p");
    line.className = level;
    line.textContent = text;
    if (where) {
      const place = document.createElement("small");
      place.textContent = where;
      line.append(" ", place);
    }
    lines.append(line);
    if (lines.children.length > LINES) lines.firstElementChild.remove();
    lines.scrollTop = lines.scrollHeight;
    if (level !== "error") return;
    errors += 1;
    count.textContent = errors > 99 ? "99+" : String(errors);
    count.hidden = false;
    if (errors === 1) turn(true);
  });

  opener.addEventListener("click", () => turn(panel.hidden));
  document.getElementById("close-log").addEventListener("click", close);
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
})(greenroomPlayer);
