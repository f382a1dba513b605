// The fireworks, a subpackage: the game begins without them and draws them once they are here.
const COLOURS = ["#ff6b8b", "#ffd166", "#8be9ff", "#b48cff", "#8dffb0"];
const LIFE = 1.9; // seconds
const EVERY = 0.85;

/** Draw the fireworks of this moment: each goes up at its own time, at a place that its number decides. */
function fireworks(ctx, w, h, time) {
  const latest = Math.floor(time / EVERY);
  for (let n = latest; n > latest - 3; n -= 1) {
    const age = time - n * EVERY;
    if (n < 0 || age > LIFE) continue;
    const x = w * (0.14 + 0.72 * ((n * 0.618) % 1));
    const y = h * (0.09 + 0.24 * ((n * 0.377) % 1));
    const spread = w * (0.1 + 0.08 * ((n * 0.271) % 1)) * (1 - (1 - age / LIFE) ** 3);
    ctx.strokeStyle = COLOURS[n % COLOURS.length];
    ctx.lineWidth = 2;
    ctx.lineCap = "round";
    ctx.globalAlpha = 1 - age / LIFE;
    ctx.beginPath();
    for (let ray = 0; ray < 18; ray += 1) {
      const way = (ray / 18) * 6.283;
      const sink = age * age * 9;
      ctx.moveTo(x + Math.cos(way) * spread * 0.72, y + Math.sin(way) * spread * 0.72 + sink);
      ctx.lineTo(x + Math.cos(way) * spread, y + Math.sin(way) * spread + sink);
    }
    ctx.stroke();
    ctx.globalAlpha = 1;
  }
}

GameGlobal.festivalFireworks = fireworks;
