// Storage: JSON text by key, in memory. The frame has no origin and may keep nothing, so the host keeps a copy.
"use strict";

(({ answersBothWays, say, ask, note, Failure }) => {
  const ENTRY_LIMIT = 1024 * 1024; // characters of JSON; the platform's 1 MB an entry
  const LIMIT_KB = 10240;
  const kept = new Map();

  /** Take over what the host has kept; without an answer the game begins with nothing. */
  async function loadStorage() {
    try {
      for (const [key, text] of Object.entries(await ask("storage.load", {}, 3000))) {
        if (typeof text === "string") kept.set(key, text);
      }
    } catch (error) {
      note("warning", `Storage begins empty and is not kept: ${error.message}`);
    }
  }

  function named(key) {
    if (typeof key !== "string" || key === "") throw new Failure("parameter error: key is a text and not empty");
    return key;
  }

  function characters() {
    let sum = 0;
    for (const [key, text] of kept) sum += key.length + text.length;
    return sum;
  }

  function set(key, data) {
    const text = JSON.stringify(data) ?? '""';
    if (text.length > ENTRY_LIMIT) throw new Failure("entry size limit reached");
    const growth = text.length - (kept.get(named(key))?.length ?? -key.length);
    if (characters() + growth > LIMIT_KB * 1024) throw new Failure("storage size limit reached");
    kept.set(key, text);
    say("storage.change", { key, value: text });
  }

  function get(key) {
    const text = kept.get(named(key));
    return text === undefined ? "" : JSON.parse(text);
  }

  function remove(key) {
    kept.delete(named(key));
    say("storage.change", { key, value: null });
  }

  function clear() {
    kept.clear();
    say("storage.clear");
  }

  function info() {
    return { keys: [...kept.keys()], currentSize: Math.ceil(characters() / 1024), limitSize: LIMIT_KB };
  }

  answersBothWays("setStorage", set, ({ key, data }) => [key, data], () => ({}));
  answersBothWays("removeStorage", remove, ({ key }) => [key], () => ({}));
  answersBothWays("clearStorage", clear, () => [], () => ({}));
  answersBothWays("getStorageInfo", info, () => []);
  answersBothWays("getStorage", get, ({ key }) => [present(key)], (data) => ({ data }));

  /** Only the asynchronous call fails for want of a value; the other returns an empty text. */
  function present(key) {
    if (!kept.has(named(key))) throw new Failure("data not found");
    return key;
  }

  Object.assign(greenroomPlayer, { loadStorage });
})(greenroomPlayer);
