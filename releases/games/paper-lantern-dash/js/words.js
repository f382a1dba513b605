// Two languages, as the player's phone is set.
const ENGLISH = {
  name: "Paper Lantern Dash",
  start: "Tap to light it",
  how: "Tap left or right to change lanes.\nFireflies make it glow: a glowing lantern\nsurvives one hit.",
  best: "Best",
  again: "Tap to fly again",
  paused: "Paused",
  goOn: "Tap to go on",
  newBest: "New best",
  metres: "m",
  glow: "Glowing",
};

const CHINESE = {
  name: "纸灯快跑",
  start: "点一下，点亮它",
  how: "点左边或右边换道。\n萤火虫让灯更亮：\n亮着的灯能挡一次碰撞。",
  best: "最高",
  again: "点一下，再飞一次",
  paused: "已暂停",
  goOn: "点一下继续",
  newBest: "新纪录",
  metres: "米",
  glow: "发光",
};

module.exports = /^zh/.test(wx.getSystemInfoSync().language) ? CHINESE : ENGLISH;
