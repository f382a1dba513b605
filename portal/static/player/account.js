// Who plays what: log-in, the account's name, how the game was opened, and payments, which the host answers or refuses.
"use strict";

(({ config, api, answers, listens, say, ask, Failure }) => {
  const VERSIONS = { released: "release", trial: "trial", develop: "develop" };
  const PATIENCE = 10000; // milliseconds until an unanswered log-in has failed

  answers("login", ({ timeout }) => ask("wx.login", {}, timeout ?? PATIENCE));
  answers("checkSession", () => ask("wx.checkSession", {}, PATIENCE));

  // These wait for a person, so they wait as long as that takes.
  for (const name of ["requestMidasPayment", "requestMidasPaymentGameItem", "requestSubscribeMessage"]) {
    answers(name, (options) => ask(`wx.${name}`, JSON.parse(JSON.stringify(options))));
  }

  api.getAccountInfoSync = () => ({
    miniProgram: {
      appId: config.appid,
      envVersion: VERSIONS[config.environment],
      version: config.environment === "released" ? config.version : "",
    },
  });
  api.getLaunchOptionsSync = () => ({ scene: config.launch.scene, query: { ...config.launch.query }, path: config.launch.path ?? "" });
  api.getEnterOptionsSync = api.getLaunchOptionsSync;

  answers("exitMiniProgram", () => say("exit"));

  // Each opening gets the version that is the player's, so there is never another one to wait for.
  api.getUpdateManager = () => ({
    onCheckForUpdate: (listener) => void setTimeout(listener, 0, { hasUpdate: false }),
    onUpdateReady() {},
    onUpdateFailed() {},
    applyUpdate() {},
  });

  // --- the clipboard: the frame's own, the host may put it on the real one ----------------------

  let copied = "";
  answers("setClipboardData", ({ data }) => {
    if (typeof data !== "string") throw new Failure("parameter error: data is a text");
    copied = data;
    say("clipboard", { text: data });
  });
  answers("getClipboardData", () => ({ data: copied }));
  answers("getNetworkType", () => ({ networkType: "wifi", signalStrength: 100 }));
  listens("NetworkStatusChange"); // it never changes here
})(greenroomPlayer);
