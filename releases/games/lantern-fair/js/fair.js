// The fair: nine lanterns on three strings, what the player holds, and the way to the stall.
const words = require("./words.js");

const PRICE = 10;
const COUNT = 9;
const place = (n, w, h) => ({ x: w * (0.22 + 0.28 * (n % 3)), y: h * (0.36 + 0.17 * Math.floor(n / 3)), r: w * 0.075 });
const button = (w, h) => ({ x: w * 0.2, y: h * 0.87, width: w * 0.6, height: h * 0.075 });

const inside = (box, x, y) => x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;

/** Return the number of the lantern under a touch, or -1. */
function lanternAt(x, y, w, h) {
  for (let n = 0; n < COUNT; n += 1) {
    const lantern = place(n, w, h);
    if (Math.hypot(x - lantern.x, y - lantern.y) < lantern.r * 1.4) return n;
  }
  return -1;
}

function text(ctx, line, x, y, size, colour = "#ffe9c7", weight = 600) {
  ctx.font = `${weight} ${size}px sans-serif`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillStyle = colour;
  ctx.fillText(line, x, y);
}

function rounded(ctx, { x, y, width, height }, colour) {
  ctx.fillStyle = colour;
  ctx.beginPath();
  ctx.moveTo(x + height / 2, y);
  ctx.arc(x + width - height / 2, y + height / 2, height / 2, -Math.PI / 2, Math.PI / 2);
  ctx.arc(x + height / 2, y + height / 2, height / 2, Math.PI / 2, Math.PI * 1.5);
  ctx.fill();
}

function hills(ctx, w, h) {
  const sky = ctx.createLinearGradient(0, 0, 0, h);
  sky.addColorStop(0, "#12203a");
  sky.addColorStop(0.7, "#3d3356");
  sky.addColorStop(1, "#6b4a4f");
  ctx.fillStyle = sky;
  ctx.fillRect(0, 0, w, h);
  ctx.fillStyle = "#1a1f33";
  ctx.beginPath();
  ctx.moveTo(0, h * 0.83);
  ctx.quadraticCurveTo(w * 0.3, h * 0.74, w * 0.6, h * 0.82);
  ctx.quadraticCurveTo(w * 0.8, h * 0.87, w, h * 0.8);
  ctx.lineTo(w, h);
  ctx.lineTo(0, h);
  ctx.fill();
}

function string(ctx, row, w, h) {
  const y = place(row * 3, w, h).y - w * 0.17;
  ctx.strokeStyle = "rgba(255, 233, 199, .4)";
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  ctx.moveTo(0, y - h * 0.02);
  ctx.quadraticCurveTo(w / 2, y + h * 0.05, w, y - h * 0.02);
  ctx.stroke();
}

function lantern(ctx, { x, y, r }, bright, sway) {
  if (bright) {
    const light = ctx.createRadialGradient(x, y, 0, x, y, r * 2.4);
    light.addColorStop(0, "rgba(255, 190, 90, .8)");
    light.addColorStop(1, "rgba(255, 190, 90, 0)");
    ctx.fillStyle = light;
    ctx.fillRect(x - r * 2.4, y - r * 2.4, r * 4.8, r * 4.8);
  }
  ctx.strokeStyle = "rgba(255, 233, 199, .4)";
  ctx.beginPath();
  ctx.moveTo(x, y - r * 1.9);
  ctx.lineTo(x + sway, y - r);
  ctx.stroke();
  ctx.fillStyle = bright ? "#ffc566" : "#544057";
  ctx.beginPath();
  ctx.ellipse(x + sway, y, r * 0.86, r, 0, 0, 7);
  ctx.fill();
  ctx.fillStyle = "#7c2f24";
  ctx.fillRect(x + sway - r * 0.4, y - r * 1.08, r * 0.8, r * 0.2);
  ctx.fillRect(x + sway - r * 0.4, y + r * 0.9, r * 0.8, r * 0.2);
}

function draw(ctx, w, h, time, lit, coins) {
  hills(ctx, w, h);
  for (let row = 0; row < COUNT / 3; row += 1) string(ctx, row, w, h);
  for (let n = 0; n < COUNT; n += 1) lantern(ctx, place(n, w, h), lit.includes(n), Math.sin(time * 1.6 + n) * 2);
  text(ctx, words.name, w / 2, h * 0.1, w * 0.072, "#fff1d6", 700);
  text(ctx, lit.length === COUNT ? words.done : words.light.replace("%", PRICE), w / 2, h * 0.165, w * 0.042);
  text(ctx, `${coins} ${words.coins}`, w / 2, h * 0.225, w * 0.052, "#ffd27a", 700);
  const stall = button(w, h);
  rounded(ctx, stall, "#c2452f");
  text(ctx, words.buy, w / 2, stall.y + stall.height / 2, w * 0.05, "#fff1d6");
}

module.exports = { PRICE, draw, inside, lanternAt, rounded, text, isStall: (x, y, w, h) => inside(button(w, h), x, y) };
