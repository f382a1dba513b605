// The last script: fetch the package, take over what was kept, run game.js.
"use strict";

(async ({ say, tell, loadMain, loadFiles, loadStorage, require }) => {
  delete globalThis.greenroomPlayer;
  say("ready");
  await Promise.all([loadMain(), loadFiles(), loadStorage()]);
  try {
    require("/game.js");
    say("started");
  } catch (error) {
    tell(error);
  } finally {
    document.getElementById("splash").remove();
  }
})(greenroomPlayer);
