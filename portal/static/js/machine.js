// A state diagram wider than its page opens where the account stands.
"use strict";

for (const scroller of document.querySelectorAll(".machine-scroll")) {
  const here = scroller.querySelector(".here");
  if (!here) continue;
  const box = here.getBoundingClientRect();
  const frame = scroller.getBoundingClientRect();
  scroller.scrollLeft += box.left + box.width / 2 - (frame.left + frame.width / 2);
}
