// Toasts: what succeeded leaves after eight seconds unless it is being read; what was refused stays until closed.
"use strict";

(() => {
  const busy = (toast) => toast.matches(":hover, :focus-within");

  document.addEventListener("click", (event) => event.target.closest(".toast-x")?.closest(".toast-line").remove());

  function leave(toast) {
    if (busy(toast)) setTimeout(leave, 2000, toast);
    else toast.remove();
  }

  document.querySelectorAll(".toast-line[data-leaves]").forEach((toast) => setTimeout(leave, 8000, toast));
})();
