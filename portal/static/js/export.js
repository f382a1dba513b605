// A file that is written while it is read: how many rows and bytes have come. Without this the link downloads it, more quietly.
"use strict";

(() => {
  const LINE = 10;

  function size(bytes) {
    const [unit, of] = bytes < 1e6 ? ["kilobyte", 1e3] : ["megabyte", 1e6];
    return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, maximumFractionDigits: 1 }).format(bytes / of);
  }

  function say(panel, sentence, rows, bytes) {
    const said = { rows: rows.toLocaleString(document.documentElement.lang), size: size(bytes) };
    panel.querySelector("[data-said]").textContent = sentence.replace(/%\((\w+)\)s/g, (_all, name) => said[name]);
  }

  function save(parts, name) {
    const url = URL.createObjectURL(new Blob(parts, { type: "text/csv" }));
    const link = Object.assign(document.createElement("a"), { href: url, download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  }

  async function read(answer, panel) {
    const bar = panel.querySelector("progress");
    const parts = [];
    let [lines, bytes] = [0, 0];
    const reader = answer.body.getReader();
    for (let got = await reader.read(); !got.done; got = await reader.read()) {
      parts.push(got.value);
      bytes += got.value.length;
      for (const byte of got.value) if (byte === LINE) lines += 1;
      const rows = Math.max(0, lines - 1);
      if (bar.hasAttribute("max")) bar.value = rows;
      say(panel, panel.dataset.rows, rows, bytes);
    }
    return { parts, bytes, rows: Math.max(0, lines - 1) };
  }

  async function run(link, panel) {
    panel.hidden = false;
    link.setAttribute("aria-disabled", "true");
    try {
      const answer = await fetch(link.href);
      if (!answer.ok || !answer.headers.get("Content-Type").startsWith("text/csv")) throw new Error(answer.status);
      const { parts, bytes, rows } = await read(answer, panel);
      const bar = panel.querySelector("progress");
      bar.max = bar.value = 1;
      say(panel, panel.dataset.done, rows, bytes);
      save(parts, /filename="?([^";]+)/.exec(answer.headers.get("Content-Disposition"))[1]);
    } catch {
      panel.querySelector("[data-said]").textContent = panel.dataset.broken;
    } finally {
      link.removeAttribute("aria-disabled");
    }
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-export]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!link.hasAttribute("aria-disabled")) run(link, document.getElementById(link.dataset.export));
  });
})();
