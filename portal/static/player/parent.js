// The line to the page around the frame: what the game cannot know or keep by itself is asked there.
"use strict";

(({ config, readers, listens, Failure }) => {
  const LINES = 200; // of the log that the host hears
  const waiting = new Map();
  const alone = parent === globalThis;
  let lastId = 0;

  /** Say something to the host; nobody answers. */
  function say(type, data = {}, id = undefined) {
    if (!alone) parent.postMessage({ from: "player", type, id, data }, config.host);
  }

  /** Ask the host; fails with its words, or after `patience` milliseconds without an answer. */
  function ask(type, data = {}, patience = 0) {
    if (alone) return Promise.reject(new Failure("nobody is there to ask: the frame stands alone", -1));
    return new Promise((resolve, reject) => {
      const id = (lastId += 1);
      waiting.set(id, { resolve, reject });
      if (patience) setTimeout(settle, patience, id, false, { errMsg: "no answer", errCode: -1 });
      say(type, data, id);
    });
  }

  function settle(id, ok, data) {
    const asked = waiting.get(id);
    if (!asked) return;
    waiting.delete(id);
    if (ok) asked.resolve(data ?? {});
    else asked.reject(new Failure(data?.errMsg ?? "refused", data?.errCode));
  }

  // --- shown and hidden -------------------------------------------------------------------------

  const shows = listens("Show");
  const hides = listens("Hide");
  const frame = { hidden: false, watchers: [] };

  let putAway = false; // by the host: then the browser's tab coming back does not show it

  function becomes(query) {
    const hidden = putAway || document.visibilityState === "hidden";
    if (frame.hidden === hidden) return;
    frame.hidden = hidden;
    for (const watcher of frame.watchers) watcher(hidden);
    if (hidden) hides({});
    else shows({ scene: config.launch.scene, query: query ?? config.launch.query });
  }

  document.addEventListener("visibilitychange", () => becomes());
  addEventListener("message", (event) => {
    if (event.source !== parent || event.origin !== config.host || event.data?.from !== "host") return;
    const { type, id, ok, data } = event.data;
    if (type === "answer") settle(id, ok === true, data);
    else if (type === "hide" || type === "show") {
      putAway = type === "hide";
      becomes(data?.query);
    }
  });
  let told = 0;
  readers.push((line) => {
    if (line.level === "info" || told >= LINES) return;
    told += 1;
    say("log", line);
  });

  Object.assign(greenroomPlayer, { say, ask, frame });
})(greenroomPlayer);
