/* The `wx` of a Mini Game in a browser frame: what is simulated works, everything else says so.

   THE CONTRACT WITH THE SERVER

   1. The page, `templates/releases/player.html`, is shown in `<iframe sandbox="allow-scripts" allow="autoplay">`. Its
      response carries, beside the attribute, since anybody may open the address by itself:

        default-src 'none'; sandbox allow-scripts; script-src STATIC BASE; style-src STATIC; img-src STATIC BASE data: blob:;
        media-src BASE data: blob:; font-src BASE data:; connect-src BASE; base-uri 'none'; form-action 'none';
        frame-ancestors HOST

      STATIC is the address of our static files, BASE that of the package, each with the origin (never 'self') and a slash at
      its end. No eval is needed and none is allowed.
   2. The page holds one JSON block with the id `wx-config`:

        base         address of the package, absolute, ends in a slash: its files are BASE + path, each segment percent-encoded
        host         origin of the page that shows the frame, like "https://portal.example"
        files        [{path: "js/main.js", size: 123}, ...], the whole package, size in bytes
        game         game.json as an object: deviceOrientation, subpackages [{name, root}]
        title        name of the game
        appid, version
        environment  "released", "trial" or "develop"
        player       {language: "en" | "zh_CN"}, more is for later
        launch       {scene: 1001, query: {}, path: ""}
   3. Below BASE every file is answered with `Access-Control-Allow-Origin: *` (the frame has no origin, and without it errors
      lose their text and canvases their pixels), `X-Content-Type-Options: nosniff` and, being a stranger's,
      `Content-Security-Policy: default-src 'none'; sandbox`. It needs no cookie: the frame has none, so BASE must be unguessable.
   4. A file that ends in `.js` is answered as `text/javascript; charset=utf-8` and wrapped (`releases/player.py`):

        wxDefine("js/main.js",function(require,module,exports){SOURCE
        });

      SOURCE begins on the first line, so line numbers are the game's own, and stays the first statement, so that its
      "use strict" counts. The wrapper orders modules and is no fence: what a game does to it, it does to its own frame.
      Every other file is answered as it is.

   THE CONTRACT WITH THE PAGE AROUND THE FRAME (`host.js` keeps it)

   Frame to host:  {from: "player", type, id, data}; with an id it waits for {from: "host", type: "answer", id, ok, data}, where
                   data of a failure is {errMsg: "words", errCode: number}.
     ready                    {}                     the page is there
     started                  {}                     game.js has run to its end
     log                      {level, text, where}   what went wrong; level is "error" or "warning"
     exit                     {}                     the player leaves
     clipboard                {text}                 the game copied something
     storage.change           {key, value}           value is JSON text, or null when removed
     storage.clear            {}
     storage.load             id -> {key: JSON text}
     wx.login                 id -> {code}
     wx.checkSession          id -> {}
     wx.requestMidasPayment, wx.requestMidasPaymentGameItem   id, data as the game gave it -> {}
   Host to frame:  {from: "host", type: "hide"} and {from: "host", type: "show", data: {query}}.

   The scripts of this folder share `greenroomPlayer`, which start.js takes away before the game begins.
*/
"use strict";

globalThis.greenroomPlayer = (() => {
  const config = JSON.parse(document.getElementById("wx-config").textContent);
  const api = {};
  const told = new WeakSet();
  const readers = [];
  const REPEATS = 10; // an error in every frame is said so often, and no more
  const repeated = new Map();
  // An error thrown by these scripts reaches `window.onerror` without its text: to a frame without an origin they are strangers.
  let lastThrown = null;
  let inErrorListener = false;

  /** What a wx call fails with: its words without the name, and the platform's code where it has one. */
  class Failure extends Error {
    constructor(words, code) {
      super(words);
      this.code = code;
    }
  }

  // --- the log ----------------------------------------------------------------------------------

  /** Write a line: level is "error", "warning" or "info"; where is "path:line" or empty. */
  function note(level, text, where = "") {
    const line = { level, text: String(text).slice(0, 2000), where };
    const times = level === "info" ? 0 : (repeated.get(line.text + where) ?? 0) + 1;
    if (times > REPEATS) return;
    if (repeated.size > 1000) repeated.clear();
    if (times) repeated.set(line.text + where, times);
    if (times === REPEATS) line.text += ` (${times} times, no more of it is shown)`;
    for (const reader of readers) reader(line);
  }

  /** Return the game's file and line that an error's stack names first. */
  function whereabouts(stack) {
    const place = String(stack || "").split(config.base)[1];
    const found = place && /^([^\s?#]+?):(\d+)/.exec(place);
    return found ? `${decodeURIComponent(found[1])}:${found[2]}` : "";
  }

  /** Say what went wrong, each error once. */
  function tell(error) {
    if (typeof error === "object" && error !== null) {
      if (told.has(error)) return;
      told.add(error);
    }
    if (error instanceof Error) note("error", `${error.name}: ${error.message}`, whereabouts(error.stack));
    else note("error", error?.errMsg ?? `Thrown: ${String(error)}`);
  }

  /** Throw an error into the game and say it, even where the game swallows it. */
  function refuse(words) {
    const error = new Error(words);
    tell(error);
    throw thrown(error);
  }

  /** Remember an error until this task is over: by then it has reached `onerror`, or somebody caught it. */
  function thrown(error) {
    lastThrown = error;
    setTimeout(() => (lastThrown = null));
    return error;
  }

  /** Call what the game gave us; what it throws is told and stops nobody else. */
  function call(listener, ...values) {
    if (typeof listener !== "function") return;
    try {
      listener(...values);
    } catch (error) {
      tell(error);
      passOn({ message: String(error?.message ?? error), stack: String(error?.stack ?? "") });
    }
  }

  /** Tell the game's own wx.onError listeners, whose errors go no further. */
  function passOn(event) {
    if (inErrorListener) return;
    inErrorListener = true;
    raised(event);
    inErrorListener = false;
  }

  // --- shapes that many calls share -------------------------------------------------------------

  /** Make wx.on<Name> and wx.off<Name>; return the function that calls the listeners. */
  function listens(name) {
    const listeners = new Set();
    api[`on${name}`] = (listener) => void listeners.add(listener);
    api[`off${name}`] = (listener) => void (listener ? listeners.delete(listener) : listeners.clear());
    return (event) => {
      for (const listener of [...listeners]) call(listener, event);
    };
  }

  function failure(name, error) {
    if (!(error instanceof Failure)) tell(error);
    const shape = { errMsg: `${name}:fail ${error.message}` };
    if (error.code !== undefined) shape.errCode = error.code;
    return shape;
  }

  /** Make an asynchronous wx call: success, fail and complete where one is given, else a promise. */
  function answers(name, work) {
    api[name] = (options) => {
      const given = options ?? {};
      const answer = Promise.resolve(given)
        .then(work)
        .then(
          (result) => ({ ...result, errMsg: `${name}:ok` }),
          (error) => {
            const shape = failure(name, error);
            note("info", `wx.${shape.errMsg}`);
            throw shape;
          },
        );
      if (!given.success && !given.fail && !given.complete) return answer;
      answer
        .then(
          (result) => [given.success, result],
          (shape) => [given.fail, shape],
        )
        .then(([listener, shape]) => {
          call(listener, shape);
          call(given.complete, shape);
        });
      return undefined;
    };
  }

  /** Make `name` as an asynchronous call and `nameSync`, which throws what the first fails with. */
  function answersBothWays(name, work, given, shaped = (result) => result) {
    answers(name, (options) => shaped(work(...given(options))));
    api[`${name}Sync`] = (...values) => {
      try {
        return work(...values);
      } catch (error) {
        const shape = failure(`${name}Sync`, error);
        note("info", `wx.${shape.errMsg}`);
        throw thrown(Object.assign(new Error(shape.errMsg), shape));
      }
    };
  }

  // --- wx itself --------------------------------------------------------------------------------

  const owns = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
  const SILENT = new Set(["then", "toJSON", "constructor", "prototype"]);

  /** Return what stands for a call that is not simulated: it may be looked at and copied, not used. */
  function absent(name) {
    const use = () => refuse(`${name} is not simulated`);
    return new Proxy(function notSimulated() {}, {
      apply: use,
      construct: use,
      get: (_target, key) => (typeof key === "symbol" || SILENT.has(key) ? undefined : absent(`${name}.${key}`)),
    });
  }

  api.canIUse = (name) => owns(api, String(name).split(".")[0]);
  const raised = listens("Error");
  const rejected = listens("UnhandledRejection");

  globalThis.wx = new Proxy(api, {
    get(target, key) {
      if (typeof key === "symbol" || SILENT.has(key)) return undefined;
      return owns(target, key) ? target[key] : absent(`wx.${key}`);
    },
  });
  globalThis.GameGlobal = globalThis;

  // --- nothing goes wrong in silence ------------------------------------------------------------

  addEventListener("error", (event) => {
    if (!(event instanceof ErrorEvent)) return; // a picture's or a script's: who asked for it says so
    const error = event.error ?? lastThrown ?? event.message;
    if (error instanceof SyntaxError && event.filename.startsWith(config.base) && !told.has(error)) {
      told.add(error); // its stack does not know the place, the event does
      const path = decodeURIComponent(event.filename.slice(config.base.length));
      note("error", event.message.replace(/^Uncaught /, ""), `${path}:${event.lineno}`);
    }
    tell(error);
    passOn({ message: event.message, stack: String(error.stack ?? "") });
  });
  addEventListener("unhandledrejection", (event) => {
    tell(event.reason);
    rejected({ reason: event.reason, promise: event.promise });
  });
  document.addEventListener("securitypolicyviolation", (event) => {
    note("error", `Not allowed here: ${event.blockedURI} (${event.effectiveDirective})`);
  });

  for (const [method, level] of [["log", "info"], ["info", "info"], ["warn", "warning"], ["error", "error"]]) {
    const original = console[method].bind(console);
    console[method] = (...values) => {
      original(...values);
      note(level, values.map((value) => (typeof value === "string" ? value : shown(value))).join(" "));
    };
  }

  /** Return a value as a line of text. */
  function shown(value) {
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    try {
      return JSON.stringify(value) ?? String(value);
    } catch {
      return String(value);
    }
  }

  return { config, api, Failure, readers, note, tell, refuse, call, listens, answers, answersBothWays };
})();
