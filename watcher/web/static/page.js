// A little comfort: everything works without it.
"use strict";

// Filters take effect as they are chosen with a pointer. Who goes through a list of choices with the arrow keys would
// be sent off at the first one, so with keys, as without a script, there is the button.
let pointed = false;
document.addEventListener("pointerdown", () => { pointed = true; }, true);
document.addEventListener("keydown", () => { pointed = false; }, true);
for (const form of document.querySelectorAll("form[data-at-once]")) {
  form.addEventListener("change", (event) => {
    if (pointed && event.target.matches("select, [type=checkbox], [type=radio]")) form.requestSubmit();
  });
}

// "/" goes to the search, as in many places; "j" and "k" go through what a page lists. Who dictates may turn them off:
// single letters in what is said would press them.
const typing = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

function step(by) {
  const items = [...document.querySelectorAll("[data-item]")];
  if (items.length === 0) return;
  const here = items.findIndex((item) => item.contains(document.activeElement));
  const next = items[Math.min(Math.max(here + by, 0), items.length - 1)];
  next.querySelector("a, button")?.focus();
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "/") {
    event.preventDefault();
    document.getElementById("find")?.focus();
  } else if (event.key === "j") {
    step(1);
  } else if (event.key === "k") {
    step(-1);
  }
}

// Where a browser keeps nothing for us, the keys are on and may be turned off for this page.
function kept(keys) {
  try {
    if (keys === undefined) return localStorage.getItem("keys");
    localStorage.setItem("keys", keys);
  } catch {
    // Nothing is kept.
  }
  return null;
}

function turn(keys, button) {
  button.setAttribute("aria-pressed", String(keys === "off"));
  if (keys === "off") document.removeEventListener("keydown", pressed);
  else document.addEventListener("keydown", pressed);
}

const keysNote = document.querySelector(".keys");
if (keysNote !== null) {
  const button = keysNote.querySelector("button");
  keysNote.hidden = false;
  turn(kept() ?? "on", button);
  button.addEventListener("click", () => {
    const keys = button.getAttribute("aria-pressed") === "true" ? "on" : "off";
    turn(keys, button);
    kept(keys);
  });
}

// What was done is told once: a page that is loaded again should not tell it anew, unless it was not known yet.
const address = new URL(location.href);
if (address.searchParams.has("done") && document.querySelector(".said.waits") === null) {
  address.searchParams.delete("done");
  history.replaceState(null, "", address);
}
