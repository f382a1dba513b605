// The square of a photo: drawn on the chosen picture, moved and resized by mouse, touch and keyboard; x, y and side
// go to the server as fractions. Without this the server takes the middle.
"use strict";

(() => {
  const file = document.querySelector("input[data-crop]");
  if (!file) return;

  const WIDEST = 440;
  const HIGHEST = 330;
  const LEAST = 0.1; // of the shorter side
  const HANDLE = 18; // CSS pixels around a corner
  const stage = document.querySelector("[data-crop-stage]");
  const canvas = stage.querySelector(".crop-picture");
  const previews = stage.querySelectorAll(".crop-side canvas");
  const size = stage.querySelector("#crop-size");
  const where = stage.querySelector("#crop-where");
  const fields = ["x", "y", "side"].map((name) => file.form.elements[name]);
  let picture = null;
  let square = null; // left, top and side, in pixels of the picture
  let scale = 1; // CSS pixels of the canvas for one of the picture
  let drag = null;

  const clamp = (value, least, most) => Math.min(Math.max(value, least), Math.max(least, most));
  const shorter = () => Math.min(picture.width, picture.height);

  function place(left, top, side) {
    const whole = clamp(side, LEAST * shorter(), shorter());
    square = {
      left: clamp(left, 0, picture.width - whole),
      top: clamp(top, 0, picture.height - whole),
      side: whole,
    };
    show();
  }

  function resize(side) {
    const whole = clamp(side, LEAST * shorter(), shorter());
    const off = (square.side - whole) / 2;
    place(square.left + off, square.top + off, whole);
  }

  const middle = () =>
    place((picture.width - shorter()) / 2, (picture.height - shorter()) / 2, shorter());

  const corners = () => {
    const { left, top, side } = square;
    return [[left, top], [left + side, top], [left, top + side], [left + side, top + side]];
  };

  function show() {
    const values = [square.left / picture.width, square.top / picture.height, square.side / shorter()];
    fields.forEach((field, index) => (field.value = clamp(values[index], 0, 1).toFixed(5)));
    size.value = Math.round(values[2] * 100);
    const percent = (part) => Math.round(part * 100);
    where.textContent = where.dataset.text
      .replace("{side}", percent(square.side / picture.width))
      .replace("{left}", percent(values[0]))
      .replace("{top}", percent(values[1]));
    draw();
    for (const preview of previews) {
      const context = preview.getContext("2d");
      context.fillStyle = "#fff";
      context.fillRect(0, 0, preview.width, preview.height);
      context.drawImage(picture, square.left, square.top, square.side, square.side, 0, 0, preview.width, preview.height);
    }
  }

  function draw() {
    const density = canvas.width / (picture.width * scale);
    const context = canvas.getContext("2d");
    context.setTransform(scale * density, 0, 0, scale * density, 0, 0);
    context.fillStyle = "#fff";
    context.fillRect(0, 0, picture.width, picture.height);
    context.drawImage(picture, 0, 0);
    const { left, top, side } = square;
    context.fillStyle = "rgba(10, 17, 22, .55)";
    context.fillRect(0, 0, picture.width, top);
    context.fillRect(0, top + side, picture.width, picture.height - top - side);
    context.fillRect(0, top, left, side);
    context.fillRect(left + side, top, picture.width - left - side, side);
    context.lineWidth = 2 / scale;
    context.strokeStyle = "#fff";
    context.strokeRect(left, top, side, side);
    const grip = 8 / scale;
    context.fillStyle = "#fff";
    for (const [x, y] of corners()) {
      context.fillRect(clamp(x - grip / 2, 0, picture.width - grip), clamp(y - grip / 2, 0, picture.height - grip), grip, grip);
    }
  }

  function fit() {
    if (!picture) return;
    const room = Math.min(WIDEST, stage.querySelector(".crop").clientWidth || WIDEST);
    scale = Math.min(room / picture.width, HIGHEST / picture.height);
    const density = Math.min(devicePixelRatio || 1, 2);
    canvas.width = Math.max(1, Math.round(picture.width * scale * density));
    canvas.height = Math.max(1, Math.round(picture.height * scale * density));
    canvas.style.width = `${Math.max(1, picture.width * scale)}px`;
    if (square) draw();
  }

  async function load() {
    const chosen = file.files[0];
    picture = square = null;
    fields.forEach((field) => (field.value = ""));
    // What no browser can show is for the server to judge, with its sentence.
    const read = chosen ? await createImageBitmap(chosen).catch(() => null) : null;
    if (chosen !== file.files[0]) return;
    stage.hidden = !read;
    if (!read) return;
    picture = read;
    fit();
    middle();
  }

  function pointed(event) {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * picture.width, ((event.clientY - box.top) / box.height) * picture.height];
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (!picture || event.button) return;
    const [x, y] = pointed(event);
    const near = HANDLE / scale;
    const corner = corners().findIndex(([cx, cy]) => Math.abs(cx - x) < near && Math.abs(cy - y) < near);
    const { left, top, side } = square;
    const inside = x >= left && x <= left + side && y >= top && y <= top + side;
    if (corner < 0 && !inside) place(x - side / 2, y - side / 2, side);
    drag = corner < 0 ? { dx: x - square.left, dy: y - square.top } : { fixed: corners()[3 - corner] };
    canvas.setPointerCapture(event.pointerId);
  });

  canvas.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const [x, y] = pointed(event);
    if (!drag.fixed) {
      place(x - drag.dx, y - drag.dy, square.side);
      return;
    }
    const [fx, fy] = drag.fixed;
    const room = Math.min(x < fx ? fx : picture.width - fx, y < fy ? fy : picture.height - fy);
    const side = clamp(Math.max(Math.abs(x - fx), Math.abs(y - fy)), LEAST * shorter(), room);
    place(x < fx ? fx - side : fx, y < fy ? fy - side : fy, side);
  });

  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (drag = null));

  canvas.addEventListener("keydown", (event) => {
    if (!picture) return;
    const step = shorter() * (event.shiftKey ? 0.1 : 0.02);
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (moves[event.key]) {
      const [dx, dy] = moves[event.key];
      place(square.left + dx, square.top + dy, square.side);
    } else if (event.key === "+" || event.key === "=") {
      resize(square.side + step);
    } else if (event.key === "-") {
      resize(square.side - step);
    } else {
      return;
    }
    event.preventDefault();
  });

  size.addEventListener("input", () => picture && resize((size.value / 100) * shorter()));
  stage.querySelector("[data-crop-middle]").addEventListener("click", () => picture && middle());
  file.addEventListener("change", load);
  addEventListener("resize", fit);
  addEventListener("pageshow", load); // back from the next page, the file is still chosen
})();
