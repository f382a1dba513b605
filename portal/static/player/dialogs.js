// What the platform draws above a game, in WeUI: toast, loading, modal dialog, and the two buttons at the top.
"use strict";

(({ config, answers, say, Failure }) => {
  const layer = document.getElementById("layer");
  const words = document.body.dataset;
  const ICONS = { success: "weui-icon-success-no-circle", error: "weui-icon-warn" };
  let toast = null;
  let timer = 0;

  function element(name, className, text) {
    const made = document.createElement(name);
    made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function loadingIcon() {
    const icon = element("span", "weui-primary-loading weui-icon_toast");
    icon.append(element("i", "weui-primary-loading__dot"));
    return icon;
  }

  function hide() {
    clearTimeout(timer);
    toast?.remove();
    toast = null;
  }

  /** Show one toast in place of another; icon is "success", "error", "loading" or "none"; mask stops touches. */
  function show(title, icon, mask) {
    hide();
    toast = element("div", "player-toast");
    toast.setAttribute("role", "alert");
    const box = element("div", icon === "none" ? "weui-toast weui-toast_text" : "weui-toast");
    if (icon === "loading") box.append(loadingIcon());
    else if (ICONS[icon]) box.append(element("i", `${ICONS[icon]} weui-icon_toast`));
    box.append(element("p", "weui-toast__content", title));
    const wrap = element("div", "weui-toast__wrp");
    wrap.append(box);
    if (mask) toast.append(element("div", "weui-mask_transparent"));
    toast.append(wrap);
    layer.append(toast);
  }

  function titled(title) {
    if (title === undefined) throw new Failure("parameter error: title is missing");
    return String(title);
  }

  answers("showToast", ({ title, icon = "success", duration = 1500, mask = false }) => {
    show(titled(title), icon, mask);
    timer = setTimeout(hide, duration);
  });
  answers("showLoading", ({ title, mask = false }) => show(titled(title), "loading", mask));
  answers("hideToast", hide);
  answers("hideLoading", hide);

  // --- modal ------------------------------------------------------------------------------------

  answers("showModal", ({ title = "", content = "", showCancel = true, cancelText, confirmText }) => {
    return new Promise((resolve) => {
      const before = document.activeElement;
      const modal = element("div", "player-modal");
      const box = element("div", "weui-dialog");
      box.setAttribute("role", "alertdialog");
      box.setAttribute("aria-modal", "true");
      box.setAttribute("aria-label", title || content);
      const head = element("div", "weui-dialog__hd");
      head.append(element("strong", "weui-dialog__title", title));
      const foot = element("div", "weui-dialog__ft");
      if (title) box.append(head);
      box.append(element("div", "weui-dialog__bd", content), foot);
      modal.append(element("div", "weui-mask"), box);

      function close(confirm) {
        modal.remove();
        before?.focus?.();
        resolve({ confirm, cancel: !confirm });
      }

      function button(kind, text, confirm) {
        const made = element("button", `weui-dialog__btn weui-dialog__btn_${kind}`, text);
        made.type = "button";
        made.addEventListener("click", () => close(confirm));
        foot.append(made);
        return made;
      }

      if (showCancel) button("default", cancelText ?? words.cancel, false);
      const confirmButton = button("primary", confirmText ?? words.confirm, true);
      modal.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && showCancel) close(false);
        if (event.key !== "Tab") return;
        event.preventDefault(); // the game behind it stays out of reach
        const buttons = [...foot.children];
        buttons[(buttons.indexOf(document.activeElement) + 1) % buttons.length].focus();
      });
      layer.append(modal);
      confirmButton.focus();
    });
  });

  document.getElementById("leave").addEventListener("click", () => say("exit"));
})(greenroomPlayer);
