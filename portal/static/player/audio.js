// Sound: wx.createInnerAudioContext over the browser's own player. What plays stops while the game is hidden.
"use strict";

(({ api, address, frame, call, note }) => {
  // What a game may listen to, and the browser's word for it. Stop and Error have none: they are ours to say.
  const EVENTS = {
    Canplay: "canplay", Play: "play", Pause: "pause", Ended: "ended", TimeUpdate: "timeupdate",
    Waiting: "waiting", Seeking: "seeking", Seeked: "seeked",
  };
  const LISTENED = [...Object.keys(EVENTS), "Stop", "Error"];
  // What the context hands through to the browser's player as it is.
  const SHARED = ["loop", "autoplay", "currentTime", "playbackRate"];
  const NOT_THERE = 10003; // the platform's code for a file it does not find
  const NOT_LOADED = 10002;

  /** What sounds now, each with how to interrupt it; what was interrupted, each with how to go on. */
  const playing = new Map();
  const interrupted = new Map();

  function createInnerAudioContext() {
    const sound = new Audio();
    const listeners = new Map(LISTENED.map((name) => [name, new Set()]));
    let src = "";
    let stopping = false;

    function send(name, event = {}) {
      for (const listener of [...listeners.get(name)]) call(listener, event);
    }

    function fail(errCode, errMsg) {
      note("error", errMsg);
      send("Error", { errCode, errMsg });
    }

    function halt() {
      sound.pause();
      playing.delete(context);
      interrupted.delete(context);
    }

    function interrupt() {
      halt();
      interrupted.set(context, context.play);
    }

    const context = {
      startTime: 0,
      obeyMuteSwitch: true,
      play() {
        if (frame.hidden) return;
        stopping = false;
        if (context.startTime && sound.currentTime === 0) sound.currentTime = context.startTime;
        // Refused before the first touch, and given up by a pause that comes at once: neither is the game's error.
        sound.play().catch((error) => note("info", `${src} does not play: ${error.message}`));
      },
      pause: halt,
      stop() {
        stopping = true;
        halt();
        sound.currentTime = 0;
        send("Stop");
      },
      seek(seconds) {
        sound.currentTime = seconds;
      },
      destroy() {
        halt();
        for (const each of listeners.values()) each.clear();
      },
      get src() {
        return src;
      },
      set src(path) {
        src = String(path);
        try {
          sound.src = address(src);
        } catch (error) {
          fail(NOT_THERE, error.message);
        }
      },
      get volume() {
        return sound.volume;
      },
      set volume(level) {
        sound.volume = Math.min(1, Math.max(0, Number(level) || 0));
      },
      get duration() {
        return sound.duration || 0;
      },
      get paused() {
        return sound.paused;
      },
      get buffered() {
        return sound.buffered.length ? sound.buffered.end(0) : 0;
      },
    };
    for (const name of SHARED) {
      Object.defineProperty(context, name, { get: () => sound[name], set: (value) => (sound[name] = value) });
    }
    for (const name of LISTENED) {
      const heard = listeners.get(name);
      context[`on${name}`] = (listener) => void heard.add(listener);
      context[`off${name}`] = (listener) => void (listener ? heard.delete(listener) : heard.clear());
    }

    for (const [name, type] of Object.entries(EVENTS)) {
      sound.addEventListener(type, () => {
        const said = name !== "Pause" || !(stopping || sound.ended); // a stop and an end are told as such
        if (said) send(name);
      });
    }
    sound.addEventListener("play", () => playing.set(context, interrupt));
    sound.addEventListener("ended", () => playing.delete(context));
    sound.addEventListener("error", () => fail(NOT_LOADED, `The sound ${src} did not load`));
    return context;
  }

  frame.watchers.push((hidden) => {
    const acts = [...(hidden ? playing : interrupted).values()];
    interrupted.clear();
    for (const act of acts) act();
  });

  api.createInnerAudioContext = createInnerAudioContext;
  api.createWebAudioContext = () => {
    const context = new AudioContext();
    frame.watchers.push((hidden) => void (hidden ? context.suspend() : context.resume()));
    addEventListener("pointerdown", () => void context.resume(), { once: true }); // silent before the first touch
    return context;
  };
})(greenroomPlayer);
