// The theme's search dialog has no name, and its list of results takes keyboard focus even while it is empty. The
// results are links and need no help. (theme.css keeps the empty list from scrolling, which would make it focusable.)
document.querySelector("[data-md-component=search]").setAttribute("aria-label", "Search");
document.querySelector(".md-search__scrollwrap").removeAttribute("tabindex");

// The theme adds a wildcard to each word, so the small words of a question match everything, and it reads quotation marks
// and leading hyphens as operators. Search instead for
// - the code, if a line of output is pasted,
// - the tag of an option (site_hook.py adds them to the page of commands) and the option's words,
// - the other words, without small words and single letters.
const SMALL_WORDS = new Set(
  ("a about an and are as at be been but by can could did do does doing for from get gets has have how i if in into is " +
    "it its me my of on or our should so the their them there they to was we were what when " +
    "where which who whose why will with would you your").split(" "),
);
const plainWords = (query) => {
  const code = query.match(/\bKZ\d{3}\b/i);
  if (code) return code[0];
  const option = (_, before, name) => `${before}opt_${name.replaceAll("-", "_")} ${name}`;
  const text = query.replace(/["“”*~^+:?!]/g, " ").replace(/(^|\s)--([a-z][a-z-]*)/g, option);
  const words = text.split(/\s+/).map((word) => word.replace(/^-+|[.,;]+$/g, "")).filter(Boolean);
  const kept = words.filter((word) => !SMALL_WORDS.has(word.toLowerCase()) && !/^[a-z]$/i.test(word));
  return (kept.length ? kept : words).join(" ");
};

const QUERY = 2;
const post = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (message, ...rest) {
  if (message?.type === QUERY && typeof message.data === "string") {
    message = { ...message, data: plainWords(message.data) };
  }
  return post.call(this, message, ...rest);
};
