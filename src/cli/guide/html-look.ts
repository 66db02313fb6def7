/** The style of a guide. Colours hold a contrast of 4.5 to 1 and more, in light, in dark and on paper. */
export const style = `
:root { color-scheme: light dark; --back: #f6f7f9; --card: #fff; --text: #1a1f26; --quiet: #55606d; --line: #d3d9e0;
  --link: #0a58a8; --code: #eceff3; --note: #fdf1d8; --edge: #b87a00; --mark: #e7f0fb }
@media (prefers-color-scheme: dark) {
  :root { --back: #0f1318; --card: #171c23; --text: #e6e9ee; --quiet: #a0abb8; --line: #333c48; --link: #85bdff;
    --code: #262d36; --note: #33280f; --edge: #f0c674; --mark: #1c2a3a } }
* { box-sizing: border-box }
[hidden] { display: none !important }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100% }
body { margin: 0; background: var(--back); color: var(--text); font: 1rem/1.6 system-ui, sans-serif }
header, main { max-width: 50rem; margin: 0 auto; padding: 0 1.25rem }
main { padding-bottom: 4rem }
a { color: var(--link) }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px }
.skip { position: absolute; left: -100rem }
.skip:focus { left: 1rem; top: .5rem; background: var(--card); padding: .5rem 1rem }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
h1, h2, h3, p, li, dt, dd, figcaption { overflow-wrap: anywhere }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 2.25rem 0 1rem }
h2 { font-size: 1.4rem; line-height: 1.3; margin: 3rem 0 .75rem; padding-top: 1rem; border-top: 1px solid var(--line) }
h3 { font-size: 1.12rem; margin: 2rem 0 .5rem }
p { margin: .75rem 0 }
ul, ol { padding-left: 1.4rem; margin: .75rem 0 }
ol { padding-left: 2rem }
li { margin: .35rem 0 }
ol > li::marker { font-weight: 700 }
code { font: .9em/1.4 ui-monospace, "DejaVu Sans Mono", monospace; background: var(--code); padding: .1em .3em;
  border-radius: .25rem; -webkit-box-decoration-break: clone; box-decoration-break: clone }
.note { background: var(--note); border-left: .3rem solid var(--edge); padding: .7rem 1rem; border-radius: .25rem }
.note code { background: none; padding: 0; font-weight: 600 }
dl { margin: 1rem 0; background: var(--card); border: 1px solid var(--line); border-radius: .5rem }
dl > div { display: grid; grid-template-columns: minmax(9rem, 14rem) 1fr; gap: .25rem 1rem; padding: .5rem 1rem }
dl > div + div { border-top: 1px solid var(--line) }
dt { color: var(--quiet) }
dt code { color: var(--text) }
dd { margin: 0 }
nav { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1.25rem; margin: 1.5rem 0 }
nav h2 { font-size: 1rem; margin: 0; padding: 0; border: 0 }
nav ul { list-style: none; padding: 0; margin: .25rem 0 0 }
nav ul ul { display: flex; flex-wrap: wrap; gap: 0 1.25rem; margin: 0 0 .5rem }
nav li { margin: 0 }
nav a { display: inline-block; padding: .2rem 0 }
nav a code { background: none; padding: 0 }
.value { margin: 1rem 0; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; overflow: hidden }
figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: .25rem 1rem;
  padding: .5rem 1rem }
.value pre { margin: 0; padding: .75rem 1rem; background: var(--code); white-space: pre-wrap; overflow-wrap: anywhere;
  -webkit-user-select: all; user-select: all }
.value pre code { background: none; padding: 0; font-size: .95em }
.value p { margin: 0; padding: .5rem 1rem; color: var(--quiet); font-size: .9375rem }
button { font: inherit; font-size: .875rem; min-width: 6rem; min-height: 2.25rem; color: var(--text); background: var(--mark);
  border: 1px solid var(--quiet); border-radius: .375rem; padding: .25rem .9rem; cursor: pointer }
@media (max-width: 36rem) {
  dl > div { grid-template-columns: 1fr; gap: 0 }
  h1 { font-size: 1.6rem; margin-top: 1.5rem }
  header, main { padding-left: 1rem; padding-right: 1rem } }
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth } }
@media print {
  :root { color-scheme: light; --back: #fff; --card: #fff; --text: #000; --quiet: #333; --line: #999; --link: #000;
    --code: #fff; --note: #fff; --edge: #000; --mark: #fff }
  @page { margin: 18mm 15mm }
  body { font-size: 10.5pt }
  header, main { max-width: none; padding: 0 }
  nav, button, .skip { display: none !important }
  h2, h3 { break-after: avoid }
  h2 { margin-top: 1.5rem }
  .value, dl > div, .note, li { break-inside: avoid }
  .value pre { border-top: 1px solid var(--line) } }
`;

/**
 * Shows the buttons and copies what stands under each. Where the clipboard is closed to the page, the value is selected,
 * so that the keyboard copies it.
 */
export const script = `
"use strict";
(() => {
  const told = document.getElementById("told");
  const select = (value) => {
    const range = document.createRange();
    range.selectNodeContents(value);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  };
  for (const button of document.querySelectorAll(".value button")) {
    const value = button.closest(".value").querySelector("code");
    let timer;
    const say = (text, long) => {
      button.textContent = text;
      told.textContent = long;
      clearTimeout(timer);
      timer = setTimeout(() => { button.textContent = "Copy"; }, 2500);
    };
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(value.textContent);
        say("Copied", "Copied");
      } catch {
        select(value);
        const done = document.execCommand("copy");
        say(done ? "Copied" : "Selected", done ? "Copied" : "Selected: copy it with the keyboard");
      }
    });
    button.hidden = false;
  }
})();
`;
