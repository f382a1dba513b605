/* The page around the frame: keeps a game's storage, passes its questions to the server, tells the page what happens.

   <iframe data-player sandbox="allow-scripts" allow="autoplay" src="..."
     data-keep="KEY"    storage is kept in this browser under this name: one for each world, player and game
     data-ask="URL"     questions (wx.login, payments, subscribe messages) are sent there as JSON {type, data} by POST; the answer is
                        {ok: true, data: {...}} or {ok: false, errMsg, errCode}; without it every question fails.
                        {desk: URL} opens a sheet over the game, which answers in the end
     data-token="..."   the form token, sent as X-CSRFToken
     data-exit="URL">   where leaving the game leads

   Events on the frame, for the page's own scripts, data in `detail`: player:ready, player:started, player:log
   {level, text, where}, player:exit, player:clipboard {text}, and player:desk {url, settle}: whoever shows it prevents the
   default and calls settle with the answer. Send "player:hide" and "player:show" to pause and resume it.
   What comes from the frame is a stranger's: types are checked, and nothing of it is ever put into the page as HTML. */
"use strict";

(() => {
  const QUESTIONS = new Set(["wx.login", "wx.checkSession", "wx.requestMidasPayment", "wx.requestMidasPaymentGameItem", "wx.requestSubscribeMessage"]);
  const KEPT = 1000000; // characters a game keeps in this browser, which has some five million for all of us
  const AT_ONCE = 4; // questions waiting for the server
  const short = (text) => String(text ?? "").slice(0, 2000);
  // What happens in the frame, and what of it is passed on.
  const EVENTS = new Map([
    ["ready", () => ({})],
    ["started", () => ({})],
    ["exit", () => ({})],
    ["clipboard", ({ text }) => ({ text: short(text) })],
    ["log", ({ level, text, where }) => ({ level: level === "warning" ? level : "error", text: short(text), where: short(where) })],
  ]);

  class Host {
    constructor(frame) {
      this.frame = frame;
      this.place = `player:${frame.dataset.keep ?? ""}`;
      this.waiting = 0;
      this.kept = new Map(Object.entries(this.read()));
      frame.addEventListener("player:hide", () => this.send({ type: "hide" }));
      frame.addEventListener("player:show", (event) => this.send({ type: "show", data: event.detail ?? {} }));
    }

    // The frame has no origin, so none can be named; it is told nothing that is not its own.
    send(message) {
      this.frame.contentWindow.postMessage({ from: "host", ...message }, "*");
    }

    hear({ type, id, data }) {
      if (type === "storage.load") this.send({ type: "answer", id, ok: true, data: Object.fromEntries(this.kept) });
      else if (type === "storage.change") this.change(data);
      else if (type === "storage.clear") this.clear();
      else if (QUESTIONS.has(type)) void this.ask(type, id, data);
      else if (EVENTS.has(type)) this.happened(type, EVENTS.get(type)(data ?? {}));
    }

    happened(type, detail) {
      this.frame.dispatchEvent(new CustomEvent(`player:${type}`, { detail, bubbles: true }));
      if (type === "exit" && this.frame.dataset.exit) location.assign(this.frame.dataset.exit);
    }

    // --- storage --------------------------------------------------------------------------------

    read() {
      try {
        return JSON.parse(localStorage.getItem(this.place)) ?? {};
      } catch {
        return {}; // unreadable, or the browser keeps nothing: the game begins anew
      }
    }

    change(data) {
      if (typeof data?.key !== "string") return;
      if (typeof data.value === "string") this.kept.set(data.key, data.value.slice(0, KEPT));
      else this.kept.delete(data.key);
      this.write();
    }

    clear() {
      this.kept.clear();
      this.write();
    }

    write() {
      const text = JSON.stringify(Object.fromEntries(this.kept));
      try {
        if (text.length > KEPT) throw new RangeError("more than a game may keep");
        localStorage.setItem(this.place, text);
      } catch {
        this.happened("log", { level: "warning", text: "This browser keeps no more of the game's storage.", where: "" });
      }
    }

    // --- questions ------------------------------------------------------------------------------

    async ask(type, id, data) {
      this.waiting += 1;
      const { ok, errMsg, errCode, data: given } = await this.answer(type, data);
      this.waiting -= 1;
      this.send({ type: "answer", id, ok: ok === true, data: ok === true ? given : { errMsg, errCode } });
    }

    async answer(type, data) {
      if (!this.frame.dataset.ask) return { ok: false, errMsg: "not simulated on this page", errCode: -1 };
      if (this.waiting > AT_ONCE) return { ok: false, errMsg: "too many at once", errCode: -1 };
      try {
        const response = await fetch(this.frame.dataset.ask, {
          method: "POST",
          headers: {
            Accept: "application/json",
            "Content-Type": "application/json",
            "X-CSRFToken": this.frame.dataset.token ?? "",
          },
          body: JSON.stringify({ type, data }),
        });
        const body = await response.json();
        if (response.ok && body.desk) return await this.pay(body.desk);
        // A refusal of ours is {code, message, field}.
        return response.ok ? body : { ok: false, errMsg: body.message ?? `status ${response.status}`, errCode: -1 };
      } catch {
        return { ok: false, errMsg: "the server did not answer", errCode: -1 };
      }
    }

    /** Open the cash desk and wait, as long as it takes, for what becomes of it. */
    pay(url) {
      return new Promise((settle) => {
        const opened = new CustomEvent("player:desk", { detail: { url, settle }, cancelable: true });
        if (this.frame.dispatchEvent(opened)) settle({ ok: false, errMsg: "no cash desk on this page", errCode: -1 });
      });
    }
  }

  const hosts = [...document.querySelectorAll("iframe[data-player]")].map((frame) => new Host(frame));
  addEventListener("message", (event) => {
    const host = hosts.find(({ frame }) => frame.contentWindow === event.source);
    if (host && event.data?.from === "player") host.hear(event.data);
  });
})();
