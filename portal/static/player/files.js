// Files of the package, to read: text and tables are fetched before the game begins, so that they can be read at once.
"use strict";

(({ config, api, address, joined, answers, note, call, Failure }) => {
  const READ_AHEAD = /\.(json|txt|csv|tsv|xml|plist|fnt|atlas|tmx|tsx|glsl|vert|frag|obj|mtl|bin)$/i;
  const READ_AHEAD_LIMIT = 1024 * 1024; // bytes a file
  const contents = new Map();

  async function fetched(path) {
    const response = await fetch(address(path), { credentials: "omit" });
    if (!response.ok) throw new Failure(`${path} could not be fetched`);
    return response.arrayBuffer();
  }

  /** Fetch what can be read at once. */
  function loadFiles() {
    const ahead = config.files.filter(({ path, size }) => READ_AHEAD.test(path) && size <= READ_AHEAD_LIMIT);
    return Promise.all(
      ahead.map(async ({ path }) => {
        try {
          contents.set(path, await fetched(path));
        } catch (error) {
          note("error", error.message);
        }
      }),
    );
  }

  function inside(path) {
    address(path); // refuses what is not there
    if (/\.js$/.test(path)) throw new Failure(`permission denied, ${path} is a script`);
    return joined("", path);
  }

  /** Return bytes as the game asked: an ArrayBuffer, base64, or text. */
  function decoded(bytes, encoding) {
    if (!encoding) return bytes.slice(0);
    if (encoding === "base64") {
      let binary = "";
      for (const byte of new Uint8Array(bytes)) binary += String.fromCharCode(byte);
      return btoa(binary);
    }
    if (/^utf-?8$/i.test(encoding)) return new TextDecoder().decode(bytes);
    throw new Failure(`the encoding ${encoding} is not simulated`);
  }

  function failed(name, error) {
    const errMsg = `${name}:fail ${error.message}`;
    note("info", errMsg);
    return { errMsg };
  }

  const manager = {
    readFileSync(path, encoding) {
      try {
        const name = inside(String(path));
        if (!contents.has(name)) throw new Failure(`${name} is not read ahead; readFile reads it`);
        return decoded(contents.get(name), encoding);
      } catch (error) {
        throw new Error(failed("readFileSync", error).errMsg);
      }
    },
    async readFile({ filePath, encoding, success, fail, complete }) {
      let shape;
      try {
        const name = inside(String(filePath));
        const data = decoded(contents.get(name) ?? (await fetched(name)), encoding);
        shape = { data, errMsg: "readFile:ok" };
        call(success, shape);
      } catch (error) {
        shape = failed("readFile", error);
        call(fail, shape);
      }
      call(complete, shape);
    },
    accessSync(path) {
      try {
        address(String(path));
      } catch (error) {
        throw new Error(failed("accessSync", error).errMsg);
      }
    },
  };

  api.getFileSystemManager = () => manager;
  Object.assign(greenroomPlayer, { loadFiles });
})(greenroomPlayer);
