/** Text made harmless inside HTML, also in attributes in double quotes. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** Plain, in light and in dark, for a narrow screen too. */
const style = `
:root { color-scheme: light dark; --back: #f2f4f7; --card: #fff; --text: #1a1f26; --line: #78838f; --link: #0a58a8 }
@media (prefers-color-scheme: dark) {
  :root { --back: #0f1318; --card: #1a2029; --text: #e6e9ee; --line: #8a95a3; --link: #85bdff } }
* { box-sizing: border-box }
body { margin: 0; padding: 1rem; min-height: 100vh; display: grid; place-items: center; background: var(--back);
  color: var(--text); font: 1rem/1.5 system-ui, sans-serif }
main { width: 100%; max-width: 27rem; background: var(--card); border-radius: .75rem; padding: 1.75rem;
  box-shadow: 0 1px 4px #0003; overflow-wrap: anywhere }
h1 { margin: 0 0 .5rem; font-size: 1.5rem; line-height: 1.25 }
h2 { margin: 0 0 .5rem; font-size: 1.1rem }
a { color: var(--link) }
form { display: grid; gap: 1rem; margin: 1.25rem 0 0 }
label { display: grid; gap: .3rem; font-weight: 600 }
input, button { font: inherit; border-radius: .4rem; padding: .6rem .75rem; width: 100% }
input { color: var(--text); background: var(--card); border: 1px solid var(--line) }
button { border: 0; background: #0a58a8; color: #fff; font-weight: 600; cursor: pointer }
form ~ form { margin-top: .75rem }
form ~ form button { background: none; color: var(--link); box-shadow: inset 0 0 0 1px var(--line) }
form:empty { display: none }
[role=alert] { padding: .6rem .75rem; border-radius: .4rem; background: #fde7e8; color: #8f1019; font-weight: 600 }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px }
`;

/** What a form says above its field. A refusal is read out at once by a screen reader, the usual sentence is not. */
export function noticeHtml(notice: string): string {
  const role = notice.endsWith("asks for no password.") ? "" : ' role="alert"';
  return `<p${role}>${escapeHtml(notice)}</p>`;
}

/** A page with this title and body (HTML). */
export function htmlPage(title: string, body: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}
