// Modules: scripts of the package name themselves by wxDefine, and require() runs each once, as in Node.
"use strict";

(({ config, api, answers, note, tell, refuse, Failure }) => {
  const factories = new Map();
  const modules = new Map();
  const paths = new Set(config.files.map((file) => file.path));
  const subpackages = [];
  for (const listed of [config.game.subpackages ?? config.game.subPackages ?? []].flat()) {
    const root = typeof listed?.root === "string" ? listed.root.replace(/^\/+/, "") : "";
    if (root) subpackages.push({ name: listed.name ?? listed.root, root });
    else note("error", "game.json names a subpackage without a root");
  }

  globalThis.wxDefine = (path, factory) => void factories.set(path, factory);

  /** Return a path inside the package without `.` and `..`, or null when it leads outside. */
  function joined(folder, path) {
    const parts = [];
    for (const part of [...folder.split("/"), ...path.split("/")]) {
      if (part === "..") {
        if (!parts.length) return null;
        parts.pop();
      } else if (part && part !== ".") parts.push(part);
    }
    return parts.join("/");
  }

  /** Return the address of a file of the package; other addresses stay as they are. */
  function address(path) {
    if (/^(https?|data|blob):/i.test(path)) return path;
    const inside = joined("", path);
    if (!paths.has(inside)) throw new Failure(`no such file: ${path} is not in this package`);
    return config.base + inside.split("/").map(encodeURIComponent).join("/");
  }

  // --- require ----------------------------------------------------------------------------------

  /** Return the file that `request` means: as named, with `.js`, or an index.js in a folder of that name. */
  function resolved(request, folder) {
    const relative = /^\.{1,2}(\/|$)/.test(request);
    const roots = relative ? [folder] : request.startsWith("/") ? [""] : [folder, ""];
    for (const root of roots) {
      const path = joined(root, request);
      if (path === null) continue;
      const found = [path, `${path}.js`, path ? `${path}/index.js` : "index.js"].find(
        (name) => name.endsWith(".js") && paths.has(name),
      );
      if (found) return found;
    }
    return null;
  }

  /** Return the `require` of the module `from`; the package's own begins at "". */
  function requireOf(from) {
    const folder = from.split("/").slice(0, -1).join("/");
    return (request) => {
      const path = resolved(String(request), folder);
      const who = from ? `${from} requires` : "The player requires";
      if (path === null) refuse(`${who} "${request}", and this package has no such module`);
      if (modules.has(path)) return modules.get(path).exports; // of a module still running: what it has so far
      if (!factories.has(path)) refuse(`${who} "${request}", but ${path} ${whyMissing(path)}`);
      const module = { id: path, exports: {}, loaded: false };
      modules.set(path, module);
      try {
        factories.get(path).call(module.exports, requireOf(path), module, module.exports);
      } catch (error) {
        modules.delete(path);
        throw error;
      }
      module.loaded = true;
      return module.exports;
    };
  }

  function whyMissing(path) {
    const owner = subpackages.find(({ root }) => belongs(path, root));
    if (owner && !owner.loaded) return `is in the subpackage "${owner.name}": wx.loadSubpackage comes first`;
    return "did not load; the reason is in the lines before";
  }

  // --- loading scripts --------------------------------------------------------------------------

  function belongs(path, root) {
    return path === root || path.startsWith(root.endsWith("/") ? root : `${root}/`);
  }

  /** Load one script; resolves whether or not it came, and says so when it did not. */
  function load(path) {
    return new Promise((resolve) => {
      const script = document.createElement("script");
      script.crossOrigin = "anonymous"; // else the browser hides the text of its errors
      script.src = address(path);
      script.onload = resolve;
      script.onerror = () => {
        note("error", `${path} could not be fetched`);
        resolve();
      };
      document.head.append(script);
    });
  }

  const scripts = [...paths].filter((path) => path.endsWith(".js"));

  /** Load every script that belongs to no subpackage. */
  function loadMain() {
    const main = scripts.filter((path) => !subpackages.some(({ root }) => belongs(path, root)));
    return Promise.all(main.map(load));
  }

  /** Load a subpackage once and run its game.js, or the one script that it is. */
  async function fetchSubpackage(owner) {
    const own = scripts.filter((path) => belongs(path, owner.root));
    await Promise.all(own.map(load));
    owner.loaded = true;
    const entry = joined(owner.root, owner.root.endsWith(".js") ? "" : "game.js");
    if (paths.has(entry)) requireOf("")(`/${entry}`);
  }

  answers("loadSubpackage", async ({ name }) => {
    const owner = subpackages.find((one) => one.name === name || one.root === name);
    if (!owner) throw new Failure(`there is no subpackage "${name}" in game.json`);
    if (!owner.loading) owner.loading = fetchSubpackage(owner);
    try {
      await owner.loading;
    } catch (error) {
      tell(error);
      throw new Failure(error.message);
    }
  });
  const { loadSubpackage: loads } = api;
  // What is on this server is there at once: the task has no progress to report.
  api.loadSubpackage = (options) => Object.assign(loads(options) ?? {}, { onProgressUpdate() {} });

  Object.assign(greenroomPlayer, { address, joined, paths, loadMain, require: requireOf("") });
})(greenroomPlayer);
