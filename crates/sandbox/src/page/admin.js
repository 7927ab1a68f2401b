/* The admin commands, and what to do when one fails. */
import { byId } from "./dom.js";

/** Asks for a list, or gives a command where there are parameters. */
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

/** Gives a command, then shows what came of it. */
export const command = (path, parameters) => attempt(async () => { await ask(path, parameters || {}); await refresh(); });
