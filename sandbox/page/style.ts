/** The style of the page. Colours hold a contrast of 4.5 to 1 and more, in light and in dark. */
export const style = `
:root { color-scheme: light dark; --back: #f6f7f9; --card: #fff; --text: #1a1f26; --quiet: #55606d; --line: #d8dde4;
  --link: #0a58a8; --mark: #e7f0fb; --good: #0f6b35; --good-back: #e0f4e7; --bad: #a31621; --bad-back: #fde7e8;
  --warn: #7a4b00; --warn-back: #fdf1d8; --info: #0a58a8; --info-back: #e3eefb; --plain-back: #eceff3 }
@media (prefers-color-scheme: dark) {
  :root { --back: #0f1318; --card: #171c23; --text: #e6e9ee; --quiet: #a0abb8; --line: #2d3540; --link: #85bdff;
    --mark: #1c2a3a; --good: #7fd7a0; --good-back: #14301f; --bad: #ff9aa2; --bad-back: #3b1619; --warn: #f0c674;
    --warn-back: #35280e; --info: #85bdff; --info-back: #16273b; --plain-back: #262d36 } }
* { box-sizing: border-box }
[hidden] { display: none !important }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 4rem }
body { margin: 0; background: var(--back); color: var(--text); font: 1rem/1.5 system-ui, sans-serif }
a { color: var(--link) }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px }
.skip { position: absolute; left: -100rem }
.skip:focus { left: 1rem; top: .5rem; background: var(--card); padding: .5rem 1rem; z-index: 2 }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
header { background: var(--card); border-bottom: 1px solid var(--line); position: sticky; top: 0; z-index: 1 }
header > div, main, footer { max-width: 82rem; margin: 0 auto; padding: 0 1rem }
header > div { display: flex; flex-wrap: wrap; align-items: center; gap: 0 1.25rem; min-height: 3.25rem }
header strong { font-size: 1.05rem }
header ul { display: flex; gap: .15rem; list-style: none; margin: 0; padding: 0 }
header li a { display: block; padding: .8rem .6rem; text-decoration: none; color: var(--quiet); white-space: nowrap }
header li a:hover { color: var(--text) }
header li a[aria-current] { color: var(--text); box-shadow: inset 0 -3px var(--link); font-weight: 600 }
.live { margin-left: auto; display: flex; align-items: center; gap: .75rem; font-size: .875rem; color: var(--quiet) }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 1.75rem 0 .25rem }
h2 { font-size: 1.2rem; margin: 2.25rem 0 .5rem }
h1 + p { margin-top: .25rem; color: var(--quiet); max-width: 46rem }
.quiet, .empty { color: var(--quiet) }
.empty { background: var(--card); border: 1px dashed var(--line); border-radius: .5rem; padding: 1rem; margin: .5rem 0 }
code { font: .875em/1.4 ui-monospace, "DejaVu Sans Mono", monospace }
p code { overflow-wrap: anywhere }
.parts { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; margin: 1rem 0 0; padding: 0 }
button, input, select { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--quiet);
  border-radius: .375rem; padding: .4rem .65rem; max-width: 100% }
button { cursor: pointer; background: var(--mark) }
form { display: flex; flex-wrap: wrap; gap: .75rem 1rem; align-items: end; margin: 1rem 0 }
form label { display: grid; gap: .2rem; font-size: .875rem; color: var(--quiet); max-width: 100% }
form input { width: 100%; min-width: 22rem; color: var(--text) }
form select { color: var(--text) }
form a { padding: .45rem 0 }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 1rem; padding: 0; margin: 1rem 0;
  list-style: none }
.cards > li { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem }
.cards h2 { margin: 0; font-size: 1.05rem }
.cards > li > p { margin: .1rem 0 .6rem; overflow-wrap: anywhere; color: var(--quiet) }
.cards dl { display: grid; grid-template-columns: 1fr auto; gap: .15rem 1rem; margin: 0 }
.cards dd { margin: 0; font-variant-numeric: tabular-nums; font-weight: 600; text-align: right }
table { width: 100%; border-collapse: collapse; background: var(--card); border: 1px solid var(--line);
  font-size: .9375rem }
caption { text-align: left; padding: .25rem 0 .5rem; color: var(--quiet); font-size: .9375rem }
th, td { text-align: left; vertical-align: baseline; padding: .5rem .75rem; border-bottom: 1px solid var(--line);
  overflow-wrap: break-word }
tbody th, .long { overflow-wrap: anywhere; min-width: 8rem }
[data-live] { overflow-x: auto }
thead th { background: var(--plain-back); font-size: .8125rem; white-space: nowrap }
tbody th { font-weight: 600 }
tbody tr:hover { background: var(--mark) }
.number { font-variant-numeric: tabular-nums; white-space: nowrap }
.names { list-style: none; margin: 0; padding: 0 }
.badge { display: inline-block; padding: .05rem .5rem; border-radius: 1rem; font-size: .8125rem; font-weight: 600;
  white-space: nowrap; background: var(--plain-back) }
.badge.good { color: var(--good); background: var(--good-back) }
.badge.bad { color: var(--bad); background: var(--bad-back) }
.badge.warn { color: var(--warn); background: var(--warn-back) }
.badge.info { color: var(--info); background: var(--info-back) }
.pager { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .25rem 1.5rem; margin: .6rem 0;
  color: var(--quiet); font-size: .9375rem }
.pager p { margin: 0 }
.pager nav > * { margin-left: .75rem }
.pager nav > :first-child { margin-left: 0 }
footer { color: var(--quiet); font-size: .875rem; margin: 3rem auto 2rem; overflow-wrap: anywhere }
@media (max-width: 44rem) {
  header { position: static }
  html { scroll-padding-top: .5rem }
  header > div { padding-top: .5rem; gap: 0 .5rem }
  header ul { flex-wrap: wrap; margin: 0 -.5rem }
  header nav { order: 1 }
  header li a { padding: .4rem .5rem }
  form label, form input, form select { width: 100%; min-width: 0 }
  table, caption, tbody { display: block }
  table { border: 0; background: none }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
  tbody tr { display: block; background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
    padding: .35rem .75rem; margin-bottom: .6rem }
  tbody th, tbody td { overflow-wrap: anywhere; display: grid; grid-template-columns: 7rem minmax(0, 1fr); gap: .5rem; padding: .2rem 0; border: 0;
    min-width: 0 }
  tbody th::before, tbody td::before { content: attr(data-label); font-weight: 400; font-size: .8125rem;
    color: var(--quiet); line-height: 1.7 }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth } }
`;
