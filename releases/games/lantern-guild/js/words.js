// Two languages, as the player's phone is set.
const ENGLISH = {
  name: "Lantern Guild",
  closed: "Members only",
  knock: "Tap to knock",
  knocking: "Knocking",
  nobody: "Nobody opens",
  pass: "Guild pass, four figures",
  wrongTitle: "The door stays shut",
  wrong: "The guild knows no such pass. Members get theirs from the guild master.",
  welcome: "Come in",
  hall: "Light the nine lanterns",
  done: "The hall is bright",
};

const CHINESE = {
  name: "灯会行会",
  closed: "仅限会员",
  knock: "点一下敲门",
  knocking: "正在敲门",
  nobody: "没有人开门",
  pass: "四位会员口令",
  wrongTitle: "门没有开",
  wrong: "行会不认识这个口令。口令由会长发给会员。",
  welcome: "请进",
  hall: "点亮九盏灯",
  done: "大厅亮了",
};

module.exports = /^zh/.test(wx.getSystemInfoSync().language) ? CHINESE : ENGLISH;
