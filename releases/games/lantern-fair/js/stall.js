// The stall that sells coins by price grade, and before it the keys on which the OfferID is typed once.
const { inside, rounded, text } = require("./fair.js");
const { RATE } = require("./purse.js");
const words = require("./words.js");

const GRADES = [1, 6, 12, 30]; // of the platform's price grades, in yuan
const LENGTH = 10;
const ERASE = "\u2190";
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", ERASE];

const row = (n, w, h) => ({ x: w * 0.14, y: h * (0.34 + 0.105 * n), width: w * 0.72, height: h * 0.08 });
const back = (w, h) => ({ x: w * 0.3, y: h * 0.87, width: w * 0.4, height: h * 0.065 });
const key = (n, w, h) => ({ x: w * (0.27 + 0.23 * (n % 3)), y: h * (0.45 + 0.1 * Math.floor(n / 3)), r: Math.min(w * 0.085, h * 0.046) });

/** Return the price in yuan under a touch, or 0. */
const gradeAt = (x, y, w, h) => GRADES.find((_yuan, n) => inside(row(n, w, h), x, y)) || 0;

/** Return the key under a touch, or an empty text. */
function keyAt(x, y, w, h) {
  return KEYS.find((_key, n) => Math.hypot(x - key(n, w, h).x, y - key(n, w, h).y) < key(n, w, h).r * 1.15) || "";
}

function grades(ctx, w, h) {
  text(ctx, words.stall, w / 2, h * 0.27, w * 0.055, "#fff1d6", 700);
  GRADES.forEach((yuan, n) => {
    const box = row(n, w, h);
    rounded(ctx, box, "rgba(255, 233, 199, .14)");
    text(ctx, `${yuan * RATE} ${words.coins}`, box.x + box.width * 0.33, box.y + box.height / 2, w * 0.046);
    text(ctx, `\u00a5${yuan}`, box.x + box.width * 0.8, box.y + box.height / 2, w * 0.05, "#ffd27a", 700);
  });
}

function keys(ctx, w, h, typed) {
  text(ctx, words.offer, w / 2, h * 0.26, w * 0.046, "#fff1d6");
  text(ctx, words.where, w / 2, h * 0.305, w * 0.034, "#e2cfae", 400);
  text(ctx, typed.padEnd(LENGTH, "\u00b7"), w / 2, h * 0.365, w * 0.065, "#ffd27a");
  KEYS.forEach((name, n) => {
    if (!name) return;
    const { x, y, r } = key(n, w, h);
    ctx.fillStyle = "rgba(255, 233, 199, .14)";
    ctx.beginPath();
    ctx.arc(x, y, r, 0, 7);
    ctx.fill();
    text(ctx, name, x, y, r * 0.95);
  });
}

function draw(ctx, w, h, { at, typed }) {
  ctx.fillStyle = "#0d0c18";
  ctx.fillRect(0, 0, w, h);
  if (at === "offer") keys(ctx, w, h, typed);
  else grades(ctx, w, h);
  const box = back(w, h);
  text(ctx, words.back, w / 2, box.y + box.height / 2, w * 0.044, "#e2cfae");
}

module.exports = { draw, gradeAt, keyAt, isBack: (x, y, w, h) => inside(back(w, h), x, y), ERASE, LENGTH };
