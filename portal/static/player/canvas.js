// What is seen and touched: the stage and its canvas, pictures, touches, frames, and what a game may ask about the screen.
"use strict";

(({ config, api, address, frame, tell, call, listens, answers, note, Failure }) => {
  const stage = document.getElementById("stage");
  const landscape = /^landscape/.test(config.game.deviceOrientation ?? "");
  const screen = fitted(innerWidth || 375, innerHeight || 667);

  /** Return the screen in logical pixels: the frame's own, cut to a phone's shape where it lies the other way. */
  function fitted(width, height) {
    if (landscape) return { width, height: Math.min(height, Math.round((width * 9) / 16)) };
    return { width: Math.min(width, Math.round((height * 3) / 4)), height };
  }

  /** Show the whole stage in the frame, whatever size that has become: the game keeps the screen it began with. */
  function fit() {
    const scale = Math.min(innerWidth / screen.width, innerHeight / screen.height) || 1;
    stage.style.transform = `scale(${scale})`;
  }

  stage.style.width = `${screen.width}px`;
  stage.style.height = `${screen.height}px`;
  addEventListener("resize", fit);

  // --- canvas and pictures ----------------------------------------------------------------------

  let first = true;
  api.createCanvas = () => {
    const canvas = document.createElement("canvas");
    if (first) {
      first = false;
      canvas.width = screen.width;
      canvas.height = screen.height;
      stage.prepend(canvas);
    }
    return canvas;
  };

  const source = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, "src");
  api.createImage = () => {
    const image = new Image();
    image.crossOrigin = "anonymous"; // else the canvas could not be read any more
    image.addEventListener("error", () => note("error", `The picture ${image.dataset.path} did not load`));
    return Object.defineProperty(image, "src", {
      get: () => source.get.call(image),
      set: (path) => {
        image.dataset.path = path;
        try {
          source.set.call(image, address(String(path)));
        } catch {
          // The platform does not throw here: onerror is called.
          setTimeout(() => image.dispatchEvent(new Event("error")));
        }
      },
    });
  };

  // --- touches ----------------------------------------------------------------------------------

  const sends = Object.fromEntries(
    ["Start", "Move", "End", "Cancel"].map((phase) => [phase, listens(`Touch${phase}`)]),
  );
  const fingers = new Map();

  function touched(identifier, event) {
    const box = stage.getBoundingClientRect();
    const x = ((event.clientX - box.left) * screen.width) / box.width;
    const y = ((event.clientY - box.top) * screen.height) / box.height;
    return { identifier, clientX: x, clientY: y, pageX: x, pageY: y, screenX: x, screenY: y, force: event.pressure ?? 1 };
  }

  function send(phase, event, touch) {
    sends[phase]({
      type: `touch${phase.toLowerCase()}`,
      touches: [...fingers.values()],
      changedTouches: [touch],
      timeStamp: event.timeStamp,
    });
  }

  function freeIdentifier() {
    const used = new Set([...fingers.values()].map((touch) => touch.identifier));
    let identifier = 0;
    while (used.has(identifier)) identifier += 1;
    return identifier;
  }

  function put(key, event) {
    const touch = touched(freeIdentifier(), event);
    fingers.set(key, touch);
    send("Start", event, touch);
  }

  function lift(phase, key, event) {
    if (!fingers.has(key)) return;
    const touch = touched(fingers.get(key).identifier, event);
    fingers.delete(key);
    send(phase, event, touch);
  }

  const onGame = (event) => event.target === stage || event.target instanceof HTMLCanvasElement;

  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !onGame(event)) return;
    stage.setPointerCapture(event.pointerId);
    put(event.pointerId, event);
  });
  stage.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const touch = touched(before.identifier, event);
    fingers.set(event.pointerId, touch);
    send("Move", event, touch);
  });
  stage.addEventListener("pointerup", (event) => lift("End", event.pointerId, event));
  stage.addEventListener("pointercancel", (event) => lift("Cancel", event.pointerId, event));
  // Else the browser clicks where the finger was, perhaps on a dialog that the game has opened there meanwhile.
  stage.addEventListener("touchend", (event) => void (onGame(event) && event.preventDefault()));
  stage.addEventListener("contextmenu", (event) => event.preventDefault());

  // A keyboard touches too: the space bar the middle, the arrows the middle of their side.
  const KEYS = new Map([
    [" ", [0.5, 0.5]], ["ArrowLeft", [0.2, 0.5]], ["ArrowRight", [0.8, 0.5]], ["ArrowUp", [0.5, 0.2]], ["ArrowDown", [0.5, 0.8]],
  ]);

  function asPointer(event) {
    const [right, down] = KEYS.get(event.key);
    const box = stage.getBoundingClientRect();
    const point = { clientX: box.left + box.width * right, clientY: box.top + box.height * down };
    return { ...point, pressure: 1, timeStamp: event.timeStamp };
  }

  stage.addEventListener("keydown", (event) => {
    if (!KEYS.has(event.key) || event.target !== stage) return;
    event.preventDefault();
    if (!event.repeat) put(event.key, asPointer(event));
  });
  stage.addEventListener("keyup", (event) => {
    if (KEYS.has(event.key)) lift("End", event.key, asPointer(event));
  });

  // --- frames: as many a second as the game prefers, none while it is hidden --------------------

  const nextFrame = globalThis.requestAnimationFrame.bind(globalThis);
  const wanted = new Map();
  let lastFrameId = 0;
  let interval = 0;
  let drawnAt = -Infinity;
  let rung = false;

  function ring() {
    if (rung || frame.hidden || !wanted.size) return;
    rung = true;
    nextFrame(draw);
  }

  function draw(now) {
    rung = false;
    if (frame.hidden) return;
    if (now - drawnAt >= interval - 1) {
      drawnAt = now;
      const due = [...wanted];
      for (const [id, callback] of due) {
        if (!wanted.delete(id)) continue; // cancelled by one before it
        call(callback, now);
      }
    }
    ring();
  }

  globalThis.requestAnimationFrame = (callback) => {
    wanted.set((lastFrameId += 1), callback);
    ring();
    return lastFrameId;
  };
  globalThis.cancelAnimationFrame = (id) => void wanted.delete(id);
  frame.watchers.push(ring);

  api.setPreferredFramesPerSecond = (count) => {
    if (!(count >= 1 && count <= 60)) tell(new RangeError("setPreferredFramesPerSecond takes 1 to 60"));
    else interval = count === 60 ? 0 : 1000 / count;
  };

  // --- the screen, in words ---------------------------------------------------------------------

  const box = { left: 0, top: 0, right: screen.width, bottom: screen.height, width: screen.width, height: screen.height };

  api.getWindowInfo = () => ({
    pixelRatio: devicePixelRatio,
    screenWidth: screen.width,
    screenHeight: screen.height,
    windowWidth: screen.width,
    windowHeight: screen.height,
    statusBarHeight: 0,
    screenTop: 0,
    safeArea: { ...box },
  });
  api.getSystemInfoSync = () => ({
    ...api.getWindowInfo(),
    brand: "Greenroom",
    model: "Simulator",
    platform: "devtools",
    system: "Greenroom 1",
    version: "7.0.20",
    SDKVersion: "2.25.0",
    language: config.player.language,
    benchmarkLevel: -2,
    deviceOrientation: landscape ? "landscape" : "portrait",
  });
  answers("getSystemInfo", () => api.getSystemInfoSync());
  answers("getSystemInfoAsync", () => api.getSystemInfoSync());
  api.getMenuButtonBoundingClientRect = () => ({
    width: 88, height: 32, top: 8, right: screen.width - 8, bottom: 40, left: screen.width - 96,
  });
  for (const name of ["WindowResize", "MemoryWarning", "AudioInterruptionBegin", "AudioInterruptionEnd"]) {
    listens(name); // happens to no game here, so nobody is ever called
  }

  answers("setKeepScreenOn", ({ keepScreenOn }) => {
    if (typeof keepScreenOn !== "boolean") throw new Failure("keepScreenOn is true or false");
  });
  answers("vibrateShort", () => void navigator.vibrate?.(15));
  answers("vibrateLong", () => void navigator.vibrate?.(400));
})(greenroomPlayer);
