// The backdrop of this version: dusk on the river.
const HILLS = [
  { colour: "#a3496a", height: 0.46, wave: 46, speed: 0.03 },
  { colour: "#6d3563", height: 0.55, wave: 34, speed: 0.06 },
];

function ridge(ctx, w, h, hill, distance) {
  ctx.fillStyle = hill.colour;
  ctx.beginPath();
  ctx.moveTo(0, h);
  const shift = distance * hill.speed * 0.02;
  for (let x = 0; x <= w; x += 8) {
    const wave = Math.sin(x / 58 + shift) + 0.5 * Math.sin(x / 23 + shift * 2);
    ctx.lineTo(x, h * hill.height - wave * hill.wave * 0.5);
  }
  ctx.lineTo(w, h);
  ctx.fill();
}

module.exports = {
  subtitle: { en: "Dusk on the river", zh: "河上黄昏" },
  ink: "#2b1733",
  kite: ["#f4efe6", "#d8433b"],
  cloud: "#4b2b57",

  /** Draw behind everything. `distance` is how far the run has come, `time` the seconds since the game was opened. */
  back(ctx, w, h, time, distance) {
    const sky = ctx.createLinearGradient(0, 0, 0, h);
    sky.addColorStop(0, "#f6a45c");
    sky.addColorStop(0.4, "#e06a66");
    sky.addColorStop(1, "#59305f");
    ctx.fillStyle = sky;
    ctx.fillRect(0, 0, w, h);
    ctx.fillStyle = "#ffe3a3";
    ctx.beginPath();
    ctx.arc(w * 0.7, h * 0.36, w * 0.13, 0, 7);
    ctx.fill();
    for (const hill of HILLS) ridge(ctx, w, h, hill, distance);
    this.river(ctx, w, h, distance);
  },

  river(ctx, w, h, distance) {
    const water = ctx.createLinearGradient(0, h * 0.5, 0, h);
    water.addColorStop(0, "#8a4470");
    water.addColorStop(1, "#3a2150");
    ctx.fillStyle = water;
    ctx.beginPath();
    ctx.moveTo(w * 0.36, h * 0.56);
    ctx.quadraticCurveTo(w * 0.1, h * 0.8, -w * 0.05, h);
    ctx.lineTo(w * 1.05, h);
    ctx.quadraticCurveTo(w * 0.9, h * 0.8, w * 0.64, h * 0.56);
    ctx.fill();
    ctx.strokeStyle = "rgba(255, 206, 140, .32)";
    ctx.lineWidth = 2;
    ctx.lineCap = "round";
    for (let n = 0; n < 16; n += 1) {
      const depth = ((n * 61 + distance * 0.5) % 480) / 480;
      const y = h * (0.57 + 0.43 * depth);
      const x = w * (0.5 + (((n * 37) % 100) / 100 - 0.5) * (0.3 + depth * 0.7));
      const half = 4 + depth * 14;
      ctx.beginPath();
      ctx.moveTo(x - half, y);
      ctx.lineTo(x + half, y);
      ctx.stroke();
    }
  },
};
