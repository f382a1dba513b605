// What the player holds, and how more is bought. A sample keeps it here; a real game asks its server, which asks the platform.
const { query } = wx.getLaunchOptionsSync();

const RATE = Number(query.rate) || 10; // coins for one yuan, as the game coin's page in the console says
const ZONE = query.zone || "1";

const coins = () => wx.getStorageSync("coins") || 0;
const offer = () => query.offerId || wx.getStorageSync("offerId") || "";

/** Spend coins; return whether there were enough. */
function spend(price) {
  if (coins() < price) return false;
  wx.setStorageSync("coins", coins() - price);
  return true;
}

/** Ask the platform to sell a price grade. A released version sells for money, every other one in the sandbox. */
function buy(yuan, { success, fail, complete }) {
  wx.requestMidasPayment({
    mode: "game",
    env: wx.getAccountInfoSync().miniProgram.envVersion === "release" ? 0 : 1,
    offerId: offer(),
    currencyType: "CNY",
    platform: "android",
    zoneId: ZONE,
    buyQuantity: yuan * RATE,
    outTradeNo: `fair-${Date.now()}-${Math.floor(Math.random() * 1e6)}`,
    success: (told) => {
      wx.setStorageSync("coins", coins() + yuan * RATE);
      success(told);
    },
    fail,
    complete,
  });
}

module.exports = { RATE, buy, coins, offer, spend, setOffer: (typed) => wx.setStorageSync("offerId", typed) };
