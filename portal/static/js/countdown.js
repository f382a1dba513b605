// What moves with time: the bar's clock, countdowns, and the wait before an SMS can be sent again.
// A world's time is the server's moment plus what has passed since this page loaded, if the world runs.
"use strict";

(() => {
  const loaded = Date.now();
  const zone = { timeZone: "Asia/Shanghai" };
  const chinese = document.documentElement.lang.startsWith("zh");
  const written = (date, options) => {
    const text = new Intl.DateTimeFormat(chinese ? "zh-CN" : "en-GB", { ...zone, ...options }).format(date);
    return chinese ? text.replace(/(\d+)(?=\D)/g, "$1 ").replace(/(\D)(?=\d)/g, "$1 ").replace(/ +/g, " ") : text;
  };
  const two = (number) => String(number).padStart(2, "0");

  function show(element, text) {
    if (element && element.textContent !== text) element.textContent = text;
  }

  function tellClock(element) {
    const now = new Date(Date.parse(element.dataset.clock) + Date.now() - loaded);
    const part = (name) => element.querySelector(`[data-part="${name}"]`);
    const weekday = written(now, { weekday: "short" });
    const year = written(now, { year: "numeric" });
    show(part("before"), chinese ? `${year} ` : `${weekday} `);
    show(part("date"), written(now, { day: "numeric", month: "short" }));
    show(part("after"), ` ${chinese ? weekday : year}`);
    show(part("time"), new Intl.DateTimeFormat("en-GB", { ...zone, hour: "2-digit", minute: "2-digit" }).format(now));
  }

  function tellRemaining(element) {
    if (!element.dataset.seen) element.dataset.seen = Date.now();
    const now = Date.parse(element.dataset.now) + Date.now() - Number(element.dataset.seen);
    const seconds = Math.max(0, Math.floor((Date.parse(element.dataset.due) - now) / 1000));
    const unit = (name) => element.querySelector(`[data-unit="${name}"]`);
    show(unit("d"), String(Math.floor(seconds / 86400)));
    show(unit("h"), two(Math.floor(seconds / 3600) % 24));
    show(unit("min"), two(Math.floor(seconds / 60) % 60));
    show(unit("m:ss"), `${Math.floor(seconds / 60)}:${two(seconds % 60)}`);
  }

  // <button data-resend="42" data-wait="Send again in {s} s">: the server refuses earlier, with its own sentence.
  function tellResend(button) {
    if (!button.dataset.until) {
      button.dataset.ready = button.textContent;
      button.dataset.until = Date.now() + Number(button.dataset.resend) * 1000;
    }
    const left = Math.ceil((Number(button.dataset.until) - Date.now()) / 1000);
    if (left > 0) {
      button.disabled = true;
      show(button, button.dataset.wait.replace("{s}", left));
    } else if (button.dataset.resend) {
      button.disabled = false;
      show(button, button.dataset.ready);
      delete button.dataset.resend;
    }
  }

  function tick() {
    document.querySelectorAll("[data-clock][data-running]").forEach(tellClock);
    document.querySelectorAll("[data-due][data-running]").forEach(tellRemaining);
    document.querySelectorAll("button[data-resend]").forEach(tellResend);
  }

  tick();
  setInterval(tick, 1000);
})();
