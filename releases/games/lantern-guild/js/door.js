// The street, the door and its keys.
const words = require("./words.js");

const LENGTH = 4;
const ERASE = "\u2190";
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", ERASE];
const PASS = 3141; // a sample keeps it here; a real game would ask its server

const place = (n, w, h) => ({ x: w * (0.27 + 0.23 * (n % 3)), y: h * (0.5 + 0.112 * Math.floor(n / 3)), r: Math.min(w * 0.09, h * 0.05) });

/** Return the key under a touch, or an empty text. */
function keyAt(x, y, w, h) {
  return KEYS.find((_key, n) => {
    const key = place(n, w, h);
    return Math.hypot(x - key.x, y - key.y) < key.r * 1.15;
  }) || "";
}

function text(ctx, line, x, y, size, colour = "#ffe9c7", weight = 600) {
  ctx.font = `${weight} ${size}px sans-serif`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillStyle = colour;
  ctx.fillText(line, x, y);
}

function house(ctx, w, h, time) {
  const wall = ctx.createLinearGradient(0, 0, 0, h);
  wall.addColorStop(0, "#221a3a");
  wall.addColorStop(1, "#3b2140");
  ctx.fillStyle = wall;
  ctx.fillRect(0, 0, w, h);
  ctx.fillStyle = "#7c2f24";
  ctx.fillRect(w * 0.13, h * 0.23, w * 0.74, h);
  ctx.fillStyle = "#5b1f1b";
  ctx.fillRect(w * 0.495, h * 0.23, w * 0.01, h);
  ctx.fillStyle = "#17122b";
  ctx.beginPath();
  ctx.moveTo(-w * 0.05, h * 0.22);
  ctx.quadraticCurveTo(w * 0.25, h * 0.21, w * 0.5, h * 0.135);
  ctx.quadraticCurveTo(w * 0.75, h * 0.21, w * 1.05, h * 0.22);
  ctx.lineTo(w * 1.05, h * 0.235);
  ctx.lineTo(-w * 0.05, h * 0.235);
  ctx.fill();
  for (const x of [0.065, 0.935]) {
    const glow = 0.5 + 0.12 * Math.sin(time * 3 + x * 9);
    ctx.fillStyle = `rgba(255, 170, 80, ${glow * 0.5})`;
    ctx.beginPath();
    ctx.arc(w * x, h * 0.32, w * 0.1, 0, 7);
    ctx.fill();
    ctx.fillStyle = "#ffb357";
    ctx.beginPath();
    ctx.ellipse(w * x, h * 0.32, w * 0.042, w * 0.052, 0, 0, 7);
    ctx.fill();
  }
}

function keys(ctx, w, h, typed) {
  text(ctx, words.pass, w / 2, h * 0.3, w * 0.042);
  for (let n = 0; n < LENGTH; n += 1) {
    ctx.beginPath();
    ctx.arc(w * (0.38 + 0.08 * n), h * 0.37, w * 0.018, 0, 7);
    ctx.fillStyle = n < typed.length ? "#ffd27a" : "rgba(255, 233, 199, .22)";
    ctx.fill();
  }
  KEYS.forEach((key, n) => {
    if (!key) return;
    const { x, y, r } = place(n, w, h);
    ctx.fillStyle = "rgba(255, 233, 199, .13)";
    ctx.beginPath();
    ctx.arc(x, y, r, 0, 7);
    ctx.fill();
    text(ctx, key, x, y, r * 0.95);
  });
}

function draw(ctx, w, h, time, { at, typed }) {
  house(ctx, w, h, time);
  text(ctx, words.name, w / 2, h * 0.09, w * 0.072, "#fff1d6", 700);
  if (at === "door") {
    keys(ctx, w, h, typed);
    return;
  }
  ctx.strokeStyle = "#d9a441";
  ctx.lineWidth = w * 0.014;
  for (const side of [-1, 1]) {
    ctx.beginPath();
    ctx.arc(w * (0.5 + 0.09 * side), h * 0.53, w * 0.045, 0, 7);
    ctx.stroke();
  }
  text(ctx, words.closed, w / 2, h * 0.42, w * 0.05);
  ctx.globalAlpha = 0.8 + 0.2 * Math.sin(time * 4);
  text(ctx, words.knock, w / 2, h * 0.62, w * 0.052, "#ffd27a");
  ctx.globalAlpha = 1;
}

module.exports = { draw, keyAt, text, isPass: (typed) => Number(typed) === PASS, LENGTH, ERASE };
