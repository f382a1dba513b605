// The hall behind the door: nine lanterns to be lit.
const { text } = require("./door.js");
const words = require("./words.js");

const COUNT = 9;
const place = (n, w, h) => ({ x: w * (0.22 + 0.28 * (n % 3)), y: h * (0.32 + 0.2 * Math.floor(n / 3)), r: w * 0.08 });

/** Return the number of the lantern under a touch, or -1. */
function lanternAt(x, y, w, h) {
  for (let n = 0; n < COUNT; n += 1) {
    const lantern = place(n, w, h);
    if (Math.hypot(x - lantern.x, y - lantern.y) < lantern.r * 1.4) return n;
  }
  return -1;
}

function draw(ctx, w, h, time, lit) {
  ctx.fillStyle = `hsl(26, 45%, ${8 + lit.length * 2.2}%)`;
  ctx.fillRect(0, 0, w, h);
  for (let n = 0; n < COUNT; n += 1) {
    const { x, y, r } = place(n, w, h);
    const bright = lit.includes(n);
    ctx.strokeStyle = "rgba(255, 233, 199, .35)";
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    ctx.moveTo(x, y - r * 2.1);
    ctx.lineTo(x, y - r);
    ctx.stroke();
    if (bright) {
      const light = ctx.createRadialGradient(x, y, 0, x, y, r * 2.3);
      light.addColorStop(0, "rgba(255, 190, 90, .8)");
      light.addColorStop(1, "rgba(255, 190, 90, 0)");
      ctx.fillStyle = light;
      ctx.fillRect(x - r * 2.3, y - r * 2.3, r * 4.6, r * 4.6);
    }
    ctx.fillStyle = bright ? "#ffc566" : "#5a3b2e";
    ctx.beginPath();
    ctx.ellipse(x, y, r * 0.86, r + Math.sin(time * 2 + n) * 1.5, 0, 0, 7);
    ctx.fill();
    ctx.fillStyle = "#7c2f24";
    ctx.fillRect(x - r * 0.4, y - r * 1.08, r * 0.8, r * 0.2);
    ctx.fillRect(x - r * 0.4, y + r * 0.9, r * 0.8, r * 0.2);
  }
  text(ctx, lit.length === COUNT ? words.done : words.hall, w / 2, h * 0.13, w * 0.062);
  text(ctx, `${lit.length} / ${COUNT}`, w / 2, h * 0.9, w * 0.05, "#ffd27a");
}

module.exports = { draw, lanternAt };
