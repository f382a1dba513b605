// The game: a title, a run, a result, and a pause when the phone is put away.
const best = require("./best.js");
const draw = require("./draw.js");
const river = require("./run.js");
const scene = require("./scene.js");
const sounds = require("./sounds.js");
const words = require("./words.js");

const { windowWidth: w, windowHeight: h, pixelRatio } = wx.getSystemInfoSync();
const canvas = wx.createCanvas();
canvas.width = Math.round(w * pixelRatio);
canvas.height = Math.round(h * pixelRatio);
const ctx = canvas.getContext("2d");
ctx.scale(pixelRatio, pixelRatio);

const unit = Math.min(w / 375, h / 667);
const subtitle = scene.subtitle[words.start === "Tap to light it" ? "en" : "zh"];
// Where others may look: the debugger, and our tests.
const game = { at: "title", run: river.begin(h), best: best.read() };
GameGlobal.lanternDash = game;

let time = 0;
let before = 0;
let endedAt = 0;
let shake = 0;
let particles = [];

const laneX = (lane) => w * (0.2 + 0.3 * lane);

function burst(x, y, colour, count) {
  for (let n = 0; n < count; n += 1) {
    const way = Math.random() * 6.28;
    const speed = (40 + Math.random() * 130) * unit;
    particles.push({ x, y, dx: Math.cos(way) * speed, dy: Math.sin(way) * speed, left: 0.6, colour });
  }
}

// --- what happens --------------------------------------------------------------------------------

function end() {
  game.at = "over";
  endedAt = time;
  shake = 0.4;
  game.newBest = best.keep(game.run.score);
  game.best = best.read();
  sounds.hit();
  wx.vibrateShort({});
}

function happened(event) {
  const x = laneX(event.lane);
  const y = game.run.lanternY;
  if (event.kind === "spark") {
    burst(x, y, event.golden ? "#ffe680" : "#e6ffa0", event.golden ? 16 : 8);
    sounds.chime(event.row);
  } else if (event.kind === "saved") {
    burst(x, y, "#ffd27a", 26);
    shake = 0.2;
    sounds.hit();
  } else {
    burst(x, y, "#ff9b54", 40);
    end();
  }
}

wx.onTouchStart(({ changedTouches }) => {
  const { clientX } = changedTouches[0];
  if (game.at === "running") {
    if (river.dash(game.run, clientX < w / 2 ? -1 : 1)) sounds.dash();
  } else if (game.at === "paused") {
    game.at = "running";
  } else if (game.at === "title" || time - endedAt > 0.6) {
    game.run = river.begin(h);
    game.at = "running";
  }
});

wx.onHide(() => {
  if (game.at === "running") game.at = "paused";
});

// --- what is seen --------------------------------------------------------------------------------

function drawRun(run) {
  for (const thing of run.things) {
    const x = laneX(thing.lane);
    if (thing.kind === "kite") draw.kite(ctx, x, thing.y, thing.turn);
    else if (thing.kind === "cloud") draw.cloud(ctx, x, thing.y, thing.turn);
    else draw.spark(ctx, x, thing.y, thing.turn, thing.kind === "golden");
  }
  const blinking = run.seconds < run.safeUntil && Math.floor(time * 12) % 2;
  if (game.at !== "over" && !blinking) {
    const tilt = (run.lane - run.drift) * 0.5 + Math.sin(time * 2) * 0.04;
    draw.lantern(ctx, laneX(run.drift), run.lanternY, 58 * unit, tilt, run.glowing);
  }
}

function drawParticles(seconds) {
  for (const one of particles) {
    one.x += one.dx * seconds;
    one.y += one.dy * seconds;
    one.dy += 120 * seconds;
    one.left -= seconds;
    ctx.globalAlpha = Math.max(0, one.left / 0.6);
    ctx.fillStyle = one.colour;
    ctx.fillRect(one.x - 2, one.y - 2, 4, 4);
  }
  ctx.globalAlpha = 1;
  particles = particles.filter((one) => one.left > 0);
}

function drawScore(run) {
  draw.text(ctx, String(run.score), 18 * unit, 26 * unit, 30 * unit, { align: "left", weight: 700 });
  draw.text(ctx, `${run.metres} ${words.metres}`, 18 * unit, 52 * unit, 13 * unit, { align: "left", weight: 500 });
  if (game.at === "running" && run.row > 1) {
    const besideLantern = laneX(run.drift) + 36 * unit;
    draw.text(ctx, `x${Math.min(run.row, 5)}`, besideLantern, run.lanternY - 26 * unit, 17 * unit, { colour: "#fff3b8" });
  }
  if (run.glowing) draw.text(ctx, words.glow, w / 2, 26 * unit, 14 * unit, { colour: "#ffe9a8" });
}

function pulse(sentence, y) {
  ctx.globalAlpha = 0.8 + 0.2 * Math.sin(time * 4);
  draw.text(ctx, sentence, w / 2, y, 19 * unit);
  ctx.globalAlpha = 1;
}

function drawTitle() {
  const [swing, lift] = [Math.sin(time), Math.sin(time * 1.6)];
  draw.lantern(ctx, w / 2 + swing * 8 * unit, h * 0.4 + lift * 7 * unit, 122 * unit, swing * 0.06, true);
  draw.text(ctx, words.name, w / 2, h * 0.15, 32 * unit, { weight: 800 });
  draw.text(ctx, subtitle, w / 2, h * 0.15 + 34 * unit, 16 * unit, { weight: 500, colour: "#ffeccb" });
  pulse(words.start, h * 0.64);
  words.how.split("\n").forEach((line, n) => {
    draw.text(ctx, line, w / 2, h * 0.74 + n * 21 * unit, 14 * unit, { weight: 400, colour: "rgba(255, 255, 255, .88)" });
  });
  if (game.best) draw.text(ctx, `${words.best} ${game.best}`, w / 2, h * 0.92, 16 * unit, { colour: "#ffe9a8" });
}

function veil() {
  ctx.fillStyle = "rgba(24, 10, 36, .55)";
  ctx.fillRect(0, 0, w, h);
}

function drawOver() {
  veil();
  draw.text(ctx, String(game.run.score), w / 2, h * 0.36, 76 * unit, { weight: 800 });
  const line = game.newBest ? words.newBest : `${words.best} ${game.best}`;
  draw.text(ctx, line, w / 2, h * 0.36 + 58 * unit, 19 * unit, { colour: "#ffe9a8" });
  if (time - endedAt > 0.6) pulse(words.again, h * 0.64);
}

function drawPaused() {
  veil();
  draw.text(ctx, words.paused, w / 2, h * 0.4, 34 * unit, { weight: 800 });
  pulse(words.goOn, h * 0.52);
}

function frame(now) {
  const seconds = Math.min(0.05, (now - before) / 1000); // a long pause is no leap
  before = now;
  time += seconds;
  if (game.at === "running") river.pass(game.run, seconds).forEach(happened);
  shake = Math.max(0, shake - seconds);
  ctx.save();
  ctx.translate((Math.random() - 0.5) * 20 * shake, (Math.random() - 0.5) * 20 * shake);
  scene.back(ctx, w, h, time, game.at === "title" ? time * 60 : game.run.distance);
  if (game.at !== "title") drawRun(game.run);
  drawParticles(seconds);
  ctx.restore();
  if (game.at === "title") drawTitle();
  else drawScore(game.run);
  if (game.at === "over") drawOver();
  if (game.at === "paused") drawPaused();
  requestAnimationFrame(frame);
}

requestAnimationFrame(frame);
