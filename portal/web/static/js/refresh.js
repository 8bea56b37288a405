// A part that waits asks again, ever more seldom, until the server has the finished part (200).
// 202 means still waiting; anything else leaves the plain link to the reader.
const LONGEST = 10000;
const GIVE_UP = 5 * 60 * 1000;

export function start(part) {
  const began = Date.now();
  let pause = 1000;

  const ask = async () => {
    if (Date.now() - began > GIVE_UP) return;
    let response;
    try {
      response = await fetch(part.dataset.refreshUrl, { headers: { "X-Fragment": "1" } });
    } catch {
      response = { status: 202 };
    }
    if (response.status === 202) {
      pause = Math.min(pause * 1.5, LONGEST);
      setTimeout(ask, pause);
    } else if (response.status === 200) {
      fill(part, await response.text());
    }
  };

  setTimeout(ask, pause);
}

function fill(part, html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const news = document.createElement("div");
  news.tabIndex = -1;
  news.append(...page.body.childNodes);
  part.replaceChildren(news);
  part.classList.remove("waiting");
}
