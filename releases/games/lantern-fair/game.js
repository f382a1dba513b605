// A fair whose lanterns are lit for game coins, and a stall that sells the coins.
const fair = require("./js/fair.js");
const purse = require("./js/purse.js");
const stall = require("./js/stall.js");
const words = require("./js/words.js");

const { windowWidth: w, windowHeight: h, pixelRatio } = wx.getSystemInfoSync();
const canvas = wx.createCanvas();
canvas.width = Math.round(w * pixelRatio);
canvas.height = Math.round(h * pixelRatio);
const ctx = canvas.getContext("2d");
ctx.scale(pixelRatio, pixelRatio);

// Where others may look: the debugger, and our tests.
const game = { at: "fair", typed: "", lit: [], paying: false, told: null };
GameGlobal.lanternFair = game;

function light(lantern) {
  if (game.lit.includes(lantern)) return;
  if (purse.spend(fair.PRICE)) game.lit.push(lantern);
  else wx.showToast({ title: words.poor, icon: "none" });
}

/** Buy a grade. Only a success counts: after any other answer a game asks its server what the player holds. */
function buy(yuan) {
  if (game.paying) return;
  game.paying = true;
  purse.buy(yuan, {
    success: () => {
      game.at = "fair";
      wx.showToast({ title: words.bought, icon: "success" });
    },
    fail: ({ errMsg, errCode }) => {
      if (errCode === 1) return; // who leaves the cash desk knows it
      wx.showModal({ title: words.notBought, content: `${errMsg} (${errCode})`, showCancel: false });
    },
    complete: (told) => {
      game.paying = false;
      game.told = told;
    },
  });
}

function pressed(key) {
  if (key === stall.ERASE) game.typed = game.typed.slice(0, -1);
  else game.typed += key;
  if (game.typed.length < stall.LENGTH) return;
  purse.setOffer(game.typed);
  game.typed = "";
  game.at = "stall";
}

wx.onTouchStart(({ changedTouches }) => {
  const { clientX: x, clientY: y } = changedTouches[0];
  if (game.at === "fair") {
    const lantern = fair.lanternAt(x, y, w, h);
    if (lantern >= 0) light(lantern);
    else if (fair.isStall(x, y, w, h)) game.at = purse.offer() ? "stall" : "offer";
  } else if (game.at === "stall") {
    const yuan = stall.gradeAt(x, y, w, h);
    if (yuan) buy(yuan);
    else if (stall.isBack(x, y, w, h)) game.at = "fair";
  } else {
    const key = stall.keyAt(x, y, w, h);
    if (key) pressed(key);
    else if (stall.isBack(x, y, w, h)) game.at = "fair";
  }
});

function frame(now) {
  const time = now / 1000;
  fair.draw(ctx, w, h, time, game.lit, purse.coins());
  if (game.at !== "fair") stall.draw(ctx, w, h, game);
  requestAnimationFrame(frame);
}

requestAnimationFrame(frame);
