// Behind the door of the guild nothing can be seen without a pass: a reviewer of this game needs a sandbox account.
const door = require("./js/door.js");
const hall = require("./js/hall.js");
const words = require("./js/words.js");

const { windowWidth: w, windowHeight: h, pixelRatio } = wx.getSystemInfoSync();
const canvas = wx.createCanvas();
canvas.width = Math.round(w * pixelRatio);
canvas.height = Math.round(h * pixelRatio);
const ctx = canvas.getContext("2d");
ctx.scale(pixelRatio, pixelRatio);

// Where others may look: the debugger, and our tests.
const game = { at: "street", typed: "", lit: [], wrong: 0 };
GameGlobal.lanternGuild = game;

/** Ask the platform who plays; whom the guild has never seen must show its pass. */
function knock() {
  game.at = "asking";
  wx.showLoading({ title: words.knocking, mask: true });
  wx.login({
    success: () => (game.at = "door"),
    fail: ({ errMsg }) => {
      game.at = "street";
      wx.showModal({ title: words.nobody, content: errMsg, showCancel: false });
    },
    complete: () => wx.hideLoading({}),
  });
}

function enter() {
  if (door.isPass(game.typed)) {
    game.at = "hall";
    game.lit = [];
    wx.showToast({ title: words.welcome, icon: "success" });
    return;
  }
  game.wrong += 1;
  wx.showModal({ title: words.wrongTitle, content: words.wrong, showCancel: false });
  game.typed = "";
}

function pressed(key) {
  if (key === door.ERASE) game.typed = game.typed.slice(0, -1);
  else if (game.typed.length < door.LENGTH) game.typed += key;
  if (game.typed.length === door.LENGTH) enter();
}

wx.onTouchStart(({ changedTouches }) => {
  const { clientX: x, clientY: y } = changedTouches[0];
  if (game.at === "street") knock();
  else if (game.at === "door") {
    const key = door.keyAt(x, y, w, h);
    if (key) pressed(key);
  } else if (game.at === "hall") {
    const lantern = hall.lanternAt(x, y, w, h);
    if (lantern >= 0 && !game.lit.includes(lantern)) game.lit.push(lantern);
  }
});

function frame(now) {
  const time = now / 1000;
  if (game.at === "hall") hall.draw(ctx, w, h, time, game.lit);
  else door.draw(ctx, w, h, time, game);
  requestAnimationFrame(frame);
}

requestAnimationFrame(frame);
