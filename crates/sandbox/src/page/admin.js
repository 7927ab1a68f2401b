/* The admin commands, and what happens when one fails. */
import { byId } from "./dom.js";

/** Requests a list; with parameters, sends a command. */
export async function ask(path, parameters) {
  const post = parameters && { method: "POST", body: new URLSearchParams(parameters) };
  let answer;
  try {
    answer = await fetch("/admin/" + path, post || undefined);
  } catch (error) {
    throw new Error("the sandbox does not answer; was it stopped?");
  }
  const text = await answer.text();
  let body = {};
  try { body = JSON.parse(text); } catch (error) { body = { error: text }; }
  if (!answer.ok) throw new Error(body.error);
  return body;
}

export async function attempt(work) {
  try { await work(); byId("trouble").textContent = ""; }
  catch (error) { byId("trouble").textContent = error.message; }
}

let refresh = async () => {};
export function onChange(work) { refresh = work; }

/** Sends a command, then shows the result. */
export const command = (path, parameters) => attempt(async () => { await ask(path, parameters || {}); await refresh(); });
