// Two languages, as the player's phone is set.
const ENGLISH = {
  name: "Lantern Fair",
  light: "Tap a lantern to light it for % coins",
  done: "The whole fair is bright",
  coins: "coins",
  buy: "Buy coins",
  poor: "Not enough coins",
  stall: "What would you like?",
  offer: "OfferID, ten figures",
  where: "It stands on the game coin's page",
  back: "Back",
  bought: "Enjoy the fair",
  notBought: "No coins yet",
};

const CHINESE = {
  name: "灯会",
  light: "点一盏灯，用 % 个游戏币点亮",
  done: "灯会全亮了",
  coins: "个游戏币",
  buy: "购买游戏币",
  poor: "游戏币不够",
  stall: "想买多少？",
  offer: "十位 OfferID",
  where: "在游戏币页面可以找到",
  back: "返回",
  bought: "祝你玩得开心",
  notBought: "没有买到游戏币",
};

module.exports = /^zh/.test(wx.getSystemInfoSync().language) ? CHINESE : ENGLISH;
