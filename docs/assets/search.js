// Three things that the theme leaves open.
//
// Its search is a dialog without a name, and its list of results takes the keyboard even while it is empty and not to be
// seen. The results are links and need no help. (theme.css keeps the empty list from scrolling, which would make it a
// stop again.)
document.querySelector("[data-md-component=search]").setAttribute("aria-label", "Search");
document.querySelector(".md-search__scrollwrap").removeAttribute("tabindex");

// To its search a leading hyphen means "without this word" and quotation marks mean "only with these words", so that an
// option, or a line that a command printed, would find nothing. Of a printed line the code is what is looked up.
const QUERY = 2;
const post = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (message, ...rest) {
  if (message?.type === QUERY && typeof message.data === "string") {
    const code = message.data.match(/\bKZ\d{3}\b/i);
    const words = message.data.replace(/["“”]/g, " ").replace(/(^|\s)-+(?=\S)/g, "$1");
    message = { ...message, data: code ? code[0] : words };
  }
  return post.call(this, message, ...rest);
};
