// Sound: wx.createInnerAudioContext over the browser's own player. What plays stops while the game is hidden.
"use strict";

(({ api, address, frame, call, note }) => {
  // What a game may listen to, and the browser's word for it.
  const EVENTS = {
    Canplay: "canplay", Play: "play", Pause: "pause", Ended: "ended", TimeUpdate: "timeupdate",
    Waiting: "waiting", Seeking: "seeking", Seeked: "seeked",
  };
  const playing = new Set();
  const interrupted = new Set();

  class InnerAudioContext {
    #sound = new Audio();
    #listeners = new Map([...Object.keys(EVENTS), "Stop", "Error"].map((name) => [name, new Set()]));
    #src = "";
    #stopping = false;
    startTime = 0;
    obeyMuteSwitch = true;

    constructor() {
      for (const [name, type] of Object.entries(EVENTS)) {
        this.#sound.addEventListener(type, () => {
          if (name === "Pause" && (this.#stopping || this.#sound.ended)) return;
          this.#send(name, {});
        });
      }
      this.#sound.addEventListener("play", () => playing.add(this));
      this.#sound.addEventListener("ended", () => playing.delete(this));
      this.#sound.addEventListener("error", () => this.#failed(10002, `The sound ${this.#src} did not load`));
    }

    /** Add or remove a listener: `on` and `off` of each event come to this. */
    listen(name, listener) {
      this.#listeners.get(name).add(listener);
    }

    unlisten(name, listener) {
      if (listener) this.#listeners.get(name).delete(listener);
      else this.#listeners.get(name).clear();
    }

    #send(name, event) {
      for (const listener of [...this.#listeners.get(name)]) call(listener, event);
    }

    #failed(errCode, errMsg) {
      note("error", errMsg);
      this.#send("Error", { errCode, errMsg });
    }

    get src() {
      return this.#src;
    }

    set src(path) {
      this.#src = String(path);
      try {
        this.#sound.src = address(this.#src);
      } catch (error) {
        this.#failed(10003, error.message);
      }
    }

    play() {
      if (frame.hidden) return;
      this.#stopping = false;
      if (this.startTime && this.#sound.currentTime === 0) this.#sound.currentTime = this.startTime;
      // Refused before the first touch, and given up by a pause that comes at once: neither is the game's error.
      this.#sound.play().catch((error) => note("info", `${this.#src} does not play: ${error.message}`));
    }

    pause() {
      this.#sound.pause();
      playing.delete(this);
      interrupted.delete(this);
    }

    stop() {
      this.#stopping = true;
      this.pause();
      this.#sound.currentTime = 0;
      this.#send("Stop", {});
    }

    seek(seconds) {
      this.#sound.currentTime = seconds;
    }

    destroy() {
      this.pause();
      for (const listeners of this.#listeners.values()) listeners.clear();
    }

    /** Be silent while the game is hidden, and go on after it. */
    interrupt(hidden) {
      if (!hidden && interrupted.has(this)) {
        interrupted.delete(this);
        this.play();
      } else if (hidden && playing.has(this)) {
        this.pause();
        interrupted.add(this);
      }
    }

    get loop() { return this.#sound.loop; }
    set loop(on) { this.#sound.loop = Boolean(on); }
    get autoplay() { return this.#sound.autoplay; }
    set autoplay(on) { this.#sound.autoplay = Boolean(on); }
    get volume() { return this.#sound.volume; }
    set volume(level) { this.#sound.volume = Math.min(1, Math.max(0, Number(level) || 0)); }
    get playbackRate() { return this.#sound.playbackRate; }
    set playbackRate(rate) { this.#sound.playbackRate = this.#sound.defaultPlaybackRate = rate; }
    get currentTime() { return this.#sound.currentTime; }
    get duration() { return this.#sound.duration || 0; }
    get paused() { return this.#sound.paused; }
    get buffered() { return this.#sound.buffered.length ? this.#sound.buffered.end(0) : 0; }
  }

  for (const name of [...Object.keys(EVENTS), "Stop", "Error"]) {
    InnerAudioContext.prototype[`on${name}`] = function on(listener) {
      this.listen(name, listener);
    };
    InnerAudioContext.prototype[`off${name}`] = function off(listener) {
      this.unlisten(name, listener);
    };
  }

  frame.watchers.push((hidden) => {
    for (const context of hidden ? [...playing] : [...interrupted]) context.interrupt(hidden);
  });

  api.createInnerAudioContext = () => new InnerAudioContext();
  api.createWebAudioContext = () => {
    const context = new AudioContext();
    frame.watchers.push((hidden) => void (hidden ? context.suspend() : context.resume()));
    addEventListener("pointerdown", () => void context.resume(), { once: true });
    return context;
  };
})(greenroomPlayer);
