"use strict";
// The page is whole without this. It hides what a reader did not ask for, and
// opens what a link leads to.
const form = document.getElementById("filters");
let showAll = () => {};
if (form) {
  const parts = [...document.querySelectorAll("[data-case]")];
  const groups = [...document.querySelectorAll("[data-group]")].reverse();
  const shown = document.getElementById("shown");
  let words = null; // case -> all that the page says of it

  function wordsOf(id) {
    if (!words) {
      words = new Map();
      for (const part of parts) {
        const before = words.get(part.dataset.case) || "";
        words.set(part.dataset.case, before + " " + part.textContent.toLowerCase());
      }
    }
    return words.get(id);
  }

  function apply() {
    const asked = new FormData(form);
    const verdicts = asked.getAll("verdict");
    const dialect = asked.get("dialect");
    const feature = asked.get("feature");
    const text = asked.get("text").trim().toLowerCase();
    const all = new Set();
    const kept = new Set();
    for (const part of parts) {
      const d = part.dataset;
      const keep = (verdicts.length === 0 || verdicts.includes(d.verdict)) &&
        (dialect === "" || d.dialect === dialect) &&
        (feature === "" || d.feature === feature) &&
        (text === "" || wordsOf(d.case).includes(text));
      part.hidden = !keep;
      all.add(d.case);
      if (keep) kept.add(d.case);
    }
    for (const group of groups) {
      group.hidden = !group.querySelector("[data-case]:not([hidden])");
    }
    shown.textContent = kept.size === all.size ? all.size + " scenarios" : kept.size + " of " + all.size + " scenarios";
  }

  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.querySelector("button").addEventListener("click", () => showAll());
  showAll = () => { form.reset(); apply(); };
  form.hidden = false;
  apply(); // a browser may have kept what was chosen before a reload
}

function reveal() {
  const id = decodeURIComponent(location.hash.slice(1));
  const there = id && document.getElementById(id);
  if (!there) return;
  if (there.closest("[hidden]")) showAll();
  for (let part = there; part; part = part.parentElement) {
    if (part.tagName === "DETAILS") part.open = true;
  }
  const inner = there.querySelector(":scope > details");
  if (inner) inner.open = true;
  setTimeout(() => there.scrollIntoView());
}
addEventListener("hashchange", reveal);
reveal();
