// The backdrop of this version: the night festival, with stars, strings of lanterns and fireworks.
const STRINGS = [
  { left: 0.2, right: 0.3, sag: 0.1, count: 7 },
  { left: 0.38, right: 0.29, sag: 0.09, count: 8 },
];
const LIGHTS = ["#ff7a59", "#ffc14d", "#ff5d8f", "#ffd98a"];

wx.loadSubpackage({ name: "festival" });

function stars(ctx, w, h, time) {
  ctx.fillStyle = "#fff";
  for (let n = 0; n < 60; n += 1) {
    ctx.globalAlpha = 0.35 + 0.5 * Math.abs(Math.sin(time * 0.8 + n * 2.1));
    ctx.fillRect(((n * 73.7) % 100) * 0.01 * w, ((n * 41.3) % 100) * 0.005 * h, n % 7 ? 1.5 : 2.5, n % 7 ? 1.5 : 2.5);
  }
  ctx.globalAlpha = 1;
}

function moon(ctx, w, h) {
  const light = ctx.createRadialGradient(w * 0.2, h * 0.34, 0, w * 0.2, h * 0.34, w * 0.3);
  light.addColorStop(0, "rgba(214, 226, 255, .5)");
  light.addColorStop(1, "rgba(214, 226, 255, 0)");
  ctx.fillStyle = light;
  ctx.fillRect(0, 0, w, h * 0.6);
  ctx.fillStyle = "#eef1ff";
  ctx.beginPath();
  ctx.arc(w * 0.2, h * 0.34, w * 0.075, 0, 7);
  ctx.fill();
}

/** A street on each bank: roofs with lit windows, which pass by as the run goes on. */
function streets(ctx, w, h, distance) {
  for (let n = 0; n < 7; n += 1) {
    const x = ((n * 70 - distance * 0.012) % 490 + 490) % 490 / 490 * (w + 80) - 80;
    const top = h * (0.47 + 0.03 * ((n * 5) % 3));
    ctx.fillStyle = "#15123a";
    ctx.fillRect(x, top, 72, h * 0.2);
    ctx.beginPath();
    ctx.moveTo(x - 9, top + 3);
    ctx.quadraticCurveTo(x + 14, top - 4, x + 36, top - 22);
    ctx.quadraticCurveTo(x + 58, top - 4, x + 81, top + 3);
    ctx.fill();
    ctx.fillStyle = "rgba(255, 196, 92, .85)";
    for (let pane = 0; pane < 3; pane += 1) ctx.fillRect(x + 12 + pane * 18, top + 14, 10, 13);
  }
}

function lights(ctx, w, h, time, line) {
  const point = (part) => ({
    x: w * part,
    y: h * (line.left + (line.right - line.left) * part + line.sag * 4 * part * (1 - part)) + Math.sin(time + part * 6) * 3,
  });
  ctx.strokeStyle = "rgba(255, 230, 190, .5)";
  ctx.lineWidth = 1.2;
  ctx.beginPath();
  for (let part = 0; part <= 1.001; part += 0.05) ctx.lineTo(point(part).x, point(part).y);
  ctx.stroke();
  for (let n = 0; n < line.count; n += 1) {
    const { x, y } = point((n + 0.5) / line.count);
    ctx.fillStyle = "rgba(255, 180, 90, .22)";
    ctx.beginPath();
    ctx.arc(x, y + 9, 15, 0, 7);
    ctx.fill();
    ctx.fillStyle = LIGHTS[n % LIGHTS.length];
    ctx.beginPath();
    ctx.ellipse(x, y + 9, 7, 8.5, 0, 0, 7);
    ctx.fill();
  }
}

module.exports = {
  subtitle: { en: "Night festival", zh: "灯会之夜" },
  ink: "#0a0a24",
  kite: ["#ffe082", "#7e57ff"],
  cloud: "#4a5288",

  /** Draw behind everything. `distance` is how far the run has come, `time` the seconds since the game was opened. */
  back(ctx, w, h, time, distance) {
    const sky = ctx.createLinearGradient(0, 0, 0, h);
    sky.addColorStop(0, "#070b2c");
    sky.addColorStop(0.55, "#25236b");
    sky.addColorStop(1, "#0d1038");
    ctx.fillStyle = sky;
    ctx.fillRect(0, 0, w, h);
    stars(ctx, w, h, time);
    moon(ctx, w, h);
    if (GameGlobal.festivalFireworks) GameGlobal.festivalFireworks(ctx, w, h, time);
    streets(ctx, w, h, distance);
    this.river(ctx, w, h, distance);
    for (const line of STRINGS) lights(ctx, w, h, time, line);
  },

  river(ctx, w, h, distance) {
    const water = ctx.createLinearGradient(0, h * 0.58, 0, h);
    water.addColorStop(0, "#3b3487");
    water.addColorStop(1, "#0b0e33");
    ctx.fillStyle = water;
    ctx.fillRect(0, h * 0.6, w, h * 0.4);
    ctx.lineWidth = 3;
    ctx.lineCap = "round";
    for (let n = 0; n < 22; n += 1) {
      const depth = ((n * 61 + distance * 0.5) % 480) / 480;
      const y = h * (0.61 + 0.39 * depth);
      const x = w * (((n * 37) % 100) / 100);
      ctx.strokeStyle = LIGHTS[n % LIGHTS.length];
      ctx.globalAlpha = 0.16 + 0.34 * depth;
      ctx.beginPath();
      ctx.moveTo(x - 4 - depth * 13, y);
      ctx.lineTo(x + 4 + depth * 13, y);
      ctx.stroke();
    }
    ctx.globalAlpha = 1;
  },
};
