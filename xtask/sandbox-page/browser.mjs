// A page in headless Chromium, controlled by the DevTools protocol over a pipe, so that no driver and no package is
// needed.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

// Longer than any step takes on a slow machine: there the time for the whole walk ends first, and it is skipped.
const PATIENCE = 60_000;
// What the browser answers to an evaluation that a navigation interrupts.
const NAVIGATED = /navigated or closed|context was destroyed|Cannot find context/;
const KEYS = {
  Enter: { key: "Enter", code: "Enter", windowsVirtualKeyCode: 13, text: "\r" },
  Tab: { key: "Tab", code: "Tab", windowsVirtualKeyCode: 9 },
  Escape: { key: "Escape", code: "Escape", windowsVirtualKeyCode: 27 },
  ArrowDown: { key: "ArrowDown", code: "ArrowDown", windowsVirtualKeyCode: 40 },
  ArrowRight: { key: "ArrowRight", code: "ArrowRight", windowsVirtualKeyCode: 39 },
};

/** Starts the browser and opens a page; `complain` is called with everything that goes wrong in it. */
export async function open(program, moreArguments, complain) {
  const profile = mkdtempSync(join(tmpdir(), "sandbox-page-"));
  const child = spawn(program, [
    ...moreArguments, "--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu",
    "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars", `--user-data-dir=${profile}`, "about:blank",
  ], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  const waiting = new Map();
  const gone = new Promise((_, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`the browser ended with ${code}`)));
  });
  gone.catch(() => {});
  let count = 0, rest = "", session;
  child.stdio[3].on("error", () => {});
  child.stdio[4].setEncoding("utf8").on("data", (text) => {
    const messages = (rest + text).split("\0");
    rest = messages.pop();
    messages.map((message) => JSON.parse(message)).forEach(receive);
  });
  function receive({ id, method, params, result, error }) {
    if (id) {
      const { resolve, reject } = waiting.get(id);
      waiting.delete(id);
      return error ? reject(new Error(error.message)) : resolve(result);
    }
    if (method === "Runtime.exceptionThrown") complain("page: " + params.exceptionDetails.exception?.description);
    if (method === "Runtime.consoleAPICalled" && params.type === "error") complain("console: " + params.args[0]?.value);
    if (method === "Log.entryAdded" && params.entry.level === "error") complain("browser: " + params.entry.text);
  }
  function send(method, params = {}) {
    const id = ++count;
    child.stdio[3].write(JSON.stringify({ id, method, params, sessionId: session }) + "\0");
    const answered = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    const late = sleep(PATIENCE, undefined, { ref: false }).then(() => { throw new Error(`${method}: no answer`); });
    return Promise.race([answered, late, gone]);
  }
  const close = async () => {
    child.removeAllListeners("exit");
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const { targetId } = await send("Target.createTarget", { url: "about:blank" });
    session = (await send("Target.attachToTarget", { targetId, flatten: true })).sessionId;
    for (const domain of ["Page", "Runtime", "Log"]) await send(domain + ".enable");
  } catch (error) {
    await close();
    throw error;
  }
  return { ...page(send), close };
}

/** What a person does at a page, and what they see. */
function page(send) {
  async function evaluate(work, ...values) {
    const expression = `(${work})(...${JSON.stringify(values)})`;
    const { result, exceptionDetails } = await send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }
  async function until(what, work, ...values) {
    const started = Date.now();
    const unlessNavigated = (error) => {
      if (!NAVIGATED.test(error.message)) throw error;
    };
    while (!await evaluate(work, ...values).catch(unlessNavigated)) {
      if (Date.now() - started > PATIENCE) throw new Error("did not find in time: " + what);
      await sleep(25);
    }
  }
  return {
    evaluate,
    until,
    visit: (url) => send("Page.navigate", { url }),
    reload: () => send("Page.reload"),
    focus: (selector) => evaluate((selector) => document.querySelector(selector).focus(), selector),
    async press(name) {
      await send("Input.dispatchKeyEvent", { type: "keyDown", ...KEYS[name] });
      await send("Input.dispatchKeyEvent", { type: "keyUp", ...KEYS[name] });
    },
    type: (text) => send("Input.insertText", { text }),
    async look(width, height, scheme) {
      await send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: width < 600 });
      await send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
    },
    picture: async () => Buffer.from((await send("Page.captureScreenshot", { format: "png" })).data, "base64"),
  };
}
