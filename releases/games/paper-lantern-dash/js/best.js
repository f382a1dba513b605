// The best score, kept on this phone.
const KEY = "best";

module.exports = {
  read: () => Number(wx.getStorageSync(KEY)) || 0,

  /** Keep a score if it is the best so far, and say whether it was. */
  keep(score) {
    if (score <= this.read()) return false;
    wx.setStorageSync(KEY, score);
    return true;
  },
};
