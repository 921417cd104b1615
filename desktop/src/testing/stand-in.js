// In a page: Electron's renderer modules, which send over HTTP what they are given, cloned as Electron
// clones it; and the real preload over them, in a function of its own.
(() => {
  const argv = /*ARGV*/[];
  const listeners = new Map();
  let before = Promise.resolve();
  const send = (kind, channel, given) => {
    // What cannot be cloned raises here, as it does in Electron.
    const body = JSON.stringify({ kind, channel, given: structuredClone(given).filter((each) => each !== undefined), url: `app://messenger${location.pathname}` });
    // Messages arrive in their order.
    const sent = before.then(() => fetch("/__message", { method: "POST", body }).then((answer) => answer.json()));
    before = sent.catch(() => {});
    return sent;
  };
  const electron = {
    ipcRenderer: {
      send: (channel, ...given) => void send("send", channel, given).catch(() => {}),
      invoke: async (channel, ...given) => {
        const { answer, error } = await send("invoke", channel, given);
        if (error !== undefined) throw new Error(error);
        return answer;
      },
      on: (channel, listener) => {
        listeners.set(channel, listener);
        new EventSource("/__told").onmessage = ({ data }) => {
          const told = JSON.parse(data);
          listeners.get(told.channel)?.({}, told.told);
        };
      },
    },
    contextBridge: {
      exposeInMainWorld: (name, api) => {
        const bridged = Object.entries(api).map(([key, value]) => [
          key,
          typeof value !== "function" ? structuredClone(value) : (...given) => value(...given.map((each) => (typeof each === "function" ? each : structuredClone(each)))),
        ]);
        Object.defineProperty(window, name, { value: Object.freeze(Object.fromEntries(bridged)) });
      },
    },
  };
  // A browser sets no header of a WebSocket, and knows no scheme of ours: both are seen to on the way.
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(url, protocols) {
      super(`${location.origin.replace("http", "ws")}/__socket?url=${encodeURIComponent(url)}`, protocols);
    }
  };
  const preload = (require, process, location) => {
    /*PRELOAD*/
  };
  preload((name) => (name === "electron" ? electron : undefined), { argv }, { origin: "app://messenger" });
})();
