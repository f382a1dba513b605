// The reviewer's decision row: Approve lights up when every point passed, Reject and Return count their reasons.
(() => {
  const approve = document.querySelector("[data-approve]");
  const groups = new Set([...document.querySelectorAll("[data-check]")].map((box) => box.name));

  const judged = (value) =>
    [...groups].filter((name) => document.querySelector(`[name="${name}"][value="${value}"]:checked`)).length;

  const reasons = () =>
    [...document.querySelectorAll("[data-reason]")].filter((box) =>
      box.type === "checkbox" ? box.checked : box.value.trim() !== "",
    ).length;

  const show = () => {
    const passed = judged("pass");
    const failed = judged("fail");
    if (approve) approve.disabled = passed < groups.size;
    const told = document.querySelector("[data-judged]");
    if (told) {
      told.hidden = passed === groups.size;
      told.querySelector("[data-failed]").textContent = failed;
      told.querySelector("[data-unjudged]").textContent = groups.size - passed - failed;
    }
    const given = reasons();
    for (const button of document.querySelectorAll("[data-reasoned]")) {
      button.classList.toggle("on", given > 0);
      const count = button.querySelector("[data-count]");
      count.hidden = given === 0;
      count.textContent = given;
    }
  };

  document.addEventListener("change", show);
  document.addEventListener("input", show);
  show();
  document.querySelector(".desk-errors")?.focus();
})();
