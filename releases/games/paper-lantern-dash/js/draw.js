// What is drawn in front of the scene: lantern, fireflies, kites, clouds, text.
const scene = require("./scene.js");

const picture = wx.createImage();
picture.src = "images/lantern.png";

function glow(ctx, x, y, radius, colour) {
  const light = ctx.createRadialGradient(x, y, 0, x, y, radius);
  light.addColorStop(0, colour);
  light.addColorStop(1, "rgba(255, 190, 90, 0)");
  ctx.fillStyle = light;
  ctx.fillRect(x - radius, y - radius, radius * 2, radius * 2);
}

function lantern(ctx, x, y, size, tilt, bright) {
  glow(ctx, x, y, size * (bright ? 1.5 : 1.1), bright ? "rgba(255, 226, 150, .85)" : "rgba(255, 200, 110, .5)");
  if (!picture.width) return; // not there yet
  ctx.save();
  ctx.translate(x, y);
  ctx.rotate(tilt);
  ctx.drawImage(picture, -size * 0.5, -size * 0.62, size, size * 1.25);
  ctx.restore();
}

function spark(ctx, x, y, turn, golden) {
  const beat = 1 + 0.2 * Math.sin(turn * 7);
  glow(ctx, x, y, (golden ? 30 : 21) * beat, golden ? "rgba(255, 236, 150, .95)" : "rgba(226, 255, 150, .85)");
  ctx.fillStyle = golden ? "#fff6cf" : "#f4ffd6";
  ctx.beginPath();
  ctx.arc(x, y, golden ? 6 : 4, 0, 7);
  ctx.fill();
}

function kite(ctx, x, y, turn) {
  ctx.save();
  ctx.translate(x, y);
  ctx.rotate(0.18 * Math.sin(turn * 3));
  ctx.strokeStyle = scene.kite[1];
  ctx.lineWidth = 2.5;
  ctx.beginPath();
  ctx.moveTo(0, 30);
  for (let n = 1; n <= 6; n += 1) ctx.lineTo(5 * Math.sin(turn * 5 + n), 30 + n * 6);
  ctx.stroke();
  ctx.lineJoin = "round";
  for (const [side, colour] of [[-1, scene.kite[0]], [1, scene.kite[1]]]) {
    ctx.fillStyle = colour;
    ctx.beginPath();
    ctx.moveTo(0, -34);
    ctx.lineTo(28 * side, -6);
    ctx.lineTo(0, 32);
    ctx.fill();
  }
  ctx.strokeStyle = scene.ink;
  ctx.lineWidth = 2;
  ctx.beginPath();
  ctx.moveTo(-28, -6);
  ctx.lineTo(28, -6);
  ctx.moveTo(0, -34);
  ctx.lineTo(0, 32);
  ctx.stroke();
  ctx.restore();
}

function cloud(ctx, x, y, turn) {
  ctx.strokeStyle = "rgba(190, 220, 255, .75)";
  ctx.lineWidth = 2;
  for (let n = -2; n <= 2; n += 1) {
    const fall = ((turn * 60 + n * 23) % 24 + 24) % 24;
    ctx.beginPath();
    ctx.moveTo(x + n * 11, y + 12 + fall);
    ctx.lineTo(x + n * 11 - 2, y + 19 + fall);
    ctx.stroke();
  }
  ctx.fillStyle = scene.cloud;
  ctx.beginPath();
  ctx.arc(x - 20, y + 4, 15, 0, 7);
  ctx.arc(x, y - 6, 22, 0, 7);
  ctx.arc(x + 22, y + 3, 16, 0, 7);
  ctx.rect(x - 20, y, 42, 19);
  ctx.fill();
  ctx.fillStyle = "rgba(255, 255, 255, .14)";
  ctx.beginPath();
  ctx.arc(x - 4, y - 11, 12, 0, 7);
  ctx.fill();
}

function text(ctx, words, x, y, size, { weight = 600, colour = "#fff", align = "center" } = {}) {
  ctx.font = `${weight} ${size}px sans-serif`;
  ctx.textAlign = align;
  ctx.textBaseline = "middle";
  ctx.fillStyle = "rgba(20, 8, 30, .45)";
  ctx.fillText(words, x, y + Math.max(1, size / 18));
  ctx.fillStyle = colour;
  ctx.fillText(words, x, y);
}

module.exports = { lantern, spark, kite, cloud, text, glow };
