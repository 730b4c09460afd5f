// A little comfort: everything works without it.
"use strict";

// Filters take effect as they are chosen; without a script there is a button.
for (const form of document.querySelectorAll("form[data-at-once]")) {
  form.addEventListener("change", () => form.requestSubmit());
}

// "/" goes to the search, as in many places; "j" and "k" go through what a page lists.
const typing = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

function step(by) {
  const items = [...document.querySelectorAll("[data-item]")];
  if (items.length === 0) return;
  const here = items.findIndex((item) => item.contains(document.activeElement));
  const next = items[Math.min(Math.max(here + by, 0), items.length - 1)];
  next.querySelector("a, button")?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "/") {
    event.preventDefault();
    document.getElementById("find")?.focus();
  } else if (event.key === "j") {
    step(1);
  } else if (event.key === "k") {
    step(-1);
  }
});

// What was done is told once: a page that is loaded again should not tell it anew, unless it was not known yet.
const address = new URL(location.href);
if (address.searchParams.has("done") && document.querySelector(".said.waits") === null) {
  address.searchParams.delete("done");
  history.replaceState(null, "", address);
}
